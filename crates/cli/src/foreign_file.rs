//! What a file is that somebody took for a run or for settings, told by its first bytes or its ending.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// What a file is, and what can be done with it today.
#[derive(Clone, Copy)]
struct Kind {
    is: &'static str,
    way_out: &'static str,
}

/// For files that a run can be made of.
const IMPORT: &str = "`firebrick import FILE --run NAME` makes a run of it";
/// For files of weights, beside which the network is described.
const IMPORT_WEIGHTS: &str =
    "`firebrick import FILE --model FILE.toml --run NAME` makes a run of it";

const KERAS: Kind = importable("a model of Keras");
const HDF5: Kind = Kind {
    is: "an HDF5 file, as Keras keeps models and weights in",
    way_out: "`firebrick import FILE.weights.h5 --model FILE.toml --run NAME` makes a run of weights; save a whole model in \
              Keras again as .keras",
};
const TORCH: Kind = Kind {
    is: "a file of PyTorch",
    way_out: IMPORT_WEIGHTS,
};
const PICKLE: Kind = Kind {
    is: "a Python pickle, as PyTorch keeps weights in",
    way_out: "`firebrick import FILE.pt --model FILE.toml --run NAME` makes a run of what `torch.save` has written",
};
const SAFETENSORS: Kind = Kind {
    is: "a file of safetensors",
    way_out: IMPORT_WEIGHTS,
};
const ONNX: Kind = importable("an ONNX model");
const BURNPACK: Kind = Kind {
    is: "a saved model without the folder of its run",
    way_out: "`firebrick predict`, `serve` and `model` take it, for anything else name the folder of its run; a program loads the \
              file by `SavedModel::read`",
};
const PICTURE: Kind = Kind {
    is: "a picture",
    way_out: "name the run first, as in `firebrick predict RUN PICTURE`",
};
const TABLE: Kind = Kind {
    is: "a table",
    way_out: "name the run first, as in `firebrick predict RUN TABLE`",
};
const SETTINGS: Kind = Kind {
    is: "a file of settings",
    way_out: "`firebrick train` takes it, as `--model FILE` if it describes a network, else as `--config FILE`, and makes a \
              run of it",
};
const OTHER: Kind = Kind {
    is: "a file",
    way_out: "name the folder of a run, as `firebrick train` makes it",
};

const fn importable(is: &'static str) -> Kind {
    Kind {
        is,
        way_out: IMPORT,
    }
}

/// By what a file begins with.
const BEGINNINGS: [(&[u8], Kind); 8] = [
    (b"\x89HDF\r\n\x1a\n", HDF5),
    (b"NRUB", BURNPACK),
    (b"\x89PNG\r\n\x1a\n", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
];

/// By how the name of a file ends.
const ENDINGS: [(&str, Kind); 16] = [
    ("keras", KERAS),
    ("h5", HDF5),
    ("hdf5", HDF5),
    ("pt", TORCH),
    ("pth", TORCH),
    ("ckpt", TORCH),
    ("pkl", PICKLE),
    ("safetensors", SAFETENSORS),
    ("onnx", ONNX),
    ("bpk", BURNPACK),
    ("png", PICTURE),
    ("jpg", PICTURE),
    ("jpeg", PICTURE),
    ("csv", TABLE),
    ("tsv", TABLE),
    ("toml", SETTINGS),
];

/// What to tell somebody who named this file where a run is expected.
pub(crate) fn no_run_but(file: &Path) -> String {
    let Kind { is, way_out } = kind(file);
    format!("`{}` is no run but {is}; {way_out}", file.display())
}

/// What to tell somebody who named this file, which is no text, where one of settings is expected.
pub(crate) fn no_settings_but(file: &Path) -> String {
    let Kind { is, way_out } = kind(file);
    let way_out = if [IMPORT, IMPORT_WEIGHTS].contains(&way_out) {
        way_out
    } else {
        "name a TOML file, such as those in examples/models"
    };
    format!("`{}` is no TOML but {is}; {way_out}", file.display())
}

/// Whether it is a file, and by its looks a model of ours.
pub(crate) fn is_model(file: &Path) -> bool {
    file.is_file() && kind(file).is == BURNPACK.is
}

fn kind(file: &Path) -> Kind {
    let head = head(file);
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(start, _)| head.starts_with(start)) {
        return *kind;
    }
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    let by_ending = ENDINGS
        .iter()
        .find(|(known, _)| ending.eq_ignore_ascii_case(known));
    by_ending.map_or(OTHER, |(_, kind)| *kind)
}

/// The first bytes; none of what cannot be read.
fn head(file: &Path) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(file) {
        let _ = file.take(8).read_to_end(&mut head);
    }
    head
}
