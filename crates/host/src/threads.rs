use rayon::ThreadPoolBuilder;

/// Makes the thread that calls it one of those that compute: work is handed over to the others, and what they have not begun is
/// done here, instead of waking one of them up for all of it and waiting. For small networks that wait is a part of a step.
///
/// It is for the main thread of a program that trains on it, at its very beginning; later, and on a single core, nothing
/// changes. Says whether it has.
///
/// ```
/// // The first thing in `main`.
/// firebrick_host::compute_on_this_thread();
/// ```
pub fn compute_on_this_thread() -> bool {
    // Alone it would leave the work of other threads undone while it does something else.
    let asked = std::env::var("RAYON_NUM_THREADS").ok();
    let asked = asked.and_then(|threads| threads.parse().ok()).unwrap_or(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if asked == 0 { cores } else { asked };
    let pool = ThreadPoolBuilder::new().use_current_thread();
    threads > 1 && pool.num_threads(threads).build_global().is_ok()
}
