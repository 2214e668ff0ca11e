//! What was said, the newest below.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::nothing;
use crate::areas::below;
use crate::numbers::count;
use crate::screen::Screen;
use crate::theme::Theme;
use crate::view::{Source, View, Word};

/// Draws what was said.
pub(crate) fn words(view: &View, screen: &Screen, frame: &mut Frame<'_>, area: Rect) {
    let found = view.words.found(&screen.search);
    let area = if screen.search.is_empty() {
        area
    } else {
        let (head, rest) = below(area, 1);
        let text = format!(" {} with \"{}\" (esc: all)", found.len(), screen.search);
        frame.render_widget(Span::styled(text, screen.theme.selected()), head);
        rest
    };
    if found.is_empty() {
        nothing("nobody has said anything", screen, frame, area);
        return;
    }
    let from_end = screen.line.min(found.len() - 1);
    let shown = &found[..found.len() - from_end];
    // From the newest up, until the lines are full.
    let room = usize::from(area.height);
    let mut lines = Vec::new();
    for word in shown.iter().rev() {
        let mut own = lines_of(word, screen.theme, area.width);
        own.reverse();
        lines.append(&mut own);
        if lines.len() >= room {
            break;
        }
    }
    lines.truncate(room);
    lines.reverse();
    frame.render_widget(Paragraph::new(lines), area);
}

/// A word in one line or more.
fn lines_of(word: &Word, theme: Theme, width: u16) -> Vec<Line<'static>> {
    let width = usize::from(width);
    let is_narrow = width < 50;
    let place = if is_narrow {
        format!(" {:>6} ", count(word.step))
    } else {
        format!(
            " {:>8} {:>4}  ",
            count(word.step),
            format!("e{}", word.epoch)
        )
    };
    let name = if is_narrow {
        String::new()
    } else {
        format!("{:<9} ", word.from.name())
    };
    let used = place.chars().count() + name.chars().count();
    let mut lines = Vec::new();
    for (index, text) in wrapped(&word.text, width.saturating_sub(used).max(8))
        .into_iter()
        .enumerate()
    {
        lines.push(if index == 0 {
            Line::from(vec![
                Span::styled(place.clone(), theme.dim()),
                Span::styled(name.clone(), style(word.from, theme)),
                Span::raw(text),
            ])
        } else {
            Line::from(format!("{:used$}{text}", ""))
        });
    }
    lines
}

fn style(from: Source, theme: Theme) -> Style {
    match from {
        Source::Warning | Source::Refused => theme.of_color(theme.bad()),
        Source::Hint => theme.of_color(theme.validation()),
        Source::Action => theme.of_color(theme.mark()),
        Source::Saved => theme.of_color(theme.good()),
        Source::Callback => theme.of_color(theme.training()),
        Source::Training => theme.dim(),
    }
}

/// A text in lines of at most so many letters, broken between words where it can be.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for (index, part) in letters.chunks(width.max(1)).enumerate() {
            let blank = usize::from(used > 0 && index == 0);
            if used + blank + part.len() > width {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                if used > 0 && index == 0 {
                    line.push(' ');
                    used += 1;
                }
                line.extend(part);
                used += part.len();
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_break_between_words_and_long_words_anywhere() {
        for (text, width, expected) in [
            ("", 5, &[""][..]),
            ("one two three", 7, &["one two", "three"]),
            ("abcdefgh ij", 3, &["abc", "def", "gh", "ij"]),
            ("a  b", 9, &["a b"]),
        ] {
            assert_eq!(wrapped(text, width), expected, "{text}");
        }
    }
}
