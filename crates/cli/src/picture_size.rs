use std::fmt;
use std::str::FromStr;

use firebrick::curves::DEFAULT_CURVES_SIZE;

/// Width and height of a picture in pixels, as a string `800x500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureSize(pub(crate) (u32, u32));

impl Default for PictureSize {
    fn default() -> Self {
        Self(DEFAULT_CURVES_SIZE)
    }
}

/// A text that is no size.
#[derive(Debug)]
pub(crate) struct PictureSizeError;

impl fmt::Display for PictureSizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected width and height in pixels with an x between them, such as 800x500")
    }
}

impl std::error::Error for PictureSizeError {}

impl FromStr for PictureSize {
    type Err = PictureSizeError;

    fn from_str(text: &str) -> Result<Self, PictureSizeError> {
        let sides = text.split_once(['x', '×']);
        let sides =
            sides.and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        sides.map(Self).ok_or(PictureSizeError)
    }
}

impl fmt::Display for PictureSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.0;
        write!(f, "{width}x{height}")
    }
}
