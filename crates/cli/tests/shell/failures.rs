use crate::data::{idx_images, idx_labels, write_folder};
use crate::workplace::Workplace;

#[test]
fn a_missing_run_lists_the_runs_there_are() {
    let workplace = Workplace::new();
    for command in [
        "evaluate nope",
        "predict nope a.png",
        "summary nope",
        "plot nope",
    ] {
        workplace.run(command).fails(
            1,
            &[
                "no run `nope`",
                "`runs/nope`",
                "there are no runs in `runs`",
            ],
        );
    }
    assert!(workplace.files().is_empty());
    for run in ["first", "second"] {
        workplace
            .train(&format!("--ui quiet --run {run}"))
            .succeeds();
    }
    workplace.write("runs/no-run/file.txt", "");
    workplace.run("evaluate frist").fails(
        1,
        &["did you mean `first`?", "runs in `runs`: first, second\n"],
    );
}

#[test]
fn runs_that_cannot_be_written_are_an_error_without_traces() {
    let workplace = Workplace::new();
    workplace.write("file", "not a folder");
    let before = workplace.files();
    for arguments in [
        "--runs-dir file/runs",
        "--runs-dir file/runs --run x",
        "--runs-dir file --run x",
    ] {
        workplace
            .train(arguments)
            .fails(1, &["cannot create `file"]);
    }
    assert_eq!(workplace.files(), before);
}

#[test]
fn a_damaged_model_names_the_file() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    let whole = std::fs::read(workplace.path("runs/x/model.bpk")).unwrap();
    for contents in [&whole[..whole.len() / 2], b"not a model", b""] {
        workplace.write("runs/x/model.bpk", contents);
        for command in ["evaluate x", "predict x a.png"] {
            workplace.run(command).fails(1, &["runs/x/model.bpk"]);
        }
    }
    std::fs::remove_file(workplace.path("runs/x/model.bpk")).unwrap();
    for command in ["evaluate x", "summary x"] {
        workplace
            .run(command)
            .fails(1, &["cannot read the model file `runs/x/model.bpk`"]);
    }
}

#[test]
fn data_that_does_not_fit_the_network_is_told_apart() {
    let workplace = Workplace::new();
    workplace.train("--ui quiet --run x").succeeds();
    write_folder(&workplace, "stripes");
    workplace
        .run("evaluate x --data stripes")
        .fails(1, &["does not take these samples of shape [9]"]);

    for part in ["train", "t10k"] {
        workplace.write(
            &format!("many/{part}-images-idx3-ubyte"),
            idx_images(1, 28, &[7; 784]),
        );
        workplace.write(
            &format!("many/{part}-labels-idx1-ubyte"),
            idx_labels(&[200]),
        );
    }
    workplace
        .run("evaluate x --data many")
        .fails(1, &["the network has 10 outputs, the data has 201 classes"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_there_is_no_memory_for_is_refused_before_the_run_is_made() {
    let workplace = Workplace::new();
    workplace.write(
        "pad.toml",
        "input_shape = [28, 28, 1]\n\
         [[layers]]\nclass_name = \"ZeroPadding2D\"\npadding = 16000\n\
         [[layers]]\nclass_name = \"GlobalMaxPooling2D\"\n\
         [[layers]]\nclass_name = \"Dense\"\nunits = 10\nactivation = \"softmax\"\n",
    );
    // 900 samples of 32,028 × 32,028 numbers are more than 3 TB.
    workplace
        .run("train --model pad.toml --data mnist-sample --batch-size 900 --ui quiet --device flex")
        .fails(
            1,
            &[
                "training needs at least 3.36 TB of memory, the machine has ",
                "for a batch of 900 samples, where `zero_padding2d` gives [32028, 32028, 1] for each; choose a smaller \
                 batch_size",
            ],
        );
    assert!(!workplace.path("runs").exists());
}

#[test]
fn a_run_whose_data_has_vanished_says_where_it_was() {
    let workplace = Workplace::new();
    write_folder(&workplace, "stripes");
    workplace
        .run("train --data stripes --epochs 1 --ui quiet --device flex --run x")
        .succeeds();
    std::fs::rename(workplace.path("stripes"), workplace.path("moved")).unwrap();
    workplace.run("train --resume x --epochs 2").fails(
        2,
        &[
            "the run `runs/x` cannot go on without the data that it has learned from, ",
            "stripes` is not there",
            "bring it back to where it was",
        ],
    );
    workplace.run("evaluate x").fails(
        2,
        &["stripes` is not there", "where it is now with `--data`"],
    );
    std::fs::rename(workplace.path("moved"), workplace.path("stripes")).unwrap();
    workplace
        .run("train --resume x --epochs 2 --ui quiet")
        .succeeds();
}
