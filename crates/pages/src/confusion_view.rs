//! Who is taken for whom, as a page shows it.

/// The most classes whose confusion matrix a reader takes in.
const FEW_CLASSES: usize = 30;
/// The pairs that are shown of more.
const MOST_PAIRS: usize = 20;

/// How often each class was taken for each: all of few classes, of many the pairs that occur most.
///
/// ```
/// use firebrick_pages::ConfusionView;
///
/// let names = ["cat".to_owned(), "dog".to_owned()];
/// let view = ConfusionView::new(&[vec![8, 2], vec![0, 5]], &names);
/// assert_eq!(view.rows[0].cells[1].count, 2);
/// assert_eq!((view.pairs[0].class.as_str(), view.pairs[0].predicted.as_str()), ("cat", "dog"));
/// assert_eq!(view.classes[1].precision, "0.7143");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionView {
    /// The names of the classes, where there are few.
    pub names: Vec<String>,
    /// The matrix, where there are few classes: true classes one below the other.
    pub rows: Vec<MatrixRow>,
    /// The pairs of classes that are taken for one another most often.
    pub pairs: Vec<Confused>,
    /// What there is to say of each class; of many those with the lowest recall.
    pub classes: Vec<ClassLine>,
    /// How many classes there are.
    pub num_classes: usize,
}

/// A class and what its samples are taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// The name of the class.
    pub name: String,
    /// What its samples are taken for.
    pub cells: Vec<MatrixCell>,
}

/// How often a class was taken for one.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixCell {
    /// How often.
    pub count: u64,
    /// Whether it is the class itself.
    pub is_right: bool,
    /// How much of the colour shows, from 0 to 1.
    pub alpha: String,
    /// Whether light letters stand out on it better.
    pub is_dark: bool,
}

/// How often a class was taken for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confused {
    /// The class.
    pub class: String,
    /// What it was taken for.
    pub predicted: String,
    /// How often.
    pub count: u64,
}

/// How well a class is recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassLine {
    /// Its name.
    pub name: String,
    /// Of what was taken for it, the share that was.
    pub precision: String,
    /// Of its samples, the share that was found.
    pub recall: String,
    /// The harmonic mean of both.
    pub f1: String,
    /// Its samples.
    pub support: u64,
}

impl ConfusionView {
    /// Of samples by their class, then by the class that they were taken for; a class without a name is called by its number.
    pub fn new(counts: &[Vec<u64>], names: &[String]) -> Self {
        let name = |class: usize| {
            let name = names.get(class).cloned();
            name.unwrap_or_else(|| class.to_string())
        };
        let is_few = counts.len() <= FEW_CLASSES;
        let all: Vec<String> = (0..counts.len()).map(name).collect();
        Self {
            rows: if is_few {
                rows(counts, &all)
            } else {
                Vec::new()
            },
            pairs: pairs(counts, &all),
            classes: classes(counts, &all),
            num_classes: counts.len(),
            names: if is_few { all } else { Vec::new() },
        }
    }
}

/// The samples of a row; the numbers come from a file.
fn sum(row: &[u64]) -> u64 {
    row.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// The shades of a row: on the diagonal of its share; beside it stronger, since mistakes are few.
fn rows(counts: &[Vec<u64>], names: &[String]) -> Vec<MatrixRow> {
    let largest_mistake = cells(counts)
        .filter(|cell| cell.0 != cell.1)
        .map(|cell| cell.2);
    let largest_mistake = largest_mistake.max().unwrap_or(0).max(1) as f64;
    let shaded = |(class, row): (usize, &Vec<u64>)| {
        let support = sum(row).max(1) as f64;
        let cells = row.iter().enumerate().map(|(column, &count)| {
            let is_right = column == class;
            let alpha = if is_right {
                0.9 * count as f64 / support
            } else {
                0.75 * count as f64 / largest_mistake
            };
            MatrixCell {
                count,
                is_right,
                alpha: format!("{alpha:.3}"),
                is_dark: alpha > 0.55,
            }
        });
        MatrixRow {
            name: names.get(class).cloned().unwrap_or_default(),
            cells: cells.collect(),
        }
    };
    counts.iter().enumerate().map(shaded).collect()
}

fn cells(counts: &[Vec<u64>]) -> impl Iterator<Item = (usize, usize, u64)> {
    counts.iter().enumerate().flat_map(|(class, row)| {
        let row = row.iter().enumerate();
        row.map(move |(predicted, &count)| (class, predicted, count))
    })
}

fn pairs(counts: &[Vec<u64>], names: &[String]) -> Vec<Confused> {
    let mistakes =
        cells(counts).filter(|(class, predicted, count)| class != predicted && *count > 0);
    let mut mistakes: Vec<(usize, usize, u64)> = mistakes.collect();
    mistakes.sort_by_key(|mistake| std::cmp::Reverse(mistake.2));
    let name = |class: usize| names.get(class).cloned().unwrap_or_default();
    let shown = mistakes.into_iter().take(MOST_PAIRS);
    shown
        .map(|(class, predicted, count)| Confused {
            class: name(class),
            predicted: name(predicted),
            count,
        })
        .collect()
}

fn classes(counts: &[Vec<u64>], names: &[String]) -> Vec<ClassLine> {
    let mut predicted = vec![0_u64; counts.len()];
    for (_, column, count) in cells(counts) {
        if let Some(sum) = predicted.get_mut(column) {
            *sum = sum.saturating_add(count);
        }
    }
    let share = |right: u64, whole: u64| (whole > 0).then(|| right as f64 / whole as f64);
    let text =
        |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{share:.4}"));
    let mut lines: Vec<(f64, ClassLine)> = counts
        .iter()
        .enumerate()
        .map(|(class, row)| {
            let right = row.get(class).copied().unwrap_or(0);
            let support = sum(row);
            let (precision, recall) = (share(right, predicted[class]), share(right, support));
            let line = ClassLine {
                name: names.get(class).cloned().unwrap_or_default(),
                precision: text(precision),
                recall: text(recall),
                f1: text(share(
                    right.saturating_mul(2),
                    predicted[class].saturating_add(support),
                )),
                support,
            };
            (recall.unwrap_or(2.0), line)
        })
        .collect();
    if lines.len() > FEW_CLASSES {
        lines.retain(|(_, line)| line.support > 0);
        lines.sort_by(|one, other| one.0.total_cmp(&other.0));
        lines.truncate(MOST_PAIRS);
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_confusion_comes_first() {
        let view = ConfusionView::new(&[vec![9, 1, 0], vec![0, 9, 4], vec![2, 0, 0]], &[]);
        let pairs = view.pairs.iter();
        let pairs: Vec<_> = pairs
            .map(|pair| (pair.class.as_str(), pair.predicted.as_str(), pair.count))
            .collect();
        assert_eq!(pairs, [("1", "2", 4), ("2", "0", 2), ("0", "1", 1)]);
        let line = &view.classes[2];
        assert_eq!(
            (line.precision.as_str(), line.recall.as_str(), line.support),
            ("0.0000", "0.0000", 2)
        );
    }

    #[test]
    fn of_many_classes_the_worst_are_shown() {
        let mut counts = vec![vec![0; 256]; 256];
        for (class, row) in counts.iter_mut().enumerate() {
            row[class] = 5;
            row[(class + 1) % 256] = u64::from(class == 100);
        }
        let view = ConfusionView::new(&counts, &[]);
        assert!(view.rows.is_empty() && view.names.is_empty());
        assert_eq!(
            (view.num_classes, view.classes.len(), view.pairs.len()),
            (256, 20, 1)
        );
        assert_eq!(
            (
                view.classes[0].name.as_str(),
                view.classes[0].recall.as_str()
            ),
            ("100", "0.8333")
        );
    }

    #[test]
    fn a_class_that_never_occurs_has_no_shares() {
        let view = ConfusionView::new(&[vec![3, 0], vec![0, 0]], &[]);
        assert_eq!(
            (
                view.classes[1].precision.as_str(),
                view.classes[1].recall.as_str()
            ),
            ("–", "–")
        );
    }
}
