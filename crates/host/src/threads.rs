use std::mem;
use std::thread;

use rayon::ThreadPoolBuilder;

/// Makes the thread that calls it one of those that compute: work is handed over to others, and what they have not begun is
/// done here, instead of waking one of them up for all of it and waiting. For small networks that wait is a part of a step.
///
/// A training does it by itself on the main thread of a program. It is for programs that train on one other thread; each that
/// calls it gets helpers of its own, which sleep until the program ends. The work of other threads is done as before. On a
/// single core, and on a thread that computes already, nothing changes. Says whether the thread is one of those now.
///
/// ```
/// let computes = std::thread::spawn(firebrick_host::compute_on_this_thread);
/// let cores = std::thread::available_parallelism().map_or(1, usize::from);
/// assert_eq!(computes.join().unwrap(), cores > 1);
/// ```
pub fn compute_on_this_thread() -> bool {
    if rayon::current_thread_index().is_some() {
        return true;
    }
    let threads = num_threads();
    if threads < 2 {
        return false;
    }
    let pool = ThreadPoolBuilder::new().use_current_thread();
    match pool.num_threads(threads).build() {
        Ok(pool) => {
            // Its threads end with it, and this one is among them for good.
            mem::forget(pool);
            true
        }
        Err(_) => false,
    }
}

/// How many threads compute: as many as the process may use cores, or as `RAYON_NUM_THREADS` says.
///
/// ```
/// assert!(firebrick_host::num_threads() > 0);
/// ```
pub fn num_threads() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok();
    match asked.and_then(|threads| threads.parse().ok()) {
        Some(threads) if threads > 0 => threads,
        _ => thread::available_parallelism().map_or(1, usize::from),
    }
}

/// The same on the main thread of a program, of which there is one, so that nobody has to ask for it.
pub fn compute_on_main_thread() {
    if thread::current().name() == Some("main") {
        compute_on_this_thread();
    }
}
