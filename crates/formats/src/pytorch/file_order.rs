//! In which order a file has its tensors, which the reader's map of them does not keep.

use std::collections::HashMap;

/// The texts of a file, by where they first are.
#[derive(Default)]
pub(super) struct FileOrder {
    places: HashMap<Vec<u8>, usize>,
}

impl FileOrder {
    /// Adds the next text of the file.
    pub(super) fn add(&mut self, text: Vec<u8>) {
        let place = self.places.len();
        self.places.entry(text).or_insert(place);
    }

    /// What tensors are sorted by.
    ///
    /// A name is made of the keys of dictionaries within each other: `state_dict` and `fc1.weight`, or in a whole module `fc1`
    /// and `weight`. Each is where it first was in the file, but for the numbers of modules, which are in order anyway.
    pub(super) fn rank(&self, name: &str) -> Vec<usize> {
        let mut ranks = Vec::new();
        let mut rest = name;
        while !rest.is_empty() {
            // The longest beginning that is a key.
            let ends = rest.rmatch_indices('.').map(|(place, _)| place);
            let mut ends = [rest.len()].into_iter().chain(ends);
            let found = ends.find(|end| self.places.contains_key(&rest.as_bytes()[..*end]));
            let end = found.unwrap_or_else(|| rest.find('.').unwrap_or(rest.len()));
            let key = &rest[..end];
            let place = || self.places.get(key.as_bytes()).copied();
            ranks.push(key.parse().ok().or_else(place).unwrap_or(0));
            rest = rest[end..].trim_start_matches('.');
        }
        ranks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_the_file() {
        let mut order = FileOrder::default();
        for text in [
            "state_dict",
            "stem.weight",
            "stem.bias",
            "10.weight",
            "9.weight",
            "body.weight",
        ] {
            order.add(text.into());
        }
        let mut names = vec![
            "state_dict.body.weight",
            "state_dict.stem.bias",
            "state_dict.stem.weight",
        ];
        names.sort_by_key(|name| order.rank(name));
        assert_eq!(
            names,
            [
                "state_dict.stem.weight",
                "state_dict.stem.bias",
                "state_dict.body.weight"
            ]
        );
        // Of a whole module each part is a key, and the numbers of a list are none.
        let mut order = FileOrder::default();
        for text in ["blocks", "weight", "bias"] {
            order.add(text.into());
        }
        let mut names = vec!["blocks.10.weight", "blocks.9.bias", "blocks.9.weight"];
        names.sort_by_key(|name| order.rank(name));
        assert_eq!(
            names,
            ["blocks.9.weight", "blocks.9.bias", "blocks.10.weight"]
        );
    }
}
