//! Which settings are searched, and what may become of each.

use std::fmt;
use std::str::FromStr;

use firebrick::datasets::ShuffleState;
use firebrick::specs::{Argument, Value};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::ser::{Serialize, SerializeMap, Serializer};
use toml::de::DeTable;

use crate::dimension::{Dimension, Domain, split_outside};
use crate::error::TuneError;
use crate::values::Values;

/// The most points of a space that are drawn without repetition: their order is a list.
const MOST_LISTED: usize = 1 << 20;

/// Which settings are searched, and what may become of each; as a text `learning_rate=log:1e-4..1e-1, units=32|64|128`.
///
/// A range goes from its first to its last number, both included: `0..0.5` or `lin:0..0.5` with equal distances alike,
/// `log:1e-4..1e-1` with equal ratios alike, `int:1..8` and `logint:16..512` of whole numbers. With `/N` behind it it is N
/// values, the ends among them; a grid needs that of ranges that are not whole. Numbers that are drawn have 4 digits.
///
/// ```
/// use firebrick_tune::SearchSpace;
///
/// let space: SearchSpace = "learning_rate=log:1e-4..1e-1, units=32|64|128".parse()?;
/// assert_eq!(space.names().collect::<Vec<_>>(), ["learning_rate", "units"]);
/// // Trial 7 of seed 42 is the same in every search.
/// assert_eq!(space.values(42, 7), space.values(42, 7));
/// assert_eq!(space.len(), None);
///
/// let grid: SearchSpace = "learning_rate=log:1e-3..1e-1/3, units=32|64".parse()?;
/// assert_eq!(grid.len(), Some(6));
/// assert_eq!(grid.nth(5).unwrap().to_string(), "learning_rate=0.1, units=64");
/// # Ok::<(), firebrick_tune::TuneError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchSpace {
    dimensions: Vec<Dimension>,
}

impl SearchSpace {
    /// Nothing yet; see [`with`](Self::with).
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a setting with its values as a text, `log:1e-4..1e-1` or `32|64|128`.
    ///
    /// ```
    /// use firebrick_tune::SearchSpace;
    ///
    /// let space = SearchSpace::new().with("dropout", "0..0.5")?.with_choices("units", [32, 64])?;
    /// assert_eq!(space.to_string(), "dropout=0..0.5, units=32|64");
    /// # Ok::<(), firebrick_tune::TuneError>(())
    /// ```
    ///
    /// # Errors
    /// Values that cannot be, a name that is there already.
    pub fn with(self, name: impl Into<String>, values: &str) -> Result<Self, TuneError> {
        self.with_domain(name.into(), Domain::parse(values))
    }

    /// Adds a setting that is one of these values.
    ///
    /// # Errors
    /// No values, or one twice; a name that is there already.
    pub fn with_choices<V: Into<Value>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, TuneError> {
        let values = values.into_iter().map(Into::into).collect();
        self.with_domain(name.into(), Domain::choices(values))
    }

    fn with_domain(
        mut self,
        name: String,
        domain: Result<Domain, String>,
    ) -> Result<Self, TuneError> {
        let domain = domain.map_err(|problem| TuneError::dimension(&name, problem))?;
        if self.names().any(|own| own == name) {
            let problem = "it is searched twice; keep one of them";
            return Err(TuneError::dimension(&name, problem));
        }
        self.dimensions.push(Dimension { name, domain });
        Ok(self)
    }

    /// The table `[search]` of a text in TOML, if it has one: `learning_rate = "log:1e-4..1e-1"`, `units = [32, 64, 128]`.
    ///
    /// ```
    /// use firebrick_tune::SearchSpace;
    ///
    /// let text = "[search]\nunits = [32, 64]\nlearning_rate = \"log:1e-4..1e-1\"";
    /// let space = SearchSpace::from_toml(text)?.unwrap();
    /// assert_eq!(space.to_string(), "units=32|64, learning_rate=log:0.0001..0.1");
    /// # Ok::<(), firebrick_tune::TuneError>(())
    /// ```
    ///
    /// # Errors
    /// Values that cannot be; a text that is no TOML.
    pub fn from_toml(text: &str) -> Result<Option<Self>, TuneError> {
        const SEARCH: &str = "search";

        let table = DeTable::parse(text).map_err(|error| TuneError::Dimension {
            name: SEARCH.to_owned(),
            problem: format!("this is no TOML: {}", error.message().trim()),
        })?;
        let mut table = table.into_inner();
        let Some(search) = table.remove(SEARCH) else {
            return Ok(None);
        };
        let Value::Table(settings) = Value::from_toml(search) else {
            let problem = "expected a table `[search]` of settings and their values";
            return Err(TuneError::dimension(SEARCH, problem));
        };
        Self::new().with_settings(None, settings).map(Some)
    }

    /// The settings of a table, which has a name where it stands in another one.
    fn with_settings(
        mut self,
        outer: Option<&str>,
        settings: Vec<Argument>,
    ) -> Result<Self, TuneError> {
        for Argument { name, value, .. } in settings {
            let name = match outer {
                Some(outer) => format!("{outer}.{name}"),
                None => name,
            };
            self = match value {
                Value::List(items) => {
                    let choices = items.into_iter().map(|item| item.value);
                    self.with_choices(name, choices)?
                }
                Value::Text(text) => self.with(name, &text)?,
                // A table by the name of a layer or a loss, as `[search.layers.dense_1]`.
                Value::Table(inner) => self.with_settings(Some(&name), inner)?,
                value => self.with_choices(name, [value])?,
            };
        }
        Ok(self)
    }

    /// What stands here, and of `other` what does not.
    #[must_use = "returns the space of both"]
    pub fn over(mut self, other: Self) -> Self {
        let others = other.dimensions.into_iter();
        let missing: Vec<Dimension> = others
            .filter(|dimension| self.names().all(|name| name != dimension.name))
            .collect();
        self.dimensions.extend(missing);
        self
    }

    /// The settings that are searched.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.dimensions
            .iter()
            .map(|dimension| dimension.name.as_str())
    }

    /// Whether nothing is searched.
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// How many points it has, if that is finite.
    pub fn len(&self) -> Option<usize> {
        let mut dimensions = self.dimensions.iter();
        dimensions.try_fold(1_usize, |all, dimension| {
            all.checked_mul(dimension.domain.len()?)
        })
    }

    /// A point of a finite space, counted from 0; the last setting changes first.
    pub fn nth(&self, index: usize) -> Option<Values> {
        if index >= self.len()? {
            return None;
        }
        let mut rest = index;
        let mut values = Vec::with_capacity(self.dimensions.len());
        for Dimension { name, domain } in self.dimensions.iter().rev() {
            let len = domain.len()?;
            values.push((name.clone(), domain.nth(rest % len)));
            rest /= len;
        }
        values.reverse();
        Some(Values::new(values))
    }

    /// What trial `number`, counted from 0, is trained with: a pure function of the seed, the number and, setting by setting,
    /// its name and values, so that another setting beside it changes none.
    ///
    /// A space of finitely many points is drawn without repetition, and begins anew once all are drawn.
    pub fn values(&self, seed: u64, number: usize) -> Values {
        if let Some(len) = self.len().filter(|len| *len <= MOST_LISTED && *len > 0) {
            let (round, place) = ((number / len) as u64, number % len);
            let order = ShuffleState { seed, epoch: round };
            let drawn = order.permutation(len).get(place).copied();
            if let Some(values) = drawn.and_then(|index| self.nth(index)) {
                return values;
            }
        }
        let drawn = self.dimensions.iter().map(|Dimension { name, domain }| {
            let mut random = ChaCha8Rng::seed_from_u64(seed ^ hash(name));
            random.set_stream(number as u64);
            (name.clone(), domain.at(share(random.next_u64())))
        });
        Values::new(drawn.collect())
    }

    /// Points that together have every choice and the ends of every range, each setting with the first of the others.
    pub fn corners(&self) -> Vec<Values> {
        let corners: Vec<Vec<Value>> = self
            .dimensions
            .iter()
            .map(|dimension| dimension.domain.corners())
            .collect();
        let point = |changed: usize, value: &Value| {
            let dimensions = self.dimensions.iter().zip(&corners).enumerate();
            let values = dimensions.map(|(index, (dimension, corners))| {
                let value = if index == changed { value } else { &corners[0] };
                (dimension.name.clone(), value.clone())
            });
            Values::new(values.collect())
        };
        let all = corners.iter().enumerate();
        all.flat_map(|(index, values)| values.iter().map(move |value| (index, value)))
            .map(|(index, value)| point(index, value))
            .collect()
    }

    /// Those of the values that are searched, in the order of the space, which a file does not keep.
    pub(crate) fn in_order(&self, values: &Values) -> Values {
        let own = self
            .names()
            .filter_map(|name| Some((name.to_owned(), values.get(name)?.clone())));
        Values::new(own.collect())
    }

    /// The first setting with infinitely many values, and these.
    pub(crate) fn first_infinite(&self) -> Option<(&str, String)> {
        let mut dimensions = self.dimensions.iter();
        let infinite = dimensions.find(|dimension| dimension.domain.len().is_none())?;
        Some((&infinite.name, infinite.domain.to_string()))
    }

    /// Whether it is the same space, in whatever order.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let has = |own: &Dimension| other.dimensions.contains(own);
        self.dimensions.len() == other.dimensions.len() && self.dimensions.iter().all(has)
    }

    /// What may become of each setting.
    pub(crate) fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Setting by setting what may become of it, as on a command line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, String)> {
        let dimensions = self.dimensions.iter();
        dimensions.map(|Dimension { name, domain }| (name.as_str(), domain.to_string()))
    }
}

impl FromStr for SearchSpace {
    type Err = TuneError;

    fn from_str(text: &str) -> Result<Self, TuneError> {
        let mut settings: Vec<(&str, String)> = Vec::new();
        for part in split_outside(text, ',') {
            match (name_of(part), settings.last_mut()) {
                (Some((name, values)), _) => settings.push((name, values.to_owned())),
                // A comma within the values, as in `hidden=128,64|256`.
                (None, Some((_, values))) => *values = format!("{values},{part}"),
                (None, None) => {
                    return Err(TuneError::Space {
                        text: text.trim().to_owned(),
                    });
                }
            }
        }
        settings
            .into_iter()
            .try_fold(Self::new(), |space, (name, values)| {
                space.with(name, &values)
            })
    }
}

impl fmt::Display for SearchSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self
            .lines()
            .map(|(name, values)| format!("{name}={values}"));
        f.write_str(&texts.collect::<Vec<_>>().join(", "))
    }
}

/// As the table `[search]` has it.
impl Serialize for SearchSpace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.dimensions.len()))?;
        for Dimension { name, domain } in &self.dimensions {
            match domain {
                Domain::Range(range) => map.serialize_entry(name, &range.to_string())?,
                Domain::Choices(choices) => map.serialize_entry(name, choices)?,
            }
        }
        map.end()
    }
}

/// The name before the `=` of a setting, and what stands behind it.
fn name_of(part: &str) -> Option<(&str, &str)> {
    let (name, values) = part.split_once('=')?;
    let name = name.trim();
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then_some((name, values))
}

/// A number from 0 to below 1, of as many bits as it has.
fn share(bits: u64) -> f64 {
    const STEPS: f64 = 9_007_199_254_740_992.0;
    (bits >> 11) as f64 / STEPS
}

/// FNV-1a of a name.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_within_values_begins_no_setting() {
        let space: SearchSpace = "hidden=128,64|256, loss=mse|huber(delta=2),lr=0..1"
            .parse()
            .unwrap();
        let lines: Vec<String> = space
            .lines()
            .map(|(name, values)| format!("{name} {values}"))
            .collect();
        assert_eq!(
            lines,
            ["hidden 128,64|256", "loss mse|huber(delta=2)", "lr 0..1"]
        );
    }

    #[test]
    fn wrong_texts_name_the_setting() {
        for (text, words) in [
            ("", "says nothing of a setting"),
            ("units", "`units` says nothing of a setting"),
            ("=3", "says nothing of a setting"),
            ("units=", "`units`: there is nothing to choose from"),
            ("a=1, a=2", "`a`: it is searched twice"),
            (
                "units=32|64, rate=log:0..1",
                "`rate`: the range 0..1 is by ratios",
            ),
        ] {
            let message = text.parse::<SearchSpace>().unwrap_err().to_string();
            assert!(message.contains(words), "{text}: {message}");
        }
    }

    #[test]
    fn a_table_of_toml_says_the_same_and_is_written_so() {
        let text = "[search]\nunits = [32, 64]\nlearning_rate = \"log:0.0001..0.1\"\nema = true\n\
                    [search.layers.dense_1]\nactivation = [\"relu\", \"a|b\"]";
        let space = SearchSpace::from_toml(text).unwrap().unwrap();
        assert_eq!(
            space.to_string(),
            "units=32|64, learning_rate=log:0.0001..0.1, ema=true, layers.dense_1.activation=relu|a|b"
        );
        let written = toml::to_string(&toml::Table::from_iter([(
            "search".to_owned(),
            toml::Value::try_from(&space).unwrap(),
        )]))
        .unwrap();
        let again = SearchSpace::from_toml(&written).unwrap().unwrap();
        for (name, values) in space.lines() {
            assert!(
                again.lines().any(|line| line == (name, values.clone())),
                "{written}"
            );
        }
        assert_eq!(SearchSpace::from_toml("a = 1").unwrap(), None);
        let error = SearchSpace::from_toml("[search]\nunits = []").unwrap_err();
        assert!(
            error.to_string().starts_with("`units`: there is nothing"),
            "{error}"
        );
    }

    #[test]
    fn a_finite_space_is_drawn_without_repetition() {
        let space: SearchSpace = "a=1|2|3, b=int:1..4".parse().unwrap();
        let mut drawn: Vec<String> = (0..12)
            .map(|number| space.values(5, number).to_string())
            .collect();
        drawn.sort();
        let mut all: Vec<String> = (0..12)
            .map(|index| space.nth(index).unwrap().to_string())
            .collect();
        all.sort();
        assert_eq!(drawn, all);
        assert_eq!(space.nth(12), None);
    }

    #[test]
    fn another_setting_changes_none() {
        let [one, two] =
            ["a=0..1", "b=log:1..9, a=0..1"].map(|text| text.parse::<SearchSpace>().unwrap());
        for number in 0..5 {
            assert_eq!(
                one.values(3, number).get("a"),
                two.values(3, number).get("a")
            );
        }
        assert_ne!(one.values(3, 0), one.values(3, 1));
        assert_ne!(one.values(3, 0), one.values(4, 0));
    }

    #[test]
    fn corners_have_every_choice_and_every_end() {
        let space: SearchSpace = "a=0..1, b=x|y|z".parse().unwrap();
        let corners: Vec<String> = space.corners().iter().map(ToString::to_string).collect();
        assert_eq!(
            corners,
            ["a=0, b=x", "a=1, b=x", "a=0, b=x", "a=0, b=y", "a=0, b=z"]
        );
    }
}
