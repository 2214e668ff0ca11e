use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{Mode, Screen};
use crate::areas::Areas;
use crate::keys::Command;
use crate::pane::Pane;
use crate::view::View;

impl Screen {
    /// Takes what the mouse does: a click chooses a pane, the wheel moves what is below it.
    pub(crate) fn point(&mut self, mouse: MouseEvent, (columns, lines): (u16, u16), view: &View) {
        if self.mode != Mode::Normal {
            return;
        }
        let areas = Areas::of(Rect::new(0, 0, columns, lines), self.focus());
        let Some(pane) = areas.at(mouse.column, mouse.row) else {
            return;
        };
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.pane = pane,
            MouseEventKind::ScrollUp => self.wheel(pane, (Command::ZoomIn, Command::Up), view),
            MouseEventKind::ScrollDown => self.wheel(pane, (Command::ZoomOut, Command::Down), view),
            _ => {}
        }
    }

    /// Curves are zoomed, the others moved, whichever pane the keys are for.
    fn wheel(&mut self, pane: Pane, (zoom, step): (Command, Command), view: &View) {
        let keys = std::mem::replace(&mut self.pane, pane);
        let command = if pane == Pane::Curves { zoom } else { step };
        self.look(command, view);
        self.pane = keys;
    }
}

#[cfg(test)]
mod tests {
    use ratatui::crossterm::event::KeyModifiers;

    use super::*;
    use crate::theme::Theme;

    #[test]
    fn the_mouse_chooses_panes_and_zooms() {
        let view = View::new();
        let mut screen = Screen::new(Theme::default());
        let mut mouse = |kind, column, row| {
            let mouse = MouseEvent {
                kind,
                column,
                row,
                modifiers: KeyModifiers::NONE,
            };
            screen.point(mouse, (200, 60), &view);
            (screen.pane, screen.zoom)
        };
        assert_eq!(mouse(MouseEventKind::ScrollUp, 5, 10), (Pane::Curves, 1));
        let click = MouseEventKind::Down(MouseButton::Left);
        assert_eq!(mouse(click, 199, 10), (Pane::Layers, 1));
        assert_eq!(mouse(MouseEventKind::ScrollDown, 5, 10), (Pane::Layers, 0));
    }
}
