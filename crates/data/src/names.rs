//! Names that were mistyped.

use firebrick_spec::nearest_name;

/// What an error adds to an unknown name: the nearest known one, if any is close.
pub(crate) fn did_you_mean(given: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let nearest = nearest_name(given, &known).map(shown);
    firebrick_spec::did_you_mean(nearest.as_deref())
}

/// A text as a message shows it: on one line, not longer than a reader can take in, and without characters that would do
/// something to a terminal.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown = String::new();
    for character in text.chars().take(SHOWN) {
        let is_hidden = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if character.is_control() || is_hidden {
            shown.extend(character.escape_debug());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Names as a flag takes them, e.g. `'id,"price, EUR"'`, quoted for a shell where that is needed.
pub(crate) fn as_list(names: &[String]) -> String {
    let quoted = |name: &String| {
        if name.contains([',', '"']) || name.trim() != name {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.clone()
        }
    };
    let names: Vec<String> = names.iter().map(quoted).collect();
    let list: String = names
        .join(",")
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    let is_plain =
        |character: char| character.is_alphanumeric() || "_-.,:/%+=@".contains(character);
    if list.chars().all(is_plain) && !list.is_empty() {
        list
    } else {
        format!("'{}'", list.replace('\'', "'\\''"))
    }
}

/// Names for a message, not more than a reader can take in.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let names: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    let mut listed: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    if names.len() > SHOWN {
        listed.push(format!("and {} more", names.len() - SHOWN));
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_whatever_its_case() {
        let known = ["Age".to_owned(), "Income".to_owned()];
        assert_eq!(did_you_mean("agee", &known), ", did you mean `Age`?");
        assert_eq!(did_you_mean("income", &known), ", did you mean `Income`?");
        assert_eq!(did_you_mean("banana", &known), "");
    }

    #[test]
    fn names_are_shown_without_what_a_terminal_would_do() {
        assert_eq!(shown("Größe \"x\" 'y'"), "Größe \"x\" 'y'");
        assert_eq!(shown("\u{1b}[31ma\r\n\t"), "\\u{1b}[31ma\\r\\n\\t");
        assert_eq!(shown("a\u{202e}b\u{7}\u{9b}"), "a\\u{202e}b\\u{7}\\u{9b}");
        assert_eq!(shown(&"é".repeat(41)), format!("{}…", "é".repeat(40)));
        assert_eq!(listed(&["a\u{1b}c".to_owned()]), "`a\\u{1b}c`");
    }

    #[test]
    fn a_list_is_written_as_a_shell_takes_it() {
        let list = |names: &[&str]| {
            as_list(
                &names
                    .iter()
                    .map(|&name| name.to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(list(&["id", "größe", "2"]), "id,größe,2");
        assert_eq!(list(&["id", "living area"]), "'id,living area'");
        assert_eq!(list(&["price, EUR"]), "'\"price, EUR\"'");
        assert_eq!(list(&["5\" pipe", "it's"]), "'\"5\"\" pipe\",it'\\''s'");
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..22).map(|name| name.to_string()).collect();
        assert_eq!(listed(&names[..2]), "`0`, `1`");
        assert!(listed(&names).ends_with("`19`, and 2 more"));
    }
}
