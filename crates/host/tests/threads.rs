//! A thread that computes with the others; a test program of its own, because there is one pool a process.

use firebrick_host::compute_on_this_thread;
use rayon::prelude::*;

#[test]
fn the_thread_is_one_of_the_pool_and_others_get_their_work_done() {
    let has_joined = compute_on_this_thread();
    assert_eq!(rayon::current_thread_index().is_some(), has_joined);
    assert!(!compute_on_this_thread(), "there is a pool already");
    let sum = || (0..1000_u32).into_par_iter().sum::<u32>();
    assert_eq!(sum(), 499_500);
    // This thread waits without computing.
    assert_eq!(std::thread::spawn(sum).join().unwrap(), 499_500);
}
