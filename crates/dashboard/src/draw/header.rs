use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::areas::{Areas, Room, below, beside};
use crate::numbers::{bytes, cells, clock, count};
use crate::screen::Screen;
use crate::view::View;

/// Which training it is, and how far.
pub(super) fn draw(view: &View, screen: &Screen, areas: &Areas, frame: &mut Frame<'_>) {
    let (first, second) = below(areas.header, 1);
    let is_small = areas.room == Room::Small;
    title(
        view,
        screen,
        first,
        is_small.then(|| short_share(view)),
        frame,
    );
    if !is_small {
        bars(view, screen, second, frame);
    }
}

fn title(view: &View, screen: &Screen, area: Rect, share: Option<String>, frame: &mut Frame<'_>) {
    let theme = screen.theme;
    let label = if view.label().is_empty() {
        "firebrick"
    } else {
        view.label()
    };
    let mut spans = vec![
        Span::styled(" ▌", theme.of_color(theme.accent())),
        Span::styled(label.to_owned(), theme.bold()),
    ];
    if view.epoch > 0 {
        spans.push(Span::raw(format!("  epoch {}/{}", view.epoch, view.epochs)));
    }
    match share {
        Some(share) => spans.push(Span::raw(format!("  {share}"))),
        None if view.epoch > 0 => {
            let batches = view.steps_per_epoch();
            let batches = batches.map_or_else(|| "?".to_owned(), |all| count(all as u64));
            let batch = count(view.batch as u64);
            spans.push(Span::styled(
                format!("  batch {batch}/{batches}  step {}", count(view.step)),
                theme.dim(),
            ));
        }
        None => {}
    }
    frame.render_widget(Paragraph::new(Line::from(spans)), area);
    let state = state(view, screen);
    frame.render_widget(Paragraph::new(state).alignment(Alignment::Right), area);
}

/// Whether it is at work.
pub(super) fn state(view: &View, screen: &Screen) -> Line<'static> {
    let theme = screen.theme;
    let mark = |text: String, color| Line::from(Span::styled(text, theme.of_color(color)));
    match &view.end {
        Some(end) if end.is_complete => mark(format!("{} ", end.reason), theme.good()),
        Some(end) => mark(format!("{} ", end.reason), theme.bad()),
        None if view.pace.is_paused() => mark("paused ".to_owned(), theme.mark()),
        None if view.label().is_empty() => Line::from(Span::styled("waits ", theme.dim())),
        None => Line::default(),
    }
}

/// The share of the training and what is left of it, in a few letters.
fn short_share(view: &View) -> String {
    let share = view.share().map(percent);
    let left = view
        .seconds_left()
        .1
        .map(|left| format!("{} left", clock(left)));
    let parts: Vec<String> = share.into_iter().chain(left).collect();
    parts.join("  ")
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}

/// A bar of the epoch and one of the training.
fn bars(view: &View, screen: &Screen, area: Rect, frame: &mut Frame<'_>) {
    let (epoch_left, left) = match view.end {
        Some(_) => (None, None),
        None => view.seconds_left(),
    };
    let (one, other) = beside(area, area.width / 2);
    bar(
        ("epoch", view.epoch_share(), epoch_left),
        screen,
        one,
        frame,
    );
    bar(("training", view.share(), left), screen, other, frame);
}

fn bar(
    (name, share, left): (&str, Option<f64>, Option<f64>),
    screen: &Screen,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let theme = screen.theme;
    let share_text = share.map_or_else(|| "?".to_owned(), percent);
    let left = left.map_or_else(String::new, |left| format!(" {} left", clock(left)));
    let after = format!(" {share_text:>5}{left:<13} ");
    let before = format!(" {name} ");
    let texts = before.chars().count() + after.chars().count();
    let room = usize::from(area.width).saturating_sub(texts);
    let done = usize::from(cells(share.unwrap_or(0.0) * room as f64)).min(room);
    let line = Line::from(vec![
        Span::styled(before, theme.dim()),
        Span::styled("━".repeat(done), theme.of_color(theme.accent())),
        Span::styled("─".repeat(room - done), theme.frame()),
        Span::raw(after),
    ]);
    frame.render_widget(Paragraph::new(line), area);
}

/// The speed and the memory, at the right of the tabs.
pub(super) fn draw_speed(view: &View, screen: &Screen, areas: &Areas, frame: &mut Frame<'_>) {
    let Some((_, last)) = areas.tabs.last() else {
        return;
    };
    let all = areas.header;
    let room = (all.x + all.width).saturating_sub(last.x + last.width);
    let area = Rect::new(last.x + last.width, last.y, room, 1);
    let steps = view.steps_per_second().map(|steps| {
        if steps < 10.0 {
            format!("{steps:.1} steps/s")
        } else {
            format!("{steps:.0} steps/s")
        }
    });
    let speed = view.pace.samples_per_second;
    let samples = (speed.is_finite() && speed > 0.0)
        .then(|| format!("{} samples/s", count(crate::numbers::whole(speed))));
    let memory = view.pace.memory.map(bytes);
    let mut parts: Vec<String> = [samples, steps, memory].into_iter().flatten().collect();
    while !parts.is_empty() && parts.join("  ").chars().count() + 1 > usize::from(room) {
        parts.pop();
    }
    let text = format!("{} ", parts.join("  "));
    let line = Line::from(Span::styled(text, screen.theme.dim()));
    frame.render_widget(Paragraph::new(line).alignment(Alignment::Right), area);
}
