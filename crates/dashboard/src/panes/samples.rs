//! What the network is wrong about.

use firebrick_session::{Sample, SampleView};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::confusion::confusion;
use super::nothing;
use super::picture::Picture;
use crate::areas::{below, beside};
use crate::numbers::{figure, size};
use crate::screen::Screen;
use crate::view::View;

/// Draws the worst samples, and which classes are taken for which.
pub(crate) fn samples(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let parts = Parts::of(view, screen, area);
    if let Some(area) = parts.worst {
        worst(view, screen, frame, area);
    }
    if let (Some(area), Some(matrix)) = (parts.confusion, &view.confusion) {
        confusion(matrix, &view.begin.class_names, screen, frame, area);
    }
}

/// The pictures that are shown in a pane of this area, and where.
pub(crate) fn shown_pictures<'a>(view: &'a View, screen: &Screen, area: Rect) -> Vec<Shown<'a>> {
    match Parts::of(view, screen, area).worst {
        Some(area) => shown(from_first(view, screen), area),
        None => Vec::new(),
    }
}

/// What the pane has room for.
struct Parts {
    worst: Option<Rect>,
    confusion: Option<Rect>,
}

impl Parts {
    fn of(view: &View, screen: &Screen, area: Rect) -> Self {
        /// Columns for samples beside a matrix.
        const BESIDE: u16 = 34;

        let parts = |worst, confusion| Self { worst, confusion };
        let matrix = view.confusion.as_ref();
        let Some(matrix) = matrix.filter(|matrix| !matrix.counts.is_empty()) else {
            return parts(Some(area), None);
        };
        if view.samples.is_empty() {
            return parts(None, Some(area));
        }
        let digits = matrix.counts.iter().flatten().max().copied().unwrap_or(0);
        let digits = size(digits.to_string().len());
        let wanted = size(matrix.counts.len()) * (digits + 1) + 12;
        if area.width >= wanted + BESIDE {
            let (left, right) = beside(area, area.width - wanted);
            parts(Some(left), Some(right))
        } else if area.height >= size(matrix.counts.len()) + 12 && area.width >= wanted {
            let (upper, lower) = below(area, area.height - size(matrix.counts.len()) - 1);
            parts(Some(upper), Some(lower))
        } else if screen.is_confusion {
            parts(None, Some(area))
        } else {
            parts(Some(area), None)
        }
    }
}

/// The samples from the first that is shown on.
fn from_first<'a>(view: &'a View, screen: &Screen) -> &'a [Sample] {
    let first = screen.sample.min(view.samples.len().saturating_sub(1));
    &view.samples[first..]
}

fn worst(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let samples = from_first(view, screen);
    match samples.first().map(|sample| &sample.view) {
        None => nothing(
            "nothing has come yet of the validation's samples",
            screen,
            frame,
            area,
        ),
        Some(SampleView::Picture { .. }) => pictures(samples, screen, frame, area),
        Some(_) => rows(samples, screen, frame, area),
    }
}

/// Pictures side by side, with truth and answer below each.
fn pictures(samples: &[Sample], screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    for shown in shown(samples, area) {
        let place = shown.place;
        shown.picture.draw(screen.theme, frame.buffer_mut(), place);
        let words = Rect::new(
            place.x,
            place.y + place.height,
            place.width.max(COLUMNS),
            WORDS,
        );
        frame.render_widget(Paragraph::new(answer(shown.sample, screen)), words);
    }
}

/// Lines of words below a picture.
const WORDS: u16 = 2;
/// Columns of the words.
const COLUMNS: u16 = 14;

/// A sample whose picture is shown.
pub(crate) struct Shown<'a> {
    pub(crate) sample: &'a Sample,
    pub(crate) picture: Picture<'a>,
    /// Where the picture lies; its words are below.
    pub(crate) place: Rect,
}

/// As many as there is room for, side by side and row below row.
fn shown(samples: &[Sample], area: Rect) -> Vec<Shown<'_>> {
    let mut all = Vec::new();
    let mut rest = area;
    let mut left = samples
        .iter()
        .filter_map(|sample| Some((sample, Picture::of(&sample.view)?)))
        .peekable();
    // As many rows of pictures as give each at least this many lines.
    let lines = if area.height >= 34 { 14 } else { 7 };
    while rest.height > WORDS {
        let lines = (rest.height - WORDS).min(lines);
        let mut at = rest.x;
        let mut used = 0;
        while at < rest.right() {
            let room = rest.right() - at;
            let fits = |(columns, _): (u16, u16)| room >= columns.max(COLUMNS);
            let Some((sample, picture)) =
                left.next_if(|(_, picture)| fits(picture.size(room, lines)))
            else {
                break;
            };
            let (columns, own_lines) = picture.size(room, lines);
            let place = Rect::new(at, rest.y, columns, own_lines);
            all.push(Shown {
                sample,
                picture,
                place,
            });
            at += columns.max(COLUMNS) + 1;
            used = used.max(own_lines);
        }
        if used == 0 {
            break;
        }
        rest = below(rest, used + WORDS + 1).1;
    }
    all
}

/// Truth and answer of a sample.
fn answer(sample: &Sample, screen: &Screen) -> Vec<Line<'static>> {
    let theme = screen.theme;
    let certainty = sample.certainty;
    let certainty = certainty.map_or_else(String::new, |share| format!(" {:.0}%", share * 100.0));
    let color = if sample.truth == sample.answer {
        theme.good()
    } else {
        theme.bad()
    };
    vec![
        Line::from(Span::raw(format!("is {}", sample.truth))),
        Line::from(Span::styled(
            format!("→ {}{certainty}", sample.answer),
            theme.of_color(color),
        )),
    ]
}

/// Rows of a table, one a line.
fn rows(samples: &[Sample], screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let theme = screen.theme;
    let widest = |text: fn(&Sample) -> &str| {
        let widths = samples.iter().map(|sample| text(sample).chars().count());
        widths.max().unwrap_or(0).clamp(6, 16)
    };
    let truth = widest(|sample| &sample.truth);
    let answer = widest(|sample| &sample.answer);
    let header = format!(
        " {:>7} {:>9} {:>truth$} {:>answer$}  values",
        "row", "error", "is", "answer"
    );
    let mut lines = vec![Line::from(Span::styled(header, theme.dim()))];
    for sample in samples.iter().take(usize::from(area.height)) {
        let values = match &sample.view {
            SampleView::Row { values } => values
                .iter()
                .map(|value| format!("{}={}", value.column, value.value))
                .collect::<Vec<_>>()
                .join(" "),
            _ => String::new(),
        };
        lines.push(Line::from(vec![
            Span::raw(format!(" {:>7} {:>9} ", sample.row, figure(sample.loss))),
            Span::styled(format!("{:>truth$.truth$} ", sample.truth), theme.bold()),
            Span::styled(
                format!("{:>answer$.answer$}  ", sample.answer),
                theme.of_color(theme.bad()),
            ),
            Span::styled(values, theme.dim()),
        ]));
    }
    frame.render_widget(Paragraph::new(lines), area);
}
