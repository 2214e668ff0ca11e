//! What all pages have in common.

/// The style sheet of all pages, dark and light.
pub use firebrick_web::STYLE;

/// The version that makes the pages.
///
/// ```
/// assert!(!firebrick_pages::VERSION.is_empty());
/// ```
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
