//! Names as they are written, as they are compared, and the nearest of them.

/// The most bytes of a name that may be a mistyped one: finding the nearest takes the product of the lengths.
const LONGEST: usize = 256;
/// The fewest letters that count as the beginning of a name.
const BEGINNING: usize = 3;

/// `MeanSquaredError`, `mean-squared-error` and `Mean_Squared_Error` as `mean_squared_error`; names
/// that are all capitals, such as `MSE` and `AUC`, become small letters.
///
/// ```
/// use firebrick_spec::snake_case;
///
/// assert_eq!(snake_case("MeanSquaredError"), "mean_squared_error");
/// assert_eq!(snake_case("MaxPooling2D"), "max_pooling2d");
/// ```
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.trim().replace('-', "_").chars().collect();
    let mut snake = String::with_capacity(name.len());
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || (before != '_'
                        && letters.get(index + 1).is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `max_norm` as `MaxNorm`, the class of Keras that goes by the name.
///
/// ```
/// assert_eq!(firebrick_spec::camel_case("max_norm"), "MaxNorm");
/// ```
pub fn camel_case(name: &str) -> String {
    let capitalized = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split(['_', '-']).map(capitalized).collect()
}

/// What counts of a name where two are compared: `RMSprop`, `rmsprop` and `rms-prop` are one.
///
/// ```
/// use firebrick_spec::folded;
///
/// assert_eq!(folded("MeanSquaredError"), folded("mean-squared_error"));
/// assert_ne!(folded("Conv1D"), folded("Conv2D"));
/// ```
pub fn folded(name: &str) -> String {
    let counts = |letter: &char| !matches!(letter, '_' | '-');
    name.trim().to_lowercase().chars().filter(counts).collect()
}

/// The known name closest to a mistyped one, whatever its case, if any is close or begins with it.
///
/// ```
/// use firebrick_spec::nearest_name;
///
/// assert_eq!(nearest_name("sigmiod", &["relu", "sigmoid"]), Some("sigmoid"));
/// assert_eq!(nearest_name("Re-Lu", &["relu", "sigmoid"]), Some("relu"));
/// assert_eq!(nearest_name("sig", &["relu", "sigmoid"]), Some("sigmoid"));
/// assert_eq!(nearest_name("banana", &["relu", "sigmoid"]), None);
/// ```
pub fn nearest_name<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    if given.len() > LONGEST {
        return None;
    }
    let given = folded(given);
    let known: Vec<(String, &str)> = known
        .iter()
        .filter(|name| name.len() <= LONGEST)
        .map(|&name| (folded(name), name))
        .collect();
    let close = known
        .iter()
        .map(|(name, spelled)| (strsim::damerau_levenshtein(&given, name), name, *spelled))
        .filter(|(distance, name, _)| *distance <= name.len().max(given.len()).div_ceil(3))
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., spelled)| spelled);
    close.or_else(|| {
        let begins = |(name, _): &&(String, &str)| name.starts_with(&given);
        let is_long = given.chars().count() >= BEGINNING;
        known
            .iter()
            .find(begins)
            .filter(|_| is_long)
            .map(|(_, spelled)| *spelled)
    })
}

/// Names in the order of how much they are like one, the most alike first.
///
/// ```
/// assert_eq!(firebrick_spec::by_likeness("dense/kernal", &["dense/bias", "dense/kernel"])[0], "dense/kernel");
/// ```
pub fn by_likeness<'a>(given: &str, known: &[&'a str]) -> Vec<&'a str> {
    // Longer names are like none, and take their length times that of all others to compare.
    let given: String = given.chars().take(LONGEST).collect();
    let mut known = known.to_vec();
    known.sort_by_cached_key(|known| {
        let known: String = known.chars().take(LONGEST).collect();
        strsim::damerau_levenshtein(&given, &known)
    });
    known
}

/// What an error adds to an unknown name: the nearest known one, if there is one.
///
/// ```
/// use firebrick_spec::did_you_mean;
///
/// assert_eq!(did_you_mean(Some("adam")), ", did you mean `adam`?");
/// assert_eq!(did_you_mean(None), "");
/// ```
pub fn did_you_mean(nearest: Option<&str>) -> String {
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

    #[test]
    fn the_closest_comes_before_one_that_begins_alike() {
        let known = ["cosine-decay-restarts", "cosines"];
        assert_eq!(nearest_name("cosine", &known), Some("cosines"));
        assert_eq!(nearest_name("cosine", &known[..1]), Some(known[0]));
        assert_eq!(nearest_name("co", &known[..1]), None);
    }

    #[test]
    fn class_names_become_keras_names() {
        for (name, expected) in [
            ("MeanSquaredError", "mean_squared_error"),
            ("mean-squared-error", "mean_squared_error"),
            ("MSE", "mse"),
            ("AUC", "auc"),
            ("RMSprop", "rm_sprop"),
            (
                "Sparse_Categorical_Crossentropy",
                "sparse_categorical_crossentropy",
            ),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }
}
