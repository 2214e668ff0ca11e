//! Numbers as people read them.

/// A whole number with its thousands apart.
///
/// ```
/// # mod firebrick { pub use firebrick_spec as specs; }
/// use firebrick::specs::thousands;
///
/// assert_eq!(thousands(54_000), "54,000");
/// ```
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let numbers = [0, 12, 999, 1000, 54_000, 101_770, 1_000_000, 1_234_567];
        assert_eq!(
            numbers.map(thousands),
            [
                "0",
                "12",
                "999",
                "1,000",
                "54,000",
                "101,770",
                "1,000,000",
                "1,234,567"
            ]
        );
    }
}
