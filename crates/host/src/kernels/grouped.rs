use std::cell::RefCell;

use super::Convolution;
use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::window::Window;

/// A convolution in groups: each sees its own channels and has its own filters.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - kernel: `[height, width, channels / groups, filters]`, bias: `[filters]`
/// - output: `[rows, height, width, filters]`
///
/// ```
/// use firebrick_host::kernels::GroupedConvolution;
/// use firebrick_host::{Kernel, Window};
///
/// let window = Window {
///     input: [28, 28],
///     channels: 4,
///     size: [3, 3],
///     strides: [1, 1],
///     dilation: [1, 1],
///     padding: [0, 0],
///     output: [26, 26],
/// };
/// assert_eq!(GroupedConvolution::new(window, 6, 2).output_len(), 26 * 26 * 6);
/// ```
#[derive(Clone, Debug)]
pub struct GroupedConvolution {
    /// What each group does.
    group: Convolution,
    groups: usize,
    channels: usize,
    filters: usize,
    input_len: usize,
}

/// What one group sees and leaves.
#[derive(Debug, Default)]
struct Room {
    input: Vec<f32>,
    output: Vec<f32>,
    by: Vec<f32>,
    kernel: Vec<f32>,
    gradient: Vec<f32>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl GroupedConvolution {
    /// So many filters in so many groups; channels and filters are to be multiples of `groups`, which is above 0.
    pub fn new(window: Window, filters: usize, groups: usize) -> Self {
        let channels = window.channels / groups;
        Self {
            group: Convolution::new(Window { channels, ..window }, filters / groups),
            groups,
            channels,
            filters: filters / groups,
            input_len: window.input_len(),
        }
    }

    /// Does something for each group: with its index, what it has on the way back, and room for a gradient.
    fn each_back(
        &self,
        call: &Backward<'_>,
        mut work: impl FnMut(usize, &Backward<'_>, &mut Vec<f32>),
    ) {
        ROOM.with_borrow_mut(|room| {
            let Room {
                input,
                output,
                by,
                kernel,
                gradient,
            } = room;
            for group in 0..self.groups {
                let filters = Columns::new(group, self.filters, self.groups);
                Columns::new(group, self.channels, self.groups).take(call.inputs[0], input);
                filters.take(call.output, output);
                filters.take(call.output_gradient, by);
                filters.take(call.weights[0], kernel);
                let own = Backward {
                    rows: call.rows,
                    inputs: &[input],
                    weights: &[kernel],
                    drawn: None,
                    output,
                    output_gradient: by,
                    kept: &[],
                };
                work(group, &own, gradient);
            }
        });
    }
}

impl Kernel for GroupedConvolution {
    fn output_len(&self) -> usize {
        self.group.output_len() * self.groups
    }

    fn forward(&self, call: Forward<'_>) {
        ROOM.with_borrow_mut(|room| {
            let Room {
                input,
                output,
                kernel,
                ..
            } = room;
            output.resize(call.rows * self.group.output_len(), 0.0);
            for group in 0..self.groups {
                let filters = Columns::new(group, self.filters, self.groups);
                Columns::new(group, self.channels, self.groups).take(call.inputs[0], input);
                filters.take(call.weights[0], kernel);
                let bias = call.weights.get(1);
                let bias = bias.map(|bias| &bias[group * self.filters..][..self.filters]);
                let weights = [&kernel[..], bias.unwrap_or(&[])];
                self.group.forward(Forward {
                    rows: call.rows,
                    inputs: &[input],
                    weights: &weights[..call.weights.len()],
                    drawn: None,
                    output,
                    kept: &mut [],
                });
                filters.put(output, call.output, Fill::Set);
            }
        });
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        self.each_back(call, |group, own, room| {
            room.resize(call.rows * self.input_len / self.groups, 0.0);
            self.group.input_gradient(own, 0, room, Fill::Set);
            Columns::new(group, self.channels, self.groups).put(room, gradient, fill);
        });
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        self.each_back(call, |group, own, room| {
            room.resize(gradient.len() / self.groups, 0.0);
            self.group.weight_gradient(own, weight, room, Fill::Set);
            Columns::new(group, self.filters, self.groups).put(room, gradient, fill);
        });
    }

    fn work(&self) -> usize {
        self.group.work() * self.groups
    }
}

/// Those columns of rows that belong to a group.
struct Columns {
    group: usize,
    width: usize,
    row_len: usize,
}

impl Columns {
    fn new(group: usize, width: usize, groups: usize) -> Self {
        Self {
            group,
            width,
            row_len: width * groups,
        }
    }

    fn take(&self, rows: &[f32], taken: &mut Vec<f32>) {
        taken.clear();
        for row in rows.chunks_exact(self.row_len) {
            taken.extend_from_slice(&row[self.group * self.width..][..self.width]);
        }
    }

    fn put(&self, taken: &[f32], rows: &mut [f32], fill: Fill) {
        let rows = rows.chunks_exact_mut(self.row_len);
        for (row, taken) in rows.zip(taken.chunks_exact(self.width)) {
            let own = &mut row[self.group * self.width..][..self.width];
            fill.put(own, taken.iter().copied());
        }
    }
}
