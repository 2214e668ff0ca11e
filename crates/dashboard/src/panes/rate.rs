//! The learning rate: as it was to be, as it is, and who changed it.

use firebrick_session::Action;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::chart::{Chart, Curve};
use super::nothing;
use crate::areas::below;
use crate::numbers::{count, figure, size, whole};
use crate::screen::Screen;
use crate::view::{Source, View, Word};

/// The letter of an action in the curves: that of its key.
pub(super) fn letter(action: Action) -> &'static str {
    match action {
        Action::Pause => "‖",
        Action::Resume => "▸",
        Action::ScaleRate(_) | Action::SetRate(_) => "r",
        Action::Validate => "v",
        Action::Checkpoint => "k",
        Action::Best => "b",
        Action::Epochs(_) | Action::MoreEpochs(_) => "n",
        Action::EndEpoch => "f",
        Action::Stop => "S",
        _ => "D",
    }
}

/// Draws the learning rate.
pub(crate) fn rate(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let rates = &view.rates;
    let now = rates.past.newest();
    if now.is_none() && rates.schedule.is_empty() {
        nothing("no rate has come yet", screen, frame, area);
        return;
    }
    let theme = screen.theme;
    let (words, rest) = below(area, 1);
    frame.render_widget(Paragraph::new(legend(view, screen)), words);
    let changes = changes(view);
    let lines = size(changes.len()).min(area.height / 3);
    let (plot, below_plot) = below(rest, rest.height.saturating_sub(lines));
    let first = 0.0;
    let ends = [rates.schedule.last().copied(), now];
    let last = ends
        .into_iter()
        .flatten()
        .map(|(step, _)| step)
        .fold(1.0, f64::max);
    let acted = view.marks.iter().filter(|mark| is_of_rate(mark.action));
    let curve = |points, color, letter| Curve {
        points,
        color,
        letter,
    };
    let chart = Chart {
        theme,
        curves: vec![
            curve(rates.schedule.clone(), theme.behind(), "s"),
            curve(rates.past.iter().collect(), theme.training(), "r"),
        ],
        marks: acted
            .map(|mark| (mark.step as f64, letter(mark.action)))
            .collect(),
        star: None,
        window: (first, last),
        scale: screen.scale,
        ends: ("step 0".to_owned(), count(whole(last))),
    };
    chart.draw(frame, plot);
    let newest = changes.iter().rev().take(usize::from(lines)).rev();
    let newest: Vec<Line<'_>> = newest
        .map(|word| {
            Line::from(vec![
                Span::styled(format!(" {:>7} ", count(word.step)), theme.dim()),
                Span::raw(word.text.clone()),
            ])
        })
        .collect();
    frame.render_widget(Paragraph::new(newest), below_plot);
}

/// What the curves are.
fn legend(view: &View, screen: &Screen) -> Line<'static> {
    let theme = screen.theme;
    let mut spans = Vec::new();
    if let Some((step, rate)) = view.rates.past.newest() {
        spans.push(Span::styled(" ━ ", theme.of_color(theme.training())));
        spans.push(Span::raw(format!("now {}", figure(rate))));
        if let Some(planned) = view.rates.scheduled(step) {
            spans.push(Span::styled("  ━ ", theme.of_color(theme.behind())));
            spans.push(Span::raw(format!("schedule {}", figure(planned))));
        }
    } else {
        spans.push(Span::styled(" ━ ", theme.of_color(theme.behind())));
        spans.push(Span::raw("schedule"));
    }
    Line::from(spans)
}

/// What hands and callbacks said of the rate.
fn changes(view: &View) -> Vec<&Word> {
    let words = view.words.iter().filter(|word| match word.from {
        Source::Action => word.text.starts_with("rate "),
        Source::Callback => {
            word.text.contains("learning rate") || word.text.contains("learning_rate")
        }
        _ => false,
    });
    words.collect()
}

fn is_of_rate(action: Action) -> bool {
    matches!(action, Action::ScaleRate(_) | Action::SetRate(_))
}
