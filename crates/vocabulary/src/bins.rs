/// Which of several bins a hash falls into; 0 if there is none.
pub(crate) fn bin(hash: u64, num_bins: usize) -> usize {
    usize::try_from(hash % (num_bins as u64).max(1)).unwrap_or(0)
}
