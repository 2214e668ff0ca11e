use serde::{Deserialize, Serialize};

/// One axis or several, as Keras writes them: counted from 0, negative ones from the end.
///
/// ```
/// # mod firebrick { pub use firebrick_tensor::{burn, self as models}; }
/// use firebrick::models::Axes;
///
/// assert_eq!(Axes::from(-1), Axes::One(-1));
/// assert_eq!(Axes::from([0, 1]).as_slice(), [0, 1]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Axes {
    /// A single axis.
    One(i64),
    /// Several axes at once.
    Many(Vec<i64>),
}

impl Axes {
    /// The axes as given.
    pub fn as_slice(&self) -> &[i64] {
        match self {
            Self::One(axis) => std::slice::from_ref(axis),
            Self::Many(axes) => axes,
        }
    }

    /// The axes counted from 0 in ascending order; `None` where one of them is given twice or is
    /// none of the `rank` axes.
    pub fn within(&self, rank: usize) -> Option<Vec<usize>> {
        let size = i64::try_from(rank).ok()?;
        let from_start = |&axis: &i64| {
            let axis = if axis < 0 { axis + size } else { axis };
            usize::try_from(axis).ok().filter(|&axis| axis < rank)
        };
        let mut axes: Vec<usize> = self
            .as_slice()
            .iter()
            .map(from_start)
            .collect::<Option<_>>()?;
        axes.sort_unstable();
        let num_axes = axes.len();
        axes.dedup();
        (axes.len() == num_axes).then_some(axes)
    }
}

impl From<i64> for Axes {
    fn from(axis: i64) -> Self {
        Self::One(axis)
    }
}

impl From<Vec<i64>> for Axes {
    fn from(axes: Vec<i64>) -> Self {
        Self::Many(axes)
    }
}

impl<const N: usize> From<[i64; N]> for Axes {
    fn from(axes: [i64; N]) -> Self {
        Self::Many(axes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_count_from_either_end_and_stay_within() {
        assert_eq!(Axes::from(-1).within(3), Some(vec![2]));
        assert_eq!(Axes::from([2, -3]).within(3), Some(vec![0, 2]));
        assert_eq!(Axes::from(vec![]).within(3), Some(vec![]));
        assert_eq!(Axes::from(3).within(3), None);
        assert_eq!(Axes::from(-4).within(3), None);
        assert_eq!(Axes::from(i64::MIN).within(3), None);
        assert_eq!(Axes::from([1, -2]).within(3), None);
    }
}
