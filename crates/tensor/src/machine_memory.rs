//! How much memory there is to compute in.

use std::fs;
use std::path::Path;

/// The bytes of memory that this process may have, where the system says so: on Linux what the machine has, swap
/// included, or less where its control group is limited, as in a container.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor as models; }
/// use firebrick::models::machine_memory;
///
/// if let Some(bytes) = machine_memory() {
///     println!("{:.1} GiB", bytes as f64 / f64::from(1 << 30));
///     assert!(bytes > 0);
/// }
/// ```
pub fn machine_memory() -> Option<u64> {
    let machine = total(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(group_limit);
    Some(limits.fold(machine, u64::min))
}

/// Memory and swap of `/proc/meminfo`, which counts in kibibytes.
fn total(meminfo: &str) -> Option<u64> {
    let bytes = |key: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(key))?;
        let number = line.trim_start_matches(':').split_whitespace().next()?;
        number.parse::<u64>().ok()?.checked_mul(1024)
    };
    bytes("MemTotal")?.checked_add(bytes("SwapTotal").unwrap_or(0))
}

/// The least limit of a control group, by its line in `/proc/self/cgroup`, and of those it lies in.
fn group_limit(line: &str) -> Option<u64> {
    let (root, file, path) = place(line)?;
    let path = Path::new(path.trim_start_matches('/'));
    path.ancestors()
        .filter_map(|group| fs::read_to_string(Path::new(root).join(group).join(file)).ok())
        // `max` is no limit.
        .filter_map(|limit| limit.trim().parse().ok())
        .min()
}

/// Where the limit of a group lies, in the second or the first form of control groups, and the group's path.
fn place(line: &str) -> Option<(&'static str, &'static str, &str)> {
    let mut parts = line.splitn(3, ':').skip(1);
    let (controllers, path) = (parts.next()?, parts.next()?);
    if controllers.is_empty() {
        return Some(("/sys/fs/cgroup", "memory.max", path));
    }
    controllers
        .split(',')
        .any(|controller| controller == "memory")
        .then_some(("/sys/fs/cgroup/memory", "memory.limit_in_bytes", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_swap_are_added() {
        let text = "MemTotal:       24656004 kB\nMemFree: 1 kB\nSwapTotal:       1000 kB\n";
        assert_eq!(total(text), Some((24_656_004 + 1000) * 1024));
        assert_eq!(total("MemTotal: 7 kB\n"), Some(7 * 1024));
        assert_eq!(total("nothing"), None);
    }

    #[test]
    fn groups_of_both_forms_are_found() {
        let second = ("/sys/fs/cgroup", "memory.max", "/user.slice/a");
        assert_eq!(place("0::/user.slice/a"), Some(second));
        let first = (
            "/sys/fs/cgroup/memory",
            "memory.limit_in_bytes",
            "/docker/1:2",
        );
        assert_eq!(place("9:cpu,memory:/docker/1:2"), Some(first));
        assert_eq!(place("3:cpu:/"), None);
        assert_eq!(place(""), None);
    }
}
