//! What is odd about classes.

use super::finding::{Finding, Severity};

/// Classes that are named one by one.
const NAMED: usize = 5;

/// The most frequent class of so many times the samples of the rarest one is worth a word.
const UNBALANCED: usize = 20;

/// Samples by their class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassCounts(Vec<usize>);

impl ClassCounts {
    /// Of so many classes, and of those beyond that occur.
    pub(crate) fn new(num_classes: usize, classes: &[usize]) -> Self {
        let largest = classes.iter().max().map_or(0, |class| class + 1);
        let mut counts = vec![0; num_classes.max(largest)];
        for &class in classes {
            counts[class] += 1;
        }
        Self(counts)
    }

    /// Samples of the rarest class and of the most frequent one.
    pub(crate) fn range(&self) -> (usize, usize) {
        let counts = || self.0.iter().copied();
        (counts().min().unwrap_or(0), counts().max().unwrap_or(0))
    }

    /// How many classes there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A look at the classes of all samples.
pub(crate) struct ClassLook<'a> {
    /// Of those to learn from, in their order.
    pub(crate) training: &'a [usize],
    pub(crate) num_classes: usize,
    /// The classes that are validated and hardly learned, with samples of both.
    pub(crate) hardly_trained: &'a [(usize, usize, usize)],
    pub(crate) is_shuffled: bool,
    pub(crate) names: &'a [String],
}

impl ClassLook<'_> {
    /// What is odd about them.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let counts = ClassCounts::new(self.num_classes, self.training);
        let mut findings = Vec::new();
        findings.extend(self.split());
        findings.extend(self.missing(&counts));
        findings.extend(self.unbalanced(&counts));
        findings.extend(self.sorted());
        findings
    }

    fn name(&self, class: usize) -> String {
        let name = self.names.get(class).cloned();
        let name = name.unwrap_or_else(|| class.to_string());
        format!("`{}`", name.escape_debug())
    }

    fn listed(texts: &[String]) -> String {
        let shown = texts
            .iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        match texts.len().saturating_sub(NAMED) {
            0 => shown,
            more => format!("{shown} and {more} more"),
        }
    }

    fn split(&self) -> Option<Finding> {
        if self.hardly_trained.is_empty() {
            return None;
        }
        let described = |&(class, training, kept_back): &(usize, usize, usize)| {
            format!(
                "{} ({training} to learn from, {kept_back} kept back)",
                self.name(class)
            )
        };
        let classes: Vec<String> = self.hardly_trained.iter().map(described).collect();
        Some(Finding::new(
            Severity::Warning,
            "validation",
            format!(
                "it has classes that there is hardly anything to learn from: {}; the samples may be sorted by their class, and the \
                 last ones are kept back",
                Self::listed(&classes)
            ),
            "shuffle the samples before they are split, or take the same share of every class",
        ))
    }

    fn missing(&self, counts: &ClassCounts) -> Option<Finding> {
        let is_validated = |class: usize| {
            self.hardly_trained
                .iter()
                .any(|(other, ..)| *other == class)
        };
        let missing = counts.0.iter().enumerate();
        let missing: Vec<String> = missing
            .filter(|&(class, &count)| count == 0 && !is_validated(class))
            .map(|(class, _)| self.name(class))
            .collect();
        if missing.is_empty() {
            return None;
        }
        let what = match missing.len() {
            1 => format!("class {} has", missing[0]),
            _ => format!("classes {} have", Self::listed(&missing)),
        };
        Some(Finding::new(
            Severity::Warning,
            "targets",
            format!("{what} no sample to learn from"),
            "the network can only learn never to say it: add samples of it, or leave the class out",
        ))
    }

    fn unbalanced(&self, counts: &ClassCounts) -> Option<Finding> {
        let there = counts.0.iter().enumerate().filter(|(_, count)| **count > 0);
        let (rarest, few) = there.clone().min_by_key(|(_, count)| **count)?;
        let (commonest, many) = there.max_by_key(|(_, count)| **count)?;
        (*many >= UNBALANCED * few).then(|| {
            Finding::new(
                Severity::Note,
                "targets",
                format!(
                    "class {} has {few} samples, class {} has {many}",
                    self.name(rarest),
                    self.name(commonest)
                ),
                "look at recall and a confusion matrix rather than at accuracy; `class_weight` lets the rare ones count more",
            )
        })
    }

    fn sorted(&self) -> Option<Finding> {
        let is_sorted = self.training.is_sorted() && self.training.first() != self.training.last();
        (is_sorted && !self.is_shuffled).then(|| {
            Finding::new(
                Severity::Warning,
                "targets",
                "the samples come sorted by their class and are not shuffled",
                "shuffle them: a batch of one class alone teaches to say that class",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look<'a>(training: &'a [usize], hardly: &'a [(usize, usize, usize)]) -> ClassLook<'a> {
        ClassLook {
            training,
            num_classes: 3,
            hardly_trained: hardly,
            is_shuffled: true,
            names: &[],
        }
    }

    fn told(look: &ClassLook<'_>) -> Vec<String> {
        let findings = look.findings().into_iter();
        findings
            .map(|finding| format!("{} {finding}", finding.severity))
            .collect()
    }

    #[test]
    fn balanced_classes_are_not_spoken_of() {
        assert!(told(&look(&[0, 1, 2, 2, 1, 0], &[])).is_empty());
    }

    #[test]
    fn classes_of_which_nothing_is_learned_are_named() {
        let missing = "warning targets: class `1` has no sample to learn from; the network can only learn never to say it: add samples of \
             it, or leave the class out";
        assert_eq!(told(&look(&[0, 2, 0], &[])), [missing]);
        let several = told(&look(&[2], &[]));
        assert!(
            several[0]
                .starts_with("warning targets: classes `0`, `1` have no sample to learn from"),
            "{several:?}"
        );
        let split = told(&look(&[0, 1], &[(2, 0, 9)]));
        assert!(
            split[0].contains("hardly anything to learn from: `2` (0 to learn from, 9 kept back)")
        );
        assert_eq!(split.len(), 1, "not said twice");
    }

    #[test]
    fn rare_classes_and_sorted_samples_are_told() {
        let mut many = vec![0; 40];
        many.extend([1, 1, 2, 2, 2]);
        let own = look(&many, &[]);
        let rare = told(&own);
        assert!(
            rare[0].starts_with("note targets: class `1` has 2 samples, class `0` has 40;"),
            "{rare:?}"
        );
        let sorted = ClassLook {
            is_shuffled: false,
            ..own
        };
        assert!(told(&sorted)[1].starts_with(
            "warning targets: the samples come sorted by their class and are not shuffled"
        ));
    }

    #[test]
    fn classes_have_their_names() {
        let names = ["red", "green", "blue"].map(str::to_owned);
        let look = ClassLook {
            names: &names,
            ..look(&[0, 1], &[])
        };
        assert!(told(&look)[0].contains("class `blue` has no sample"));
    }
}
