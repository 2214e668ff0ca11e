//! Attributes of operators.

use super::proto::{Attribute, FLOAT, Tensor};

/// A whole number as ONNX has them.
pub(super) fn whole(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A number in the precision that networks have.
#[expect(
    clippy::cast_possible_truncation,
    reason = "networks are of single precision"
)]
pub(super) fn single(number: f64) -> f32 {
    number as f32
}

pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute {
        i: Some(value),
        ..named(name, 2)
    }
}

pub(super) fn float(name: &str, value: f64) -> Attribute {
    Attribute {
        f: Some(single(value)),
        ..named(name, 1)
    }
}

pub(super) fn text(name: &str, value: &str) -> Attribute {
    Attribute {
        s: Some(value.into()),
        ..named(name, 3)
    }
}

/// A single float as a tensor.
pub(super) fn tensor(name: &str, value: f32) -> Attribute {
    let tensor = Tensor {
        dims: vec![1],
        data_type: Some(FLOAT),
        raw_data: Some(value.to_le_bytes().to_vec()),
        ..Tensor::default()
    };
    Attribute {
        t: Some(Box::new(tensor)),
        ..named(name, 4)
    }
}

pub(super) fn floats(name: &str, values: Vec<f32>) -> Attribute {
    Attribute {
        floats: values,
        ..named(name, 6)
    }
}

pub(super) fn ints(name: &str, values: impl IntoIterator<Item = usize>) -> Attribute {
    Attribute {
        ints: values.into_iter().map(whole).collect(),
        ..named(name, 7)
    }
}

pub(super) fn texts(name: &str, values: &[&str]) -> Attribute {
    Attribute {
        strings: values.iter().map(|value| (*value).into()).collect(),
        ..named(name, 8)
    }
}

fn named(name: &str, kind: i32) -> Attribute {
    Attribute {
        name: Some(name.to_owned()),
        kind: Some(kind),
        ..Attribute::default()
    }
}
