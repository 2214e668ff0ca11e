//! Looking for digits at a size at which strokes are told from grain.

use image::GrayImage;
use image::imageops::{self, crop_imm};

use super::DigitBounds;
use super::components::{Bounds, Component};
use super::ink::{Ink, find_ink};
use super::plane::Plane;

/// The longer side of what is looked at, in pixels.
const LONGEST: u32 = 400;
/// A digit that is smaller than this is looked at once more, from nearer.
const SMALL_DIGIT: usize = 64;

/// A part of a picture, scaled down, and the digits in it.
pub(super) struct Search {
    pub(super) ink: Ink,
    left: u32,
    top: u32,
    /// Pixels of the picture a pixel of the plane, across and down.
    scale: [f64; 2],
}

impl Search {
    /// The digits of a picture, which has at least one pixel.
    pub(super) fn of(picture: &GrayImage) -> Self {
        let (width, height) = picture.dimensions();
        let far = Self::in_part(
            picture,
            DigitBounds {
                left: 0,
                top: 0,
                width,
                height,
            },
        );
        match far.nearer(picture) {
            Some(near) if near.ink.digits.len() == far.ink.digits.len() => near,
            _ => far,
        }
    }

    fn in_part(picture: &GrayImage, part: DigitBounds) -> Self {
        let DigitBounds {
            left,
            top,
            width,
            height,
        } = part;
        let longer = width.max(height);
        let side = |length: u32| {
            let scaled = u64::from(length) * u64::from(LONGEST) / u64::from(longer);
            u32::try_from(scaled).unwrap_or(LONGEST).max(1)
        };
        let part = crop_imm(picture, left, top, width, height);
        let shrunk = if longer > LONGEST {
            imageops::thumbnail(&*part, side(width), side(height))
        } else {
            part.to_image()
        };
        let (columns, rows) = shrunk.dimensions();
        Self {
            ink: find_ink(&Plane::from(&shrunk)),
            left,
            top,
            scale: [
                f64::from(width) / f64::from(columns),
                f64::from(height) / f64::from(rows),
            ],
        }
    }

    /// Another look at small digits, if the picture shows more of them.
    fn nearer(&self, picture: &GrayImage) -> Option<Self> {
        let digits = self.ink.digits.iter().map(|digit| digit.bounds);
        let longest = digits
            .clone()
            .map(|bounds| bounds.height().max(bounds.width()))
            .max()?;
        let is_shrunk = self.scale[0].max(self.scale[1]) > 1.2;
        if !is_shrunk || longest >= SMALL_DIGIT {
            return None;
        }
        let all = digits.reduce(Bounds::around)?;
        let DigitBounds {
            left,
            top,
            width,
            height,
        } = self.place(all);
        let margin = width.max(height) / 2;
        let (right, bottom) = (left + width + margin, top + height + margin);
        let (left, top) = (left.saturating_sub(margin), top.saturating_sub(margin));
        let part = DigitBounds {
            left,
            top,
            width: right.min(picture.width()) - left,
            height: bottom.min(picture.height()) - top,
        };
        Some(Self::in_part(picture, part))
    }

    pub(super) fn digits(&self) -> impl Iterator<Item = &Component> {
        self.ink.digits.iter()
    }

    /// Where in the picture a digit lies.
    pub(super) fn bounds(&self, digit: &Component) -> DigitBounds {
        self.place(digit.bounds)
    }

    fn place(&self, bounds: Bounds) -> DigitBounds {
        let [across, down] = self.scale;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the picture"
        )]
        let scaled = |length: usize, scale: f64| (length as f64 * scale).round() as u32;
        let (left, top) = (scaled(bounds.left, across), scaled(bounds.top, down));
        DigitBounds {
            left: self.left + left,
            top: self.top + top,
            width: (scaled(bounds.right, across) - left).max(1),
            height: (scaled(bounds.bottom, down) - top).max(1),
        }
    }
}
