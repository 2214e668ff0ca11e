use std::collections::{HashMap, HashSet};

/// The names that layers have, and which ones are free.
pub(crate) struct LayerNames {
    taken: HashSet<String>,
    /// By the name that was asked for, the first number that was not tried yet; names are never given back.
    next: HashMap<String, usize>,
}

impl LayerNames {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self {
            taken: names.map(str::to_owned).collect(),
            next: HashMap::new(),
        }
    }

    fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// The name that was asked for, or a free one after the default; it is taken from now on.
    pub(crate) fn give(&mut self, asked: Option<&str>, default: impl FnOnce() -> String) -> String {
        let name = asked.map_or_else(|| self.free(&default()), str::to_owned);
        self.take(&name);
        name
    }

    /// The name, or the first of `name_1`, `name_2`, … that no layer has.
    fn free(&mut self, name: &str) -> String {
        let next = self.next.entry(name.to_owned()).or_insert(0);
        loop {
            let free = match *next {
                0 => name.to_owned(),
                number => format!("{name}_{number}"),
            };
            *next += 1;
            if !self.taken.contains(&free) {
                return free;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_free_number_is_taken() {
        let mut names = LayerNames::of(["dense", "dense_2"].into_iter());
        let mut add = |name: &str| {
            let free = names.free(name);
            names.take(&free);
            free
        };
        assert_eq!(add("dense"), "dense_1");
        assert_eq!(add("dense"), "dense_3");
        assert_eq!(add("flatten"), "flatten");
        assert_eq!(add("flatten"), "flatten_1");
    }
}
