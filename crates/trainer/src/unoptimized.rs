//! A word to those who train with a build that is not optimized.

use std::io::IsTerminal;
use std::sync::Once;

use crate::display::Display;

const NOTE: &str = "note: this program is built without optimization and trains many times slower than it could; run it \
                    with `--release`, or put `[profile.dev]` and `opt-level = 2` into its Cargo.toml";

/// Says so to a person at a terminal, once in the life of the program.
pub(crate) fn tell(display: Display) {
    static TOLD: Once = Once::new();
    if display == Display::Quiet || !std::io::stderr().is_terminal() {
        return;
    }
    if let Some(note) = note(env!("FIREBRICK_OPT_LEVEL")) {
        TOLD.call_once(|| eprintln!("{note}"));
    }
}

/// What there is to say of Cargo's `opt-level`.
fn note(opt_level: &str) -> Option<&'static str> {
    (opt_level == "0").then_some(NOTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unoptimized_build_is_told() {
        let note = note("0").unwrap();
        for word in ["without optimization", "--release", "opt-level = 2"] {
            assert!(note.contains(word), "{note}");
        }
        for level in ["1", "2", "3", "s", "z"] {
            assert_eq!(super::note(level), None);
        }
    }
}
