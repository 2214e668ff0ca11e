//! What is wrong is said, not taken.

use firebrick_vocabulary::{
    CategoryEncoding, Discretization, HashedCrossing, Hashing, Lookup, LookupSettings, TokenCounts,
};

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn a_vocabulary_has_each_token_once_and_no_more_than_it_may() {
    let limit = |max_tokens| LookupSettings {
        max_tokens: Some(max_tokens),
        ..LookupSettings::default()
    };
    let masked = LookupSettings {
        mask_token: Some("b".to_owned()),
        ..LookupSettings::default()
    };
    for (tokens, settings, message) in [
        (
            strings(&["a", "b", "a"]),
            LookupSettings::default(),
            "the vocabulary: expected different tokens, received `a` at the places 0 and 2; leave one of them out",
        ),
        (
            strings(&["a", "b"]),
            masked,
            "the vocabulary: expected tokens other than the mask, received the mask `b` at place 1; leave it out, it has a place of \
             its own",
        ),
        (
            strings(&["a", "b"]),
            limit(2),
            "the vocabulary: expected at most `max_tokens` = 2 places, those of the mask and of what is out of vocabulary counted in, \
             received 3; raise it or take fewer tokens",
        ),
    ] {
        let error = Lookup::new(tokens, settings).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let mut counts = TokenCounts::default();
    counts.add("a");
    let error = Lookup::adapted(&counts, limit(1)).unwrap_err().to_string();
    assert!(
        error.starts_with("`max_tokens`: expected more than the 1 places"),
        "{error}"
    );
    let none = LookupSettings {
        num_oov_indices: 0,
        ..LookupSettings::default()
    };
    let strict = Lookup::adapted(&counts, none).unwrap();
    assert_eq!(
        (strict.index_of("a"), strict.index_of("b")),
        (Some(0), None)
    );
}

#[test]
fn nothing_is_encoded_or_hashed_into_nothing() {
    assert!(CategoryEncoding::new(0).is_err());
    assert!(Hashing::new(0).is_err());
    assert!(HashedCrossing::new(0).is_err());
    let encoding = CategoryEncoding::new(2).unwrap();
    let error = encoding.multi_hot(&[0, 2]).unwrap_err().to_string();
    assert_eq!(
        error,
        "expected an index below `num_tokens` = 2, received 2; raise `num_tokens` to the size of the vocabulary"
    );
    assert!(encoding.count_weighted(&[0, 1], &[1.0]).is_err());
    assert!(HashedCrossing::new(3).unwrap().bin_of(&[&"a"]).is_err());
}

#[test]
fn bins_are_made_of_numbers_that_rise() {
    let error = Discretization::new([0.0, 2.0, 1.0])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`bin_boundaries`: expected numbers that rise, received 1 behind 2 (place 2); sort them"
    );
    assert!(Discretization::new([0.0, f32::NAN]).is_err());
    let adapted = |numbers: &[f32], num_bins, epsilon| {
        Discretization::adapted(numbers.iter().copied(), num_bins, epsilon)
    };
    assert!(adapted(&[1.0], 0, 0.01).is_err());
    assert!(adapted(&[], 2, 0.01).is_err());
    assert!(adapted(&[f32::NAN, f32::INFINITY], 2, 0.01).is_err());
    for epsilon in [0.0, 1.0, f64::NAN] {
        assert!(adapted(&[1.0, 2.0], 2, epsilon).is_err(), "{epsilon}");
    }
    // One bin has no boundary.
    assert_eq!(adapted(&[1.0, 2.0, 3.0], 1, 0.01).unwrap().num_bins(), 1);
}
