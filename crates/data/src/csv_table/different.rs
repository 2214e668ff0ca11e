use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher};

/// The most fields that wait to be counted. Column by column, a set stays in the processor's cache meanwhile.
const WAITING: usize = 1024;

/// Counts different fields up to a limit, by their hashes.
pub(super) struct Different {
    hashes: HashSet<u64, BuildHasherDefault<Same>>,
    waiting: Vec<u64>,
    limit: usize,
    or_more: bool,
}

/// A hash is its own hash.
#[derive(Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0 << 8 | u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Different {
    pub(super) fn up_to(limit: usize) -> Self {
        Self {
            hashes: HashSet::default(),
            waiting: Vec::new(),
            limit,
            or_more: false,
        }
    }

    pub(super) fn add(&mut self, field: &str) {
        if self.or_more {
            return;
        }
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(field);
        self.waiting.push(hash);
        if self.waiting.len() == WAITING {
            self.count_waiting();
        }
    }

    /// How many there are, and whether there may be more.
    pub(super) fn count(mut self) -> (usize, bool) {
        self.count_waiting();
        (self.hashes.len(), self.or_more)
    }

    fn count_waiting(&mut self) {
        for hash in self.waiting.drain(..) {
            if self.hashes.len() < self.limit {
                self.hashes.insert(hash);
            } else if !self.hashes.contains(&hash) {
                self.or_more = true;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_up_to_a_limit() {
        for (fields, kinds, expected) in [
            (0, 1, (0, false)),
            (10, 3, (3, false)),
            (5000, 100, (100, false)),
            (5000, 101, (100, true)),
            (5000, 5000, (100, true)),
        ] {
            let mut different = Different::up_to(100);
            for field in 0..fields {
                different.add(&(field % kinds).to_string());
            }
            assert_eq!(different.count(), expected, "{fields} {kinds}");
        }
    }
}
