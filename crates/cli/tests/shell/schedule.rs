use crate::workplace::{Outcome, Workplace};

fn at_width(workplace: &Workplace, width: &str, arguments: &str) -> Outcome {
    let output = workplace
        .command()
        .env("COLUMNS", width)
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    output.into()
}

#[test]
fn a_rate_is_drawn_with_its_axes_and_figures() {
    let workplace = Workplace::new();
    let outcome = at_width(&workplace, "40", "schedule time-based:12 --steps 12").succeeds();
    assert_eq!(
        outcome.stdout,
        "\
time-based:12

learning rate
12 |**
   |  ***
   |     ****
 9 |         ***
   |            ***
   |               ***
   |                  ***
 5 |                     ***
   |                        ****
   |                            ***
   |                               ***
 1 |                                  **
   +------------------------------------
    0                                 11
                    step

first  12         at step 0
last   1          at step 11
min    1          at step 11
max    12         at step 0
"
    );
}

#[test]
fn a_chart_fits_its_width() {
    let workplace = Workplace::new();
    for width in [40, 80, 120] {
        for spec in [
            "one-cycle:0.1:total_steps=1000",
            "exponential-decay:1e-9:decay_steps=10:decay_rate=0.5",
            "constant:0.123456789",
        ] {
            let arguments = format!("schedule {spec} --steps 1000");
            let outcome = at_width(&workplace, &width.to_string(), &arguments).succeeds();
            let axis = outcome
                .stdout
                .lines()
                .find(|line| line.contains("+--"))
                .unwrap();
            assert_eq!(axis.len(), width, "{}", outcome.stdout);
            // The specification itself and the figures are as long as they are.
            for line in outcome.stdout.lines().skip(1) {
                assert!(line.len() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn figures_name_the_first_step_that_has_them() {
    let workplace = Workplace::new();
    for (arguments, figures) in [
        (
            "warmup:10:time-based:3 --steps 20",
            "first  0          at step 0\n\
             last   1          at step 19\n\
             min    0          at step 0\n\
             max    3          at step 10\n",
        ),
        (
            "time-based:3:unit=epoch --steps 1 --steps-per-epoch 5",
            "first  3          at step 0\n\
             last   3          at step 0\n\
             min    3          at step 0\n\
             max    3          at step 0\n",
        ),
        (
            "time-based:3:unit=epoch --steps 11 --steps-per-epoch 5",
            "last   1          at step 10\n\
             min    1          at step 10\n\
             max    3          at step 0\n",
        ),
        (
            "constant:0.5 --steps 18446744073709551615",
            "last   0.5        at step 18446744073709551614\n\
             min    0.5        at step 0\n\
             max    0.5        at step 0\n\
             seen at 4096 of 18446744073709551615 steps\n",
        ),
    ] {
        let outcome = workplace.run(&format!("schedule {arguments}")).succeeds();
        assert!(outcome.stdout.ends_with(figures), "{}", outcome.stdout);
    }
}

#[test]
fn a_picture_counts_steps() {
    let workplace = Workplace::new();
    let spec = "cosine-decay:0.1:decay_steps=100";
    let outcome = workplace
        .run(&format!("schedule {spec} --steps 100 -o rate.svg"))
        .succeeds();
    assert!(outcome.stdout.ends_with("drew the rate to rate.svg\n"));
    let text = workplace.read("rate.svg");
    assert!(text.contains("\nstep\n") && text.contains(&format!("\n{spec}\n")));
    workplace
        .run(&format!(
            "schedule {spec} --steps 100 -o rate.png --size 600x400"
        ))
        .succeeds();
    let picture = image::open(workplace.path("rate.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (600, 400));
}

#[test]
fn what_cannot_be_drawn_is_explained() {
    let workplace = Workplace::new();
    for (arguments, code, words) in [
        ("constant:1", 2, &["--steps <N>"][..]),
        ("constant:1 --steps 0", 2, &["'0' for '--steps"]),
        ("constant:1 --steps 18446744073709551616", 2, &["--steps"]),
        (
            "constant:1 --steps 3 --steps-per-epoch 0",
            2,
            &["'0' for '--steps-per-epoch"],
        ),
        (
            "time-based:3:unit=epoch --steps 3",
            2,
            &["counts epochs", "add --steps-per-epoch"],
        ),
        (
            "step:1 --steps 3",
            2,
            &[
                "unknown schedule `step`",
                "constant:RATE",
                "warmup:STEPS:SCHEDULE",
            ],
        ),
        (
            "one-cycle:1 --steps 3",
            2,
            &[
                "needs `total_steps`, which is missing",
                "expected form: one-cycle:MAX",
            ],
        ),
        (
            "constant:1 --steps 3 -o rate.gif",
            2,
            &["expects the extension .svg or .png"],
        ),
        (
            "constant:1 --steps 3 -o rate.png --size 10x10",
            2,
            &["choose a size in between"],
        ),
        (
            "constant:1 --steps 3 -o missing/rate.png",
            1,
            &["cannot write the picture to `missing/rate.png`"],
        ),
    ] {
        workplace
            .run(&format!("schedule {arguments}"))
            .fails(code, words);
    }
    assert!(workplace.files().is_empty());
}
