//! What becomes of the cells of a column where it is a feature, in words.

use firebrick::datasets::{
    Binned, ColumnEncoding, CsvColumn, CsvContent, CsvMissing, CsvSource, Hashed, Index, OneHot,
};

/// What becomes of the cells of a column, as far as it can be said before rows are held back.
pub(crate) fn text(source: &CsvSource, column: &CsvColumn, rows: usize) -> String {
    let cells = of_cells(source, column, rows);
    match of_missing(source, column) {
        Some(missing) => format!("{cells}; {missing}"),
        None => cells,
    }
}

fn of_cells(source: &CsvSource, column: &CsvColumn, rows: usize) -> String {
    let one_hot = |max_tokens: Option<usize>| {
        let known = max_tokens.map_or(column.different, |limit| column.different.min(limit - 1));
        format!(
            "one-hot: {known} {} and unknown ones, {} columns",
            if known == 1 { "category" } else { "categories" },
            known + 1
        )
    };
    let flag = |flag: &str| flag.replace("NAME", &shown(column));
    match source.encoding_of(&column.name) {
        Some(ColumnEncoding::OneHot(OneHot { max_tokens, .. })) => return one_hot(*max_tokens),
        Some(ColumnEncoding::Index(Index { max_tokens, .. })) => {
            let known =
                max_tokens.map_or(column.different, |limit| column.different.min(limit - 1));
            return format!("index: unknown categories 0, known ones 1 to {known}");
        }
        Some(ColumnEncoding::Hashed(Hashed { num_bins })) => {
            return format!(
                "hash: {num_bins} columns for {} categories",
                column.different
            );
        }
        Some(ColumnEncoding::Binned(Binned {
            num_bins,
            bin_boundaries,
        })) if is_numbers(&column.content) => {
            let given = bin_boundaries
                .as_ref()
                .map(|boundaries| boundaries.len() + 1);
            return format!("bins: {} columns", given.or(*num_bins).unwrap_or(1));
        }
        Some(ColumnEncoding::Plain(_) | ColumnEncoding::Binned(_)) | None => {}
    }
    match &column.content {
        CsvContent::Numbers { .. } => "number".to_owned(),
        CsvContent::Truths { .. } => "number: True is 1, False is 0".to_owned(),
        CsvContent::MostlyNumbers { others: 1, .. } => {
            "refused: correct the row that holds no number".to_owned()
        }
        CsvContent::MostlyNumbers { others, .. } => {
            format!("refused: correct the {others} rows that hold no number")
        }
        CsvContent::Words { .. } if column.may_be_categories(rows) => {
            flag("refused, unless `--categorical NAME`")
        }
        CsvContent::Words { .. } => {
            flag("refused, unless `--ignore NAME`, or `--encode NAME=hash:64` for many categories")
        }
        CsvContent::Empty => flag("refused, unless `--ignore NAME`"),
    }
}

fn is_numbers(content: &CsvContent) -> bool {
    matches!(
        content,
        CsvContent::Numbers { .. } | CsvContent::Truths { .. }
    )
}

/// What becomes of its missing cells, if it has some.
fn of_missing(source: &CsvSource, column: &CsvColumn) -> Option<String> {
    if column.missing == 0 || column.content == CsvContent::Empty {
        return None;
    }
    let cells = match column.missing {
        1 => "a missing cell".to_owned(),
        missing => format!("{missing} missing cells"),
    };
    let rule = source.missing_of(&column.name);
    Some(match rule {
        CsvMissing::Refuse => format!("{cells} refused, unless `--missing RULE`"),
        CsvMissing::Drop if column.missing == 1 => format!("{cells}, its row left out"),
        CsvMissing::Drop => format!("{cells}, their rows left out"),
        CsvMissing::Indicator => format!("{cells} filled, and said by a column of its own"),
        CsvMissing::Zero => format!("{cells} zero"),
        filled => format!(
            "{cells} filled with the {}",
            filled.to_string().replace('-', " ")
        ),
    })
}

/// The name as a shell takes it.
fn shown(column: &CsvColumn) -> String {
    let name = column.name.escape_debug().to_string();
    if name.contains(',') {
        format!("'\"{name}\"'")
    } else if name.contains(' ') {
        format!("'{name}'")
    } else {
        name
    }
}
