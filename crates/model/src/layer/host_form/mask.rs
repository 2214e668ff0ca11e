use firebrick_host::Kernel;

use super::HostForm;

/// What happens over plain memory to a mask, a row of a number for each step of a sample, 0 where that does not count.
#[derive(Debug, Default)]
pub(crate) enum HostMask {
    /// None may arrive, and none leaves.
    #[default]
    Refused,
    /// No value depends on it; it goes on where the layer passes one on.
    Passes,
    /// The kernels read it after the inputs; it goes on where the layer passes one on.
    Read,
    /// A kernel makes one of the input with this index.
    Made(Box<dyn Kernel>, usize),
}

impl HostForm {
    /// The same where a mask may arrive that no value depends on.
    pub(crate) fn passing_mask(self) -> Self {
        self.with_mask(HostMask::Passes)
    }

    /// The same where a mask may arrive, which the kernels read after the inputs.
    pub(crate) fn reading_mask(self) -> Self {
        self.with_mask(HostMask::Read)
    }

    /// The same with a kernel that makes a mask of the input with this index.
    pub(crate) fn making_mask(self, kernel: impl Into<Box<dyn Kernel>>, input: usize) -> Self {
        self.with_mask(HostMask::Made(kernel.into(), input))
    }

    fn with_mask(mut self, mask: HostMask) -> Self {
        self.mask = mask;
        self
    }
}
