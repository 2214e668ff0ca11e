//! Pictures in half blocks, or in shades where there are too few colours.

use firebrick_session::SampleView;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::theme::Theme;

/// A picture of grey or coloured pixels.
#[derive(Clone, Copy)]
pub(crate) struct Picture<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) pixels: &'a [u8],
}

impl<'a> Picture<'a> {
    /// What there is to see, if it is one, with as many pixels as it should have.
    pub(super) fn of(view: &'a SampleView) -> Option<Self> {
        let SampleView::Picture {
            width,
            height,
            channels,
            pixels,
        } = view
        else {
            return None;
        };
        let picture = Self {
            width: *width,
            height: *height,
            channels: *channels,
            pixels,
        };
        let size = width.checked_mul(*height)?.checked_mul(*channels)?;
        (size > 0 && size == pixels.len()).then_some(picture)
    }

    /// Columns and lines that it takes where there is room for at most so many, two pixels a cell, never enlarged beyond its own.
    pub(super) fn size(&self, columns: u16, lines: u16) -> (u16, u16) {
        let (width, height) = (self.width.max(1) as f64, self.height.max(1) as f64);
        let rows = f64::from(lines) * 2.0;
        let scale = (f64::from(columns) / width).min(rows / height).min(1.0);
        let columns = crate::numbers::cells(width * scale).max(1);
        let lines = crate::numbers::cells((height * scale / 2.0).ceil()).max(1);
        (columns, lines)
    }

    /// Draws it over an area, whatever its size.
    pub(super) fn draw(&self, theme: Theme, buffer: &mut Buffer, area: Rect) {
        let (columns, rows) = (usize::from(area.width), usize::from(area.height) * 2);
        for line in 0..area.height {
            for column in 0..area.width {
                let pixel = |half: usize| {
                    let row = usize::from(line) * 2 + half;
                    self.mean((usize::from(column), columns), (row, rows))
                };
                let (upper, lower) = (pixel(0), pixel(1));
                let Some(cell) = buffer.cell_mut((area.x + column, area.y + line)) else {
                    continue;
                };
                match (theme.pixel(upper), theme.pixel(lower)) {
                    (Some(upper), Some(lower)) => {
                        cell.set_symbol("▀");
                        cell.set_style(Style::new().fg(upper).bg(lower));
                    }
                    _ => {
                        cell.set_symbol(shade(grey(upper) + grey(lower)));
                    }
                }
            }
        }
    }

    /// The mean of the pixels that lie under one of so many columns and one of so many rows, the nearest one where there are more.
    pub(crate) fn mean(
        &self,
        (column, columns): (usize, usize),
        (row, rows): (usize, usize),
    ) -> [u8; 3] {
        let span = |at: usize, of: usize, all: usize| {
            let first = at * all / of.max(1);
            first..((at + 1) * all / of.max(1)).max(first + 1)
        };
        let mut sums = [0_u32; 3];
        let mut pixels = 0;
        for y in span(row, rows, self.height) {
            for x in span(column, columns, self.width) {
                pixels += 1;
                let first = (y * self.width + x) * self.channels;
                for (channel, sum) in sums.iter_mut().enumerate() {
                    let index = first + channel.min(self.channels.saturating_sub(1));
                    *sum += u32::from(self.pixels.get(index).copied().unwrap_or(0));
                }
            }
        }
        sums.map(|sum| u8::try_from(sum / pixels.max(1)).unwrap_or(u8::MAX))
    }
}

fn grey([red, green, blue]: [u8; 3]) -> u16 {
    (u16::from(red) + u16::from(green) + u16::from(blue)) / 3
}

/// The shade for the sum of two greys.
fn shade(sum: u16) -> &'static str {
    match sum {
        0..=50 => " ",
        51..=150 => "░",
        151..=280 => "▒",
        281..=410 => "▓",
        _ => "█",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Depth;
    use ratatui::style::Color;

    #[test]
    fn a_picture_keeps_its_form_and_is_not_enlarged() {
        let picture = Picture {
            width: 28,
            height: 28,
            channels: 1,
            pixels: &[],
        };
        assert_eq!(picture.size(80, 24), (28, 14));
        assert_eq!(picture.size(80, 7), (14, 7));
        assert_eq!(picture.size(10, 24), (10, 5));
    }

    #[test]
    fn what_has_other_pixels_than_it_says_is_no_picture() {
        let view = |width, pixels| SampleView::Picture {
            width,
            height: 2,
            channels: 1,
            pixels,
        };
        assert!(Picture::of(&view(2, vec![0; 4])).is_some());
        for view in [
            view(2, vec![0; 3]),
            view(0, Vec::new()),
            view(usize::MAX, vec![0; 4]),
        ] {
            assert!(Picture::of(&view).is_none());
        }
    }

    #[test]
    fn a_cell_holds_two_pixels_or_a_shade() {
        let picture = Picture {
            width: 1,
            height: 2,
            channels: 3,
            pixels: &[255, 0, 0, 0, 0, 255],
        };
        let area = Rect::new(0, 0, 1, 1);
        let mut buffer = Buffer::empty(area);
        let theme = Theme {
            depth: Depth::True,
            ..Theme::default()
        };
        picture.draw(theme, &mut buffer, area);
        let cell = &buffer[(0, 0)];
        assert_eq!(cell.symbol(), "▀");
        assert_eq!(
            (cell.fg, cell.bg),
            (Color::Rgb(255, 0, 0), Color::Rgb(0, 0, 255))
        );
        picture.draw(Theme::default(), &mut buffer, area);
        assert_eq!(buffer[(0, 0)].symbol(), "▒");
    }
}
