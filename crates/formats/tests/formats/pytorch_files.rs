//! Files of `torch.save`; they and the numbers are those of `data/make_torch_files.py`.

use std::collections::BTreeMap;

use firebrick_formats::safetensors::Names;
use firebrick_formats::{Format, FormatError, Mapping, NameTable, pytorch};
use firebrick_model::burn::tensor::Device;
use firebrick_model::layers::{BatchNormalization, Conv2D, Dense, Layer};
use firebrick_model::{Activation, Graph, Network, Sequential};

use crate::safetensors_files::{entering, networks};
use crate::saved_models::data;

fn expected() -> BTreeMap<String, Vec<f32>> {
    let text = std::fs::read_to_string(data("torch_files.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Makes sure that a network gives what the module of a file gives.
fn check(file: &str, name: &str, network: &Network) {
    let input = entering(name, network.config(), &Device::flex());
    let answer = network.predict(input).unwrap().into_vec().unwrap();
    let expected = &expected()[file];
    assert_eq!(answer.len(), expected.len(), "{file}");
    for (own, torch) in answer.iter().zip(expected) {
        assert!(
            (own - torch).abs() <= 1e-5,
            "{file}: {own} instead of {torch}"
        );
    }
}

/// The network of the first module, whose layers have these names.
fn mlp(names: [&str; 2]) -> Graph {
    let [first, second] = names;
    Sequential::new([4])
        .add(Dense::new(5).named(first))
        .add(Dense::new(3).named(second))
        .into()
}

fn loaded(file: &str, graph: &Graph, mapping: &Mapping) -> Result<Network, FormatError> {
    let mut network = graph.build(1, &Device::flex()).unwrap();
    pytorch::load_weights(&mut network, data(file), mapping)?;
    Ok(network)
}

fn refusal(file: &str, graph: &Graph, mapping: &Mapping) -> String {
    let mut network = graph.build(1, &Device::flex()).unwrap();
    let before = network.get_weights().unwrap();
    let error = pytorch::load_weights(&mut network, data(file), mapping).unwrap_err();
    assert_eq!(network.get_weights().unwrap(), before, "{error}");
    error.to_string()
}

#[test]
fn modules_of_every_kind_give_what_they_give_in_pytorch() {
    for (name, graph) in networks() {
        let file = format!("torch_{name}.pt");
        for mapping in [Mapping::by_name(), Mapping::in_order()] {
            check(&file, name, &loaded(&file, &graph, &mapping).unwrap());
        }
    }
}

#[test]
fn all_that_torch_saves_is_read() {
    let graph = mlp(["fc1", "fc2"]);
    for file in [
        "torch_legacy.pt",
        "torch_whole.pt",
        "torch_views.pt",
        "torch_widths.bin",
        "torch_parallel.pth",
        "torch_checkpoint.ckpt",
    ] {
        for mapping in [Mapping::by_name(), Mapping::in_order()] {
            check(file, "mlp", &loaded(file, &graph, &mapping).unwrap());
        }
        assert_eq!(Format::of(file).unwrap(), Format::PyTorch);
    }
}

#[test]
fn tensors_are_listed_in_the_order_of_the_file_with_their_types() {
    let listed = |file: &str| {
        let tensors = Format::PyTorch.tensors(data(file)).unwrap();
        let tensors = tensors.into_iter().map(|tensor| {
            let dtype = tensor.dtype.unwrap();
            format!("{} {:?} {dtype}", tensor.name, tensor.shape)
        });
        tensors.collect::<Vec<_>>()
    };
    assert_eq!(
        listed("torch_widths.bin"),
        [
            "fc1.weight [5, 4] F16",
            "fc1.bias [5] BF16",
            "fc2.weight [3, 5] F64",
            "fc2.bias [3] F16"
        ]
    );
    let names = listed("torch_checkpoint.ckpt").join(", ");
    assert!(names.starts_with("net.fc1.weight"), "{names}");
    assert!(!names.contains("exp_avg"), "{names}");
    let convolutions = listed("torch_convolutions.pt").join(", ");
    assert!(
        convolutions.contains("bn.num_batches_tracked [] I64"),
        "{convolutions}"
    );
    assert!(convolutions.find("conv.weight") < convolutions.find("bn.weight"));
}

#[test]
fn numbered_modules_are_taken_in_order() {
    let line = |dense: [Dense; 3]| -> Graph {
        let mut network = Sequential::new([4]);
        for (place, dense) in dense.into_iter().enumerate() {
            network = network.add(dense.named(["a", "b", "c"][place]));
        }
        network.into()
    };
    let tanh = || Dense::new(4).with_activation(Activation::Tanh);
    let graph = line([tanh(), tanh(), Dense::new(4).without_bias()]);
    let file = "torch_numbered.pt";
    for mapping in [Mapping::by_name(), Mapping::in_order()] {
        check(file, "mlp", &loaded(file, &graph, &mapping).unwrap());
    }
    // One of the layers has no bias there, and the one after it would take its place.
    let other = line([tanh(), Dense::new(4), Dense::new(4)]);
    let error = refusal(file, &other, &Mapping::in_order());
    assert!(
        error.contains("in order `c/bias` takes the next tensor, a `bias` of the shape [4], and the file has no more"),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_in_order_is_told_of_both_sides() {
    let graph: Graph = Sequential::new([6, 7, 2])
        .add(Conv2D::new(4, [3, 2]).without_bias())
        .add(BatchNormalization::new())
        .into();
    let error = refusal("torch_convolutions.pt", &graph, &Mapping::in_order());
    // The bias of the convolution has the shape that the scale should have, and another name.
    assert!(
        error.contains("in order `batch_normalization/gamma` takes the next tensor, a `weight` of the shape [4]")
            && error.contains("the next of the file is `conv.bias` of [4]"),
        "{error}"
    );
    let error = refusal("torch_mlp.pt", &mlp(["fc2", "fc1"]), &Mapping::by_name());
    assert!(
        error.contains(
            "weight `fc2/kernel` should have the shape [5, 4], at `fc2.weight` there is [3, 5]"
        ),
        "{error}"
    );
}

#[test]
fn a_table_says_which_module_is_which_layer() {
    let graph = mlp(["stem", "head"]);
    let table = NameTable::new()
        .with("net.fc1", "stem")
        .with("net.fc*", "hea*");
    let error = refusal("torch_checkpoint.ckpt", &graph, &Mapping::table(table));
    assert!(error.contains("weight `head/kernel` is missing"), "{error}");
    let table: NameTable = "net.fc1 = \"stem\"\nnet.fc2 = \"head\"".parse().unwrap();
    let mapping = Mapping::table(table);
    let network = loaded("torch_checkpoint.ckpt", &graph, &mapping).unwrap();
    check("torch_checkpoint.ckpt", "mlp", &network);

    let alone: Graph = Sequential::new([4]).add(Dense::new(5).named("stem")).into();
    let table = NameTable::new().with("fc1", "stem").without("fc2");
    loaded("torch_mlp.pt", &alone, &Mapping::table(table)).unwrap();

    let table = NameTable::new().with("fc3", "stem");
    let error = refusal("torch_mlp.pt", &graph, &Mapping::table(table));
    assert!(error.contains("begins with the parts of `fc3`"), "{error}");
    let table = NameTable::new().with("*.weight", "stem.weight");
    let error = refusal("torch_mlp.pt", &graph, &Mapping::table(table));
    assert!(
        error.contains("would both be called `stem.weight`"),
        "{error}"
    );
}

#[test]
fn files_of_safetensors_are_mapped_as_those_of_pytorch() {
    let format = Format::Safetensors(Names::Own);
    let file = data("torch_mlp.safetensors");
    let by_name = {
        let mut network = mlp(["fc1", "fc2"]).build(1, &Device::flex()).unwrap();
        format.load_weights(&mut network, &file).unwrap();
        network.get_weights().unwrap()
    };
    let table = NameTable::new().with("fc1", "stem").with("fc2", "head");
    for mapping in [Mapping::in_order(), Mapping::table(table)] {
        let mut network = mlp(["stem", "head"]).build(2, &Device::flex()).unwrap();
        format.load_mapped(&mut network, &file, &mapping).unwrap();
        assert_eq!(network.get_weights().unwrap(), by_name);
    }
    let mapping = Mapping::by_name().with_names(Names::Own);
    let mut network = mlp(["fc1", "fc2"]).build(1, &Device::flex()).unwrap();
    let error = format
        .load_mapped(&mut network, &file, &mapping)
        .unwrap_err();
    assert!(
        error.to_string().contains("weight `fc1/kernel` is missing"),
        "{error}"
    );
}

#[test]
fn nothing_is_written_for_pytorch_but_safetensors() {
    let network = mlp(["fc1", "fc2"]).build(1, &Device::flex()).unwrap();
    let error = Format::PyTorch.to_bytes(&network, "net.pt").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("weights of PyTorch are read only, not written; write .safetensors"),
        "{error}"
    );
}
