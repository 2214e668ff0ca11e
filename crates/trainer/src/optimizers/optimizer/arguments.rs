use toml::Value;

use super::{Kind, Optimizer, Setting, Switch};

impl Optimizer {
    /// What differs from the optimizer's defaults, with the names that Keras' constructor has for it.
    pub(crate) fn arguments(self) -> toml::Table {
        let mut arguments = toml::Table::new();
        let mut own = self;
        let mut default = Self::new(Kind::by_name(self.name()).unwrap_or(self.kind));
        for setting in Setting::ALL {
            let values = own.kind.setting(setting).zip(default.kind.setting(setting));
            if let Some((value, default)) = values
                && value.to_bits() != default.to_bits()
            {
                arguments.insert(setting.name().to_owned(), Value::from(*value));
            }
        }
        for switch in Switch::ALL {
            let states = own.kind.switch(switch).zip(default.kind.switch(switch));
            if let Some((state, default)) = states
                && state != default
            {
                arguments.insert(switch.name().to_owned(), Value::from(*state));
            }
        }
        let decay = (self.weight_decay.to_bits() != default.weight_decay.to_bits())
            .then_some(("weight_decay", self.weight_decay));
        let clipping = self.clipping.map(|by| (by.name(), by.limit()));
        let ema = self.ema.map(|ema| ("ema_momentum", ema.momentum));
        for (name, value) in [decay, clipping, ema].into_iter().flatten() {
            arguments.insert(name.to_owned(), Value::from(value));
        }
        let steps = self.accumulation_steps;
        let frequency = self.ema.and_then(|ema| ema.overwrite_frequency);
        let counts = [
            ("gradient_accumulation_steps", steps),
            ("ema_overwrite_frequency", frequency),
        ];
        for (name, count) in counts {
            if let Some(count) = count.and_then(|count| i64::try_from(count).ok()) {
                arguments.insert(name.to_owned(), Value::from(count));
            }
        }
        arguments
    }
}
