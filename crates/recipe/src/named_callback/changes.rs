/// `thing`, changed where a value is given.
pub(super) fn with<T, V>(thing: T, value: Option<V>, change: impl FnOnce(T, V) -> T) -> T {
    match value {
        Some(value) => change(thing, value),
        None => thing,
    }
}

/// `thing`, changed where that is asked for.
pub(super) fn when<T>(thing: T, is_asked_for: Option<bool>, change: impl FnOnce(T) -> T) -> T {
    with(thing, is_asked_for.filter(|is_on| *is_on), |thing, _| {
        change(thing)
    })
}
