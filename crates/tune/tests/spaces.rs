//! Search spaces as text.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use firebrick_tune::SearchSpace;
use proptest::prelude::*;

/// A range or choices, as a person writes them.
fn values() -> impl Strategy<Value = String> {
    let ends = || (1_u32..1000, 1_u32..1000);
    let count = prop_oneof![
        Just(String::new()),
        (2_usize..5).prop_map(|count| format!("/{count}"))
    ];
    prop_oneof![
        (ends(), count.clone()).prop_map(|((low, more), count)| {
            format!(
                "{}..{}{count}",
                f64::from(low) / 8.0,
                f64::from(low + more) / 8.0
            )
        }),
        (ends(), count)
            .prop_map(|((low, more), count)| { format!("log:{low}e-5..{}e-5{count}", low + more) }),
        ends().prop_map(|(low, more)| format!("int:-{low}..{more}")),
        ends().prop_map(|(low, more)| format!("logint:{low}..{}", low + more)),
        prop::collection::btree_set(
            "[a-z]{1,6}(:[a-z]=[1-9])?|-?[1-9][0-9]{0,3}|0\\.[1-9]",
            1..5
        )
        .prop_map(|choices| choices.into_iter().collect::<Vec<_>>().join("|")),
    ]
}

fn space() -> impl Strategy<Value = String> {
    let name = "[a-z][a-z_]{0,8}(\\.[a-z]{1,4})?";
    prop::collection::btree_map(name, values(), 1..5).prop_map(|settings| {
        let settings = settings
            .iter()
            .map(|(name, values)| format!("{name}={values}"));
        settings.collect::<Vec<_>>().join(", ")
    })
}

proptest! {
    #[test]
    fn a_space_reads_back_from_its_text_and_from_toml(text in space()) {
        let space: SearchSpace = text.parse().unwrap();
        let again: SearchSpace = space.to_string().parse().unwrap();
        prop_assert_eq!(&again, &space, "{}", text);
        let written = toml::to_string(&std::collections::BTreeMap::from([("search", &space)])).unwrap();
        let read = SearchSpace::from_toml(&written).unwrap().unwrap();
        prop_assert_eq!(&read, &space, "{}", written);
    }

    #[test]
    fn what_is_drawn_lies_within_and_is_the_same_again(text in space(), seed in any::<u64>(), number in 0_usize..50) {
        let space: SearchSpace = text.parse().unwrap();
        let values = space.values(seed, number);
        prop_assert_eq!(&values, &space.values(seed, number));
        prop_assert_eq!(values.iter().count(), space.names().count());
        // What was drawn is itself a space of one point.
        for (name, values) in values.iter().filter_map(|(name, _)| Some((name, values.text(name).ok()?))) {
            let fixed = SearchSpace::new().with(name, &values).unwrap();
            prop_assert_eq!(fixed.len(), Some(1));
        }
        for corner in space.corners() {
            for name in space.names() {
                let (Ok(drawn), Ok(corner)) = (values.number(name), corner.number(name)) else { continue };
                prop_assert!(drawn.is_finite() && corner.is_finite());
            }
        }
    }

    #[test]
    fn no_text_is_a_panic(text in "[a-c=|.,:/0-9()lognitde \\-]{0,40}") {
        let _ = text.parse::<SearchSpace>();
        let _ = SearchSpace::from_toml(&text);
    }
}
