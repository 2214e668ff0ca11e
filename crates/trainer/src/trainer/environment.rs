use std::env::consts::{ARCH, OS};
use std::fs;
use std::thread::available_parallelism;

use burn::tensor::Device;
use firebrick_host::num_threads;
use firebrick_session::Environment;
use firebrick_tensor::{DeviceName, device_label};

/// Where a training on this device is computed.
pub(super) fn environment(device: &Device) -> Environment {
    Environment {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        features: DeviceName::compiled()
            .map(|name| name.to_string())
            .collect(),
        device: device_label(device),
        processor: processor().unwrap_or_default(),
        cores: available_parallelism().map_or(1, usize::from),
        threads: num_threads(),
        system: format!("{OS} on {ARCH}"),
    }
}

/// The model of the processor, where the system says it in a file.
fn processor() -> Option<String> {
    model(&fs::read_to_string("/proc/cpuinfo").ok()?)
}

fn model(cpuinfo: &str) -> Option<String> {
    let mut fields = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    let (_, model) = fields.find(|(key, _)| key.trim() == "model name")?;
    let words: Vec<&str> = model.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_of_a_processor_is_that_of_the_first() {
        let cpuinfo = "processor\t: 0\nmodel\t\t: 106\nmodel name\t: Xeon(R)  CPU @ 2.9GHz\n\nprocessor\t: 1\nmodel name\t: other\n";
        assert_eq!(model(cpuinfo).as_deref(), Some("Xeon(R) CPU @ 2.9GHz"));
        assert_eq!(model("processor\t: 0\nBogoMIPS\t: 243.75\n"), None);
        assert_eq!(model("model name\t:  \n"), None);
    }

    #[cfg(feature = "flex")]
    #[test]
    fn what_computes_is_told() {
        let environment = environment(&Device::flex());
        assert!(environment.device.starts_with("flex (CPU"));
        assert!(environment.features.contains(&"flex".to_owned()));
        assert!(environment.cores > 0 && environment.threads > 0);
    }
}
