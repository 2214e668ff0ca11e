//! Brackets whose rungs wait for each other: successive halving, Hyperband, and trials that are all trained to the end.

use super::promotion::{self, Member, best};
use super::{Assignment, Choice, Scheduler};

/// Brackets one after another; a job that a rung has nothing for is given to the next bracket.
pub(super) struct Brackets {
    brackets: Vec<Bracket>,
    factor: usize,
}

/// Trials of which the best go on.
struct Bracket {
    first: usize,
    trials: usize,
    /// The last epoch of each rung.
    epochs: Vec<usize>,
    /// Those that have begun, rung by rung.
    rungs: Vec<Vec<Member>>,
}

impl Brackets {
    /// Brackets of so many trials, up to these epochs.
    pub(super) fn new(brackets: Vec<(usize, Vec<usize>)>, factor: usize) -> Self {
        let mut first = 0;
        let brackets = brackets.into_iter().map(|(trials, epochs)| {
            let bracket = Bracket {
                first,
                trials,
                rungs: vec![Vec::new(); epochs.len()],
                epochs,
            };
            first += trials;
            bracket
        });
        Self {
            brackets: brackets.collect(),
            factor,
        }
    }

    fn of(&mut self, trial: usize) -> Option<&mut Bracket> {
        let has = |bracket: &&mut Bracket| {
            (bracket.first..bracket.first + bracket.trials).contains(&trial)
        };
        self.brackets.iter_mut().find(has)
    }
}

impl Bracket {
    /// The trials that a rung is for, once that is known.
    fn entitled(&self, rung: usize, factor: usize) -> Option<Vec<usize>> {
        if rung == 0 {
            return Some((self.first..self.first + self.trials).collect());
        }
        let below = self.entitled(rung - 1, factor)?;
        let ended = &self.rungs[rung - 1];
        let is_complete =
            ended.len() == below.len() && ended.iter().all(|member| member.ended.is_some());
        // One at least goes on, so that a search of few trials has one that is trained to the end.
        let quota = (below.len() / factor).max(1);
        is_complete.then(|| best(ended, quota))
    }

    fn choose(&self, factor: usize) -> Choice {
        for (rung, &epochs) in self.epochs.iter().enumerate() {
            let Some(entitled) = self.entitled(rung, factor) else {
                return Choice::Wait;
            };
            // They begin in this order.
            if let Some(&trial) = entitled.get(self.rungs[rung].len()) {
                return Choice::Train(Assignment {
                    trial,
                    rung,
                    epochs,
                });
            }
        }
        let is_running = |member: &Member| member.ended.is_none();
        if self
            .rungs
            .last()
            .is_some_and(|top| top.iter().any(is_running))
        {
            return Choice::Wait;
        }
        Choice::Done
    }
}

impl Scheduler for Brackets {
    fn choose(&self) -> Choice {
        let mut choice = Choice::Done;
        for bracket in &self.brackets {
            match bracket.choose(self.factor) {
                Choice::Train(assignment) => return Choice::Train(assignment),
                Choice::Wait => choice = Choice::Wait,
                Choice::Done => {}
            }
        }
        choice
    }

    fn begin(&mut self, assignment: Assignment) {
        let Assignment { trial, rung, .. } = assignment;
        if let Some(members) = self
            .of(trial)
            .and_then(|bracket| bracket.rungs.get_mut(rung))
        {
            members.push(Member { trial, ended: None });
        }
    }

    fn end(&mut self, assignment: Assignment, score: Option<f64>) {
        let Assignment { trial, rung, .. } = assignment;
        if let Some(members) = self
            .of(trial)
            .and_then(|bracket| bracket.rungs.get_mut(rung))
        {
            promotion::end(members, trial, score);
        }
    }

    fn num_trials(&self) -> usize {
        self.brackets.iter().map(|bracket| bracket.trials).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that is trained by one job at a time, as `trial:epochs`.
    fn trained(
        scheduler: &mut dyn Scheduler,
        score: impl Fn(usize, usize) -> Option<f64>,
    ) -> String {
        let mut all = Vec::new();
        while let Choice::Train(assignment) = scheduler.choose() {
            scheduler.begin(assignment);
            all.push(format!("{}:{}", assignment.trial, assignment.epochs));
            scheduler.end(assignment, score(assignment.trial, assignment.epochs));
        }
        all.join(" ")
    }

    #[test]
    fn the_best_third_of_a_rung_goes_on() {
        // 9 trials of scores 5 2 8 0 6 1 7 3 4: 3, 5 and 1 are the best three, 3 the best of these.
        let scores = [5.0, 2.0, 8.0, 0.0, 6.0, 1.0, 7.0, 3.0, 4.0];
        let mut halving = Brackets::new(vec![(9, vec![1, 3, 9])], 3);
        assert_eq!(
            trained(&mut halving, |trial, _| Some(scores[trial])),
            "0:1 1:1 2:1 3:1 4:1 5:1 6:1 7:1 8:1 3:3 5:3 1:3 3:9"
        );
    }

    #[test]
    fn one_that_failed_never_goes_on() {
        let mut halving = Brackets::new(vec![(3, vec![1, 3])], 3);
        assert_eq!(
            trained(&mut halving, |trial, _| (trial == 2).then_some(9.0)),
            "0:1 1:1 2:1 2:3"
        );
        let mut halving = Brackets::new(vec![(3, vec![1, 3])], 3);
        assert_eq!(trained(&mut halving, |_, _| None), "0:1 1:1 2:1");
        let mut halving = Brackets::new(vec![(3, vec![1, 3])], 3);
        assert_eq!(trained(&mut halving, |_, _| Some(f64::NAN)), "0:1 1:1 2:1");
    }

    #[test]
    fn a_search_of_few_trials_has_one_that_is_trained_to_the_end() {
        let mut halving = Brackets::new(vec![(2, vec![1, 3, 9])], 3);
        assert_eq!(
            trained(&mut halving, |trial, _| Some(-(trial as f64))),
            "0:1 1:1 1:3 1:9"
        );
    }

    #[test]
    fn a_rung_waits_for_the_one_below_and_the_next_bracket_does_not() {
        let mut brackets = Brackets::new(vec![(2, vec![1, 3]), (1, vec![3])], 2);
        let begun: Vec<Assignment> = (0..3)
            .map(|_| {
                let Choice::Train(assignment) = brackets.choose() else {
                    panic!("something to train");
                };
                brackets.begin(assignment);
                assignment
            })
            .collect();
        assert_eq!(
            begun[2],
            Assignment {
                trial: 2,
                rung: 0,
                epochs: 3
            }
        );
        assert_eq!(brackets.choose(), Choice::Wait);
        brackets.end(begun[1], Some(1.0));
        assert_eq!(brackets.choose(), Choice::Wait);
        brackets.end(begun[0], Some(2.0));
        let promoted = Assignment {
            trial: 1,
            rung: 1,
            epochs: 3,
        };
        assert_eq!(brackets.choose(), Choice::Train(promoted));
        brackets.begin(promoted);
        brackets.end(promoted, Some(0.0));
        brackets.end(begun[2], Some(0.0));
        assert_eq!(brackets.choose(), Choice::Done);
    }
}
