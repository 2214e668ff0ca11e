//! Products and extremes of sequences of which some steps do not count.

use super::super::attribute::whole;
use super::super::layer_call::LayerCall;

/// One value of all, pair by pair: in a product a step that does not count is 1 and one that counts nowhere 0; of two steps the
/// one that counts is the extreme.
pub(super) fn merged(
    call: &mut LayerCall<'_>,
    values: &[&str],
    masks: &[Option<&str>],
    rank: usize,
) -> String {
    let is_product = call.layer.class_name() == "Multiply";
    let operator = match call.layer.class_name() {
        "Maximum" => "Max",
        "Minimum" => "Min",
        _ => "Mul",
    };
    let own = values.iter().zip(masks);
    let mut own = own.map(|(value, mask)| ((*value).to_owned(), mask.map(str::to_owned)));
    let Some((mut all, mut all_mask)) = own.next() else {
        return String::new();
    };
    for (mut next, next_mask) in own {
        if is_product {
            let one = call.number(1.0);
            all = counting(call, &all, all_mask.as_deref(), &one, rank);
            next = counting(call, &next, next_mask.as_deref(), &one, rank);
        } else {
            next = counting(call, &next, next_mask.as_deref(), &all, rank);
            all = counting(call, &all, all_mask.as_deref(), &next, rank);
        }
        all = call.plain(operator, &[&all, &next]);
        all_mask = match (all_mask, next_mask) {
            (Some(one), Some(other)) => Some(call.plain("Or", &[&one, &other])),
            _ => None,
        };
    }
    if is_product {
        let zero = call.number(0.0);
        all = counting(call, &all, all_mask.as_deref(), &zero, rank);
    }
    all
}

/// A value where its steps count, and another one elsewhere.
fn counting(
    call: &mut LayerCall<'_>,
    value: &str,
    mask: Option<&str>,
    other: &str,
    rank: usize,
) -> String {
    let Some(mask) = mask else {
        return value.to_owned();
    };
    let axes: Vec<i64> = (2..=rank).map(whole).collect();
    let axes = call.writer.ints(&axes);
    let mask = call.plain("Unsqueeze", &[mask, &axes]);
    call.plain("Where", &[&mask, value, other])
}
