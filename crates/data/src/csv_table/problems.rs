use std::collections::{BTreeMap, BTreeSet};

use super::cells::Purpose;
use super::columns::Columns;
use super::row::Row;
use crate::csv_error::{CsvError, CsvProblem};
use crate::csv_source::CsvSource;
use crate::names::{as_list, shown};

/// The most different words of a column that are counted.
const COUNTED: usize = 20;

/// What is in the way of reading cells as numbers or classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Nothing, or a word for it.
    Missing,
    /// A number beyond what is computed with.
    NotFinite,
    /// A number among truths, or a truth among numbers.
    Mixed,
    /// No number.
    Text,
}

/// What is wrong in the rows so far, by column.
#[derive(Default)]
pub(super) struct Problems(BTreeMap<usize, BTreeMap<Kind, Problem>>);

/// A kind of problem in a column.
struct Problem {
    /// Where it is first met.
    line: usize,
    field: String,
    rows: usize,
    /// Different fields, not all of them if there are many.
    different: BTreeSet<String>,
}

impl Problems {
    pub(super) fn add(&mut self, column: usize, kind: Kind, row: Row<'_>) {
        let field = row.field(column);
        let problem = || Problem {
            line: row.line(),
            field: field.to_owned(),
            rows: 0,
            different: BTreeSet::new(),
        };
        let kinds = self.0.entry(column).or_default();
        let problem = kinds.entry(kind).or_insert_with(problem);
        problem.rows += 1;
        if problem.different.len() <= COUNTED && !problem.different.contains(field) {
            problem.different.insert(field.to_owned());
        }
    }

    /// Nothing if there are none, else an error that names them all.
    pub(super) fn check(&self, told: &Told<'_>) -> Result<(), CsvError> {
        let all = self.0.iter().flat_map(|(column, kinds)| {
            kinds
                .iter()
                .map(|(kind, problem)| (*column, *kind, problem))
        });
        let all: Vec<(usize, Kind, &Problem)> = all.collect();
        match all[..] {
            [] => Ok(()),
            [(column, kind, problem)] => Err(told.one(column, kind, problem)),
            _ => Err(told.all(&all)),
        }
    }
}

/// What it takes to tell of problems.
pub(super) struct Told<'a> {
    pub(super) source: &'a CsvSource,
    pub(super) purpose: Purpose,
    pub(super) columns: &'a Columns,
    pub(super) num_rows: usize,
}

impl Told<'_> {
    fn is_target(&self, column: usize) -> bool {
        self.columns.targets.contains(&column)
    }

    fn is_class(&self, column: usize) -> bool {
        let is_classes = matches!(
            self.source.target,
            crate::csv_source::CsvTarget::Classes { .. }
        );
        is_classes && self.is_target(column)
    }

    fn one(&self, column: usize, kind: Kind, problem: &Problem) -> CsvError {
        let path = self.source.path.clone();
        let (line, name) = (problem.line, self.columns.names[column].clone());
        let received = shown(&problem.field);
        match kind {
            Kind::Missing => CsvError::Missing {
                path,
                line,
                column: name,
                expected: if self.is_class(column) {
                    "the name of a class"
                } else if self.source.has_categories(&self.columns.names[column]) {
                    "a category"
                } else {
                    "a number"
                },
                received: match problem.field.as_str() {
                    "" => "an empty field".to_owned(),
                    _ => format!("`{received}`, which stands for a missing cell"),
                },
                hint: self.hints(&[(column, kind, problem)]).into(),
            },
            Kind::NotFinite => CsvError::NotFinite {
                path,
                line,
                column: name,
                received,
            },
            Kind::Mixed => CsvError::Mixed {
                path,
                line,
                column: name,
                received,
            },
            Kind::Text => CsvError::NotANumber {
                path,
                line,
                column: name,
                received,
                hint: self.hints(&[(column, kind, problem)]),
            },
        }
    }

    fn all(&self, problems: &[(usize, Kind, &Problem)]) -> CsvError {
        let problem = |(column, kind, problem): &(usize, Kind, &Problem)| CsvProblem {
            column: self.columns.names[*column].clone(),
            line: problem.line,
            received: problem.field.clone(),
            rows: problem.rows,
            what: self.what(*kind, problem),
        };
        CsvError::Columns {
            path: self.source.path.clone(),
            problems: problems.iter().map(problem).collect(),
            hint: self.hints(problems),
        }
    }

    /// What a column has that it should not have.
    fn what(&self, kind: Kind, problem: &Problem) -> String {
        match kind {
            Kind::Missing if problem.rows == 1 => "a missing cell".to_owned(),
            Kind::Missing => format!("{} missing cells", problem.rows),
            Kind::NotFinite => "numbers that are not finite".to_owned(),
            Kind::Mixed => "numbers beside True and False".to_owned(),
            Kind::Text if is_date(&problem.field) => "dates".to_owned(),
            Kind::Text if self.source.cells.numbers.hint(&problem.field).is_some() => {
                "numbers written otherwise".to_owned()
            }
            Kind::Text => match problem.different.len() {
                1 => "a word".to_owned(),
                more if more <= COUNTED => format!("{more} different words"),
                _ => format!("more than {COUNTED} different words"),
            },
        }
    }

    /// What to do, everything that helps against one of these problems.
    fn hints(&self, problems: &[(usize, Kind, &Problem)]) -> String {
        let of_kind = |wanted: Kind| problems.iter().filter(move |(_, kind, _)| *kind == wanted);
        let text = || of_kind(Kind::Text);
        let mut hints = Vec::new();
        let formats =
            text().filter_map(|(_, _, problem)| self.source.cells.numbers.hint(&problem.field));
        let formats: BTreeSet<String> = formats.collect();
        let is_strange =
            |problem: &Problem| self.source.cells.numbers.hint(&problem.field).is_none();
        if text().next().is_some() && formats.is_empty() {
            hints.push("correct it".to_owned());
        }
        hints.extend(formats);
        if of_kind(Kind::Missing).next().is_some() {
            hints.push("fill missing cells in".to_owned());
            if self.purpose == Purpose::Answer {
                hints.push("remove those rows".to_owned());
            } else {
                hints.push("leave their rows out with `missing = \"drop\"` (on the command line `--missing drop`)".to_owned());
                let features =
                    of_kind(Kind::Missing).filter(|(column, ..)| !self.is_target(*column));
                let features: BTreeSet<usize> = features.map(|(column, ..)| *column).collect();
                hints.extend(self.hint_to_fill(&features));
            }
            let is_word = |(column, _, problem): &&(usize, Kind, &Problem)| {
                self.is_class(*column) && !problem.field.is_empty()
            };
            if of_kind(Kind::Missing).any(|problem| is_word(&problem)) {
                hints.push("if it names a class, say which words stand for a missing cell (`missing_words = []`, on the command line `--missing-words ''`)".to_owned());
            }
        }
        if self.purpose == Purpose::Answer {
            return joined(&hints);
        }
        let is_word_target = |(column, _, problem): &&(usize, Kind, &Problem)| {
            self.is_target(*column) && is_strange(problem)
        };
        if text().any(|problem| is_word_target(&problem)) {
            hints.push("where the target names a class, say so with `classes = true` (on the command line `--classes`)".to_owned());
        }
        let features = problems
            .iter()
            .filter(|(column, ..)| !self.is_target(*column));
        let is_text = |(_, kind, problem): &&(usize, Kind, &Problem)| {
            *kind != Kind::Missing && is_strange(problem)
        };
        let strange: BTreeSet<usize> = features
            .filter(is_text)
            .map(|(column, ..)| *column)
            .collect();
        if !strange.is_empty() {
            let categorical = text().filter(|(column, _, problem)| {
                strange.contains(column) && self.may_be_categories(problem)
            });
            let categorical: BTreeSet<usize> = categorical.map(|(column, ..)| *column).collect();
            if !categorical.is_empty() {
                hints.push(self.hint_of_categories(&categorical));
            }
            hints.push(self.hint_to_ignore(&strange));
        }
        joined(&hints)
    }

    /// Whether a column of such words, whatever else it holds, may be one of categories: not if most of it is numbers, as one with
    /// a slip of the pen is, and not if there are as many different words as in a list of names.
    fn may_be_categories(&self, problem: &Problem) -> bool {
        let is_few = problem.different.len() <= COUNTED;
        is_few && problem.rows * 2 > self.num_rows && !is_date(&problem.field)
    }

    /// How to take these columns for categories, beside those that already are.
    fn hint_of_categories(&self, columns: &BTreeSet<usize>) -> String {
        let columns: Vec<usize> = columns.iter().copied().collect();
        let names = self.columns.names_of(&columns);
        let text: Vec<String> = names
            .iter()
            .map(|name| format!("\"{}\"", shown(name)))
            .collect();
        format!(
            "take categories as such with `categorical = [{}]` (on the command line `--categorical {}`)",
            text.join(", "),
            as_list(&names)
        )
    }

    /// How to fill missing cells of these columns; nothing if there are none.
    fn hint_to_fill(&self, columns: &BTreeSet<usize>) -> Option<String> {
        if self.source.cells.missing.fills() {
            return self.hint_to_fill_categories(columns);
        }
        let mut rules = columns.iter().map(|column| {
            if self.source.has_categories(&self.columns.names[*column]) {
                "most-frequent"
            } else {
                "mean"
            }
        });
        let first = rules.next()?;
        let rule = if rules.all(|rule| rule == first) {
            first
        } else {
            "indicator"
        };
        Some(format!(
            "let a rule fill them with `missing = \"{rule}\"` (on the command line `--missing {rule}`)"
        ))
    }

    /// How to fill missing cells of these columns, which the rule of all columns leaves.
    fn hint_to_fill_categories(&self, columns: &BTreeSet<usize>) -> Option<String> {
        let all = self.source.cells.missing;
        let columns: Vec<usize> = columns.iter().copied().collect();
        let names = self.columns.names_of(&columns);
        let first = names.first()?;
        let flag = names
            .iter()
            .map(|name| format!("{}=most-frequent", as_list(std::slice::from_ref(name))));
        let flag: Vec<String> = flag.collect();
        Some(format!(
            "let a rule of their own fill them with `missing_in = {{ {:?} = \"most-frequent\" }}` (on the command line `--missing {all},{}`)",
            shown(first),
            flag.join(",")
        ))
    }

    /// How to leave out these columns and those that already are.
    fn hint_to_ignore(&self, columns: &BTreeSet<usize>) -> String {
        let columns: Vec<usize> = columns.iter().copied().collect();
        let mut names = self.source.ignored.clone();
        names.extend(self.columns.names_of(&columns));
        let text: Vec<String> = names
            .iter()
            .map(|name| format!("\"{}\"", shown(name)))
            .collect();
        format!(
            "leave out with `ignored = [{}]` (on the command line `--ignore {}`) what is no feature",
            text.join(", "),
            as_list(&names)
        )
    }
}

fn joined(hints: &[String]) -> String {
    match hints {
        [] => "correct it".to_owned(),
        [only] => only.clone(),
        [before @ .., last] => format!("{}, or {last}", before.join(", ")),
    }
}

/// Whether a field looks like a day: three groups of digits, one of a year, before anything else.
fn is_date(field: &str) -> bool {
    let day = field.split([' ', 'T']).next().unwrap_or_default();
    ['-', '/', '.'].into_iter().any(|mark| {
        let groups: Vec<&str> = day.split(mark).collect();
        let is_group = |group: &&str| {
            (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
        };
        groups.len() == 3 && groups.iter().all(is_group)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_known_by_its_groups() {
        for date in [
            "2026-11-26",
            "26.11.2026",
            "11/26/26",
            "2026-11-26T10:00:00Z",
            "1.2.2026 10:00",
        ] {
            assert!(is_date(date), "{date}");
        }
        for other in ["1.234", "1-2", "a-b-c", "192.168.0.1", "20261-1-1", ""] {
            assert!(!is_date(other), "{other}");
        }
    }
}
