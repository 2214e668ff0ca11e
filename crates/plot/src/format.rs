//! The formats of pictures, by the extension of a file.

use std::error::Error;
use std::path::Path;

use crate::render;
use crate::shape::Shape;

/// A format of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Svg,
    Png,
}

impl Format {
    /// The one that the extension of a file names.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("svg") => Some(Self::Svg),
            Some("png") => Some(Self::Png),
            _ => None,
        }
    }

    /// The bytes of a picture.
    pub(crate) fn render(
        self,
        shapes: &[Shape],
        size: (u32, u32),
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        match self {
            Self::Svg => render::svg(shapes, size),
            Self::Png => render::png(shapes, size),
        }
    }
}

/// What is said of a file whose extension names none.
pub(crate) fn unknown(path: &Path) -> String {
    let extension = path.extension().map_or_else(
        || "none".to_owned(),
        |extension| format!(".{}", extension.to_string_lossy()),
    );
    format!(
        "picture `{}` expects the extension .svg or .png, received {extension}; rename it",
        path.display()
    )
}
