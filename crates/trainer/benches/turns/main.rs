//! The process of firebrick's [`Trainer::fit`](firebrick_trainer::Trainer::fit) or of a raw Burn loop beside others: an epoch, or
//! some answers, whenever a line comes in.
//!
//! ```sh
//! python3 benchmarks/run.py --only W1 --peers firebrick,burn
//! ```
//!
//! `turns firebrick|burn train|predict-ROWS WORKLOAD`, where the workload is that of `benchmarks/workloads.py` as JSON. What comes
//! out is a line of JSON for each turn.
#![allow(
    clippy::print_stdout,
    reason = "the figures are read from standard output"
)]

mod burn_loop;
mod framework;
mod taking_turns;
mod workload;

use std::error::Error;

use workload::Workload;

/// The allocator of the `firebrick` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let [peer, what, workload] = arguments[..] else {
        eprintln!("nothing measured; run benchmarks/run.py, which takes turns with this program");
        return Ok(());
    };
    let workload: Workload = serde_json::from_str(workload)?;
    match (peer, what.strip_prefix("predict-")) {
        ("firebrick", None) => framework::train(&workload),
        ("firebrick", Some(rows)) => framework::predict(&workload, rows.parse()?),
        ("burn", None) => burn_loop::train(&workload),
        _ => Err(format!("no `{peer}` that could {what}").into()),
    }
}
