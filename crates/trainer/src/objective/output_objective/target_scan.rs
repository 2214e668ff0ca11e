use firebrick_data::Targets;

use super::OutputObjective;
use crate::error::TrainError;
use crate::sample_place::SamplePlace;
use crate::target_domain::{DomainScan, TargetDomain};
use crate::target_form::TargetForm;

/// A look at all targets before anything is done with them: are they what loss and metrics take?
pub(crate) struct TargetScan {
    /// Classes there may be, where the targets have to be indices and nobody has said that they are.
    num_classes: Option<usize>,
    /// What else they have to be, and what for.
    domains: Vec<(String, DomainScan)>,
}

/// A target that cannot be taken.
pub(crate) struct Misfit {
    /// Its place among the numbers looked at.
    pub(crate) index: usize,
    received: String,
    taker: Taker,
}

enum Taker {
    Classes { num_classes: usize, target: f32 },
    Domain { name: String, domain: TargetDomain },
}

impl TargetScan {
    pub(super) fn new(objective: &OutputObjective) -> Self {
        let undeclared = objective.targets.num_classes().is_none();
        let is_index = objective.form == TargetForm::ClassIndex;
        let mut domains = Vec::new();
        // Indices become one-hot rows, which everything takes.
        if !is_index {
            let columns = match objective.targets {
                Targets::Classes { .. } => 1,
                Targets::Values { .. } => match objective.form {
                    TargetForm::Label => 1,
                    TargetForm::LabelSequence => objective.targets.num_columns(),
                    _ => objective.columns,
                },
            };
            let loss = objective.loss.function().target_domain();
            let loss = (format!("loss {}", objective.loss.name()), loss);
            let metrics = objective.metrics.iter().map(|measured| {
                let domain = objective.function(measured).target_domain();
                (format!("metric {}", measured.name), domain)
            });
            for (name, domain) in std::iter::once(loss).chain(metrics) {
                let is_new = !domains
                    .iter()
                    .any(|(_, scan): &(_, DomainScan)| scan.domain() == domain);
                if domain != TargetDomain::Any && is_new {
                    let scan = DomainScan::new(domain, columns);
                    domains.push((name, scan.with_room(objective.columns, objective.steps)));
                }
            }
        }
        Self {
            num_classes: (is_index && undeclared).then_some(objective.columns),
            domains,
        }
    }

    /// Whether the targets could be wrong at all.
    pub(crate) fn is_needed(&self) -> bool {
        self.num_classes.is_some() || !self.domains.is_empty()
    }

    /// The first target that cannot be taken, of the targets of whole samples.
    pub(crate) fn find(&mut self, targets: &[f32]) -> Option<Misfit> {
        if let Some(num_classes) = self.num_classes {
            let is_index = |target: f32| {
                target >= 0.0 && target.fract() == 0.0 && f64::from(target) < num_classes as f64
            };
            let index = targets.iter().position(|&target| !is_index(target))?;
            let target = targets[index];
            return Some(Misfit {
                index,
                received: target.to_string(),
                taker: Taker::Classes {
                    num_classes,
                    target,
                },
            });
        }
        let found = self.domains.iter_mut().find_map(|(name, scan)| {
            let (index, received) = scan.find(targets)?;
            Some((index, received, name.clone(), scan.domain()))
        });
        found.map(|(index, received, name, domain)| Misfit {
            index,
            received,
            taker: Taker::Domain { name, domain },
        })
    }
}

impl Misfit {
    /// The error that it is, at this sample.
    pub(crate) fn at(self, sample: usize, place: SamplePlace) -> TrainError {
        match self.taker {
            Taker::Classes {
                num_classes,
                target,
            } => TrainError::TargetOutOfRange {
                sample,
                place,
                target,
                num_classes,
            },
            Taker::Domain { name, domain } => TrainError::TargetOutsideDomain {
                sample,
                place,
                received: self.received,
                taker: name,
                domain,
            },
        }
    }
}
