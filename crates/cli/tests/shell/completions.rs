use crate::workplace::Workplace;

#[test]
fn bash_learns_the_commands_and_their_flags() {
    let workplace = Workplace::new();
    let script = workplace.run("completions bash").succeeds().stdout;
    for word in [
        "complete -F _firebrick",
        "evaluate",
        "--validation-split",
        "--lr",
        "--model",
    ] {
        assert!(script.contains(word), "{word}");
    }
}
