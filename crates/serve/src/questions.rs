//! From what was sent to what the network is asked.

mod cells;
mod numbers;
mod pictures;

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use crate::network::{Question, Slot};
use crate::problem::Problem;
use crate::served::{Described, Takes};

pub(crate) const JSON: &str = "application/json";
pub(crate) const CSV: &str = "text/csv";
pub(crate) const PNG: &str = "image/png";
pub(crate) const JPEG: &str = "image/jpeg";

/// What may be in a question; each network takes some of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    rows: Option<Vec<Value>>,
    pixels: Option<Vec<u8>>,
    height: Option<usize>,
    width: Option<usize>,
    texts: Option<Vec<String>>,
}

impl Described {
    /// What a body of this type asks.
    ///
    /// # Errors
    /// A type that is not known, a body that is not of it, values that the network does not take, too many rows.
    pub(crate) fn question(
        &self,
        content_type: &str,
        body: &[u8],
        max_rows: usize,
    ) -> Result<Question, Problem> {
        let content_type = content_type.split(';').next().unwrap_or_default().trim();
        let content_type = content_type.to_ascii_lowercase();
        let content_type = match &*content_type {
            "" | "application/octet-stream" => kind_of(body),
            other => other,
        };
        if body.is_empty() {
            let problem =
                Problem::new(StatusCode::BAD_REQUEST, "the body", self.types(), "nothing");
            return Err(problem);
        }
        let question = match (content_type, &self.takes) {
            (JSON, _) => self.of_json(body),
            (PNG | JPEG, Takes::Pictures { height, width }) => {
                pictures::of_picture(body, *height, *width)
            }
            (CSV, Takes::Table(table)) => table.of_csv(body),
            (other, _) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the header `content-type`",
                self.types(),
                format!("`{}`", firebrick_model::shortened(other)),
            )
            .with_hint(
                "say what the body is, as in `curl -H 'content-type: application/json' -d …`",
            )),
        }?;
        check_count(&question, max_rows)?;
        Ok(question)
    }

    /// Whether such a body has to be decoded, which may take long.
    pub(crate) fn decodes(&self, content_type: &str, body: &[u8]) -> bool {
        matches!(self.takes, Takes::Pictures { .. })
            && (content_type.contains("image") || kind_of(body) != JSON)
    }

    /// The types of bodies that it takes.
    pub(crate) fn types(&self) -> &'static str {
        match self.takes {
            Takes::Rows | Takes::Texts => JSON,
            Takes::Pictures { .. } => "image/png, image/jpeg or application/json",
            Takes::Table(_) => "application/json or text/csv",
        }
    }

    fn of_json(&self, body: &[u8]) -> Result<Question, Problem> {
        let given: Given = serde_json::from_slice(body).map_err(|error| {
            let status = if error.is_data() {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::BAD_REQUEST
            };
            Problem::new(status, "the body", self.fields(), error.to_string())
        })?;
        let sides = [given.height, given.width];
        let has_sides = sides.iter().any(Option::is_some);
        match (given, &self.takes) {
            (
                Given {
                    pixels: Some(pixels),
                    rows: None,
                    texts: None,
                    ..
                },
                Takes::Pictures { height, width },
            ) => pictures::of_pixels(&pixels, sides, [*height, *width]),
            (
                Given {
                    texts: Some(texts),
                    rows: None,
                    pixels: None,
                    ..
                },
                Takes::Texts,
            ) if !has_sides => of_texts(texts),
            (
                Given {
                    rows: Some(rows),
                    pixels: None,
                    texts: None,
                    ..
                },
                takes @ (Takes::Rows | Takes::Pictures { .. } | Takes::Table(_)),
            ) if !has_sides => match takes {
                Takes::Table(table) => table.of_rows(&rows),
                _ => numbers::of_rows(&self.inputs, &rows),
            },
            (given, _) => {
                let fields = [
                    ("rows", given.rows.is_some()),
                    ("pixels", given.pixels.is_some()),
                    ("height", given.height.is_some()),
                    ("width", given.width.is_some()),
                    ("texts", given.texts.is_some()),
                ];
                let given = fields.iter().filter(|(_, is_given)| *is_given);
                let given: Vec<String> = given.map(|(name, _)| format!("`{name}`")).collect();
                let received = if given.is_empty() {
                    "none of it".to_owned()
                } else {
                    given.join(", ")
                };
                Err(Problem::value("the body", self.fields(), received))
            }
        }
    }

    /// What is expected of a question in JSON.
    fn fields(&self) -> &'static str {
        match self.takes {
            Takes::Rows => "an object with `rows`, a list with an entry for each sample",
            Takes::Pictures { .. } => {
                "an object with `pixels`, numbers from 0 to 255, or with `rows`, a list with an entry for each sample"
            }
            Takes::Table(_) => {
                "an object with `rows`, a list of objects with a value for each column"
            }
            Takes::Texts => "an object with `texts`, a list of strings",
        }
    }
}

/// What a body is of which that is not said.
fn kind_of(body: &[u8]) -> &'static str {
    match body {
        [0x89, b'P', b'N', b'G', ..] => PNG,
        [0xff, 0xd8, 0xff, ..] => JPEG,
        _ => JSON,
    }
}

fn of_texts(texts: Vec<String>) -> Result<Question, Problem> {
    let has_end = |text: &String| text.contains('\0');
    if let Some(place) = texts.iter().position(has_end) {
        let place = format!("texts[{place}]");
        let problem = Problem::value(place, "a text", "one with a character of number 0");
        return Err(problem.with_hint("leave it out"));
    }
    Ok(Question::Texts(texts))
}

fn check_count(question: &Question, max_rows: usize) -> Result<(), Problem> {
    let place = match question {
        Question::Rows { .. } => "rows",
        Question::Texts(_) => "texts",
    };
    let received = question.num_rows();
    if (1..=max_rows).contains(&received) {
        return Ok(());
    }
    let problem = Problem::value(
        place,
        format!("1 to {max_rows} of them"),
        received.to_string(),
    );
    Err(problem.with_hint("ask for some at a time"))
}

/// The places of rows in words: `rows[3]`, of several inputs `rows[3].size`.
fn place_of(row: usize, input: &Slot, is_only: bool) -> String {
    if is_only {
        format!("rows[{row}]")
    } else {
        format!("rows[{row}].{}", input.name)
    }
}

/// A value in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("a list of {}", values.len()),
        Value::Object(fields) => format!("an object of {} fields", fields.len()),
        other => firebrick_model::shortened(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use firebrick_data::CsvSource;
    use firebrick_model::MlpConfig;
    use firebrick_model::burn::tensor::Device;

    use super::*;
    use crate::served::Served;

    /// Numbers by a seed.
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) as usize % limit
        }

        /// A body that somebody has spoiled: bytes changed, cut out, doubled or put in.
        fn mutated(&mut self, body: &[u8]) -> Vec<u8> {
            const PARTS: [&[u8]; 8] = [
                b"[",
                b"]",
                b"{",
                b"\"",
                b"1e999",
                b"-",
                b"null",
                b"\xff\x00",
            ];
            let mut body = body.to_vec();
            for _ in 0..=self.below(4) {
                let at = self.below(body.len() + 1);
                let to = (at + self.below(9)).min(body.len());
                match self.below(5) {
                    0 => drop(body.splice(at..to, [])),
                    1 => body.truncate(at),
                    2 => {
                        let part = body[at..to].to_vec();
                        drop(body.splice(at..at, part));
                    }
                    3 if at < body.len() => body[at] = self.below(256).to_le_bytes()[0],
                    _ => {
                        let part = PARTS[self.below(PARTS.len())];
                        drop(body.splice(at..at, part.iter().copied()));
                    }
                }
            }
            body
        }
    }

    fn served(features: usize) -> Served {
        let model = MlpConfig::new(features, 3).init(1, &Device::flex());
        Served::new("it", model.unwrap()).unwrap()
    }

    #[test]
    fn spoiled_questions_are_refused_or_answered() {
        let source = CsvSource::classes("t.csv", "c").with_features(["a", "b"]);
        let source = source.with_class_names(["x", "y", "z"]).unwrap();
        let table = served(2).with_table(source).unwrap();
        let pictures = served(784).with_pictures().unwrap();
        let png = include_bytes!("../../../assets/digits/seven.png");
        let pixels = format!(
            "{{\"pixels\": {:?}, \"height\": 4, \"width\": 3}}",
            [0, 255, 9, 80, 0, 3, 2, 1, 200, 0, 0, 1]
        );
        let mut draws = Draws(1);
        let mut refused = 0;
        for (served, kind, body, count) in [
            (
                &table,
                JSON,
                br#"{"rows": [{"a": 1.5, "b": -2}, {"a": "3", "b": 0}]}"#.as_slice(),
                3000,
            ),
            (&table, CSV, b"a,b,e\n1,2,3\n\"4\",5,6\n", 3000),
            (&pictures, JSON, pixels.as_bytes(), 3000),
            (&pictures, PNG, png, 200),
        ] {
            let described = &served.described;
            assert!(described.question(kind, body, 9).is_ok());
            for _ in 0..count {
                match described.question(kind, &draws.mutated(body), 9) {
                    Ok(question) => assert!((1..=9).contains(&question.num_rows())),
                    Err(problem) => {
                        assert!(problem.status.is_client_error(), "{problem:?}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused > 3000, "{refused}");
    }
}
