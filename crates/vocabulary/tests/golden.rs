//! Against the numbers of Keras' layers, see `data/make_golden.py`.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use firebrick_vocabulary::{
    CategoryEncoding, Discretization, HashedCrossing, Hashing, Lookup, LookupSettings, OovMethod,
    Token, TokenCounts, fingerprint,
};
use serde_json::Value;

fn golden(part: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("data/golden.json")).unwrap();
    all[part].clone()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn words(value: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    list(value).iter().map(word).collect()
}

fn places(value: &Value) -> Vec<usize> {
    let place = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    list(value).iter().map(place).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    list(value)
        .iter()
        .map(|value| value.as_i64().unwrap())
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "they were of single precision before"
)]
fn singles(value: &Value) -> Vec<f32> {
    list(value)
        .iter()
        .map(|value| value.as_f64().unwrap() as f32)
        .collect()
}

fn size(arguments: &Value, name: &str) -> Option<usize> {
    let size = arguments[name].as_u64()?;
    Some(usize::try_from(size).unwrap())
}

fn settings<T>(arguments: &Value, mask_token: Option<T>) -> LookupSettings<T> {
    LookupSettings {
        max_tokens: size(arguments, "max_tokens"),
        num_oov_indices: size(arguments, "num_oov_indices").unwrap_or(1),
        mask_token,
        oov_method: OovMethod::default(),
    }
}

#[test]
fn words_have_the_places_that_keras_gives_them() {
    let golden = golden("string_lookup");
    let mut counts = TokenCounts::<String>::default();
    for word in words(&golden["words"]) {
        // Keras takes its own word for what is out of vocabulary, and a mask, out of the counts.
        counts.add(word.as_str());
    }
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let mask = arguments["mask_token"].as_str().map(str::to_owned);
        let lookup = Lookup::adapted(&counts, settings(arguments, mask)).unwrap();
        assert_eq!(lookup.tokens(), words(&case["vocabulary"]), "{arguments}");
        assert_eq!(
            Some(lookup.vocabulary_size()),
            size(case, "size"),
            "{arguments}"
        );
        let asked = words(&golden["asked"]);
        let indices: Vec<usize> = asked
            .iter()
            .map(|word| lookup.index_of(word.as_str()).unwrap())
            .collect();
        assert_eq!(indices, places(&case["indices"]), "{arguments}");
    }
}

#[test]
fn whole_numbers_have_the_places_that_keras_gives_them() {
    let golden = golden("integer_lookup");
    let mut counts = TokenCounts::<i64>::default();
    for number in integers(&golden["numbers"]) {
        counts.add(&number);
    }
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let settings = settings(arguments, arguments["mask_token"].as_i64());
        let lookup = Lookup::adapted(&counts, settings).unwrap();
        assert_eq!(
            lookup.tokens(),
            integers(&case["vocabulary"]),
            "{arguments}"
        );
        assert_eq!(
            Some(lookup.vocabulary_size()),
            size(case, "size"),
            "{arguments}"
        );
        let index = |number: &i64| {
            if arguments["oov_method"] == "farmhash" && !lookup.contains(number) {
                // What Keras does then is a lookup by the digits.
                return number.to_string().out_of_vocabulary(3);
            }
            lookup.index_of(number).unwrap()
        };
        let indices: Vec<usize> = integers(&golden["asked"]).iter().map(index).collect();
        assert_eq!(indices, places(&case["indices"]), "{arguments}");
    }
}

#[test]
fn fingerprints_of_every_length_are_those_of_tensorflow() {
    let golden = golden("fingerprints");
    let texts = words(&golden["texts"]);
    for (modulus, part) in [
        ((1 << 63) - 1, "modulo_2_63_minus_1"),
        ((1 << 62) + 1, "modulo_2_62_plus_1"),
    ] {
        for (text, expected) in texts.iter().zip(list(&golden[part])) {
            let own = fingerprint(text.as_bytes()) % modulus;
            assert_eq!(Some(own), expected.as_u64(), "{} bytes", text.len());
        }
    }
    assert_eq!(texts.len(), list(&golden["modulo_2_62_plus_1"]).len());
}

#[test]
fn hashing_gives_the_bins_of_keras() {
    let golden = golden("hashing");
    let words = words(&golden["words"]);
    for case in list(&golden["cases"]) {
        let arguments = &case["arguments"];
        let hashing = Hashing::new(size(arguments, "num_bins").unwrap()).unwrap();
        let bin = |word: &String| match arguments["mask_value"].as_str() {
            Some(mask) => hashing.bin_beside(mask, word.as_str()),
            None => hashing.bin_of(word),
        };
        let bins: Vec<usize> = words.iter().map(bin).collect();
        assert_eq!(bins, places(&case["bins"]), "{arguments}");
    }
    let hashing = Hashing::new(5).unwrap();
    let numbers = integers(&golden["numbers"]);
    let bins: Vec<usize> = numbers
        .iter()
        .map(|number| hashing.bin_of(number))
        .collect();
    assert_eq!(bins, places(&golden["bins_of_numbers"]));
}

#[test]
fn crossings_fall_into_the_bins_of_keras() {
    let golden = golden("hashed_crossing");
    let (words, sizes) = (words(&golden["words"]), self::words(&golden["sizes"]));
    for case in list(&golden["cases"]) {
        let crossing = HashedCrossing::new(size(case, "num_bins").unwrap()).unwrap();
        let pairs = || words.iter().zip(&sizes);
        let two = pairs().map(|(word, size)| crossing.bin_of(&[word, size]).unwrap());
        assert_eq!(two.collect::<Vec<_>>(), places(&case["two"]));
        let three = pairs().map(|(word, size)| crossing.bin_of(&[word, size, word]).unwrap());
        assert_eq!(three.collect::<Vec<_>>(), places(&case["three"]));
    }
    let mixed = &golden["mixed"];
    let crossing = HashedCrossing::new(100).unwrap();
    let (words, numbers) = (self::words(&mixed["words"]), integers(&mixed["numbers"]));
    let bins = words.iter().zip(&numbers);
    let bins: Vec<usize> = bins
        .map(|(word, number)| crossing.bin_of(&[word, number]).unwrap())
        .collect();
    assert_eq!(bins, places(&mixed["bins"]));
}

#[test]
fn encodings_are_those_of_keras() {
    let golden = golden("category_encoding");
    let encoding = CategoryEncoding::new(size(&golden, "num_tokens").unwrap()).unwrap();
    let indices = places(&golden["indices"]);
    for case in list(&golden["cases"]) {
        let output = &case["output"];
        match (case["mode"].as_str().unwrap(), &case["count_weights"]) {
            ("one_hot", _) => {
                for (index, expected) in indices.iter().zip(list(output)) {
                    assert_eq!(encoding.one_hot(*index).unwrap(), singles(expected));
                }
            }
            ("multi_hot", _) => assert_eq!(encoding.multi_hot(&indices).unwrap(), singles(output)),
            ("count", Value::Null) => {
                assert_eq!(encoding.count(&indices).unwrap(), singles(output));
            }
            ("count", weights) => {
                let counted = encoding
                    .count_weighted(&indices, &singles(weights))
                    .unwrap();
                assert_eq!(counted, singles(output));
            }
            (other, _) => panic!("{other} is not compared"),
        }
    }
}

#[test]
fn bins_have_the_boundaries_of_keras() {
    let golden = golden("discretization");
    for case in list(&golden["cases"]) {
        let (set, num_bins) = (
            case["set"].as_str().unwrap(),
            size(case, "num_bins").unwrap(),
        );
        let numbers = singles(&golden["sets"][set]);
        let epsilon = Discretization::EPSILON;
        let bins = Discretization::adapted(numbers.clone(), num_bins, epsilon).unwrap();
        assert_eq!(
            bins.bin_boundaries(),
            singles(&case["bin_boundaries"]),
            "{set}, {num_bins} bins"
        );
        let own: Vec<usize> = numbers.iter().map(|number| bins.bin_of(*number)).collect();
        assert_eq!(own, places(&case["bins"]), "{set}, {num_bins} bins");
    }
    let given = &golden["given"];
    let bins = Discretization::new(singles(&given["bin_boundaries"])).unwrap();
    let asked = words(&given["asked"]);
    let own: Vec<usize> = asked
        .iter()
        .map(|number| bins.bin_of(number.parse().unwrap()))
        .collect();
    assert_eq!(own, places(&given["bins"]));
}
