//! The built-in font, and the widths of its texts.

use std::error::Error;
use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// A family name of our own, so that fonts of an application stay untouched; as a list of CSS it lets the viewer
/// of an SVG choose the nearest font it has.
const FAMILY: FontFamily<'static> = FontFamily::Name("Roboto, sans-serif");

/// The font itself; source and licence stand in `assets/README.md`.
static ROBOTO: &[u8] = include_bytes!("../assets/Roboto-Regular-Latin1.ttf");

/// Height of a line of the font in ems, from its `hhea` table; Plotters' bitmaps take sizes in lines.
pub(crate) const LINE_HEIGHT: f64 = 2400.0 / 2048.0;

/// The built-in font did not load.
#[derive(Debug, thiserror::Error)]
#[error("the built-in font cannot be read")]
struct Unreadable;

/// The font with lines of `size` pixels.
pub(crate) fn font(size: f64) -> Result<FontDesc<'static>, Box<dyn Error + Send + Sync>> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = REGISTERED
        .get_or_init(|| register_font(FAMILY.as_str(), FontStyle::Normal, ROBOTO).is_ok());
    if *registered {
        Ok(FontDesc::new(FAMILY, size, FontStyle::Normal))
    } else {
        Err(Box::new(Unreadable))
    }
}

/// The width of `text` in pixels, with ems of `size` pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    /// Measured much larger, because Plotters rounds to whole pixels.
    const EM: f64 = 1000.0;
    let measured = font(EM * LINE_HEIGHT)
        .ok()
        .and_then(|font| font.box_size(text).ok());
    match measured {
        Some((width, _)) => f64::from(width) * size / EM,
        // No font: drawing reports it, and the layout does not matter.
        None => text.chars().count() as f64 * size * 0.55,
    }
}

/// `text` on one line and, if it is longer than `max_width` pixels, with an ellipsis in its middle, because the names
/// of runs often differ at their ends only.
pub(crate) fn shorten(text: &str, size: f64, max_width: f64) -> String {
    let chars: Vec<char> = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let whole: String = chars.iter().collect();
    if width(&whole, size) <= max_width {
        return whole;
    }
    let shortened = |kept: usize| {
        let head = kept.div_ceil(2);
        let tail = chars.len() - (kept - head);
        chars[..head].iter().collect::<String>() + "…" + &chars[tail..].iter().collect::<String>()
    };
    let mut kept = chars.len().min(200) - 1;
    while kept > 2 && width(&shortened(kept), size) > max_width {
        kept -= 1;
    }
    shortened(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_loads_and_its_digits_have_one_width() {
        assert!(font(12.0).is_ok());
        assert!((width("111", 10.0) - width("888", 10.0)).abs() < 0.1);
        assert!(width("epoch", 20.0) > width("epoch", 10.0) * 1.9);
    }

    #[test]
    fn short_texts_stay_as_they_are() {
        assert_eq!(shorten("mlp-128", 12.0, 200.0), "mlp-128");
        assert_eq!(shorten("", 12.0, 200.0), "");
    }

    #[test]
    fn long_texts_keep_both_ends_and_fit() {
        let long = format!("convolution-{}-seed-7", "x".repeat(500));
        let short = shorten(&long, 12.0, 120.0);
        assert!(
            short.starts_with("conv") && short.ends_with("seed-7"),
            "{short}"
        );
        assert!(
            short.contains('…') && width(&short, 12.0) <= 120.0,
            "{short}"
        );
    }

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(shorten("a\nb\u{1b}c", 12.0, 200.0), "a b c");
    }
}
