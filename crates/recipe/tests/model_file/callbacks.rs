//! Callbacks that model files name.

use firebrick_recipe::{
    GivenEarlyStopping, GivenTerminateOnNan, ModelFile, NamedCallback, WriteFreq,
};
use firebrick_trainer::callbacks::{MonitorMode, UpdateFreq};

use super::{CNN, problem};

#[test]
fn callbacks_are_named_with_their_arguments() {
    let file: ModelFile = format!(
        "{CNN}\n[[callbacks]]\nname = \"EarlyStopping\"\npatience = 3\nmode = \"min\"\n\n\
         [[callbacks]]\nname = \"terminate_on_nan\"\n"
    )
    .parse()
    .unwrap();
    let expected = GivenEarlyStopping {
        patience: Some(3),
        mode: Some(MonitorMode::Min),
        ..GivenEarlyStopping::default()
    };
    assert_eq!(
        file.callbacks(),
        [
            NamedCallback::EarlyStopping(expected),
            NamedCallback::TerminateOnNan(GivenTerminateOnNan::default())
        ]
    );
    for (text, message) in [
        (
            "name = \"early_stoping\"",
            "line 27: unknown callback `early_stoping`, did you mean `early_stopping`?; known callbacks: early_stopping, ",
        ),
        (
            "name = \"early_stopping\"\npatiense = 3",
            "line 28: the callback `early_stopping` has no argument `patiense`, did you mean `patience`?; it takes monitor, ",
        ),
        (
            "name = \"early_stopping\"\npatience = \"x\"",
            "line 28: `patience`: invalid type: string \"x\"",
        ),
        (
            "name = \"reduce_lr_on_plateau\"\nfactor = 2.0",
            "line 27: the factor of ReduceLrOnPlateau is 2",
        ),
        (
            "patience = 3",
            "line 26: the callback has no `name`; add it",
        ),
    ] {
        let message_of = problem(&format!("{CNN}\n[[callbacks]]\n{text}\n"));
        assert!(message_of.contains(message), "{message_of}");
    }
}

#[test]
fn callbacks_that_write_files_and_set_rates_are_named() {
    let file: ModelFile = format!(
        "{CNN}\n[[callbacks]]\nname = \"CSVLogger\"\nfilename = \"a/figures.tsv\"\nseparator = \"\\t\"\n\
         [[callbacks]]\nname = \"jsonl_logger\"\n\
         [[callbacks]]\nname = \"TensorBoard\"\nupdate_freq = 10\n\
         [[callbacks]]\nname = \"LearningRateScheduler\"\nschedule = \"time-based:3\"\n"
    )
    .parse()
    .unwrap();
    let names: Vec<&str> = file.callbacks().iter().map(NamedCallback::name).collect();
    let expected = [
        "csv_logger",
        "jsonl_logger",
        "tensor_board",
        "learning_rate_scheduler",
    ];
    assert_eq!(names, expected);
    let every_10 = Some(WriteFreq(UpdateFreq::Batches(10)));
    assert!(
        matches!(&file.callbacks()[2], NamedCallback::TensorBoard(given) if given.update_freq == every_10)
    );
}

#[test]
fn files_of_callbacks_stay_in_the_run_and_apart() {
    let in_logs = "expected the name of a file in the folder `logs` of the run";
    for (text, message) in [
        ("name = \"csv_logger\"\nfilename = \"../all.csv\"", in_logs),
        (
            "name = \"csv_logger\"\nfilename = \"/tmp/all.csv\"",
            in_logs,
        ),
        (
            "name = \"csv_logger\"\nfilename = \"a\\\\..\\\\..\\\\all.csv\"",
            in_logs,
        ),
        ("name = \"csv_logger\"\nfilename = \"\"", in_logs),
        ("name = \"csv_logger\"\nfilename = \"all\"", in_logs),
        (
            "name = \"jsonl_logger\"\nfilename = \"a/../../all.jsonl\"",
            in_logs,
        ),
        (
            "name = \"csv_logger\"\nseparator = \"ä\"",
            "the separator of csv_logger is \"ä\", expected one character of ASCII",
        ),
        (
            "name = \"tensor_board\"\nlog_dir = \"/logs\"",
            "expected the name of a folder in the folder `tensorboard` of the run",
        ),
        (
            "name = \"tensor_board\"\nupdate_freq = 0",
            "the update_freq of TensorBoard is 0, expected at least 1",
        ),
        (
            "name = \"tensor_board\"\nupdate_freq = \"step\"",
            "expected `epoch`, `batch` or a number of batches",
        ),
        (
            "name = \"model_checkpoint\"\nfilepath = \"../best.bpk\"",
            "expected the name of a file in the folder `checkpoints` of the run",
        ),
        (
            "name = \"learning_rate_scheduler\"",
            "the schedule of learning_rate_scheduler is nothing, expected the text of a schedule",
        ),
        (
            "name = \"learning_rate_scheduler\"\nschedule = \"halving\"",
            "unknown schedule `halving`",
        ),
        (
            "name = \"csv_logger\"\n[[callbacks]]\nname = \"jsonl_logger\"\nfilename = \"./training.csv\"",
            "line 28: `training.csv` is what a callback above writes into",
        ),
    ] {
        let message_of = problem(&format!("{CNN}\n[[callbacks]]\n{text}\n"));
        assert!(message_of.contains(message), "{message_of}");
    }
}
