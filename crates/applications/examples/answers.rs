//! What a well-known network says with the weights of a file, for `scripts/check_applications.py` to compare with what the
//! library says that wrote it.
//!
//! ```sh
//! cargo run -p firebrick-applications --example answers -- resnet50 keras 1.0 top WEIGHTS INPUTS
//! cargo run -p firebrick-applications --example answers -- bert CONFIG LENGTH WEIGHTS INPUTS
//! ```
//!
//! `INPUTS` is a file of safetensors with a tensor for each input, by its name. Prints the outputs as JSON, each a row of
//! numbers. `top` is one of ten classes, linear; `avg` and `max` are poolings without one.
#![allow(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use std::error::Error;

use firebrick_applications::{Application, BertEncoder, Pooling};
use firebrick_formats::Format;
use firebrick_model::burn::tensor::{Device, Tensor, TensorData};
use firebrick_model::{
    Activation, AnyTensor, Graph, LoadedWeights, Model, Network, Signal, Signals,
};

const CLASSES: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["bert", config, length, weights, inputs] => {
            let config = std::fs::read_to_string(config)?;
            let encoder = BertEncoder::from_config(&config, length.parse()?)?;
            let mut network = encoder.graph()?.build(1, &Device::flex())?;
            let loaded = encoder.load_weights(&mut network, weights)?;
            answer(&network, &loaded, inputs)
        }
        [architecture, origin, alpha, end, weights, inputs] => {
            let shape = [None, None, Some(3)];
            let application = Application::new(architecture.parse()?, origin.parse()?, shape)
                .with_alpha(alpha.parse()?);
            let application = match end {
                "top" => application.with_classes(CLASSES, Activation::Linear),
                "avg" => application.with_pooling(Pooling::Average),
                "max" => application.with_pooling(Pooling::Max),
                _ => return Err(format!("expected top, avg or max, received `{end}`").into()),
            };
            let graph: Graph = application.graph()?;
            let mut network = graph.build(1, &Device::flex())?;
            let loaded = application.load_weights(&mut network, weights)?;
            answer(&network, &loaded, inputs)
        }
        _ => Err("expected ARCHITECTURE ORIGIN ALPHA END WEIGHTS INPUTS, or bert CONFIG LENGTH WEIGHTS INPUTS".into()),
    }
}

fn answer(network: &Network, loaded: &LoadedWeights, inputs: &str) -> Result<(), Box<dyn Error>> {
    eprintln!("{loaded}");
    let given = Format::of(inputs)?.read_weights(inputs)?;
    let signals: Result<Vec<Signal>, Box<dyn Error>> = network
        .input_names()
        .iter()
        .map(|name| {
            let value = given
                .get(name)
                .ok_or_else(|| format!("`{inputs}` has no input `{name}`"))?;
            let data = TensorData::new(value.values().to_vec(), [value.values().len()]);
            let tensor = Tensor::<1>::from_data(data, &Device::flex());
            Ok(AnyTensor::from(tensor).reshape(value.shape())?.into())
        })
        .collect();
    let outputs = network.predict_all(Signals::from(signals?))?;
    for index in 0..network.output_names().len() {
        let values = outputs[index].values().clone().into_vec()?;
        println!("{}", serde_json::to_string(&values)?);
    }
    Ok(())
}
