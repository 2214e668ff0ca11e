//! What classes are called where there is little room.

use std::collections::HashMap;

use firebrick::models::visible;

/// The fewest characters that a name is shortened to: one, the ellipsis and one more.
const LEAST: usize = 3;

/// These names with nothing in them that a terminal obeys and no more than `width` characters each, so that no two look
/// alike: those that begin alike are shortened to their ends, or in the middle, and where that does not help either they
/// get a number, which may take more room.
pub(crate) fn distinct_labels(names: &[&str], width: usize) -> Vec<String> {
    let width = width.max(LEAST);
    let names: Vec<Vec<char>> = names
        .iter()
        .map(|name| visible(name).chars().collect())
        .collect();
    let mut labels: Vec<String> = names.iter().map(|name| head(name, width)).collect();
    for shortened in [tail, middle] {
        let counts = counted(&labels);
        let alike = |label: &str| counts.get(label).is_some_and(|&count| count > 1);
        let next: Vec<String> = labels
            .iter()
            .zip(&names)
            .map(|(label, name)| {
                if name.len() > width && alike(label) {
                    shortened(name, width)
                } else {
                    label.clone()
                }
            })
            .collect();
        labels = next;
    }
    let counts = counted(&labels);
    for (number, (label, name)) in labels.iter_mut().zip(&names).enumerate() {
        if counts.get(label).is_some_and(|&count| count > 1) {
            let end = format!("…#{}", number + 1);
            let kept = width.saturating_sub(end.chars().count()).max(1);
            *label = name.iter().take(kept).collect::<String>() + &end;
        }
    }
    labels
}

fn head(name: &[char], width: usize) -> String {
    if name.len() <= width {
        return name.iter().collect();
    }
    name[..width - 1].iter().chain(&['…']).collect()
}

fn tail(name: &[char], width: usize) -> String {
    ['…']
        .iter()
        .chain(&name[name.len() - (width - 1)..])
        .collect()
}

fn middle(name: &[char], width: usize) -> String {
    let end = (width - 1) / 2;
    let begin = width - 1 - end;
    let end = &name[name.len() - end..];
    name[..begin].iter().chain(&['…']).chain(end).collect()
}

fn counted(labels: &[String]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for label in labels {
        *counts.entry(label.clone()).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_differ_visibly_when_shortened() {
        for (names, labels) in [
            (
                &["setosa", "a\u{1b}[2Jb"][..],
                &["setosa", "a\\u{1b}[2Jb"][..],
            ),
            (
                &["Abies alba subspecies alba", "Picea abies"],
                &["Abies alba …", "Picea abies"],
            ),
            (
                &["Quercus robur robur", "Quercus robur var. x", "Acer"],
                &["…robur robur", "…obur var. x", "Acer"],
            ),
            (
                &["a class of 1 wheel only", "a class of 2 wheel only"],
                &["a class o…#1", "a class o…#2"],
            ),
        ] {
            assert_eq!(distinct_labels(names, 12), labels);
        }
    }
}
