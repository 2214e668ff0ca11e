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

#[test]
fn every_command_has_a_page_of_the_manual() {
    let workplace = Workplace::new();
    let page = workplace.run("man").succeeds().stdout;
    assert!(page.contains(".TH firebrick 1"), "{page}");
    workplace.run("man --dir man1").succeeds();
    for name in ["firebrick.1", "firebrick-train.1", "firebrick-model-sign.1"] {
        assert!(
            workplace
                .read(&format!("man1/{name}"))
                .contains(".SH SYNOPSIS"),
            "{name}"
        );
    }
    workplace.write("taken", "");
    workplace
        .run("man --dir taken/man1")
        .fails(1, &["taken/man1"]);
}
