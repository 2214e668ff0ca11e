use firebrick_session::Confusion;

/// The most classes whose matrix is told.
const MOST: usize = 100;

/// How often each class was taken for each, counted sample by sample.
#[derive(Clone, Debug)]
pub(crate) struct ConfusionTally {
    counts: Vec<Vec<u64>>,
}

impl ConfusionTally {
    /// Of so many classes; `None` where there are so many that nobody would see anything in their matrix.
    pub(crate) fn new(num_classes: usize) -> Option<Self> {
        (num_classes <= MOST).then(|| Self {
            counts: vec![vec![0; num_classes]; num_classes],
        })
    }

    /// Counts a sample; classes that there are not are left out.
    pub(crate) fn add(&mut self, truth: usize, answer: usize) {
        let row = self.counts.get_mut(truth);
        if let Some(count) = row.and_then(|row| row.get_mut(answer)) {
            *count += 1;
        }
    }

    /// The matrix; `None` where nothing was counted.
    pub(crate) fn finish(self) -> Option<Confusion> {
        let is_empty = self.counts.iter().flatten().all(|&count| count == 0);
        (!is_empty).then_some(Confusion {
            counts: self.counts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_counted_by_their_class_then_by_the_answer() {
        let mut tally = ConfusionTally::new(3).unwrap();
        for (truth, answer) in [(0, 0), (0, 2), (0, 2), (2, 2), (3, 0), (0, 3)] {
            tally.add(truth, answer);
        }
        let counts = tally.finish().unwrap().counts;
        assert_eq!(counts, [[1, 0, 2], [0, 0, 0], [0, 0, 1]]);
    }

    #[test]
    fn there_is_no_matrix_of_nothing_and_none_of_very_many_classes() {
        assert!(ConfusionTally::new(2).unwrap().finish().is_none());
        assert!(ConfusionTally::new(101).is_none());
    }
}
