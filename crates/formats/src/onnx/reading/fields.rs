//! How much a file may hold: a message of two bytes takes a hundred times as much once it is read.

/// The most messages within the file: nodes, attributes, tensors and the like.
const MAX_MESSAGES: usize = 50_000;

/// The most fields of them.
const MAX_FIELDS: usize = 250_000;

/// The messages that are read, by what is in them.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Value,
    Type,
    TensorType,
    Shape,
    /// One without messages in it.
    Leaf,
}

impl Kind {
    /// The message that a field is.
    fn nested(self, tag: u64) -> Option<Self> {
        Some(match (self, tag) {
            (Self::Model, 7) => Self::Graph,
            (Self::Graph, 1) => Self::Node,
            (Self::Node, 5) => Self::Attribute,
            (Self::Graph, 11 | 12) => Self::Value,
            (Self::Value, 2) => Self::Type,
            (Self::Type, 1) => Self::TensorType,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Model, 8) | (Self::Graph | Self::Attribute, 5) | (Self::Shape, 1) => Self::Leaf,
            _ => return None,
        })
    }
}

/// Counts messages and fields before they are read.
///
/// # Errors
/// More than there may be; bytes that are no fields.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let mut waiting = vec![(Kind::Model, bytes)];
    let (mut messages, mut fields) = (0_usize, 0_usize);
    while let Some((kind, mut rest)) = waiting.pop() {
        messages += 1;
        while !rest.is_empty() {
            fields += 1;
            if messages + waiting.len() > MAX_MESSAGES || fields > MAX_FIELDS {
                return Err(format!(
                    "it has more than {MAX_MESSAGES} messages or {MAX_FIELDS} fields, expected fewer; simplify the graph \
                     before, e.g. by onnxsim"
                ));
            }
            let (tag, value, behind) =
                field(rest).ok_or("it ends in the middle of a field; is it an .onnx file?")?;
            if let (Some(nested), Some(value)) = (kind.nested(tag), value) {
                waiting.push((nested, value));
            }
            rest = behind;
        }
    }
    Ok(())
}

/// The number of a field, what is in it if that has a length, and what comes behind it.
type Field<'a> = (u64, Option<&'a [u8]>, &'a [u8]);

fn field(bytes: &[u8]) -> Option<Field<'_>> {
    let (key, rest) = varint(bytes)?;
    let (length, has_length, rest) = match key & 7 {
        0 => {
            let (_, behind) = varint(rest)?;
            (0, false, behind)
        }
        1 => (8, false, rest),
        2 => {
            let (length, behind) = varint(rest)?;
            (usize::try_from(length).ok()?, true, behind)
        }
        5 => (4, false, rest),
        _ => return None,
    };
    let (value, behind) = rest.split_at_checked(length)?;
    Some((key >> 3, has_length.then_some(value), behind))
}

/// A number of seven bits a byte, and what comes behind it.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[place + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_more_memory_than_bytes_is_counted() {
        // A graph of nodes with nothing in them.
        let graph = [0x0a, 0].repeat(60_000);
        let mut model = vec![0x3a];
        let mut length = graph.len();
        while length >= 0x80 {
            model.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
            length >>= 7;
        }
        model.push(u8::try_from(length).unwrap());
        model.extend(graph);
        assert!(check(&model).unwrap_err().contains("more than 50000"));
        assert!(check(&vec![8; 600_000]).unwrap_err().contains("fields"));
    }

    #[test]
    fn bytes_that_are_no_fields_are_refused() {
        assert_eq!(check(&[]), Ok(()));
        assert!(check(&[0x3a, 5, 0]).is_err());
        assert!(check(&[0xff; 11]).is_err());
        assert!(check(&[0x3b]).is_err());
    }
}
