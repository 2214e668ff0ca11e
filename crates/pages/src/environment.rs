//! Where a run was computed, as a page says it.

use firebrick_session::Environment;

/// Names and values of what is known.
pub(crate) fn environment_rows(environment: &Environment) -> Vec<(String, String)> {
    let count = |number: usize| match number {
        0 => String::new(),
        number => number.to_string(),
    };
    let rows = [
        ("device", environment.device.clone()),
        ("processor", environment.processor.clone()),
        ("cores", count(environment.cores)),
        ("threads", count(environment.threads)),
        ("system", environment.system.clone()),
        ("Firebrick", environment.version.clone()),
        ("backends", environment.features.join(", ")),
    ];
    rows.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_has_no_row() {
        let environment = Environment {
            device: "flex (CPU, 2 cores)".to_owned(),
            threads: 2,
            features: vec!["vulkan".to_owned(), "flex".to_owned()],
            ..Environment::default()
        };
        let rows = environment_rows(&environment);
        let rows: Vec<String> = rows
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            rows,
            [
                "device: flex (CPU, 2 cores)",
                "threads: 2",
                "backends: vulkan, flex"
            ]
        );
        assert!(environment_rows(&Environment::default()).is_empty());
    }
}
