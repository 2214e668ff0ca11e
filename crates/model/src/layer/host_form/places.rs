//! Where the values of a sample come from that are only moved.

/// Where in a sample of these sizes each value comes from: of each axis that leaves, which axis it is of and which index each
/// of its indices has there, if any.
///
/// Nothing where there are more values than 32 bits can count.
pub(crate) fn places(
    sizes: &[usize],
    axes: &[(usize, Vec<Option<usize>>)],
) -> Option<Vec<Option<u32>>> {
    let mut places = vec![Some(0)];
    for (axis, indices) in axes {
        let stride: usize = sizes[axis + 1..].iter().product();
        let along = |place: Option<usize>| {
            let indices = indices.iter();
            indices.map(move |index| Some(place? + (*index)? * stride))
        };
        places = places.into_iter().flat_map(along).collect();
    }
    let narrow = |place: Option<usize>| place.map(u32::try_from).transpose().ok();
    places.into_iter().map(narrow).collect()
}

/// Where in an array of `own` sizes each element of one of these sizes has its value, if those of 1 are stretched.
///
/// ```text
/// own [1, 2], sizes [2, 2]: 0 1 0 1
/// ```
pub(crate) fn stretched(own: &[usize], sizes: &[usize]) -> Option<Vec<u32>> {
    let axes = own.iter().zip(sizes).enumerate();
    let axes = axes.map(|(axis, (&own, &size))| match own {
        1 => (axis, vec![Some(0); size]),
        _ => (axis, whole(size)),
    });
    let places = places(own, &axes.collect::<Vec<_>>())?;
    places.into_iter().collect()
}

/// Every index of an axis of this size, in order.
pub(crate) fn whole(size: usize) -> Vec<Option<usize>> {
    (0..size).map(Some).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_may_be_turned_repeated_cut_off_or_have_gaps() {
        let turned = places(&[2, 3], &[(1, whole(3)), (0, whole(2))]);
        assert_eq!(turned, Some([0, 3, 1, 4, 2, 5].map(Some).to_vec()));
        let cut = places(
            &[2, 3],
            &[(0, vec![Some(1), Some(1)]), (1, vec![Some(2), None])],
        );
        assert_eq!(cut, Some(vec![Some(5), None, Some(5), None]));
    }

    #[test]
    fn an_axis_of_one_is_stretched() {
        assert_eq!(stretched(&[1, 2], &[2, 2]), Some(vec![0, 1, 0, 1]));
        assert_eq!(stretched(&[2, 1], &[2, 3]), Some(vec![0, 0, 0, 1, 1, 1]));
    }
}
