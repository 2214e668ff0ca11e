//! Threads that compute with others.

use std::thread;

use firebrick_host::compute_on_this_thread;
use rayon::prelude::*;

fn sum() -> u32 {
    (0..1000_u32).into_par_iter().sum()
}

#[test]
fn a_thread_is_one_of_those_that_compute_and_others_get_their_work_done() {
    let joined = thread::spawn(|| {
        let has_joined = compute_on_this_thread();
        assert_eq!(rayon::current_thread_index().is_some(), has_joined);
        assert_eq!(compute_on_this_thread(), has_joined, "once is for good");
        assert_eq!(sum(), 499_500);
        // This thread waits without computing.
        assert_eq!(thread::spawn(sum).join().unwrap(), 499_500);
    });
    joined.join().unwrap();
    // One that has ended leaves the others alone.
    assert_eq!(sum(), 499_500);
}

#[test]
fn several_threads_compute_each_with_its_own_helpers() {
    let start = || {
        thread::spawn(|| {
            compute_on_this_thread();
            sum()
        })
    };
    let all = [start(), start(), start()];
    assert!(all.into_iter().all(|one| one.join().unwrap() == 499_500));
}
