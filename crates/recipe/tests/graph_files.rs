//! Networks in model files whose layers name what they take from.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_recipe::ModelFile;

const RESIDUAL: &str = r#"
name = "residual"
outputs = ["digits"]

[inputs]
image = [28, 28, 1]

[[layers]]
class_name = "Conv2D"
name = "entry"
filters = 4
kernel_size = 3
padding = "same"

[[layers]]
class_name = "Conv2D"
name = "inner"
filters = 4
kernel_size = 3
padding = "same"

[[layers]]
class_name = "Add"
inputs = ["entry", "inner"]

[[layers]]
class_name = "GlobalAveragePooling2D"

[[layers]]
class_name = "Dense"
name = "digits"
units = 10
"#;

fn error(text: &str) -> String {
    text.parse::<ModelFile>().unwrap_err().to_string()
}

#[test]
fn layers_name_what_they_take_from() {
    let file: ModelFile = RESIDUAL.parse().unwrap();
    let network = file.network();
    assert_eq!(network.name(), "residual");
    assert_eq!(network.inputs()[0].name(), "image");
    assert_eq!(network.output_shapes().unwrap(), [[10]]);
    assert_eq!(network.sources_of(2).unwrap(), ["entry", "inner"]);
    assert_eq!(network.sources_of(1).unwrap(), ["entry"]);
}

#[test]
fn two_inputs_and_two_outputs_and_a_name_alone() {
    let text = r#"
        outputs = ["one", "two"]

        [inputs]
        b = [3]
        a = [-1, 3]

        [[layers]]
        class_name = "GlobalAveragePooling1D"
        inputs = "a"

        [[layers]]
        class_name = "Concatenate"
        inputs = ["b", "global_average_pooling1d"]

        [[layers]]
        class_name = "Dense"
        name = "one"
        units = 1

        [[layers]]
        class_name = "Dense"
        name = "two"
        units = 2
        inputs = "concatenate"
    "#;
    let file: ModelFile = text.parse().unwrap();
    let network = file.network();
    let inputs: Vec<String> = network
        .inputs()
        .iter()
        .map(|input| format!("{} {}", input.name(), input.shape()))
        .collect();
    assert_eq!(inputs, ["b [3]", "a [None, 3]"]);
    assert_eq!(network.output_names(), ["one", "two"]);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let unknown = RESIDUAL.replace("[\"entry\", \"inner\"]", "[\"entry\", \"iner\"]");
    let text = error(&unknown);
    assert!(text.contains("line 22"), "{text}");
    assert!(
        text.contains("layer `add` takes from `iner`, which is neither an input nor a layer, did you mean `inner`?"),
        "{text}"
    );
    let circle = RESIDUAL.replace("name = \"inner\"", "name = \"inner\"\ninputs = \"add\"");
    let text = error(&circle);
    assert!(text.contains("take from each other in a circle"), "{text}");
    let both = RESIDUAL.replace("outputs = ", "input_shape = [28, 28, 1]\noutputs = ");
    assert!(
        error(&both).contains("either `input_shape`"),
        "{}",
        error(&both)
    );
    let nothing = RESIDUAL.replace("\"digits\"]", "\"digitz\"]");
    let text = error(&nothing);
    assert!(text.contains("an output takes from `digitz`"), "{text}");
    assert!(text.contains("line 3"), "{text}");
    let spare = RESIDUAL.replace("image = [28, 28, 1]", "image = [28, 28, 1]\nspare = [2]");
    assert!(
        error(&spare).contains("depends on its input `spare`"),
        "{}",
        error(&spare)
    );
    let unused = RESIDUAL.replace(
        "inputs = [\"entry\", \"inner\"]",
        "inputs = [\"entry\", \"entry\"]",
    );
    let text = error(&unused);
    assert!(text.contains("depends on its layer `inner`"), "{text}");
    assert!(text.contains("line 15"), "{text}");
    let unlike = RESIDUAL.replace(
        "name = \"inner\"\nfilters = 4",
        "name = \"inner\"\nfilters = 5",
    );
    let text = error(&unlike);
    assert!(
        text.contains("layer `add` (Add, index 2) expects an input of shapes that meet"),
        "{text}"
    );
    assert!(text.contains("line 22"), "{text}");
}

/// A language model whose head is its embedding in reverse.
const TIED: &str = r#"
input_shape = [6]

[[layers]]
class_name = "ReversibleEmbedding"
name = "embedding"
input_dim = 11
output_dim = 4

[[layers]]
class_name = "Dense"
units = 4
training = false

[[layers]]
call = "embedding"
name = "scores"
reverse = true
"#;

#[test]
fn a_layer_is_called_again_with_arguments_of_its_own() {
    let file: ModelFile = TIED.parse().unwrap();
    let network = file.network();
    assert_eq!(network.output_shapes().unwrap(), [[6, 11]]);
    assert_eq!(network.layers().len(), 2);
    let outline = network.outline().unwrap();
    let arguments: Vec<&[String]> = outline
        .nodes
        .iter()
        .map(|node| &node.arguments[..])
        .collect();
    assert_eq!(arguments[2], ["training=false"]);
    assert_eq!(arguments[3], ["reverse=true"]);
    assert_eq!(outline.nodes[3].call, (2, 2));
}

#[test]
fn a_wrong_call_is_told_with_its_line() {
    let unknown = error(&TIED.replace("call = \"embedding\"", "call = \"embeding\""));
    assert!(unknown.contains("line 15"), "{unknown}");
    assert!(
        unknown.contains(
            "`scores` calls the layer `embeding`, which is not there, did you mean `embedding`?"
        ),
        "{unknown}"
    );
    let argument = error(&TIED.replace("reverse = true", "revers = true"));
    assert!(argument.contains("line 18"), "{argument}");
    assert!(
        argument.contains("`revers`") && argument.contains("`reverse`"),
        "{argument}"
    );
    let weights = error(&TIED.replace("reverse = true", "input_dim = 12"));
    assert!(
        weights.contains("is called with arguments that want other weights than its first call"),
        "{weights}"
    );
    let training = error(&TIED.replace("training = false", "training = true"));
    assert!(
        training.contains("expected `false`") && training.contains("line 13"),
        "{training}"
    );
    let nameless = error(&TIED.replace("name = \"scores\"\n", ""));
    assert!(nameless.contains("`name`"), "{nameless}");
}
