//! What there is to say of classes, on one screen: all of a few, of many the worst.

use std::cmp::Reverse;
use std::fmt::Write as _;

use firebrick::training::{ClassEvaluation, ClassReport, ConfusionCounts};

use crate::class_labels::distinct_labels;
use crate::text_table::{Column, TextTable};
use crate::unit::Unit;

/// The most classes that are shown one by one.
const FEW: usize = 20;
/// The classes, and the pairs of them, that are shown of many.
const WORST: usize = 10;
/// The most characters of a class.
const LABEL: usize = 16;
/// The fewest characters of a column of counts.
const COUNT: usize = 6;

/// Precision and recall, then who was taken for whom; `width` are the characters of a line, if anything limits them.
pub(super) fn text(
    classes: &ClassEvaluation,
    names: &[String],
    unit: Unit,
    width: Option<usize>,
) -> String {
    let counts = &classes.confusion_matrix;
    if names.len() > FEW {
        let worst = worst_classes(classes);
        return format!(
            "{}\n{}{} with the lowest recall of {}, those of more {} first; all of them: --per-class FILE.csv\n\n{}",
            overview(classes, unit),
            class_table(&worst, &labels_of(&worst, names), unit),
            counted(worst.len(), "class", "classes"),
            names.len(),
            unit.many(),
            worst_confusions(counts, names, unit)
        );
    }
    let reports: Vec<&ClassReport> = classes.per_class.iter().collect();
    let labels = labels_of(&reports, names);
    let table = class_table(&reports, &labels, unit);
    let matrix = confusion_matrix(&counts.rows(), &labels);
    let longest = matrix
        .lines()
        .skip(1)
        .map(|line| line.chars().count())
        .max();
    if width.is_some_and(|width| longest.unwrap_or(0) > width) {
        return format!("{table}\n{}", worst_confusions(counts, names, unit));
    }
    format!("{table}\n{matrix}")
}

/// How many classes there are, and how many are never met.
fn overview(classes: &ClassEvaluation, unit: Unit) -> String {
    let count = |is_so: fn(&ClassReport) -> bool| {
        classes
            .per_class
            .iter()
            .filter(|class| is_so(class))
            .count()
    };
    format!(
        "{} classes, {} of them with {} here: of those {} are never recognized, {} always\n",
        classes.per_class.len(),
        count(|class| class.support > 0),
        unit.many(),
        count(|class| class.recall == Some(0.0)),
        count(|class| class.recall == Some(1.0)),
    )
}

/// The classes with the lowest recall, the first where most samples are.
fn worst_classes(classes: &ClassEvaluation) -> Vec<&ClassReport> {
    let mut present: Vec<(f64, &ClassReport)> = classes
        .per_class
        .iter()
        .filter_map(|class| Some((class.recall?, class)))
        .collect();
    present.sort_by(|(a, own), (b, other)| {
        a.total_cmp(b)
            .then(Reverse(own.support).cmp(&Reverse(other.support)))
    });
    let worst = present.into_iter().take(WORST);
    worst.map(|(_, class)| class).collect()
}

fn labels_of(reports: &[&ClassReport], names: &[String]) -> Vec<String> {
    let names: Vec<&str> = reports
        .iter()
        .map(|class| names[class.label].as_str())
        .collect();
    distinct_labels(&names, LABEL)
}

/// The characters of the longest of some texts and of a heading.
fn width_of(texts: &[String], heading: &str) -> usize {
    let widths = texts.iter().map(|text| text.chars().count());
    widths.max().unwrap_or(0).max(heading.len())
}

fn class_table(reports: &[&ClassReport], labels: &[String], unit: Unit) -> TextTable {
    let share =
        |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{share:.4}"));
    let mut table = TextTable::new([
        Column::right("class"),
        Column::right("precision"),
        Column::right("recall"),
        Column::right(unit.many()).at_least(COUNT),
    ]);
    for (class, label) in reports.iter().zip(labels) {
        table.row([
            label.clone(),
            share(class.precision),
            share(class.recall),
            class.support.to_string(),
        ]);
    }
    table
}

fn confusion_matrix(rows: &[Vec<usize>], labels: &[String]) -> String {
    let largest = rows.iter().flatten().copied().max().unwrap_or(0);
    let column = width_of(labels, "").max(largest.to_string().len()) + 1;
    let margin = width_of(labels, "class");
    let line = |label: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.map(|cell| format!("{cell:>column$}")).collect();
        format!("{label:>margin$}  {}\n", cells.concat())
    };
    let mut text = "confusion matrix, rows: true class, columns: predicted class\n".to_owned();
    text.push_str(&line("", &mut labels.iter().cloned()));
    for (label, row) in labels.iter().zip(rows) {
        text.push_str(&line(label, &mut row.iter().map(ToString::to_string)));
    }
    text
}

/// The pairs of classes that are taken for one another most often.
fn worst_confusions(counts: &ConfusionCounts, names: &[String], unit: Unit) -> String {
    let all = counts.worst();
    if all.is_empty() {
        return "no class was taken for another\n".to_owned();
    }
    let worst = &all[..all.len().min(WORST)];
    let pairs = worst.iter().flat_map(|cell| [cell.label, cell.predicted]);
    let mut shown: Vec<usize> = pairs.collect();
    shown.sort_unstable();
    shown.dedup();
    let shown_names: Vec<&str> = shown.iter().map(|&class| names[class].as_str()).collect();
    let labels = distinct_labels(&shown_names, LABEL);
    let label = |class: usize| {
        shown
            .binary_search(&class)
            .map_or("", |index| &labels[index])
    };
    let (label_head, predicted_head) = ("true class", "taken for");
    let width = width_of(&labels, label_head);
    let mut table = TextTable::new([
        Column::right(label_head).at_least(width),
        Column::right(predicted_head).at_least(width),
        Column::right(unit.many()).at_least(COUNT),
    ]);
    for cell in worst {
        table.row([
            label(cell.label).to_owned(),
            label(cell.predicted).to_owned(),
            cell.count.to_string(),
        ]);
    }
    let mut text = table.to_string();
    let _ = writeln!(
        text,
        "{} of {}, the most frequent first; all of them: --confusion FILE.csv",
        counted(worst.len(), "confusion", "confusions"),
        all.len()
    );
    text
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Class `a` is right once and taken for `b` twice, and so on.
    fn evaluation(num_classes: usize, pairs: &[(usize, usize)]) -> (ClassEvaluation, Vec<String>) {
        let counts = {
            let (labels, predicted): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
            ConfusionCounts::new(num_classes, &labels, &predicted)
        };
        let names = (0..num_classes)
            .map(|class| format!("k{class:04}"))
            .collect();
        let support = |class| {
            let own = pairs.iter().filter(|pair| pair.0 == class);
            own.count()
        };
        let per_class = (0..num_classes).map(|label| ClassReport {
            label,
            precision: None,
            recall: (support(label) > 0)
                .then(|| counts.get(label, label) as f64 / support(label) as f64),
            support: support(label),
        });
        let evaluation = ClassEvaluation {
            per_class: per_class.collect(),
            confusion_matrix: counts,
            predictions: Vec::new(),
        };
        (evaluation, names)
    }

    #[test]
    fn of_many_classes_the_worst_are_shown() {
        let pairs = [(3, 3), (3, 7), (5, 7), (5, 7), (8, 9)];
        let (classes, names) = evaluation(1000, &pairs);
        assert_eq!(
            text(&classes, &names, Unit::Row, Some(80)),
            "1000 classes, 3 of them with rows here: of those 2 are never recognized, 0 always\n\n\
             class  precision  recall    rows\n\
             k0005          -  0.0000       2\n\
             k0008          -  0.0000       1\n\
             k0003          -  0.5000       2\n\
             3 classes with the lowest recall of 1000, those of more rows first; all of them: --per-class FILE.csv\n\n\
             true class   taken for    rows\n\
             \x20    k0005       k0007       2\n\
             \x20    k0003       k0007       1\n\
             \x20    k0008       k0009       1\n\
             3 confusions of 3, the most frequent first; all of them: --confusion FILE.csv\n"
        );
    }

    #[test]
    fn a_matrix_that_does_not_fit_gives_way_to_its_largest_entries() {
        let (classes, names) = evaluation(12, &[(0, 1), (0, 0)]);
        assert!(text(&classes, &names, Unit::Row, None).contains("confusion matrix, rows"));
        let narrow = text(&classes, &names, Unit::Row, Some(60));
        assert!(
            !narrow.contains("confusion matrix") && narrow.contains("taken for"),
            "{narrow}"
        );
    }

    #[test]
    fn the_screen_holds_what_is_said_of_a_hundred_thousand_classes() {
        let pairs: Vec<(usize, usize)> = (0..100_000).map(|class| (class, class / 2)).collect();
        let (labels, predicted): (Vec<usize>, Vec<usize>) = pairs.into_iter().unzip();
        let counts = ConfusionCounts::new(100_000, &labels, &predicted);
        let names: Vec<String> = (0..100_000).map(|class| format!("class {class}")).collect();
        let text = worst_confusions(&counts, &names, Unit::Image);
        assert_eq!(text.lines().count(), 1 + WORST + 1);
        assert!(
            text.contains("10 confusions of 99999, the most frequent first"),
            "{text}"
        );
    }
}
