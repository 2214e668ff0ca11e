use burn::tensor::{Bool, Tensor};
use firebrick_tensor::{AnyTensor, Axes};

use crate::layer_problem::LayerProblem;
use crate::shape::Shape;

/// Along which axes steps look at each other, and which are rows that know nothing of each other.
///
/// Inside of the layer there are a batch of rows, one axis of steps and one of features.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    /// Of a batch: the axes that are attended along.
    axes: Vec<usize>,
    /// Those that are not, without the batch axis and the features'.
    others: Vec<usize>,
    /// The sizes of all axes of the query, with the batch axis, without the features'.
    query: Vec<Option<usize>>,
    /// The same of value and key.
    value: Vec<Option<usize>>,
}

impl Arrangement {
    /// That of samples of query, value and key.
    ///
    /// # Errors
    /// Shapes that do not fit to each other, axes that they do not have.
    pub(super) fn new(
        attention_axes: Option<&Axes>,
        [query, value, key]: [&Shape; 3],
    ) -> Result<Self, LayerProblem> {
        let num_steps = query.rank().saturating_sub(1);
        if num_steps == 0 || value.rank() != query.rank() || key.rank() != query.rank() {
            return Err(LayerProblem::input(
                "[..., steps, features], of as many axes for query, value and key",
                "put a Reshape in front of it",
            ));
        }
        let axes: Vec<usize> = match attention_axes {
            None => (1..=num_steps).collect(),
            Some(axes) => axes
                .within(query.rank() + 1)
                .filter(|axes| {
                    !axes.is_empty() && axes.iter().all(|axis| (1..=num_steps).contains(axis))
                })
                .ok_or_else(|| {
                    let expected =
                        format!("one or more of the axes 1 to {num_steps} (0 is the batch)");
                    LayerProblem::argument("attention_axes", expected, axes)
                })?,
        };
        let agree = |one: Option<usize>, other: Option<usize>| {
            one.is_none() || other.is_none() || one == other
        };
        let all_agree = |one: &[Option<usize>], other: &[Option<usize>]| {
            one.iter()
                .zip(other)
                .all(|(one, other)| agree(*one, *other))
        };
        let steps = |shape: &Shape| shape.axes()[..num_steps].to_vec();
        let [query, value, key] = [query, value, key].map(steps);
        let others: Vec<usize> = (1..=num_steps)
            .filter(|axis| !axes.contains(axis))
            .collect();
        let rows_agree = others
            .iter()
            .all(|axis| agree(query[axis - 1], value[axis - 1]));
        if !all_agree(&value, &key) || !rows_agree {
            return Err(LayerProblem::input(
                "value and key of as many steps, and as many rows as the query along the axes that are not attended along",
                "bring them to the same sizes",
            ));
        }
        let with_batch = |axes: Vec<Option<usize>>| [None].into_iter().chain(axes).collect();
        Ok(Self {
            axes,
            others,
            query: with_batch(query),
            value: with_batch(value),
        })
    }

    /// The same of a batch.
    pub(super) fn of_batch(mut self, batch_size: usize) -> Self {
        self.query[0] = Some(batch_size);
        self.value[0] = Some(batch_size);
        self
    }

    /// Whether there is one axis of steps, so that they have an order.
    ///
    /// # Errors
    /// Several.
    pub(super) fn check_single_axis(&self) -> Result<(), LayerProblem> {
        match self.axes[..] {
            [_] => Ok(()),
            _ => Err(LayerProblem::argument(
                "attention_axes",
                "a single axis, along which steps come before and after each other",
                &self.axes,
            )),
        }
    }

    /// Whether a mask of pairs has fitting axes.
    ///
    /// # Errors
    /// Other ones.
    pub(super) fn check_mask(&self, mask: &Shape, heads: usize) -> Result<(), LayerProblem> {
        let pairs = self.pairs();
        let before: Vec<Option<usize>> =
            self.rows_shape(&self.others).chain([Some(heads)]).collect();
        let expected: Vec<Option<usize>> = match mask.rank().checked_sub(pairs.len()) {
            Some(0) => pairs,
            Some(number) if number == before.len() || number + 1 == before.len() => {
                before[..number].iter().copied().chain(pairs).collect()
            }
            _ => before.into_iter().chain(pairs).collect(),
        };
        // A size of 1 stands for all.
        let may_be_one = self.axes.len() == 1 && self.others.len() <= 1;
        let fits = |(size, expected): (&Option<usize>, &Option<usize>)| {
            let is_one = may_be_one && *size == Some(1);
            size.is_none() || expected.is_none() || is_one || size == expected
        };
        if mask.rank() == expected.len() && mask.axes().iter().zip(&expected).all(fits) {
            return Ok(());
        }
        let expected = Shape::from(expected);
        Err(LayerProblem::input(
            format!("{expected} as its attention mask, which is the last"),
            "give it the sizes of queries and keys",
        ))
    }

    /// The shape of the weights of a sample.
    pub(super) fn scores_shape(&self, heads: usize) -> Shape {
        let rows = self.rows_shape(&self.others);
        rows.chain([Some(heads)]).chain(self.pairs()).collect()
    }

    fn rows_shape<'a>(&'a self, axes: &'a [usize]) -> impl Iterator<Item = Option<usize>> + 'a {
        axes.iter()
            .map(|&axis| self.query[axis].or(self.value[axis]))
    }

    /// The axes of queries, then those of keys.
    fn pairs(&self) -> Vec<Option<usize>> {
        let queries = self.axes.iter().map(|&axis| self.query[axis]);
        queries
            .chain(self.axes.iter().map(|&axis| self.value[axis]))
            .collect()
    }

    /// Of a batch: the sizes of some axes of queries.
    fn sizes(axes: &[usize], sizes: &[Option<usize>]) -> Vec<usize> {
        axes.iter()
            .map(|&axis| sizes[axis].unwrap_or_default())
            .collect()
    }

    fn batch_size(&self) -> usize {
        self.query[0].unwrap_or_default()
    }

    /// Of a batch: the numbers of queries and of keys.
    pub(super) fn steps(&self) -> [usize; 2] {
        [&self.query, &self.value].map(|sizes| Self::sizes(&self.axes, sizes).iter().product())
    }

    /// Rows, steps, features.
    pub(super) fn steps_last(&self, x: AnyTensor) -> Tensor<3> {
        let shape = x.shape();
        let order = self.order(shape.len() - 1);
        let product = |axes: &[usize]| axes.iter().map(|&axis| shape[axis]).product::<usize>();
        let sizes = [
            shape[0] * product(&self.others),
            product(&self.axes),
            shape[shape.len() - 1],
        ];
        x.permuted(&order).reshaped(&sizes).expect_rank()
    }

    fn order(&self, features: usize) -> Vec<usize> {
        let axes = [0].into_iter().chain(self.others.iter().copied());
        axes.chain(self.axes.iter().copied())
            .chain([features])
            .collect()
    }

    /// Brings rows and steps back to the axes of the query; each of them has features of these sizes.
    pub(super) fn restored(&self, y: AnyTensor, features: &[usize]) -> AnyTensor {
        let num_axes = self.query.len();
        let order = self.order(num_axes);
        let turned = Self::sizes(&order[..num_axes], &self.query);
        let shape: Vec<usize> = turned.iter().chain(features).copied().collect();
        let mut inverse: Vec<usize> = (0..shape.len()).collect();
        for (place, &axis) in order[..num_axes].iter().enumerate() {
            inverse[axis] = place;
        }
        y.reshaped(&shape).permuted(&inverse)
    }

    /// The weights with all axes of rows, queries and keys.
    pub(super) fn scores(&self, weights: Tensor<4>) -> AnyTensor {
        let [_, heads, _, _] = weights.dims();
        let mut shape = vec![self.batch_size()];
        shape.extend(Self::sizes(&self.others, &self.query));
        shape.push(heads);
        shape.extend(Self::sizes(&self.axes, &self.query));
        shape.extend(Self::sizes(&self.axes, &self.value));
        AnyTensor::from(weights).reshaped(&shape)
    }

    /// A mask of steps, `[batch_size, steps]`, as one of pairs whose other axis is of size 1; `axis` is that one.
    ///
    /// # Errors
    /// Steps that are not the single axis attended along.
    pub(super) fn mask_of_steps(
        &self,
        mask: Tensor<2, Bool>,
        axis: usize,
    ) -> Result<Tensor<4, Bool>, LayerProblem> {
        if self.axes != [1] {
            return Err(LayerProblem::Mask);
        }
        let [batch_size, steps] = mask.dims();
        let rows: usize = Self::sizes(&self.others, &self.query).iter().product();
        let mask = mask.unsqueeze_dim::<3>(1).expand([batch_size, rows, steps]);
        let mut shape = [batch_size * rows, 1, steps, steps];
        shape[axis] = 1;
        Ok(mask.reshape(shape))
    }

    /// A mask of pairs in the layer's arrangement: 0 where a pair does not count.
    pub(super) fn mask_of_pairs(&self, mask: AnyTensor, heads: usize) -> Tensor<4, Bool> {
        let shape = mask.shape();
        let (before, pairs) = shape[1..].split_at(shape.len() - 1 - 2 * self.axes.len());
        let (rows, of_heads) = before.split_at(before.len().min(self.others.len()));
        let num_rows: usize = Self::sizes(&self.others, &self.query).iter().product();
        let [queries, keys] = self.steps();
        let count = |sizes: &[usize]| sizes.iter().product::<usize>();
        let (own_queries, own_keys) = pairs.split_at(self.axes.len());
        let sizes = [
            shape[0],
            count(rows),
            count(of_heads),
            count(own_queries),
            count(own_keys),
        ];
        let mask: Tensor<5> = mask.reshaped(&sizes).expect_rank();
        let heads = if sizes[2] == 1 { 1 } else { heads };
        mask.not_equal_elem(0.0)
            .expand([shape[0], num_rows, heads, queries, keys])
            .reshape([shape[0] * num_rows, heads, queries, keys])
    }
}
