use serde::{Deserialize, Serialize};

use super::Optimizer;
use crate::error::TrainError;
use crate::optimizers::{Clipping, Kind, Setting};

/// The form in files, not yet checked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    optimizer: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight_decay: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clipping: Option<Clipping>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gradient_accumulation_steps: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ema_momentum: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ema_overwrite_frequency: Option<usize>,
}

impl From<Optimizer> for Written {
    fn from(optimizer: Optimizer) -> Self {
        Self {
            optimizer: optimizer.kind,
            weight_decay: Some(optimizer.weight_decay),
            clipping: optimizer.clipping,
            gradient_accumulation_steps: optimizer.accumulation_steps,
            ema_momentum: optimizer.ema.map(|ema| ema.momentum),
            ema_overwrite_frequency: optimizer.ema.and_then(|ema| ema.overwrite_frequency),
        }
    }
}

impl TryFrom<Written> for Optimizer {
    type Error = TrainError;

    fn try_from(written: Written) -> Result<Self, TrainError> {
        let mut kind = written.optimizer;
        for setting in Setting::ALL {
            if let Some(value) = kind.setting(setting) {
                setting.check(*value)?;
            }
        }
        let mut optimizer = Self::new(kind);
        if let Some(weight_decay) = written.weight_decay {
            optimizer = optimizer.with_weight_decay(weight_decay)?;
        }
        if let Some(clipping) = written.clipping {
            optimizer = optimizer.with_clipping(clipping)?;
        }
        if let Some(steps) = written.gradient_accumulation_steps {
            optimizer = optimizer.with_gradient_accumulation_steps(steps)?;
        }
        if let Some(momentum) = written.ema_momentum {
            optimizer = optimizer.with_ema(momentum)?;
        }
        match written.ema_overwrite_frequency {
            Some(frequency) => optimizer.with_ema_overwrite_frequency(frequency),
            None => Ok(optimizer),
        }
    }
}
