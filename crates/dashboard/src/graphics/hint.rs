use super::Protocol;
use crate::error::DashboardError;

/// What is known of a terminal before it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// It takes no pictures, or is to get none.
    Without,
    /// It takes them so.
    By(Protocol),
    /// It may take sixels.
    Ask,
}

/// What the environment says.
///
/// # Errors
/// `FIREBRICK_GRAPHICS` says what cannot be.
pub(super) fn hint(variable: impl Fn(&str) -> Option<String>) -> Result<Hint, DashboardError> {
    let text = |name: &str| variable(name).unwrap_or_default();
    let is_set = |name: &str| !text(name).is_empty();

    match text("FIREBRICK_GRAPHICS").as_str() {
        "" => {}
        "none" => return Ok(Hint::Without),
        "sixel" => return Ok(Hint::By(Protocol::Sixel)),
        "kitty" => return Ok(Hint::By(Protocol::Kitty)),
        "iterm2" => return Ok(Hint::By(Protocol::Iterm2)),
        other => {
            let received = other.to_owned();
            return Err(DashboardError::Graphics { received });
        }
    }
    let terminal = text("TERM");
    let program = text("TERM_PROGRAM");
    // What runs in tmux or screen sees the variables of the terminal around them, and their answers say nothing of it.
    let is_within = is_set("TMUX")
        || is_set("STY")
        || ["tmux", "screen"].iter().any(|it| terminal.starts_with(it));
    let is_plain = ["", "dumb", "linux"].contains(&terminal.as_str());
    // Konsole says that it has sixels, but leaves pieces of them behind.
    if is_set("NO_COLOR") || is_plain || is_within || is_set("KONSOLE_VERSION") {
        return Ok(Hint::Without);
    }
    // It knows what the terminal around it takes, and hands on sixels.
    if is_set("ZELLIJ") {
        return Ok(Hint::Ask);
    }
    if ["xterm-kitty", "xterm-ghostty"].contains(&terminal.as_str()) || program == "ghostty" {
        return Ok(Hint::By(Protocol::Kitty));
    }
    let is_iterm2 = ["iTerm.app", "WezTerm", "mintty"].contains(&program.as_str());
    if is_iterm2 || text("LC_TERMINAL") == "iTerm2" {
        return Ok(Hint::By(Protocol::Iterm2));
    }
    Ok(Hint::Ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Hint, DashboardError> {
        hint(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_decides_or_leaves_it_to_the_terminal() {
        let xterm = ("TERM", "xterm-256color");
        let kitty = ("TERM", "xterm-kitty");
        for (variables, expected) in [
            (&[][..], Hint::Without),
            (&[("TERM", "dumb")], Hint::Without),
            (&[("TERM", "linux")], Hint::Without),
            (&[xterm], Hint::Ask),
            (&[xterm, ("NO_COLOR", "1")], Hint::Without),
            (&[xterm, ("NO_COLOR", "")], Hint::Ask),
            (&[kitty], Hint::By(Protocol::Kitty)),
            (&[kitty, ("NO_COLOR", "1")], Hint::Without),
            (
                &[("TERM", "xterm-ghostty"), ("TERM_PROGRAM", "ghostty")],
                Hint::By(Protocol::Kitty),
            ),
            (
                &[xterm, ("TERM_PROGRAM", "iTerm.app")],
                Hint::By(Protocol::Iterm2),
            ),
            (
                &[xterm, ("LC_TERMINAL", "iTerm2")],
                Hint::By(Protocol::Iterm2),
            ),
            (&[xterm, ("KONSOLE_VERSION", "230800")], Hint::Without),
            (&[xterm, ("TERM_PROGRAM", "vscode")], Hint::Ask),
        ] {
            assert_eq!(of(variables).unwrap(), expected, "{variables:?}");
        }
    }

    #[test]
    fn within_tmux_and_screen_there_are_half_blocks() {
        let iterm2 = ("LC_TERMINAL", "iTerm2");
        for variables in [
            [("TERM", "tmux-256color"), iterm2],
            [("TERM", "screen"), iterm2],
            [("TERM", "xterm-kitty"), ("TMUX", "/tmp/tmux-0/default,1,0")],
            [("TERM", "xterm-kitty"), ("STY", "12.pts-0")],
        ] {
            assert_eq!(of(&variables).unwrap(), Hint::Without, "{variables:?}");
        }
        let variables = [("TERM", "xterm-kitty"), ("ZELLIJ", "0")];
        assert_eq!(of(&variables).unwrap(), Hint::Ask);
    }

    #[test]
    fn a_user_knows_better() {
        let tmux = ("TERM", "tmux-256color");
        let by = |value| of(&[tmux, ("FIREBRICK_GRAPHICS", value)]);
        assert_eq!(by("sixel").unwrap(), Hint::By(Protocol::Sixel));
        assert_eq!(by("").unwrap(), Hint::Without);
        let variables = [("TERM", "xterm-kitty"), ("FIREBRICK_GRAPHICS", "none")];
        assert_eq!(of(&variables).unwrap(), Hint::Without);
        assert_eq!(
            by("sixels").unwrap_err().to_string(),
            "FIREBRICK_GRAPHICS: expected none, sixel, kitty or iterm2, received `sixels`; pictures are drawn in half blocks"
        );
    }
}
