//! Files of ONNX.

use firebrick_formats::Format;
use firebrick_formats::onnx::OnnxModel;
use firebrick_model::burn::tensor::Device;

use crate::campaign::Campaign;

#[test]
fn mutated_files_of_onnx_are_read_or_refused() {
    let campaign = Campaign {
        reader: "onnx",
        extension: ".onnx",
        inputs: vec![
            include_bytes!("../data/onnx_mlp_script.onnx").to_vec(),
            include_bytes!("../data/onnx_cnn_script.onnx").to_vec(),
            include_bytes!("../data/onnx_block_dynamo.onnx").to_vec(),
            include_bytes!("../data/onnx_sequence_script.onnx").to_vec(),
            include_bytes!("../data/onnx_words_script.onnx").to_vec(),
            include_bytes!("../data/onnx_tf2onnx.onnx").to_vec(),
            include_bytes!("../data/onnx_scikit.onnx").to_vec(),
        ],
        words: &[
            "Conv",
            "Gemm",
            "MatMul",
            "Reshape",
            "Transpose",
            "Gather",
            "LSTM",
            "Constant",
            "Slice",
            "Concat",
            "Pad",
            "Resize",
            "axis",
            "axes",
            "perm",
            "pads",
            "group",
            "strides",
            "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}",
        ],
        cost: 1,
    };
    campaign.run(|path, bytes| {
        let _ = Format::Onnx.tensors(path);
        let model = OnnxModel::from_bytes(bytes, "model.onnx");
        model
            .and_then(|model| model.into_network(&Device::flex()))
            .into()
    });
}
