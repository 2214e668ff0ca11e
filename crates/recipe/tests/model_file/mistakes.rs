//! What is wrong with a model file, and how that is told.

use super::{CNN, problem};

/// The file with a text in place of another.
fn with(what: &str, instead: &str) -> String {
    assert!(CNN.contains(what), "{what}");
    CNN.replacen(what, instead, 1)
}

#[test]
fn what_is_wrong_with_a_layer_has_its_line_its_index_and_the_nearest_name() {
    let named = "class_name = \"Flatten\"\nname = \"digits\"";
    let flat = "class_name = \"Flatten\"";
    for (text, line, words) in [
        (
            with("\"Conv2D\"", "\"conv4d\""),
            6,
            "layer of index 0: unknown layer `conv4d`, did you mean `Conv1D`?; known layers: \
             Activation, ",
        ),
        (
            with("\"Flatten\"", "\"rellu\""),
            17,
            "layer of index 2: unknown layer `rellu`, did you mean `ReLU`?",
        ),
        (
            with("filters", "fliters"),
            7,
            "layer of index 0 (Conv2D) has no argument `fliters`, did you mean `filters`?; it takes \
             filters, kernel_size, strides, padding, dilation_rate, groups, activation, use_bias, \
             kernel_initializer, ",
        ),
        (
            with("units = 10", "units = 10\nkernel_initialiser = \"zeros\""),
            23,
            "layer `digits` (Dense, index 3) has no argument `kernel_initialiser`, did you mean \
             `kernel_initializer`?",
        ),
        (
            with("units = 10", "units = \"ten\""),
            22,
            "layer `digits` (Dense, index 3), argument `units`: expected a whole number from 0, \
             received `ten`",
        ),
        (
            with("activation = \"softmax\"", "activation = \"sotfmax\""),
            23,
            "argument `activation`: unknown activation `sotfmax`, did you mean `softmax`?",
        ),
        (
            with("{ class_name = \"HeNormal\", config = {} }", "\"he_norml\""),
            11,
            "unknown initializer `he_norml`, did you mean `he_normal`?",
        ),
        (
            with("units = 10\n", ""),
            19,
            "layer `digits` (Dense, index 3) needs `units`, which is missing; add it, it takes units, ",
        ),
        (
            with(flat, "rate = 0.5"),
            16,
            "layer of index 2 has no `class_name`; add it, e.g. `class_name = \"Dense\"`",
        ),
        (
            with(flat, named),
            20,
            "two layers are named `digits`, index 2 and index 3",
        ),
        (
            with("\"MaxPooling2D\"", "\"MaxPooling2D\"\npool_size = 14"),
            13,
            "layer `max_pooling2d` (MaxPooling2D, index 1) ",
        ),
        (
            with("\"MaxPooling2D\"", "\"MaxPooling2D\"\npool_size = 14"),
            13,
            "it receives [13, 12, 4] from layer `conv2d` (Conv2D)",
        ),
        (
            with("units = 10", "units = 0"),
            19,
            "layer `digits` (Dense, index 3) needs `units` to be at least 1",
        ),
        (
            with("trainable = false", "trainable = 0"),
            24,
            "layer `digits` (Dense, index 3), argument `trainable`: expected true or false, received 0",
        ),
    ] {
        let message = problem(&text);
        let place = format!("`net.toml`, line {line}: ");
        assert!(message.starts_with(&place), "{place}{message}");
        assert!(message.contains(words), "{words}: {message}");
    }
}

/// Checks the messages for settings after the network, which begin at line 26.
fn are_refused(cases: &[(&str, usize, &str)]) {
    for (settings, line, words) in cases {
        let message = problem(&format!("{CNN}\n{settings}"));
        let place = format!("`net.toml`, line {line}: ");
        assert!(message.starts_with(&place), "{settings}: {message}");
        assert!(message.contains(words), "{words}: {message}");
    }
}

#[test]
fn what_is_wrong_with_the_compilation_has_its_line() {
    are_refused(&[
        (
            "[compil]\n",
            26,
            "unknown key `compil`, did you mean `compile`?; known keys: name, input_shape, inputs, outputs, layers, data, compile, \
             fit",
        ),
        (
            "[compile]\nlos = \"mse\"\n",
            27,
            "unknown key `los` in [compile], did you mean `loss`?",
        ),
        (
            "[compile]\nloss = \"mes\"\n",
            27,
            "`loss`: unknown loss `mes`, did you mean `mse`?",
        ),
        (
            "[compile]\nloss = { name = \"huber\", dleta = 2.0 }\n",
            27,
            "`loss`: the loss `huber` has no argument `dleta`, did you mean `delta`?; it takes delta, reduction",
        ),
        (
            "[compile]\nmetrics = [\n\"acc\",\n\"acuracy\"]\n",
            29,
            "unknown metric `acuracy`, did you mean `accuracy`?",
        ),
        (
            "[compile]\nmetrics = \"accuracy\"\n",
            27,
            "`metrics`: expected a list of metrics, received `accuracy`",
        ),
        (
            "[compile]\n\nlearning_rate = -1\n",
            28,
            "above 0, received -1",
        ),
        (
            "[compile]\nlearning_rate = \"fast\"\n",
            27,
            "`learning_rate`: unknown schedule `fast`; known schedules: constant, ",
        ),
        (
            "[compile]\nschedule = \"cosine:3\"\n",
            27,
            "`schedule`: unknown schedule `cosine`, did you mean `cosine-decay`?",
        ),
        (
            "[compile.learning_rate]\nname = \"cosine_decay\"\ninitial_learning_rate = 0.1\ndecay_steps = 0.5\n",
            29,
            "`learning_rate`: the schedule `cosine-decay`, argument `decay_steps`: expected a whole number from 0, received 0.5",
        ),
        (
            "[compile]\nschedule = \"constant:1\"\nlearning_rate = 1\n",
            28,
            "`learning_rate`: excludes `schedule`; keep one of them",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_the_optimizer_has_its_line() {
    are_refused(&[
        (
            "[compile]\noptimizer = \"adm\"\n",
            27,
            "unknown optimizer `adm`, did you mean `adam`?",
        ),
        (
            "[compile]\noptimizer = { beta_1 = 0.5 }\n",
            27,
            "the optimizer has no `name`; add it",
        ),
        (
            "[compile]\noptimizer = 3\n",
            27,
            "`optimizer`: expected the name of an optimizer, or a table with its `name` and arguments, received 3",
        ),
        (
            "[compile]\noptimizer = { name = \"lion\", beta1 = 0.5 }\n",
            27,
            "the optimizer `lion` has no argument `beta1`, did you mean `beta_1`?; it takes beta_1, beta_2, weight_decay, clipnorm",
        ),
        (
            "[compile]\noptimizer = { name = \"adam\", momentum = 0.5 }\n",
            27,
            "the optimizer `adam` has no argument `momentum`",
        ),
        (
            "[compile]\noptimizer = { name = \"adam\", gradient_accumulation_steps = 1 }\n",
            27,
            "the optimizer `adam`, argument `gradient_accumulation_steps`: expected at least 2",
        ),
        (
            "[compile]\noptimizer = { name = \"adam\", gradient_accumulation_steps = 2.5 }\n",
            27,
            "argument `gradient_accumulation_steps`: expected a whole number from 0, received 2.5",
        ),
        (
            "[compile]\nlearning_rate = 0.1\noptimizer = { name = \"adam\", learning_rate = 0.1 }\n",
            28,
            "`optimizer`: its `learning_rate` and the one beside it exclude one another; keep one of them",
        ),
        (
            "[compile.optimizer]\nname = \"adam\"\nlearning_rate = -1\n",
            28,
            "`optimizer`: the schedule `constant`, argument `learning_rate`: expected a finite number above 0, received -1",
        ),
        (
            "[compile.optimizer]\nname = \"adam\"\nloss_scale_factor = 2\n",
            28,
            "the optimizer `adam`, argument `loss_scale_factor`: expected none, received 2; losses are 32-bit floats here",
        ),
        (
            "[compile]\noptimizer = { name = \"adam\", ema_overwrite_frequency = 5 }\n",
            27,
            "set ema_momentum first",
        ),
        (
            "[compile]\noptimizer = { name = \"adam\", beta_1 = 1.0 }\n",
            27,
            "the optimizer `adam`, argument `beta_1`: expected a number from 0 up to, but not including, 1, received 1",
        ),
    ]);
}

#[test]
fn what_is_wrong_with_the_fit_has_its_line() {
    are_refused(&[
        (
            "[fit]\nepoch = 3\n",
            27,
            "unknown key `epoch` in [fit], did you mean `epochs`?",
        ),
        (
            "[fit]\nepochs = -3\n",
            27,
            "`epochs`: invalid value: integer `-3`, expected usize",
        ),
        (
            "[fit]\nseed = 1\nepochs = 0\n",
            28,
            "epochs is 0, expected at least 1",
        ),
        (
            "[fit]\nvalidation_split = 1.0\n",
            27,
            "validation_split is 1, expected a share",
        ),
        (
            "[compile]\nmetrics = [{ metric = \"mae\", name = \"seconds\" }]\n",
            27,
            "a metric cannot be called `seconds`: the history has a column of this name anyway",
        ),
        (
            "[fit]\nclass_weight = { 1 = -1.0 }\n",
            27,
            "class_weight is -1, expected weights of at least 0",
        ),
        (
            "[fit]\nclass_weight = { 1 = 2.0, 01 = 3.0 }\n",
            27,
            "`class_weight`: expected one weight for class 1, received two",
        ),
        ("[fit\n", 26, "this is no TOML: "),
        (
            "[fit]\nseed = 1\nseed = 2\n",
            28,
            "this is no TOML: duplicate key",
        ),
    ]);
}

#[test]
fn what_is_missing_is_asked_for() {
    assert_eq!(
        problem(""),
        "`net.toml`: the file has no `input_shape`; add it, e.g. `input_shape = [28, 28, 1]`"
    );
    let message = problem("input_shape = [4]\n");
    assert!(message.contains("the file has no `layers`"), "{message}");
    let message = problem("input_shape = [4]\nlayers = []\n");
    assert!(
        message.starts_with("`net.toml`, line 2: the network has no layers, expected at least one"),
        "{message}"
    );
    let message = problem("input_shape = [4]\nlayers = 3\n");
    assert!(
        message.contains("line 2: `layers`: expected one table for each layer"),
        "{message}"
    );
}

#[test]
fn what_enters_no_network_has_the_line_of_the_input_shape() {
    let network = "name = \"x\"\ninput_shape = [SHAPE]\n[[layers]]\nclass_name = \"Flatten\"\nname = \"input\"\n";
    for (shape, words) in [
        ("", "the network has 0 inputs"),
        ("0", "the network has 0 inputs"),
        (
            "1, 1, 1, 1, 1, 1",
            "layer `input` gives [1, 1, 1, 1, 1, 1], expected at most 5 axes",
        ),
        (
            "9223372036854775807, 3",
            "expected at most 1073741824 elements",
        ),
        (
            "-2",
            "a size is a whole number from 0 on, or -1 where it is not known, received -2",
        ),
    ] {
        let message = problem(&network.replace("SHAPE", shape));
        assert!(message.starts_with("`net.toml`, line 2: "), "{message}");
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn what_is_wrong_with_the_data_has_its_line() {
    let table = "[data]\ncsv = \"a.csv\"\ntarget = \"b\"\n";
    are_refused(&[
        (
            "[data]\ncsv = \"a.csv\"\n",
            26,
            "[data] has no `target`; add it, e.g. `target = \"species\"`",
        ),
        (
            "[data]\ntarget = \"b\"\n",
            26,
            "[data] has no `csv`; add it",
        ),
        (
            &format!("{table}feature = [\"c\"]\n"),
            29,
            "unknown key `feature` in [data], did you mean `features`?; known keys: csv, target, classes",
        ),
        (
            &format!("{table}features = \"c\"\n"),
            29,
            "`features`: invalid type: string \"c\", expected a sequence",
        ),
        (
            &format!("{table}classes = 3\n"),
            29,
            "`classes`: invalid type: integer `3`, expected a boolean",
        ),
        (
            &format!("{table}test_split = 1.5\n"),
            26,
            "`data`: `test_split`: expected a share of the rows from 0 up to, but not including, 1, received 1.5",
        ),
        (
            "[[data]]\ncsv = \"a.csv\"\n",
            26,
            "`data`: invalid type: sequence, expected a data set: a name or folder, \"mnist\", or a table",
        ),
    ]);
}
