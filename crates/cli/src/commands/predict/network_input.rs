//! What the network sees of a picture, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use firebrick::datasets::DigitImage;

use crate::destination::Destination;
use crate::failure::OrUsage;

/// How grey is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shades {
    /// By the grey colours of a terminal.
    Colours,
    /// By blocks that are there or not: half of full ink and more, or less.
    Blocks,
}

impl Shades {
    /// Colours where standard output is a terminal that has them.
    pub(super) fn of_stdout() -> Self {
        if console::colors_enabled() {
            Self::Colours
        } else {
            Self::Blocks
        }
    }
}

/// The pixels in half blocks, two rows a line, in a frame.
pub(super) fn half_blocks(digit: &DigitImage, shades: Shades) -> String {
    let rule = "─".repeat(digit.width);
    let mut text = format!("┌{rule}┐\n");
    for top in (0..digit.height).step_by(2) {
        text.push('│');
        for column in 0..digit.width {
            let pixel = |row: usize| {
                digit
                    .pixels
                    .get(row * digit.width + column)
                    .copied()
                    .unwrap_or(0)
            };
            let (upper, lower) = (pixel(top), pixel(top + 1));
            match shades {
                Shades::Colours => {
                    let _ = write!(text, "\x1b[38;5;{};48;5;{}m▀", grey(upper), grey(lower));
                }
                Shades::Blocks => text.push(match (upper > 127, lower > 127) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }),
            }
        }
        if shades == Shades::Colours {
            text.push_str("\x1b[0m");
        }
        text.push_str("│\n");
    }
    let _ = writeln!(text, "└{rule}┘");
    text
}

/// The nearest of the 24 greys of a terminal's 256 colours, or its black and white.
fn grey(pixel: u8) -> u8 {
    match pixel {
        0..4 => 16,
        247.. => 231,
        _ => 232 + (pixel - 4) / 11,
    }
}

/// Makes the folder, once it is clear that no two pictures would be written to one file.
///
/// # Errors
/// Two pictures of one name, with a usage error; a folder that cannot be made.
pub(super) fn prepare(folder: &Path, pictures: &[PathBuf]) -> anyhow::Result<()> {
    let mut named: BTreeMap<String, &Path> = BTreeMap::new();
    for picture in pictures {
        if let Some(other) = named.insert(stem(picture), picture) {
            return Err(anyhow!(
                "what the network sees of `{}` and of `{}` would be written to one file, `{}`; give them in two calls, \
                 with another `--save-input` each",
                other.display(),
                picture.display(),
                folder.join(file_name(picture, None)).display()
            ))
            .or_usage();
        }
    }
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))
}

/// Writes a digit as `NAME-input.png`, with its number if the picture shows several.
///
/// # Errors
/// With a usage error a file that is one of the pictures; one that cannot be written.
pub(super) fn save(
    folder: &Path,
    picture: &Path,
    number: Option<usize>,
    digit: &DigitImage,
    pictures: &[PathBuf],
) -> anyhow::Result<()> {
    let path = folder.join(file_name(picture, number));
    let destination = Destination::new(&path, "network's input", pictures)?;
    destination.write(&digit.to_png()?)
}

fn file_name(picture: &Path, number: Option<usize>) -> String {
    let number = number.map_or_else(String::new, |number| format!("-{number}"));
    format!("{}-input{number}.png", stem(picture))
}

fn stem(picture: &Path) -> String {
    let stem = picture.file_stem().unwrap_or(picture.as_os_str());
    stem.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use firebrick::datasets::DigitBounds;

    use super::*;

    fn two_by_three() -> DigitImage {
        DigitImage {
            pixels: vec![0, 255, 0, 200, 90, 255],
            height: 3,
            width: 2,
            inverted: false,
            recentred: true,
            bounds: DigitBounds {
                left: 0,
                top: 0,
                width: 2,
                height: 3,
            },
        }
    }

    #[test]
    fn two_rows_are_a_line_and_a_last_one_stands_alone() {
        let text = half_blocks(&two_by_three(), Shades::Blocks);
        assert_eq!(text, "┌──┐\n│ █│\n│ ▀│\n└──┘\n");
    }

    #[test]
    fn greys_are_colours_where_there_are_any() {
        let text = half_blocks(&two_by_three(), Shades::Colours);
        let first = "│\x1b[38;5;16;48;5;16m▀\x1b[38;5;231;48;5;249m▀\x1b[0m│";
        assert_eq!(text.lines().nth(1), Some(first));
        assert_eq!([0, 4, 128, 246, 255].map(grey), [16, 232, 243, 254, 231]);
    }
}
