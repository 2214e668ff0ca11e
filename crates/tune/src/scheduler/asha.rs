//! Asynchronous successive halving.

use super::promotion::{self, Member, best};
use super::{Assignment, Choice, Scheduler};

/// Promotes whenever a trial is among the best of its rung so far, instead of waiting for the whole rung.
///
/// # Source
/// Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020, Algorithm 2
pub(super) struct Asha {
    trials: usize,
    /// The last epoch of each rung.
    epochs: Vec<usize>,
    /// Those that have begun, rung by rung.
    rungs: Vec<Vec<Member>>,
    factor: usize,
}

impl Asha {
    pub(super) fn new(trials: usize, epochs: Vec<usize>, factor: usize) -> Self {
        Self {
            trials,
            rungs: vec![Vec::new(); epochs.len()],
            epochs,
            factor,
        }
    }

    /// The best trial of a rung that may go on and has not.
    fn promotable(&self, rung: usize, quota: usize) -> Option<Assignment> {
        let above = rung + 1;
        let epochs = *self.epochs.get(above)?;
        let has_gone_on = |trial: &usize| {
            let mut above = self.rungs[above].iter();
            above.any(|member| member.trial == *trial)
        };
        let best = best(&self.rungs[rung], quota);
        let trial = best.into_iter().find(|trial| !has_gone_on(trial))?;
        Some(Assignment {
            trial,
            rung: above,
            epochs,
        })
    }

    fn num_ended(&self, rung: usize) -> usize {
        let members = self.rungs[rung].iter();
        members.filter(|member| member.ended.is_some()).count()
    }

    /// Once no trial is new and none is trained: the best of the highest rung, where it is not the last one. The paper's
    /// trials never run out; of few of them, a third of a rung may be none.
    fn last_climb(&self) -> Option<Assignment> {
        let highest = (0..self.rungs.len()).rev();
        let mut highest = highest.filter(|&rung| !best(&self.rungs[rung], 1).is_empty());
        self.promotable(highest.next()?, 1)
    }
}

impl Scheduler for Asha {
    fn choose(&self) -> Choice {
        for rung in (0..self.rungs.len().saturating_sub(1)).rev() {
            let quota = self.num_ended(rung) / self.factor;
            if let Some(assignment) = self.promotable(rung, quota) {
                return Choice::Train(assignment);
            }
        }
        if self.rungs[0].len() < self.trials {
            return Choice::Train(Assignment {
                trial: self.rungs[0].len(),
                rung: 0,
                epochs: self.epochs[0],
            });
        }
        let is_running = |rung: &Vec<Member>| rung.iter().any(|member| member.ended.is_none());
        if self.rungs.iter().any(is_running) {
            return Choice::Wait;
        }
        self.last_climb().map_or(Choice::Done, Choice::Train)
    }

    fn begin(&mut self, assignment: Assignment) {
        let Assignment { trial, rung, .. } = assignment;
        if let Some(members) = self.rungs.get_mut(rung) {
            members.push(Member { trial, ended: None });
        }
    }

    fn end(&mut self, assignment: Assignment, score: Option<f64>) {
        let Assignment { trial, rung, .. } = assignment;
        if let Some(members) = self.rungs.get_mut(rung) {
            promotion::end(members, trial, score);
        }
    }

    fn num_trials(&self) -> usize {
        self.trials
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is trained by one job at a time, as `trial:epochs`.
    fn serially(trials: usize, score: impl Fn(usize, usize) -> Option<f64>) -> String {
        let mut asha = Asha::new(trials, vec![1, 3, 9], 3);
        let mut all = Vec::new();
        while let Choice::Train(assignment) = asha.choose() {
            asha.begin(assignment);
            all.push(format!("{}:{}", assignment.trial, assignment.epochs));
            asha.end(assignment, score(assignment.trial, assignment.epochs));
        }
        all.join(" ")
    }

    /// Worked out by Algorithm 2 of the paper, for 9 trials, a reduction factor of 3 and rungs of 1, 3 and 9 epochs.
    #[test]
    fn promotions_are_those_of_the_paper() {
        // Every trial is better than those before it, so from the third on each goes on at once.
        assert_eq!(
            serially(9, |trial, _| Some(-(trial as f64))),
            "0:1 1:1 2:1 2:3 3:1 3:3 4:1 4:3 4:9 5:1 5:3 5:9 6:1 6:3 6:9 7:1 7:3 7:9 8:1 8:3 8:9"
        );
        // Every trial is worse: the best third of 3 is {0}, of 6 {0, 1}, of 9 {0, 1, 2}; of the three that went on it is {0}.
        assert_eq!(
            serially(9, |trial, _| Some(trial as f64)),
            "0:1 1:1 2:1 0:3 3:1 4:1 5:1 1:3 6:1 7:1 8:1 2:3 0:9"
        );
        let scores = [5.0, 2.0, 8.0, 0.0, 6.0, 1.0, 7.0, 3.0, 4.0];
        assert_eq!(
            serially(9, |trial, _| Some(scores[trial])),
            "0:1 1:1 2:1 1:3 3:1 3:3 4:1 5:1 5:3 3:9 6:1 7:1 8:1"
        );
    }

    #[test]
    fn one_that_failed_counts_for_its_rung_and_never_goes_on() {
        assert_eq!(
            serially(3, |trial, _| (trial != 1).then_some(trial as f64)),
            "0:1 1:1 2:1 0:3 0:9"
        );
        assert_eq!(serially(3, |_, _| None), "0:1 1:1 2:1");
    }

    #[test]
    fn of_few_trials_the_best_is_trained_to_the_end() {
        assert_eq!(
            serially(2, |trial, _| Some(trial as f64)),
            "0:1 1:1 0:3 0:9"
        );
        assert_eq!(serially(1, |_, _| Some(0.0)), "0:1 0:3 0:9");
    }

    #[test]
    fn a_free_job_never_waits_while_there_is_a_new_trial() {
        let mut asha = Asha::new(4, vec![1, 3], 3);
        let mut begun = Vec::new();
        while let Choice::Train(assignment) = asha.choose() {
            asha.begin(assignment);
            begun.push(assignment);
        }
        assert_eq!(begun.len(), 4);
        assert_eq!(asha.choose(), Choice::Wait);
        for (assignment, score) in begun.iter().zip([3.0, 2.0, 1.0]) {
            asha.end(*assignment, Some(score));
        }
        assert_eq!(
            asha.choose(),
            Choice::Train(Assignment {
                trial: 2,
                rung: 1,
                epochs: 3
            })
        );
    }
}
