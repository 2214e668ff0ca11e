//! What all pages have in common.

/// The style sheet of all pages, dark and light.
///
/// ```
/// assert!(firebrick_pages::STYLE.contains("prefers-color-scheme: dark"));
/// ```
pub const STYLE: &str = include_str!("../assets/style.css");

/// The version that makes the pages.
///
/// ```
/// assert!(!firebrick_pages::VERSION.is_empty());
/// ```
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
