//! When to go on, and what came of it.

use std::error::Error;
use std::hint::black_box;
use std::io::stdin;
use std::time::Instant;

/// Says that the next turn can come.
pub(crate) fn ready(threads: usize) {
    println!("{{\"ready\": true, \"threads\": {threads}}}");
}

/// Says that the first step is done.
pub(crate) fn stepped() {
    println!("{{\"stepped\": true}}");
}

/// Waits for the turn; the moment of its begin, or `None` if there is no more.
pub(crate) fn begin() -> Option<Instant> {
    let read = stdin().read_line(&mut String::new());
    read.is_ok_and(|bytes| bytes > 0).then(Instant::now)
}

/// Says how long the turn took, and these figures.
pub(crate) fn end<'a>(begin: Instant, figures: impl IntoIterator<Item = (&'a str, f64)>) {
    let seconds = begin.elapsed().as_secs_f64();
    let figures: String = figures
        .into_iter()
        .map(|(name, value)| format!(", \"{name}\": {value}"))
        .collect();
    println!("{{\"seconds\": {seconds}{figures}}}");
}

/// Takes turns in answering: `ask` as often as fits into a fifth of a second, the mean time of one.
pub(crate) fn answer(
    mut ask: impl FnMut() -> Result<Vec<f32>, Box<dyn Error>>,
    num_outputs: usize,
) -> Result<(), Box<dyn Error>> {
    let mut repeats = None;
    while begin().is_some() {
        let repeats = match repeats {
            Some(repeats) => repeats,
            None => *repeats.insert(repeats_of(&mut ask)?),
        };
        let begin = Instant::now();
        for _ in 0..repeats {
            black_box(ask()?);
        }
        let seconds = begin.elapsed().as_secs_f64() / f64::from(repeats);
        let answer = &ask()?[..num_outputs];
        println!("{{\"seconds\": {seconds}, \"answer\": {answer:?}}}");
    }
    Ok(())
}

fn repeats_of(
    ask: &mut impl FnMut() -> Result<Vec<f32>, Box<dyn Error>>,
) -> Result<u32, Box<dyn Error>> {
    for _ in 0..3 {
        ask()?;
    }
    let begin = Instant::now();
    ask()?;
    let seconds = begin.elapsed().as_secs_f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 20,000"
    )]
    Ok((0.2 / seconds).clamp(1.0, 20_000.0) as u32)
}
