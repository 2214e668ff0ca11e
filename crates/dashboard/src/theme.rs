//! Colours and styles for the terminal at hand.

use ratatui::style::{Color, Modifier, Style};

/// How many colours there are.
///
/// ```
/// use firebrick_dashboard::{Depth, Theme};
///
/// let theme = Theme::of(|name| (name == "NO_COLOR").then(|| "1".to_owned()));
/// assert_eq!(theme.depth, Depth::NoColor);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// None: what matters is bold, reversed or has a letter.
    NoColor,
    /// Those of the terminal's own palette.
    #[default]
    Sixteen,
    /// 256.
    Indexed,
    /// 24 bits.
    True,
}

/// What is behind the letters.
///
/// ```
/// use firebrick_dashboard::{Background, Theme};
///
/// let theme = Theme::of(|name| (name == "COLORFGBG").then(|| "0;15".to_owned()));
/// assert_eq!(theme.background, Background::Light);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Black or nearly so.
    #[default]
    Dark,
    /// White or nearly so.
    Light,
}

/// Colours and styles for the terminal at hand.
///
/// ```
/// use firebrick_dashboard::{Background, Depth, Theme};
///
/// let theme = Theme::of(|name| match name {
///     "TERM" => Some("xterm-256color".to_owned()),
///     "COLORFGBG" => Some("0;15".to_owned()),
///     _ => None,
/// });
/// assert_eq!(theme, Theme { depth: Depth::Indexed, background: Background::Light });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// How many colours there are.
    pub depth: Depth,
    /// What is behind the letters.
    pub background: Background,
}

impl Theme {
    /// What the environment says of the terminal: `NO_COLOR`, `COLORTERM`, `TERM` and `COLORFGBG`.
    pub fn from_environment() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// What these variables say.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let has = |name: &str, part: &str| variable(name).is_some_and(|text| text.contains(part));
        let depth = if variable("NO_COLOR").is_some_and(|text| !text.is_empty()) {
            Depth::NoColor
        } else if has("COLORTERM", "truecolor") || has("COLORTERM", "24bit") {
            Depth::True
        } else if has("TERM", "256color") {
            Depth::Indexed
        } else {
            Depth::Sixteen
        };
        let behind = variable("COLORFGBG");
        let behind = behind.as_deref().and_then(|text| text.rsplit(';').next());
        let background = match behind.and_then(|text| text.parse::<u8>().ok()) {
            Some(7 | 9..) => Background::Light,
            _ => Background::Dark,
        };
        Self { depth, background }
    }

    /// Of the palette, or among 256 on dark and on light ground.
    fn pick(self, sixteen: Color, dark: u8, light: u8) -> Color {
        match (self.depth, self.background) {
            (Depth::NoColor, _) => Color::Reset,
            (Depth::Sixteen, _) => sixteen,
            (_, Background::Dark) => Color::Indexed(dark),
            (_, Background::Light) => Color::Indexed(light),
        }
    }

    pub(crate) fn training(self) -> Color {
        self.pick(Color::Blue, 75, 26)
    }

    pub(crate) fn validation(self) -> Color {
        self.pick(Color::Red, 215, 166)
    }

    /// Of another run.
    pub(crate) fn behind(self) -> Color {
        self.pick(Color::Cyan, 245, 247)
    }

    pub(crate) fn good(self) -> Color {
        self.pick(Color::Green, 114, 28)
    }

    pub(crate) fn bad(self) -> Color {
        self.pick(Color::Red, 203, 160)
    }

    pub(crate) fn mark(self) -> Color {
        self.pick(Color::Magenta, 176, 90)
    }

    pub(crate) fn accent(self) -> Color {
        self.pick(Color::Cyan, 80, 30)
    }

    /// What is there beside what matters.
    pub(crate) fn dim(self) -> Style {
        match self.depth {
            Depth::NoColor | Depth::Sixteen => Style::new().add_modifier(Modifier::DIM),
            _ => Style::new().fg(self.pick(Color::Reset, 245, 242)),
        }
    }

    /// Of a frame.
    pub(crate) fn frame(self) -> Style {
        match self.depth {
            Depth::NoColor | Depth::Sixteen => Style::new().add_modifier(Modifier::DIM),
            _ => Style::new().fg(self.pick(Color::Reset, 239, 251)),
        }
    }

    #[expect(
        clippy::unused_self,
        reason = "it stands beside those that look at the colours"
    )]
    pub(crate) fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    pub(crate) fn selected(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        match self.depth {
            Depth::NoColor => style.add_modifier(Modifier::REVERSED),
            _ => style.fg(self.accent()),
        }
    }

    /// In a colour, or bold where there is none.
    pub(crate) fn of_color(self, color: Color) -> Style {
        match self.depth {
            Depth::NoColor => self.bold(),
            _ => Style::new().fg(color),
        }
    }

    /// A pixel, or nothing where the terminal has too few colours.
    pub(crate) fn pixel(self, [red, green, blue]: [u8; 3]) -> Option<Color> {
        match self.depth {
            Depth::True => Some(Color::Rgb(red, green, blue)),
            Depth::Indexed => Some(Color::Indexed(nearest_indexed([red, green, blue]))),
            Depth::NoColor | Depth::Sixteen => None,
        }
    }

    /// A share from 0 to 1 as a colour behind letters, with that of the letters.
    pub(crate) fn heat(self, share: f64) -> Option<Style> {
        let (from, to) = match self.background {
            Background::Dark => ([24.0, 26.0, 31.0], [230.0, 120.0, 40.0]),
            Background::Light => ([250.0, 250.0, 250.0], [200.0, 80.0, 20.0]),
        };
        let share = share.clamp(0.0, 1.0);
        let mixed = [0, 1, 2].map(|index: usize| {
            let value = from[index] + (to[index] - from[index]) * share;
            u8::try_from(crate::numbers::whole(value)).unwrap_or(u8::MAX)
        });
        let letters = match (self.background, share > 0.5) {
            (Background::Dark, false) => [200, 200, 200],
            (Background::Light, true) => [255, 255, 255],
            _ => [20, 20, 20],
        };
        Some(Style::new().bg(self.pixel(mixed)?).fg(self.pixel(letters)?))
    }
}

/// The nearest of the terminal's cube of colours and of its greys.
fn nearest_indexed([red, green, blue]: [u8; 3]) -> u8 {
    let spread = red.max(green).max(blue) - red.min(green).min(blue);
    if spread < 12 {
        let grey = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
        return match grey {
            0..=3 => 16,
            247.. => 231,
            _ => u8::try_from(232 + (grey.saturating_sub(3)) / 10).unwrap_or(u8::MAX),
        };
    }
    let level = |value: u8| match value {
        0..=47 => 0,
        48..=114 => 1,
        _ => (value - 35) / 40,
    };
    16 + 36 * level(red) + 6 * level(green) + level(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(variables: &[(&str, &str)]) -> Theme {
        Theme::of(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_are_those_that_the_terminal_has() {
        let truecolor = ("COLORTERM", "truecolor");
        for (variables, depth) in [
            (&[][..], Depth::Sixteen),
            (&[("NO_COLOR", ""), truecolor], Depth::True),
            (&[("NO_COLOR", "1"), truecolor], Depth::NoColor),
            (&[("TERM", "screen-256color")], Depth::Indexed),
            (&[("TERM", "linux")], Depth::Sixteen),
        ] {
            assert_eq!(theme(variables).depth, depth, "{variables:?}");
        }
        for (behind, background) in [
            ("0;15", Background::Light),
            ("15;0", Background::Dark),
            ("15;default;0", Background::Dark),
            ("0;7", Background::Light),
            ("7;8", Background::Dark),
            ("nonsense", Background::Dark),
        ] {
            assert_eq!(theme(&[("COLORFGBG", behind)]).background, background);
        }
    }

    #[test]
    fn without_colours_there_are_none() {
        let theme = theme(&[("NO_COLOR", "1")]);
        assert_eq!(theme.training(), Color::Reset);
        assert_eq!(theme.dim().fg, None);
        assert_eq!(theme.selected().fg, None);
        assert_eq!((theme.pixel([1, 2, 3]), theme.heat(0.5)), (None, None));
    }

    #[test]
    fn pixels_find_the_nearest_of_256() {
        for (pixel, index) in [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([128, 128, 128], 244),
            ([255, 0, 0], 196),
            ([0, 0, 255], 21),
            ([95, 135, 175], 67),
        ] {
            assert_eq!(nearest_indexed(pixel), index, "{pixel:?}");
        }
    }
}
