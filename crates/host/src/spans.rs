//! Numbers that are changed one by one, on all cores where there are many.

use rayon::prelude::*;

/// How many numbers are done at a time. They stay in the cache of a core, with what is remembered of them.
const SPAN: usize = 1 << 13;

/// From how many on the cores share them; fewer are done in less time than another core takes to wake up.
const MANY: usize = 1 << 15;

/// Does something to numbers, with others that are read and further ones that change too, span by span: `work` has the same
/// numbers of each.
///
/// What is done to a number must not depend on those beside it. Then the results are the same bits for any number of threads.
///
/// ```
/// use firebrick_host::each_span;
///
/// let (gradient, mut weights, mut sums) = ([1.0_f32, 2.0], [0.5_f32, 0.5], [0.0_f32, 4.0]);
/// each_span(&gradient, &mut weights, [&mut sums], |gradient, weights, [sums]| {
///     for ((weight, sum), gradient) in weights.iter_mut().zip(sums).zip(gradient) {
///         *sum += gradient;
///         *weight -= *sum;
///     }
/// });
/// assert_eq!((weights, sums), ([-0.5, -5.5], [1.0, 6.0]));
/// ```
pub fn each_span<const N: usize>(
    read: &[f32],
    changed: &mut [f32],
    others: [&mut [f32]; N],
    work: impl Fn(&[f32], &mut [f32], [&mut [f32]; N]) + Sync,
) {
    // One for all that is done, so that what shares work among cores is not compiled for each of it.
    each_span_by(read, changed, others, &work);
}

/// What is done to the numbers of a span.
type Work<'a, const N: usize> = dyn Fn(&[f32], &mut [f32], [&mut [f32]; N]) + Sync + 'a;

fn each_span_by<const N: usize>(
    read: &[f32],
    changed: &mut [f32],
    mut others: [&mut [f32]; N],
    work: &Work<'_, N>,
) {
    let len = others.iter().map(|own| own.len());
    let len = len.fold(read.len().min(changed.len()), usize::min);
    let (read, changed) = (&read[..len], &mut changed[..len]);
    if len < MANY {
        return work(read, changed, others.each_mut().map(|own| &mut own[..len]));
    }
    let mut others = others.map(|own| own[..len].chunks_mut(SPAN));
    let spans = read.chunks(SPAN).zip(changed.chunks_mut(SPAN));
    let spans: Vec<_> = spans
        .map(|(read, changed)| {
            let others = others.each_mut().map(|own| own.next().unwrap_or_default());
            (read, changed, others)
        })
        .collect();
    spans
        .into_par_iter()
        .for_each(|(read, changed, others)| work(read, changed, others));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_meets_those_of_its_place_whoever_computes_it() {
        let count = MANY + SPAN / 2 + 3;
        let read: Vec<f32> = (0..count).map(|place| place as f32).collect();
        let of_threads = |threads| {
            let mut changed = vec![1.0; count];
            let mut others = [vec![2.0; count], vec![3.0; count + 1]];
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let others = others.each_mut().map(|own| &mut own[..]);
                each_span(&read, &mut changed, others, |read, changed, [a, b]| {
                    for (((read, changed), a), b) in read.iter().zip(changed).zip(a).zip(b) {
                        *changed += read * 0.1;
                        *a = read + *b;
                        *b += 1.0;
                    }
                });
            });
            (changed, others)
        };
        let (changed, [a, b]) = of_threads(1);
        let expected = |of: fn(f32) -> f32| read.iter().copied().map(of).collect::<Vec<f32>>();
        assert_eq!(changed, expected(|read| 1.0 + read * 0.1));
        assert_eq!(a, expected(|read| read + 3.0));
        assert_eq!((b[count - 1], b[count]), (4.0, 3.0));
        assert_eq!((changed, [a, b]), of_threads(3));
    }

    #[test]
    fn fewer_numbers_are_left_alone() {
        let mut changed = vec![1.0, 1.0];
        each_span(&[5.0], &mut changed, [], |read, changed, []| {
            changed.copy_from_slice(read);
        });
        assert_eq!(changed, vec![5.0, 1.0]);
    }
}
