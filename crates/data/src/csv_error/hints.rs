//! What messages about tables add.

use super::CsvProblem;
use crate::names::{did_you_mean, shown};

pub(super) fn listed_problems(problems: &[CsvProblem]) -> String {
    const SHOWN: usize = 20;
    let problem = |problem: &CsvProblem| {
        let received = match problem.received.as_str() {
            "" => "nothing".to_owned(),
            received => format!("`{}`", shown(received)),
        };
        let (column, what, line) = (shown(&problem.column), &problem.what, problem.line);
        format!("`{column}` with {what} ({received} in line {line})")
    };
    let mut listed: Vec<String> = problems.iter().take(SHOWN).map(problem).collect();
    if problems.len() > SHOWN {
        listed.push(format!("and {} more", problems.len() - SHOWN));
    }
    listed.join(", ")
}

pub(super) fn places(columns: &[usize]) -> String {
    match columns {
        [only] => format!("column {only}"),
        more => {
            let more: Vec<String> = more.iter().map(ToString::to_string).collect();
            format!("columns {}", more.join(", "))
        }
    }
}

pub(super) fn all_ignored(ignored: &[String], columns: &[usize]) -> Vec<String> {
    let columns = columns.iter().map(ToString::to_string);
    ignored.iter().cloned().chain(columns).collect()
}

/// What may be wrong where a whole line was taken for one column.
fn suspected_delimiter(known: &[String]) -> Option<String> {
    let [only] = known else {
        return None;
    };
    let delimiter = [';', '\t', '|', ',', ' ']
        .into_iter()
        .find(|&other| only.contains(other))?;
    let (shown, flag) = match delimiter {
        ' ' => ("a blank".to_owned(), "space".to_owned()),
        '\t' => ("a tab".to_owned(), "tab".to_owned()),
        other => (format!("`{other}`"), format!("'{other}'")),
    };
    Some(format!(
        "is the delimiter {shown} (`delimiter = \"{}\"`, on the command line `--delimiter {flag}`)?",
        delimiter.escape_default()
    ))
}

/// What may be wrong with the name of a column that there is not.
pub(super) fn hint_of_name(name: &str, known: &[String]) -> String {
    if let Some(suspicion) = suspected_delimiter(known) {
        return format!("; {suspicion}");
    }
    let is_cut = |known: &&String| known.split(',').any(|part| part.trim() == name);
    if let Some(whole) = known.iter().find(is_cut) {
        let whole = shown(whole);
        return format!("; a name with a comma is quoted on the command line, as in '\"{whole}\"'");
    }
    let place = name
        .parse::<usize>()
        .ok()
        .and_then(|place| place.checked_sub(1));
    if let Some(own) = place.and_then(|place| known.get(place)) {
        return format!("; column {name} has the name `{}`", shown(own));
    }
    match did_you_mean(name, known) {
        hint if hint.is_empty() => hint_of_header(known),
        hint => hint,
    }
}

/// What may be wrong with how the header was read.
pub(super) fn hint_of_header(known: &[String]) -> String {
    suspicion(known).map_or_else(String::new, |suspicion| format!("; {suspicion}"))
}

/// What a header looks like that is none, or that was read with another delimiter.
pub(crate) fn suspicion(known: &[String]) -> Option<String> {
    let is_number = |name: &&String| name.parse::<f64>().is_ok();
    let looks_like_data = || known.iter().filter(is_number).count() * 2 > known.len();
    suspected_delimiter(known).or_else(|| {
        let lacks_names = "does the table lack its first line, that of the names?";
        looks_like_data().then(|| lacks_names.to_owned())
    })
}
