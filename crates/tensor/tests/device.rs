//! Devices by name.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use firebrick_tensor::{DeviceName, TensorError, check_device, device_statuses};

#[test]
fn names_are_read_as_they_are_written() {
    for name in [
        "auto", "flex", "ndarray", "wgpu", "vulkan", "cuda", "cuda:1", "wgpu:0",
    ] {
        assert_eq!(name.parse::<DeviceName>().unwrap().to_string(), name);
    }
}

#[test]
fn an_unknown_name_gives_the_nearest_and_all_known() {
    assert_eq!(
        "flexx".parse::<DeviceName>().unwrap_err().to_string(),
        "unknown device `flexx`, did you mean `flex`?; known devices: auto, flex, ndarray, wgpu, \
         vulkan, cuda (GPU names take an index, as in `cuda:1`)"
    );
    for wrong in ["cuda:", "cuda:x", "flex:0", "", "cuda:-1"] {
        assert!(wrong.parse::<DeviceName>().is_err(), "`{wrong}`");
    }
}

#[test]
fn the_cpu_answers_and_computes_correctly() {
    let selected = DeviceName::Flex.select().unwrap();
    assert!(selected.adapter.starts_with("CPU"));
    let check = check_device(&selected.device);
    assert!(check.is_correct(), "{check}");
}

#[test]
fn auto_takes_something_that_answers_and_says_why() {
    let selected = DeviceName::Auto.select().unwrap();
    assert_ne!(selected.name, DeviceName::Auto);
    assert!(
        selected.reason.starts_with("the best that"),
        "{}",
        selected.reason
    );
}

#[test]
fn a_backend_that_is_not_compiled_in_names_its_feature() {
    let missing: Vec<_> = device_statuses()
        .into_iter()
        .filter(|status| !status.is_compiled)
        .collect();
    for status in &missing {
        let error = status.name.select().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "device `{0}` is not compiled into this build; build with `--features {0}` to \
                 have it",
                status.feature
            )
        );
    }
    let is_cuda_missing = missing.iter().any(|status| status.feature == "cuda");
    assert_eq!(is_cuda_missing, !cfg!(feature = "cuda"));
}

#[test]
fn an_index_beyond_the_devices_says_what_was_found() {
    for name in ["wgpu:99", "vulkan:99", "cuda:99"] {
        match name.parse::<DeviceName>().unwrap().select() {
            Err(TensorError::DeviceNotPresent { probed, .. }) => assert!(!probed.is_empty()),
            Err(TensorError::DeviceNotCompiled { .. }) => {}
            other => panic!("{name}: {other:?}"),
        }
    }
}
