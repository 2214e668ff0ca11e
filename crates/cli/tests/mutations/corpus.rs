//! What is to be broken: small files of every form that is read.

use std::fmt::Write as _;
use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

pub(crate) fn tables() -> Vec<Vec<u8>> {
    let mut plain = "a,b,kind,y\n".to_owned();
    for row in 0..12 {
        let kind = ["rose", "lily", "big tulip"][row % 3];
        let _ = writeln!(plain, "{row},{},{kind},{}", row * row, 0.5 * row as f64);
    }
    let quoted = plain
        .replace("big tulip", "\"big, red \"\"tulip\"\"\"")
        .replace('\n', "\r\n");
    let with_mark = format!("\u{feff}{plain}");
    let mut inputs = texts(&[
        &plain,
        &quoted,
        &with_mark,
        &plain.replace(',', ";"),
        &plain.replace(',', "\t"),
    ]);
    inputs.extend(texts(&[
        "kind,y,x\nyes,1,2\nno,3,4\n",
        "x,kind,y\n 1 , a , 2\n\n3,b,4",
    ]));
    inputs
}

/// A header as IDX files have it, and what stands behind it.
fn idx(dimensions: &[u32], contents: &[u8]) -> Vec<u8> {
    let rank = u8::try_from(dimensions.len()).unwrap();
    let mut bytes = vec![0, 0, 8, rank];
    for dimension in dimensions {
        bytes.extend(dimension.to_be_bytes());
    }
    bytes.extend(contents);
    bytes
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn idx_images() -> Vec<Vec<u8>> {
    let contents: Vec<u8> = (0..=255).cycle().take(3 * 8 * 8).collect();
    let plain = idx(&[3, 8, 8], &contents);
    vec![gzipped(&plain), plain]
}

pub(crate) fn idx_labels() -> Vec<Vec<u8>> {
    let plain = idx(&[10], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    vec![gzipped(&plain), plain]
}

pub(crate) fn pictures() -> Vec<Vec<u8>> {
    let one = |x: u32, y: u32| (14..18).contains(&x) && (4..28).contains(&y);
    let gray = GrayImage::from_fn(32, 32, |x, y| Luma([if one(x, y) { 20 } else { 240 }]));
    let colour = RgbaImage::from_fn(40, 32, |x, y| {
        if one(x, y) {
            Rgba([10, 20, 90, 255])
        } else {
            Rgba([0, 0, 0, 0])
        }
    });
    let gray = DynamicImage::from(gray);
    let encoded = |picture: &DynamicImage, format| {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    };
    vec![
        encoded(&gray, ImageFormat::Png),
        encoded(&colour.into(), ImageFormat::Png),
        encoded(&gray.to_luma16().into(), ImageFormat::Png),
        encoded(&gray, ImageFormat::Jpeg),
    ]
}

pub(crate) fn histories() -> Vec<Vec<u8>> {
    texts(&[
        "epoch,learning_rate,loss,accuracy,val_loss,val_accuracy,seconds\n1,3,0.9,0.7,0.8,0.75,0.5\n2,2,0.5,0.8,0.6,0.8,0.5\n3,1,0.4,0.85,,,0.4\n",
        "epoch,learning_rate,loss,seconds\n1,0.001,123.5,0.1\n2,0.001,99.25,0.1\n",
    ])
}

/// Events of a run.
pub(crate) fn events() -> Vec<Vec<u8>> {
    texts(&[
        "{\"step\":0,\"epoch\":0,\"seconds\":0.1,\"event\":\"begin\",\"epochs\":2,\"steps_per_epoch\":5,\"class_names\":[\"a\",\"b\"],\
         \"schedule\":[[0,0.1],[10,0.01]],\"rising\":[\"accuracy\"],\"time\":1700000000,\"is_resumed\":false}\n\
         {\"step\":3,\"epoch\":1,\"seconds\":0.2,\"event\":\"action\",\"action\":\"epochs +3\",\"by\":\"me\",\"learning_rate\":0.1}\n\
         {\"step\":5,\"epoch\":1,\"seconds\":0.5,\"event\":\"epoch-end\",\"figures\":{\"loss\":0.5,\"val_loss\":\"NaN\"},\"learning_rate\":0.1,\"took\":0.4}\n\
         {\"step\":5,\"epoch\":1,\"seconds\":0.5,\"event\":\"confusion\",\"counts\":[[3,1],[0,4]]}\n\
         {\"step\":5,\"epoch\":1,\"seconds\":0.5,\"event\":\"samples\",\"worst\":[{\"row\":3,\"loss\":2.5,\"truth\":\"a\",\"answer\":\"b\",\
         \"certainty\":0.9,\"view\":{\"kind\":\"picture\",\"width\":2,\"height\":1,\"channels\":1,\"pixels\":\"AP8=\"}}]}\n\
         {\"step\":5,\"epoch\":1,\"seconds\":0.6,\"event\":\"layers\",\"layers\":[{\"path\":\"dense\",\"weights\":2.0,\"update\":0.1,\"gradients\":null,\"dead\":0.5}]}\n\
         {\"step\":10,\"epoch\":2,\"seconds\":0.9,\"event\":\"epoch-end\",\"figures\":{\"loss\":0.25},\"learning_rate\":0.05,\"took\":0.4}\n\
         {\"step\":10,\"epoch\":2,\"seconds\":0.9,\"event\":\"end\",\"reason\":\"all epochs done\",\"is_complete\":true}\n",
    ])
}

pub(crate) fn model_files() -> Vec<Vec<u8>> {
    texts(&[
        include_str!("../../../../examples/models/callbacks.toml"),
        include_str!("../../../../examples/models/cnn.toml"),
        include_str!("../../../../examples/models/mlp.toml"),
        include_str!("../../../../examples/models/regression.toml"),
        "input_shape = [5]\nlayers = [{ class_name = \"Embedding\", input_dim = 5, output_dim = 2 }, { class_name = \"Flatten\" }, \
         { class_name = \"Dense\", units = 2, activation = \"softmax\", kernel_regularizer = { name = \"L2\", l2 = 0.01 } }]\n\
         compile = { optimizer = { name = \"adam\", beta_1 = 0.8 }, loss = \"sparse_categorical_crossentropy\", metrics = [\"accuracy\"] }\n\
         fit = { epochs = 3, batch_size = 4, class_weight = { 0 = 1.0, 1 = 2.0 } }\n",
    ])
}

/// Settings as a run keeps them.
pub(crate) fn configs() -> Vec<Vec<u8>> {
    texts(&[
        "hidden = [4, 3]\nactivation = \"relu\"\noptimizer = \"adam\"\nschedule = \"constant:0.01\"\nepochs = 1\nbatch_size = 16\n\
         seed = 3\ndevice = \"flex\"\ndata = \"mnist-sample\"\nvalidation_split = 0.1\n",
        "epochs = 2\nseed = 1\nhidden = []\n[data]\ncsv = \"t.csv\"\ntarget = \"y\"\nclasses = true\ntest_split = 0.2\n",
    ])
}

pub(crate) fn studies() -> Vec<Vec<u8>> {
    texts(&[
        "study = \"curve\"\nby = \"width\"\nvalues = [1, 2]\nseeds = 2\nseed = 1\ndata = \"mnist-sample\"\ntrain_size = 50\n\
         validation_size = 50\nhidden = [4]\nactivation = \"sigmoid\"\nepochs = 2\nmin_steps = 0\nbatch_size = 10\n\
         learning_rate = 0.003\ndevice = \"flex\"\n",
    ])
}

/// Texts that name a thing with its arguments.
pub(crate) fn text_forms() -> Vec<Vec<u8>> {
    texts(&[
        "time-based:3",
        "constant:0.001",
        "one-cycle:0.1:total_steps=500",
        "exponential-decay:0.1:decay_steps=100:decay_rate=0.5",
        "warmup:10:cosine-decay:0.1:decay_steps=100",
        "piecewise-constant-decay:boundaries=10,20:values=0.1,0.01,0.001",
        "sparse_categorical_crossentropy",
        "mean_squared_error",
        "accuracy",
        "glorot_uniform",
        "relu",
        "adam",
        "cuda:1",
    ])
}

/// A line and a graph as Keras writes them: lines of a file that the model's tests read.
pub(crate) fn keras_networks() -> Vec<Vec<u8>> {
    let golden = include_str!("../../../model/tests/data/keras_json.json");
    let golden: serde_json::Value = serde_json::from_str(golden).unwrap();
    let networks = golden["networks"].as_array().unwrap().iter();
    let few = [
        "line",
        "shared",
        "words",
        "attending",
        "operators",
        "nested",
        "directions",
    ];
    let networks = networks.filter(|network| few.iter().any(|name| network["name"] == *name));
    networks
        .map(|network| network["json"].to_string().into_bytes())
        .collect()
}
