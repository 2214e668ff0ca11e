use burn::tensor::Device;
use firebrick_data::BatchSource;
use firebrick_model::Graph;

use crate::error::TrainError;
use crate::inputs::Inputs;

/// Samples looked at together.
const TOGETHER: usize = 4096;

/// The network with the statistics that its `Normalization` layers lack, learned from samples, see
/// [`Graph::adapt`].
///
/// ```
/// use firebrick::burn::tensor::Device;
/// use firebrick::datasets::ArrayDataset;
/// use firebrick::layers::{Dense, Normalization};
/// use firebrick::models::Sequential;
///
/// let device = Device::flex();
/// let data = ArrayDataset::new([[0.0, 7.0], [2.0, 9.0]], [0.5, 1.5])?;
/// let network = Sequential::new([2]).add(Normalization::new()).add(Dense::new(1));
/// let model = firebrick::training::adapt(network, &data, &device)?.build(42, &device)?;
/// # Ok::<(), firebrick::training::TrainError>(())
/// ```
///
/// # Errors
/// Those of [`Graph::adapt`], samples that cannot be read.
pub fn adapt(
    network: impl Into<Graph>,
    data: &dyn BatchSource,
    device: &Device,
) -> Result<Graph, TrainError> {
    let num_samples = data.num_samples();
    let network = network.into();
    let names = network.inputs().iter().map(|input| input.name().to_owned());
    let own = Inputs::new(&data.all_inputs(), &names.collect::<Vec<String>>())?;
    network.adapt(device, || {
        (0..num_samples).step_by(TOGETHER).map(|start| {
            let end = num_samples.min(start + TOGETHER);
            let rows: Vec<usize> = (start..end).collect();
            let batch = data.gather(&rows, device);
            let batch = batch.map_err(TrainError::samples)?;
            Ok((own.of(&batch)?, batch.targets().into()))
        })
    })
}
