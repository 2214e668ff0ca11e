//! tract, which answers only.

use std::error::Error;

use tract_onnx::prelude::*;

use crate::taking_turns;
use crate::workload::Workload;

pub(crate) fn predict(workload: &Workload, rows: usize) -> Result<(), Box<dyn Error>> {
    let columns: usize = workload.input_shape.iter().product();
    let (inputs, _) = workload.arrays(rows)?;
    let file = workload.onnx.as_ref().ok_or("no ONNX file")?;
    let model = tract_onnx::onnx()
        .model_for_path(file)?
        .with_input_fact(0, f32::fact([rows, columns]).into())?
        .into_optimized()?
        .into_runnable()?;
    taking_turns::ready(1);
    let ask = || {
        let inputs = Tensor::from_shape(&[rows, columns], &inputs)?;
        let answers = model.run(tvec!(inputs.into()))?;
        Ok(answers[0]
            .to_plain_array_view::<f32>()?
            .iter()
            .copied()
            .collect())
    };
    taking_turns::answer(ask, 10)
}
