//! What the numbers of an answer mean.

use firebrick_model::Activation;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::network::Outputs;

/// An output, and what it is asked for.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    /// Numbers of a sample, where that is known before.
    pub(crate) width: Option<usize>,
    pub(crate) activation: Activation,
    pub(crate) meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    /// How probable classes are; their names, where they have any.
    Classes {
        names: Vec<String>,
        activation: Activation,
    },
    /// A number for each name, as its distance from another one.
    Values {
        names: Vec<String>,
        offsets: Vec<f64>,
    },
    /// Numbers, as they are.
    Numbers,
}

impl Meaning {
    pub(crate) fn of_classes(names: Vec<String>, activation: Activation) -> Self {
        Self::Classes { names, activation }
    }

    /// The class of an index.
    pub(crate) fn class_name(names: &[String], class: usize) -> String {
        names
            .get(class)
            .cloned()
            .unwrap_or_else(|| class.to_string())
    }
}

/// All that is said to one who asks.
#[derive(Serialize)]
pub(crate) struct Answer<'a> {
    model: &'a str,
    predictions: Vec<Prediction<'a>>,
}

/// What is said of a row: of one output that, of several each by its name.
struct Prediction<'a>(Vec<(&'a str, Said<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Said<'a> {
    Class {
        class: String,
        index: usize,
        probability: f32,
        probabilities: Vec<f32>,
    },
    Values {
        values: Named<'a>,
    },
    Numbers {
        values: &'a [f32],
    },
}

/// Numbers by their names.
struct Named<'a> {
    names: &'a [String],
    offsets: &'a [f64],
    values: &'a [f32],
}

impl<'a> Answer<'a> {
    /// Of so many rows.
    pub(crate) fn new(
        model: &'a str,
        outputs: &'a [Output],
        num_rows: usize,
        values: &'a Outputs,
    ) -> Self {
        let prediction = |row: usize| {
            let said = outputs.iter().zip(values).map(|(output, values)| {
                let width = values.len() / num_rows;
                let own = &values[row * width..][..width];
                (&*output.name, Said::of(&output.meaning, own))
            });
            Prediction(said.collect())
        };
        Self {
            model,
            predictions: (0..num_rows).map(prediction).collect(),
        }
    }
}

impl<'a> Said<'a> {
    fn of(meaning: &'a Meaning, values: &'a [f32]) -> Self {
        match meaning {
            Meaning::Classes { names, activation } => {
                let wide: Vec<f64> = values.iter().copied().map(f64::from).collect();
                let Some(probabilities) = activation.probabilities(&wide) else {
                    return Self::Numbers { values };
                };
                let more_probable = |best: (usize, f64), next: (usize, f64)| {
                    if next.1 > best.1 { next } else { best }
                };
                let all = probabilities.iter().copied().enumerate();
                let Some((index, probability)) = all.reduce(more_probable) else {
                    return Self::Numbers { values };
                };
                Self::Class {
                    class: Meaning::class_name(names, index),
                    index,
                    probability: single(probability),
                    probabilities: probabilities.into_iter().map(single).collect(),
                }
            }
            Meaning::Values { names, offsets } => Self::Values {
                values: Named {
                    names,
                    offsets,
                    values,
                },
            },
            Meaning::Numbers => Self::Numbers { values },
        }
    }
}

impl Serialize for Prediction<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [(_, said)] => said.serialize(serializer),
            several => serializer.collect_map(several.iter().map(|(name, said)| (name, said))),
        }
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for ((name, offset), value) in self.names.iter().zip(self.offsets).zip(self.values) {
            if *offset == 0.0 {
                map.serialize_entry(name, value)?;
            } else {
                map.serialize_entry(name, &(offset + f64::from(*value)))?;
            }
        }
        map.end()
    }
}

/// In the precision that networks compute with, without digits that mean nothing.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it was of single precision before"
)]
fn single(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(name: &str, meaning: Meaning) -> Output {
        Output {
            name: name.to_owned(),
            width: None,
            activation: Activation::Linear,
            meaning,
        }
    }

    fn json(outputs: &[Output], num_rows: usize, values: &Outputs) -> String {
        serde_json::to_string(&Answer::new("m", outputs, num_rows, values)).unwrap()
    }

    #[test]
    fn classes_have_names_and_numbers_their_columns() {
        let classes = Meaning::of_classes(vec!["cat".into(), "dog".into()], Activation::Softmax);
        let text = json(
            &[output("y", classes)],
            2,
            &vec![vec![0.25, 0.75, 1.0, 0.0]],
        );
        assert_eq!(
            text,
            r#"{"model":"m","predictions":[{"class":"dog","index":1,"probability":0.75,"probabilities":[0.25,0.75]},{"class":"cat","index":0,"probability":1.0,"probabilities":[1.0,0.0]}]}"#
        );
        let values = Meaning::Values {
            names: vec!["height".into(), "time".into()],
            offsets: vec![0.0, 1.7e9],
        };
        let text = json(&[output("y", values)], 1, &vec![vec![0.1, 0.5]]);
        assert!(
            text.contains(r#"{"values":{"height":0.1,"time":1700000000.5}}"#),
            "{text}"
        );
    }

    #[test]
    fn several_outputs_have_their_names() {
        let two = [output("a", Meaning::Numbers), output("b", Meaning::Numbers)];
        let text = json(&two, 1, &vec![vec![1.0], vec![2.0, 3.0]]);
        assert!(
            text.contains(r#"[{"a":{"values":[1.0]},"b":{"values":[2.0,3.0]}}]"#),
            "{text}"
        );
    }
}
