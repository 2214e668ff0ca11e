//! Tables of names.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use crate::error::{FormatError, FormatProblem};
use crate::stored_tensor::StoredTensor;
use crate::whole_file;

/// What is expected where a table is read.
const TABLE: &str = "table of names in TOML, such as `\"layer1.0.conv1\" = \"conv1\"`";

/// The largest file of a table, in bytes.
const MAX_TABLE: u64 = 16 << 20;

/// Names of a file's modules or tensors, and what they are called in the network.
///
/// A name on the left is that of a module or of a tensor, or the first parts of one; a `*` in it stands for some letters other than
/// points, and those stand for the `*` on the right. Of several that fit the one with the fewest `*` counts, and of these the
/// longest. What has `false` on the right is left out. Names on the right are those of layers, `encoder/fc1` or `encoder.fc1`.
///
/// ```
/// # mod firebrick { pub use firebrick_formats as formats; }
/// use firebrick::formats::{Mapping, NameTable};
///
/// let table: NameTable = r#"
///     "layer1.0.conv1" = "conv1"
///     "encoder.layers.*.norm" = "norm_*"
///     "aux" = false
/// "#.parse()?;
/// let same = NameTable::new()
///     .with("layer1.0.conv1", "conv1")
///     .with("encoder.layers.*.norm", "norm_*")
///     .without("aux");
/// assert_eq!(table, same);
/// let mapping = Mapping::table(table);
/// # Ok::<(), firebrick::formats::FormatProblem>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameTable {
    entries: BTreeMap<String, Option<String>>,
}

impl NameTable {
    /// A table without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a module or a tensor of the file is called in the network.
    #[must_use = "returns the changed table"]
    pub fn with(mut self, given: impl Into<String>, own: impl Into<String>) -> Self {
        self.entries.insert(given.into(), Some(own.into()));
        self
    }

    /// Adds a module or a tensor of the file that is left out.
    #[must_use = "returns the changed table"]
    pub fn without(mut self, given: impl Into<String>) -> Self {
        self.entries.insert(given.into(), None);
        self
    }

    /// Reads a file in TOML.
    ///
    /// # Errors
    /// A file that cannot be read or is something else.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, FormatError> {
        let path = path.as_ref();
        let read = || -> Result<Self, FormatProblem> {
            let bytes = whole_file::read_up_to(path, MAX_TABLE, TABLE)?;
            let text = String::from_utf8(bytes).map_err(|error| malformed(&error.to_string()))?;
            text.parse()
        };
        read().map_err(|problem| FormatError::new(path, problem))
    }

    /// The tensors under the names that the table gives them.
    ///
    /// # Errors
    /// An entry that no tensor fits, or two tensors that would be called the same.
    pub(super) fn renamed<'a>(
        &self,
        tensors: Vec<StoredTensor<'a>>,
    ) -> Result<Vec<StoredTensor<'a>>, FormatProblem> {
        let mut entries: Vec<(&String, &Option<String>, bool)> = self
            .entries
            .iter()
            .map(|(given, own)| (given, own, false))
            .collect();
        entries.sort_by_key(|(given, _, _)| {
            (given.matches('*').count(), std::cmp::Reverse(given.len()))
        });
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        let mut kept = Vec::with_capacity(tensors.len());
        for mut tensor in tensors {
            let mut fitting = None;
            for (given, own, is_used) in &mut entries {
                if let Some((stars, rest)) = fit(given, &tensor.name) {
                    *is_used = true;
                    fitting.get_or_insert((own.as_deref(), stars, rest));
                }
            }
            let name = match fitting {
                None => tensor.name.clone(),
                Some((None, _, _)) => continue,
                Some((Some(own), stars, rest)) => filled(own, &stars, rest),
            };
            let given = std::mem::replace(&mut tensor.name, name.clone());
            if let Some(other) = renamed.insert(name.clone(), given.clone()) {
                let reason = format!("`{other}` and `{given}` would both be called `{name}`");
                return Err(FormatProblem::NameTable { reason });
            }
            kept.push(tensor);
        }
        match entries.iter().find(|(_, _, is_used)| !is_used) {
            None => Ok(kept),
            Some((given, _, _)) => Err(FormatProblem::NameTable {
                reason: format!(
                    "no tensor of the file has a name that begins with the parts of `{}`",
                    firebrick_model::shortened(given)
                ),
            }),
        }
    }
}

impl FromStr for NameTable {
    type Err = FormatProblem;

    fn from_str(text: &str) -> Result<Self, FormatProblem> {
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| malformed(error.message()))?;
        let mut entries = BTreeMap::new();
        let mut waiting: Vec<(String, toml::Value)> = table.into_iter().collect();
        while let Some((name, value)) = waiting.pop() {
            let own = match value {
                toml::Value::String(own) => Some(own),
                toml::Value::Boolean(false) => None,
                // Names without quotation marks: TOML takes their points for tables in tables.
                toml::Value::Table(inner) => {
                    let inner = inner.into_iter();
                    waiting.extend(inner.map(|(part, value)| (format!("{name}.{part}"), value)));
                    continue;
                }
                other => {
                    return Err(malformed(&format!(
                        "`{}` is {}, expected a name or false",
                        firebrick_model::shortened(&name),
                        other.type_str()
                    )));
                }
            };
            if entries.contains_key(&name) {
                let name = firebrick_model::shortened(&name);
                return Err(malformed(&format!("`{name}` is there twice")));
            }
            entries.insert(name, own);
        }
        Ok(Self { entries })
    }
}

/// What each `*` stands for and what of a name follows, if the name begins with the parts that are given.
fn fit<'n>(given: &str, name: &'n str) -> Option<(Vec<&'n str>, &'n str)> {
    let mut stars = Vec::new();
    let mut rest = name;
    for part in given.split('.') {
        let (own, following) = match rest.find('.') {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        part_fits(part, own, &mut stars)?;
        rest = following.strip_prefix('.').unwrap_or(following);
    }
    // All parts of what is given must have been there.
    (given.split('.').count() <= name.split('.').count()).then_some((stars, rest))
}

/// What each `*` of a part stands for: as few letters as can be, and at least one.
fn part_fits<'n>(given: &str, own: &'n str, stars: &mut Vec<&'n str>) -> Option<()> {
    let mut pieces = given.split('*');
    let mut rest = own.strip_prefix(pieces.next()?)?;
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let first = rest.chars().next()?.len_utf8();
        let end = if piece.is_empty() && pieces.peek().is_none() {
            rest.len()
        } else if pieces.peek().is_none() {
            rest.strip_suffix(piece)
                .filter(|star| !star.is_empty())?
                .len()
        } else {
            first + rest[first..].find(piece)?
        };
        stars.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(())
}

/// A name with what its `*` stand for, and what follows.
fn filled(own: &str, stars: &[&str], rest: &str) -> String {
    let mut stars = stars.iter();
    let mut name = String::new();
    for (place, piece) in own.split('*').enumerate() {
        if place > 0 {
            name.push_str(stars.next().unwrap_or(&"*"));
        }
        name.push_str(piece);
    }
    let name = match (name.as_str(), rest) {
        // A weight under our own name, `fc1/kernel`, or a tensor.
        (_, "") => name,
        ("", rest) => return rest.to_owned(),
        (name, rest) => format!("{name}.{rest}"),
    };
    // A layer within a network, `encoder/fc1`, whose tensors PyTorch calls `encoder.fc1.weight`.
    if name.contains('.') {
        name.replace('/', ".")
    } else {
        name
    }
}

fn malformed(reason: &str) -> FormatProblem {
    FormatProblem::Malformed {
        expected: TABLE,
        reason: reason.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern, a name, and what its stars stand for with what is left of the name.
    type Case = (
        &'static str,
        &'static str,
        Option<(&'static [&'static str], &'static str)>,
    );

    #[test]
    fn parts_of_names_are_found() {
        let cases: [Case; 10] = [
            ("a.b", "a.b.weight", Some((&[], "weight"))),
            ("a.b", "a.b", Some((&[], ""))),
            ("a.b", "a.bc.weight", None),
            ("a.b.c.d", "a.b.c", None),
            ("a.*", "a.12.weight", Some((&["12"], "weight"))),
            ("*.conv*", "x.conv2.bias", Some((&["x", "2"], "bias"))),
            ("lstm.*_l1", "lstm.weight_ih_l1", Some((&["weight_ih"], ""))),
            ("a.x*", "a.x.weight", None),
            ("*a*", "cab.w", Some((&["c", "b"], "w"))),
            ("*", "a.b", Some((&["a"], "b"))),
        ];
        for (given, name, expected) in cases {
            let expected = expected.map(|(stars, rest)| (stars.to_vec(), rest));
            assert_eq!(fit(given, name), expected, "{given} {name}");
        }
        assert_eq!(filled("conv_*", &["2"], "bias"), "conv_2.bias");
        assert_eq!(filled("encoder/fc", &[], "bias"), "encoder.fc.bias");
        assert_eq!(filled("", &[], "fc.bias"), "fc.bias");
    }

    #[test]
    fn tables_are_read_with_and_without_quotation_marks() {
        let table: NameTable = "layer1.0.conv1 = \"conv1\"\n\"layer1.0.bn1\" = \"bn1\"\nfc = false"
            .parse()
            .unwrap();
        let expected = NameTable::new()
            .with("layer1.0.conv1", "conv1")
            .with("layer1.0.bn1", "bn1")
            .without("fc");
        assert_eq!(table, expected);
        let error = "a = 3".parse::<NameTable>().unwrap_err().to_string();
        assert!(
            error.contains("`a` is integer, expected a name or false"),
            "{error}"
        );
        let error = "a = ".parse::<NameTable>().unwrap_err().to_string();
        assert!(error.contains("no table of names in TOML"), "{error}");
    }
}
