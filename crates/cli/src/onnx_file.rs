//! Networks of files of ONNX.

use std::path::Path;

use firebrick::formats::onnx::OnnxModel;

use crate::output;

/// Reads a file and says on standard error in what its network differs from it.
pub(crate) fn read(file: &Path) -> anyhow::Result<OnnxModel> {
    let model = OnnxModel::read(file)?;
    for note in model.notes() {
        output::note(&format!("note: {note}"));
    }
    Ok(model)
}
