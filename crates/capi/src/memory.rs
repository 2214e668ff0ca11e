//! Memory that C names by a pointer and a length, looked at before it is used.

use crate::call_error::CallError;

/// Values that lie one behind the other, by what C calls them.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    argument: &'static str,
    /// The first byte, and the first behind them.
    start: usize,
    end: usize,
}

impl Memory {
    /// Whether a slice of these values could exist; of no values any pointer will do, also none.
    pub(crate) fn new<T>(
        argument: &'static str,
        pointer: *const T,
        len: usize,
    ) -> Result<Self, CallError> {
        let start = pointer.addr();
        if len == 0 {
            let end = start;
            return Ok(Self {
                argument,
                start,
                end,
            });
        }
        if pointer.is_null() {
            return Err(CallError::Null { argument });
        }
        if !pointer.is_aligned() {
            let align = align_of::<T>();
            return Err(CallError::NotAligned { argument, align });
        }
        let num_bytes = len.checked_mul(size_of::<T>());
        let num_bytes = num_bytes.filter(|bytes| isize::try_from(*bytes).is_ok());
        let end = num_bytes.and_then(|bytes| start.checked_add(bytes));
        let end = end.ok_or(CallError::TooLong { argument, len })?;
        Ok(Self {
            argument,
            start,
            end,
        })
    }

    /// Fails if both have a byte in common.
    pub(crate) fn check_apart(&self, other: &Self) -> Result<(), CallError> {
        if self.start.max(other.start) < self.end.min(other.end) {
            return Err(CallError::Overlap {
                argument: self.argument,
                other: other.argument,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_cannot_be_is_an_error() {
        let values = [0.0_f32; 4];
        let memory = |pointer, len| Memory::new::<f32>("rows", pointer, len);
        assert!(memory(values.as_ptr(), 4).is_ok());
        assert!(memory(std::ptr::null(), 0).is_ok());
        let null = memory(std::ptr::null(), 1);
        assert!(matches!(null, Err(CallError::Null { .. })));
        let between = values.as_ptr().wrapping_byte_add(1);
        let between = memory(between, 1);
        assert!(matches!(
            between,
            Err(CallError::NotAligned { align: 4, .. })
        ));
        for len in [usize::MAX, usize::MAX / 4, isize::MAX.unsigned_abs()] {
            let too_long = memory(values.as_ptr(), len);
            assert!(matches!(too_long, Err(CallError::TooLong { .. })), "{len}");
        }
    }

    #[test]
    fn neighbours_are_apart() -> Result<(), CallError> {
        let values = [0.0_f32; 4];
        let memory = |first: usize, len| Memory::new("rows", &raw const values[first], len);
        let (left, right) = (memory(0, 2)?, memory(2, 2)?);
        assert!(left.check_apart(&right).is_ok());
        assert!(right.check_apart(&left).is_ok());
        assert!(memory(1, 2)?.check_apart(&left).is_err());
        assert!(memory(1, 2)?.check_apart(&right).is_err());
        assert!(memory(1, 0)?.check_apart(&left).is_ok());
        Ok(())
    }
}
