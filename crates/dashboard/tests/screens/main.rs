//! Whole screens as text, as a terminal shows them.

mod training;

use firebrick_dashboard::{Background, Depth, Pane, Screen, Theme, View, draw};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use training::{Kind, training};

fn screen(pane: Pane) -> Screen {
    Screen::new(Theme::default()).with_pane(pane)
}

fn drawn(view: &View, screen: &Screen, (columns, lines): (u16, u16)) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(columns, lines)).unwrap();
    terminal.draw(|frame| draw(view, screen, frame)).unwrap();
    terminal
}

fn text(view: &View, screen: &Screen, (columns, lines): (u16, u16)) -> String {
    firebrick_dashboard::text(view, screen, columns, lines)
}

#[test]
fn every_pane_fits_a_terminal_of_80_by_24() {
    let view = training("mnist-1", Kind::Pictures);
    for pane in Pane::ALL {
        let name = format!("80x24_{}", pane.name().to_lowercase());
        insta::assert_snapshot!(name, text(&view, &screen(pane), (80, 24)));
    }
}

#[test]
fn a_wider_terminal_has_more_panes_and_a_wall_has_all() {
    let view = training("mnist-1", Kind::Pictures);
    let other = training("mnist-0", Kind::Rows);
    let curves = screen(Pane::Curves).with_behind(other);
    insta::assert_snapshot!("120x36_curves", text(&view, &curves, (120, 36)));
    insta::assert_snapshot!(
        "120x36_samples",
        text(&view, &screen(Pane::Samples), (120, 36))
    );
    insta::assert_snapshot!("200x60", text(&view, &curves, (200, 60)));
}

#[test]
fn small_and_tiny_terminals_show_what_matters_most() {
    let view = training("mnist-1", Kind::Pictures);
    insta::assert_snapshot!("40x10", text(&view, &screen(Pane::Curves), (40, 10)));
    insta::assert_snapshot!("20x5", text(&view, &screen(Pane::Curves), (20, 5)));
}

#[test]
fn samples_of_a_table_are_rows() {
    let view = training("heart-1", Kind::Rows);
    insta::assert_snapshot!("80x24_rows", text(&view, &screen(Pane::Samples), (80, 24)));
}

#[test]
fn before_anything_has_come_every_pane_says_so() {
    let view = View::new();
    for pane in Pane::ALL {
        let text = text(&view, &screen(pane), (80, 24));
        let says = ["nothing has come", "no rate has come", "nobody has said"];
        assert!(says.iter().any(|said| text.contains(said)), "{text}");
    }
}

#[test]
fn any_size_of_a_terminal_can_be_drawn() {
    let view = training("mnist-1", Kind::Pictures);
    for pane in Pane::ALL {
        for columns in [1, 2, 7, 20, 31, 61, 79, 111, 161, 300] {
            for lines in [1, 2, 3, 5, 8, 9, 12, 19, 31, 45, 100] {
                drawn(&view, &screen(pane), (columns, lines));
            }
        }
    }
}

#[test]
fn without_colours_no_cell_has_one() {
    let view = training("mnist-1", Kind::Pictures);
    let theme = Theme {
        depth: Depth::NoColor,
        background: Background::Dark,
    };
    for pane in Pane::ALL {
        let screen = Screen::new(theme).with_pane(pane);
        let terminal = drawn(&view, &screen, (200, 60));
        let cells = terminal.backend().buffer().content();
        assert!(
            cells
                .iter()
                .all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset)
        );
    }
}
