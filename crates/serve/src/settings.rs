use std::time::Duration;

use crate::token::Token;

/// What a server grants, and whom.
///
/// ```
/// use std::time::Duration;
/// use firebrick_serve::ServerSettings;
///
/// let settings = ServerSettings { timeout: Duration::from_secs(5), ..ServerSettings::default() };
/// assert_eq!(settings.max_rows, 4096);
/// ```
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// What whoever asks has to know; nobody has to by default.
    pub token: Option<Token>,
    /// The largest question, in bytes; 8 MiB by default.
    pub max_body: usize,
    /// The most rows of a question; 4,096 by default.
    pub max_rows: usize,
    /// The most questions that are looked at at once, 64 by default; others wait for their turn.
    pub max_at_once: usize,
    /// How long a question may take, from its first byte to its answer; 30 seconds by default.
    pub timeout: Duration,
    /// How long open questions are answered after the server was asked to end; 5 seconds by default.
    pub grace: Duration,
    /// What is served instead of the page to try it by hand; that page by default.
    pub site: Vec<SiteFile>,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            token: None,
            max_body: 8 << 20,
            max_rows: 4096,
            max_at_once: 64,
            timeout: Duration::from_secs(30),
            grace: Duration::from_secs(5),
            site: Vec::new(),
        }
    }
}

/// A file of a page of one's own.
///
/// ```
/// use firebrick_serve::SiteFile;
///
/// let page = SiteFile { path: "/", content_type: "text/html; charset=utf-8", contents: b"<p>Hello</p>" };
/// assert_eq!(page.path, "/");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Where it is, `/` for the page itself.
    pub path: &'static str,
    /// What it is, `text/html; charset=utf-8` say.
    pub content_type: &'static str,
    /// What it holds.
    pub contents: &'static [u8],
}
