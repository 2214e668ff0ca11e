use crate::batch_source::BatchSource;

/// How the classes of a data set are divided into samples to learn from and samples that are kept back, for a validation or a
/// test.
///
/// ```
/// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
/// use firebrick::datasets::{ArrayDataset, ClassBalance, ValidationSplit};
///
/// // Sorted by class, so that the last rows are all of class 2.
/// let data = ArrayDataset::new([0.0, 0.1, 1.0, 1.1, 2.0, 2.1], [0, 0, 1, 1, 2, 2])?;
/// let (train, validation) = data.split(&ValidationSplit::Tail { fraction: 0.3 })?;
/// let balance = ClassBalance::of(&train, &validation).unwrap();
/// assert_eq!(balance.hardly_trained(), [2]);
/// assert_eq!(balance.not_kept_back(), [0, 1]);
/// # Ok::<(), firebrick::datasets::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassBalance {
    /// Samples of each class, to learn from.
    training: Vec<usize>,
    /// And kept back.
    kept_back: Vec<usize>,
}

/// A class is hardly trained where it has less than this share of the samples to learn from that it would have if the samples
/// were divided at random.
const HARDLY: f64 = 0.1;

/// So many samples to learn from have to be expected for fewer to be no chance.
const EXPECTED: f64 = 10.0;

impl ClassBalance {
    /// Counts the classes of both; none where a source does not know its [`class_indices`](BatchSource::class_indices).
    pub fn of(training: &dyn BatchSource, kept_back: &dyn BatchSource) -> Option<Self> {
        let [training, kept_back] = [training.class_indices()?, kept_back.class_indices()?];
        let largest = training.iter().chain(&kept_back).max();
        let num_classes = largest.map_or(0, |class| class + 1);
        let counts = |classes: &[usize]| {
            let mut counts = vec![0; num_classes];
            for &class in classes {
                counts[class] += 1;
            }
            counts
        };
        Some(Self {
            training: counts(&training),
            kept_back: counts(&kept_back),
        })
    }

    /// Samples of a class, counted from 0, to learn from and kept back.
    pub fn counts(&self, class: usize) -> (usize, usize) {
        let of = |counts: &[usize]| counts.get(class).copied().unwrap_or(0);
        (of(&self.training), of(&self.kept_back))
    }

    /// The classes among what is kept back that there is nothing to learn from, or far less than of the others: as where
    /// samples are sorted by their class and the last ones are kept back.
    pub fn hardly_trained(&self) -> Vec<usize> {
        let total = |counts: &[usize]| counts.iter().sum::<usize>() as f64;
        let ratio = total(&self.training) / total(&self.kept_back).max(1.0);
        self.classes(|training, kept_back| {
            let expected = kept_back as f64 * ratio;
            let is_rare = expected >= EXPECTED && (training as f64) < HARDLY * expected;
            kept_back > 0 && (training == 0 || is_rare)
        })
    }

    /// The classes to learn from of which nothing is kept back.
    pub fn not_kept_back(&self) -> Vec<usize> {
        self.classes(|training, kept_back| training > 0 && kept_back == 0)
    }

    /// The classes whose counts are so.
    fn classes(&self, are_so: impl Fn(usize, usize) -> bool) -> Vec<usize> {
        let classes = 0..self.training.len();
        classes
            .filter(|&class| are_so(self.training[class], self.kept_back[class]))
            .collect()
    }

    /// What to say where a network is validated by classes that it hardly sees in training, `name` being what a class is
    /// called.
    ///
    /// ```
    /// # mod firebrick { pub use firebrick_data::{burn, self as datasets}; }
    /// use firebrick::datasets::{ArrayDataset, ClassBalance, ValidationSplit};
    ///
    /// let data = ArrayDataset::new([0.0, 0.1, 1.0, 1.1, 2.0, 2.1], [0, 0, 1, 1, 2, 2])?;
    /// let (train, validation) = data.split(&ValidationSplit::Tail { fraction: 0.3 })?;
    /// let balance = ClassBalance::of(&train, &validation).unwrap();
    /// let warning = balance.warning(|class| format!("class {class}")).unwrap();
    /// assert!(warning.contains("class 2 (0 to learn from, 2 kept back)"));
    /// # Ok::<(), firebrick::datasets::DataError>(())
    /// ```
    pub fn warning(&self, name: impl Fn(usize) -> String) -> Option<String> {
        let described = |class: usize| {
            let (training, kept_back) = self.counts(class);
            format!(
                "{} ({training} to learn from, {kept_back} kept back)",
                name(class)
            )
        };
        let classes = self.hardly_trained();
        (!classes.is_empty()).then(|| {
            format!(
                "what is kept back has classes that there is hardly anything to learn from: {}; the samples may be sorted by \
                 their class, and the last ones are kept back: shuffle them, or take the same share of every class",
                listed(&classes, described)
            )
        })
    }
}

/// The first of some classes, and how many more there are.
fn listed(classes: &[usize], described: impl Fn(usize) -> String) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = classes
        .iter()
        .take(SHOWN)
        .map(|&class| described(class))
        .collect();
    let shown = shown.join(", ");
    match classes.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array_dataset::ArrayDataset;
    use crate::validation_split::ValidationSplit;

    fn balance(training: &[(usize, usize)]) -> ClassBalance {
        let (training, kept_back) = training.iter().copied().unzip();
        ClassBalance {
            training,
            kept_back,
        }
    }

    #[test]
    fn a_class_is_hardly_trained_where_chance_does_not_explain_it() {
        for (counts, hardly) in [
            (&[(90, 10), (90, 10)][..], &[][..]),
            (&[(100, 0), (80, 20)], &[]),
            (&[(100, 0), (0, 20)], &[1]),
            (&[(5400, 0), (5400, 0), (20, 600)], &[2]),
            // One of a class, which may well fall on this side.
            (&[(99, 9), (0, 1)], &[1]),
            (&[(99, 9), (1, 1)], &[]),
        ] {
            assert_eq!(balance(counts).hardly_trained(), hardly, "{counts:?}");
        }
    }

    #[test]
    fn the_tail_of_sorted_samples_is_warned_of_and_a_stratified_split_is_not() {
        let labels: Vec<i64> = (0..200).map(|row| row / 20).collect();
        let data = ArrayDataset::new(vec![0.0; 200], labels).unwrap();
        let warning = |split: ValidationSplit| {
            let (train, validation) = data.split(&split).unwrap();
            let balance = ClassBalance::of(&train, &validation).unwrap();
            balance.warning(|class| class.to_string())
        };
        let fraction = 0.7;
        let text = warning(ValidationSplit::Tail { fraction }).unwrap();
        assert!(
            text.contains("3 (0 to learn from, 20 kept back), 4 (0 to learn from, 20 kept back), "),
            "{text}"
        );
        assert!(
            text.contains(" and 2 more; the samples may be sorted"),
            "{text}"
        );
        assert_eq!(
            warning(ValidationSplit::Stratified { fraction, seed: 1 }),
            None
        );
    }
}
