/// The style sheet of all pages, dark and light.
///
/// ```
/// assert!(firebrick_web::STYLE.contains("prefers-color-scheme: dark"));
/// ```
pub const STYLE: &str = include_str!("../assets/style.css");
