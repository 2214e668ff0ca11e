//! Rows of numbers.

use serde_json::Value;

use super::{place_of, shown};
use crate::network::{Question, Slot};
use crate::problem::Problem;

/// Rows of a network of one input, or of several by their names.
pub(super) fn of_rows(slots: &[Slot], rows: &[Value]) -> Result<Question, Problem> {
    let mut inputs: Vec<Vec<f32>> = vec![Vec::new(); slots.len()];
    for (index, row) in rows.iter().enumerate() {
        if let ([slot], [input]) = (slots, &mut inputs[..]) {
            let own = match row {
                Value::Object(_) => by_name(index, slots, row)?.remove(0),
                row => row,
            };
            of_sample(own, slot, &place_of(index, slot, true), input)?;
            continue;
        }
        let own = by_name(index, slots, row)?;
        for ((slot, input), own) in slots.iter().zip(&mut inputs).zip(own) {
            of_sample(own, slot, &place_of(index, slot, false), input)?;
        }
    }
    Ok(Question::Rows {
        num_rows: rows.len(),
        inputs,
    })
}

/// What there is for each input.
fn by_name<'a>(index: usize, slots: &[Slot], row: &'a Value) -> Result<Vec<&'a Value>, Problem> {
    let names: Vec<String> = slots
        .iter()
        .map(|slot| format!("`{}`", slot.name))
        .collect();
    let expected = || format!("an object with {}", names.join(" and "));
    let place = format!("rows[{index}]");
    let Value::Object(fields) = row else {
        return Err(Problem::value(place, expected(), shown(row)));
    };
    let is_input = |name: &&String| slots.iter().any(|slot| slot.name == **name);
    if let Some(other) = fields.keys().find(|name| !is_input(name)) {
        let received = format!("`{}`", firebrick_model::shortened(other));
        return Err(Problem::value(place, expected(), received));
    }
    let own = slots.iter().map(|slot| {
        let own = fields.get(&slot.name);
        own.ok_or_else(|| {
            Problem::value(&*place, expected(), format!("none called `{}`", slot.name))
        })
    });
    own.collect()
}

/// Numbers in a row, or nested as the input is shaped.
fn of_sample(
    value: &Value,
    slot: &Slot,
    place: &str,
    numbers: &mut Vec<f32>,
) -> Result<(), Problem> {
    let len = slot.row_len();
    match value {
        Value::Array(values) if values.iter().any(Value::is_array) => {
            nested(value, &slot.shape, place, numbers)
        }
        Value::Array(values) if values.len() == len => {
            for (index, value) in values.iter().enumerate() {
                numbers.push(
                    number(value).ok_or_else(|| no_number(value, format!("{place}[{index}]")))?,
                );
            }
            Ok(())
        }
        Value::Number(_) if len == 1 => nested(value, &[], place, numbers),
        other => Err(Problem::value(place, expected(&slot.shape), shown(other))),
    }
}

fn expected(shape: &[usize]) -> String {
    let len: usize = shape.iter().product();
    match shape {
        [] | [_] => format!("a list of {len} numbers"),
        shape => format!("a list of {len} numbers, or lists in lists of the shape {shape:?}"),
    }
}

fn nested(
    value: &Value,
    shape: &[usize],
    place: &str,
    numbers: &mut Vec<f32>,
) -> Result<(), Problem> {
    match (shape, value) {
        ([], value) => {
            numbers.push(number(value).ok_or_else(|| no_number(value, place.to_owned()))?);
            Ok(())
        }
        ([len, inner @ ..], Value::Array(values)) if values.len() == *len => {
            for (index, value) in values.iter().enumerate() {
                nested(value, inner, &format!("{place}[{index}]"), numbers)?;
            }
            Ok(())
        }
        ([len, ..], other) => {
            let expected = format!("a list of {len}");
            Err(Problem::value(place, expected, shown(other)))
        }
    }
}

fn no_number(value: &Value, place: String) -> Problem {
    Problem::value(place, "a number of single precision", shown(value))
}

/// A number that single precision holds.
#[expect(clippy::cast_possible_truncation, reason = "it is checked")]
fn number(value: &Value) -> Option<f32> {
    let number = value.as_f64()? as f32;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn slot(name: &str, shape: &[usize]) -> Slot {
        Slot {
            name: name.to_owned(),
            shape: shape.to_vec(),
        }
    }

    fn read(slots: &[Slot], rows: &Value) -> Result<Vec<Vec<f32>>, String> {
        let rows = rows.as_array().unwrap();
        match of_rows(slots, rows) {
            Ok(Question::Rows { inputs, .. }) => Ok(inputs),
            Ok(Question::Texts(_)) => unreachable!("rows are no texts"),
            Err(problem) => Err(problem.message()),
        }
    }

    #[test]
    fn rows_are_flat_nested_or_by_name() {
        let one = [slot("input", &[2, 2])];
        let expected = Ok(vec![vec![1.0, 2.0, 3.0, 4.0]]);
        for row in [
            json!([1, 2, 3, 4]),
            json!([[1, 2], [3, 4.0]]),
            json!({"input": [1, 2, 3, 4]}),
        ] {
            assert_eq!(read(&one, &json!([row])), expected, "{row}");
        }
        let two = [slot("a", &[1]), slot("b", &[2])];
        let rows = json!([{"a": 1, "b": [2, 3]}, {"b": [5, 6], "a": [4]}]);
        let expected = vec![vec![1.0, 4.0], vec![2.0, 3.0, 5.0, 6.0]];
        assert_eq!(read(&two, &rows), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let one = [slot("input", &[2, 2])];
        let two = [slot("a", &[1]), slot("b", &[2])];
        for (slots, rows, words) in [
            (
                &one[..],
                json!([[1, 2, 3]]),
                "rows[0]: expected a list of 4 numbers, or lists in lists of the shape [2, 2], received a list of 3",
            ),
            (
                &one,
                json!([[1, 2, 3, 4], [1, 2, "x", 4]]),
                "rows[1][2]: expected a number of single precision, received \"x\"",
            ),
            (
                &one,
                json!([[[1, 2], [3]]]),
                "rows[0][1]: expected a list of 2, received a list of 1",
            ),
            (
                &one,
                json!([[[1, 2], [3, null]]]),
                "rows[0][1][1]: expected a number of single precision, received null",
            ),
            (
                &one,
                json!([[1e300, 2, 3, 4]]),
                "rows[0][0]: expected a number of single precision, received 1e+300",
            ),
            (&one, json!(["x"]), "received \"x\""),
            (
                &two,
                json!([[1, 2, 3]]),
                "rows[0]: expected an object with `a` and `b`, received a list of 3",
            ),
            (&two, json!([{"a": 1}]), "received none called `b`"),
            (&two, json!([{"a": 1, "b": [1, 2], "c": 3}]), "received `c`"),
            (
                &two,
                json!([{"a": 1, "b": [1]}]),
                "rows[0].b: expected a list of 2 numbers, received a list of 1",
            ),
        ] {
            let message = read(slots, &rows).unwrap_err();
            assert!(message.contains(words), "{words}: {message}");
        }
    }
}
