/// The most bytes of a name that may be a mistyped one: finding the nearest takes the product of the lengths.
const LONGEST: usize = 256;

/// The known name closest to a mistyped one, if any is close.
pub(crate) fn nearest_name<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    if given.len() > LONGEST {
        return None;
    }
    let given = given.to_lowercase();
    known
        .iter()
        .filter(|name| name.len() <= LONGEST)
        .map(|&name| (strsim::damerau_levenshtein(&given, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(given.len()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// What an error adds to an unknown name: the nearest known one, if there is one.
pub(crate) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_megabyte_is_like_no_other() {
        let long = "a".repeat(1 << 20);
        assert_eq!(nearest_name(&long, &["a", &long]), None);
        assert_eq!(nearest_name("aa", &[&long, "a"]), Some("a"));
    }
}
