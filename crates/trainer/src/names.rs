/// `MeanSquaredError`, `mean-squared-error` and `Mean_Squared_Error` as `mean_squared_error`; names
/// that are all capitals, such as `MSE` and `AUC`, become small letters.
pub(crate) fn snake_case(name: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
