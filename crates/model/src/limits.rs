/// The most weights a network may have: 2³⁰, 4 GiB of them.
pub(crate) const MAX_PARAMS: usize = 1 << 30;
