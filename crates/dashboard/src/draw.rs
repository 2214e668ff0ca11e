//! The whole screen.

mod footer;
mod header;
mod overlay;
mod tiny;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::{Block, BorderType, Borders};

use crate::areas::{Areas, Room, tab_text};
use crate::pane::Pane;
use crate::panes::{self, Shown};
use crate::screen::{Mode, Screen};
use crate::view::View;

/// Draws what a training has told as somebody looks at it; the same view and the same screen give the same picture.
///
/// ```
/// use firebrick_dashboard::{Screen, Theme, View, draw};
/// use ratatui::{Terminal, backend::TestBackend};
///
/// let mut terminal = Terminal::new(TestBackend::new(80, 24))?;
/// let (view, screen) = (View::new(), Screen::new(Theme::default()));
/// terminal.draw(|frame| draw(&view, &screen, frame))?;
/// assert!(terminal.backend().to_string().contains("1 Curves"));
/// # Ok::<(), std::convert::Infallible>(())
/// ```
pub fn draw(view: &View, screen: &Screen, frame: &mut Frame<'_>) {
    let area = frame.area();
    let areas = Areas::of(area, screen.focus());
    if areas.room == Room::Tiny {
        tiny::draw(view, screen, frame, area);
        return;
    }
    header::draw(view, screen, &areas, frame);
    for (pane, area) in &areas.tabs {
        let text = tab_text(*pane, areas.room, screen.pane);
        let style = if *pane == screen.pane {
            screen.theme.selected()
        } else {
            screen.theme.dim()
        };
        frame.render_widget(Span::styled(text, style), *area);
    }
    header::draw_speed(view, screen, &areas, frame);
    for (pane, area) in &areas.panes {
        draw_pane(view, screen, (*pane, &areas), frame, *area);
    }
    footer::draw(view, screen, areas.footer, frame);
    match &screen.mode {
        Mode::Help => overlay::help(screen, frame),
        Mode::Choosing { names, at } => overlay::choice(screen, (names, *at), frame),
        Mode::Normal | Mode::Typing { .. } | Mode::Asking(_) => {}
    }
}

/// The pictures that [`draw`] shows, and where, for those who draw them otherwise; none while something lies above them.
pub(crate) fn shown_pictures<'a>(view: &'a View, screen: &Screen, area: Rect) -> Vec<Shown<'a>> {
    let areas = Areas::of(area, screen.focus());
    let is_covered = matches!(screen.mode, Mode::Help | Mode::Choosing { .. });
    if areas.room == Room::Tiny || is_covered {
        return Vec::new();
    }
    let samples = areas.panes.iter().find(|(pane, _)| *pane == Pane::Samples);
    samples.map_or_else(Vec::new, |(_, area)| {
        panes::shown_pictures(view, screen, framed(areas.room).inner(*area))
    })
}

/// The frame around a pane, where there is room for one.
fn framed(room: Room) -> Block<'static> {
    match room {
        Room::Small => Block::new(),
        _ => Block::new()
            .borders(Borders::ALL)
            .border_type(BorderType::Rounded),
    }
}

/// A pane in its frame.
fn draw_pane(
    view: &View,
    screen: &Screen,
    (pane, areas): (Pane, &Areas),
    frame: &mut Frame<'_>,
    area: Rect,
) {
    let theme = screen.theme;
    let is_focus = pane == screen.pane;
    let mut block = framed(areas.room);
    let inner = block.inner(area);
    if areas.room != Room::Small {
        let has_others = areas.panes.len() > 1;
        let title = if is_focus {
            theme.selected()
        } else {
            theme.bold()
        };
        let border = if is_focus && has_others {
            theme.of_color(theme.accent())
        } else {
            theme.frame()
        };
        block = block
            .border_style(border)
            .title(Span::styled(format!(" {} ", pane.name()), title));
        frame.render_widget(block, area);
    }
    match pane {
        Pane::Curves => panes::curves(view, screen, frame, inner),
        Pane::Rate => panes::rate(view, screen, frame, inner),
        Pane::Layers => panes::layers(view, screen, frame, inner),
        Pane::Samples => panes::samples(view, screen, frame, inner),
        Pane::Words => panes::words(view, screen, frame, inner),
    }
}
