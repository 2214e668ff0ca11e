use image::{DynamicImage, Rgb, RgbImage};
use ratatui::layout::{Rect, Size};
use ratatui_image::protocol::iterm2::Iterm2;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::protocol::sixel::Sixel;

use super::{CellSize, Protocol};
use crate::panes::Picture;

/// A picture as it is sent to the terminal.
pub(super) struct Encoded {
    /// Of which picture it is: its form, and its pixels.
    form: (usize, usize, usize),
    pixels: Vec<u8>,
    size: Size,
    cell: CellSize,
    /// By which the terminal knows it.
    id: u32,
    picture: ratatui_image::protocol::Protocol,
}

impl Encoded {
    /// Encodes a picture for a place; nothing if that fails, or the place is too narrow.
    pub(super) fn new(
        (protocol, id): (Protocol, u32),
        picture: &Picture<'_>,
        place: Rect,
        cell: CellSize,
    ) -> Option<Self> {
        use ratatui_image::protocol::Protocol as Sent;

        let size = place.as_size();
        if size.width < 2 || size.height == 0 {
            // What is drawn beside it would not find its column.
            return None;
        }
        let image = scaled(picture, size, cell);
        // tmux gets none, so nothing is wrapped for it.
        let sent = match protocol {
            Protocol::Sixel => Sent::Sixel(Sixel::new(image, size, false).ok()?),
            Protocol::Kitty => Sent::Kitty(Kitty::new(image, size, KITTY | id, false, false).ok()?),
            Protocol::Iterm2 => Sent::ITerm2(Iterm2::new(image, size, false).ok()?),
        };
        Some(Self {
            form: (picture.width, picture.height, picture.channels),
            pixels: picture.pixels.to_vec(),
            size,
            cell,
            id,
            picture: sent,
        })
    }

    /// Whether it is this picture for a place of this size.
    pub(super) fn is_of(&self, picture: &Picture<'_>, place: Rect, cell: CellSize) -> bool {
        self.form == (picture.width, picture.height, picture.channels)
            && (self.size, self.cell) == (place.as_size(), cell)
            && self.pixels == picture.pixels
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn picture(&self) -> &ratatui_image::protocol::Protocol {
        &self.picture
    }
}

/// Where the numbers of our pictures begin, far from those of others.
const KITTY: u32 = 0x00fb_0000;

/// As large as the place allows in the form of the picture.
fn scaled(picture: &Picture<'_>, size: Size, cell: CellSize) -> DynamicImage {
    let room = |cells: u16, pixels: u16| f64::from(cells) * f64::from(pixels);
    let (width, height) = (room(size.width, cell.width), room(size.height, cell.height));
    let (own_width, own_height) = (picture.width.max(1) as f64, picture.height.max(1) as f64);
    let scale = (width / own_width).min(height / own_height);
    let pixels = |own: f64| u32::from(crate::numbers::cells(own * scale).max(1));
    let (width, height) = (pixels(own_width), pixels(own_height));
    let at = |pixel: u32| pixel as usize;
    let image = RgbImage::from_fn(width, height, |x, y| {
        Rgb(picture.mean((at(x), at(width)), (at(y), at(height))))
    });
    DynamicImage::ImageRgb8(image)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Picture<'_> = Picture {
        width: 2,
        height: 1,
        channels: 1,
        pixels: &[0, 255],
    };

    fn cell() -> CellSize {
        CellSize::checked(10, 20).unwrap()
    }

    #[test]
    fn a_picture_fills_its_place_and_keeps_its_form() {
        let image = scaled(&PICTURE, Size::new(4, 3), cell()).into_rgb8();
        assert_eq!(image.dimensions(), (40, 20));
        assert_eq!(image.get_pixel(19, 19), &Rgb([0; 3]));
        assert_eq!(image.get_pixel(20, 0), &Rgb([255; 3]));
        let image = scaled(&PICTURE, Size::new(40, 1), cell());
        assert_eq!((image.width(), image.height()), (40, 20));
    }

    #[test]
    fn it_is_known_again_by_pixels_and_size() {
        let place = Rect::new(3, 4, 4, 3);
        let encoded = Encoded::new((Protocol::Sixel, 1), &PICTURE, place, cell()).unwrap();
        assert!(encoded.is_of(&PICTURE, Rect::new(9, 9, 4, 3), cell()));
        assert!(!encoded.is_of(&PICTURE, Rect::new(3, 4, 4, 2), cell()));
        let other = Picture {
            pixels: &[1, 255],
            ..PICTURE
        };
        assert!(!encoded.is_of(&other, place, cell()));
    }

    #[test]
    fn a_place_of_one_column_stays_in_half_blocks() {
        let place = Rect::new(0, 0, 1, 5);
        assert!(Encoded::new((Protocol::Sixel, 1), &PICTURE, place, cell()).is_none());
    }
}
