/// The memory that this process has at the moment, in bytes, where the system says so: on Linux.
pub(crate) fn process_memory() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// What `VmRSS:     1234 kB` says.
fn resident(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_it_in_kilobytes() {
        let status = "Name:\tfirebrick\nVmHWM:\t  2000 kB\nVmRSS:\t  1234 kB\nThreads:\t3\n";
        assert_eq!(resident(status), Some(1234 * 1024));
        assert_eq!(resident("Name:\tfirebrick\n"), None);
        if cfg!(target_os = "linux") {
            assert!(process_memory() > Some(1 << 20));
        }
    }
}
