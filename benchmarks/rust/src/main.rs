//! The process of `RustyML` or tract: an epoch, or some answers, whenever a line comes in.
//!
//! `benchmark-peers rustyml|tract train|predict-ROWS WORKLOAD`, started by `benchmarks/run.py`.

mod rustyml_fit;
// Turns are the same for all programs in Rust.
#[path = "../../../crates/trainer/benches/turns/taking_turns.rs"]
mod taking_turns;
mod tract_run;
mod workload;

use std::error::Error;

use workload::Workload;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [peer, what, workload] = &arguments[..] else {
        return Err("expected a peer, `train` or `predict-ROWS`, and a workload".into());
    };
    let workload: Workload = serde_json::from_str(workload)?;
    match (peer.as_str(), what.strip_prefix("predict-")) {
        ("rustyml", None) => rustyml_fit::train(&workload),
        ("rustyml", Some(rows)) => rustyml_fit::predict(&workload, rows.parse()?),
        ("tract", Some(rows)) => tract_run::predict(&workload, rows.parse()?),
        _ => Err(format!("no `{peer}` that could {what}").into()),
    }
}
