mod forward;
mod panels;
mod pooled;
mod sights;
mod to_input;
mod to_weights;

use std::any::Any;
use std::cell::RefCell;

use pulp::Arch;

use self::forward::ToOutput;
use self::pooled::{Sample, Spot, uncut};
use self::sights::{Sights, grid};
use self::to_input::ToInput;
use self::to_weights::ToWeights;
use super::{Elementwise, MaxPooling};
use crate::kernel::{Backward, Fill, Forward, Kernel};
use crate::window::Window;

/// A convolution over pictures or sequences, channels last, with a bias where there is a second weight.
///
/// What a window sees is read where it lies, a block of places by a panel of filters at once. A rectification and a pooling that
/// follow happen on the same way; a gradient that comes back through them is mostly zeros, and only the others are worked on.
///
/// # Shapes
/// - input: `[rows, height, width, channels]`
/// - kernel: `[height, width, channels, filters]`, bias: `[filters]`
/// - output: `[rows, height, width, filters]`
///
/// ```
/// use firebrick_host::kernels::Convolution;
/// use firebrick_host::{Kernel, Window};
///
/// let window = Window {
///     input: [28, 28],
///     channels: 1,
///     size: [3, 3],
///     strides: [1, 1],
///     dilation: [1, 1],
///     padding: [0, 0],
///     output: [26, 26],
/// };
/// assert_eq!(Convolution::new(window, 16).output_len(), 26 * 26 * 16);
/// ```
#[derive(Clone, Debug)]
pub struct Convolution {
    sights: Sights,
    filters: usize,
    /// Places of which the largest values leave, one after the other among those of the sights.
    pooled_taps: usize,
    /// Whether values below 0 leave as 0.
    is_rectified: bool,
}

/// Memory that stays from one call to the next.
#[derive(Debug, Default)]
struct Room {
    /// A picture with edges.
    edged: Vec<f32>,
    /// Weights as they are read.
    weights: Vec<f32>,
    /// Rows of filters before pooling.
    rows: Vec<f32>,
    /// Gradients of weights.
    sums: Vec<f32>,
    spots: Vec<Spot>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Runs shorter than this are not worth their own loop for each gradient.
const SHORT: usize = 12;

impl Convolution {
    /// So many filters.
    pub fn new(window: Window, filters: usize) -> Self {
        Self {
            sights: Sights::new(window),
            filters,
            pooled_taps: 1,
            is_rectified: false,
        }
    }

    fn row_len(&self) -> usize {
        self.sights.origins.len() / self.pooled_taps * self.filters
    }

    /// Whether most of the gradient before pooling is zero, and what is not is worked on one by one.
    fn is_sparse(&self) -> bool {
        self.pooled_taps > 1 && self.sights.run_len >= SHORT
    }

    fn samples<'a>(&'a self, call: &'a Backward<'_>) -> impl Iterator<Item = Sample<'a>> {
        let own = self.row_len();
        let outputs = call.output.chunks_exact(own);
        let pairs = call.output_gradient.chunks_exact(own).zip(outputs);
        pairs.enumerate().map(move |(index, (by, output))| Sample {
            by,
            output,
            kept: if self.pooled_taps > 1 {
                &call.kept[index * own..(index + 1) * own]
            } else {
                &[]
            },
            filters: self.filters,
            taps: self.pooled_taps,
            is_rectified: self.is_rectified,
        })
    }

    /// With a pooling behind it, if its windows lie side by side and see the whole of what leaves here.
    fn pooled(&self, pooling: &Window) -> Option<Self> {
        let own = self.sights.window().output;
        let is_apart = (0..2).all(|axis| {
            let last = pooling.output[axis].checked_sub(1);
            let reach = last.map(|last| last * pooling.strides[axis] + pooling.size[axis]);
            pooling.strides[axis] >= pooling.size[axis]
                && pooling.padding[axis] == 0
                && reach.is_some_and(|reach| reach <= own[axis])
                && (pooling.dilation[axis] == 1 || pooling.size[axis] == 1)
        });
        let fits = pooling.input == own && pooling.channels == self.filters;
        if self.pooled_taps > 1 || !fits || !is_apart {
            return None;
        }
        let mut pooled = self.clone();
        let taps = pooling.size;
        pooled.pooled_taps = pooling.taps();
        pooled.sights.visit(grid(pooling.output).flat_map(|place| {
            grid(taps)
                .map(move |tap| [0, 1].map(|axis| place[axis] * pooling.strides[axis] + tap[axis]))
        }));
        Some(pooled)
    }
}

impl Kernel for Convolution {
    fn output_len(&self) -> usize {
        self.row_len()
    }

    /// Which of the places each of the largest values came from.
    fn kept_len(&self) -> usize {
        if self.pooled_taps > 1 {
            self.row_len()
        } else {
            0
        }
    }

    fn forward(&self, call: Forward<'_>) {
        ROOM.with_borrow_mut(|room| {
            Arch::new().dispatch(ToOutput {
                convolution: self,
                call,
                room,
            });
        });
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        ROOM.with_borrow_mut(|room| {
            Arch::new().dispatch(ToInput {
                convolution: self,
                call,
                gradient,
                fill,
                room,
            });
        });
    }

    fn weight_gradient(
        &self,
        call: &Backward<'_>,
        weight: usize,
        gradient: &mut [f32],
        fill: Fill,
    ) {
        if weight == 1 {
            if fill == Fill::Set {
                gradient.fill(0.0);
            }
            let rows = call.output_gradient.chunks_exact(self.filters);
            for (by, y) in rows.zip(call.output.chunks_exact(self.filters)) {
                for (sum, (by, y)) in gradient.iter_mut().zip(by.iter().zip(y)) {
                    *sum += uncut(*by, *y, self.is_rectified);
                }
            }
            return;
        }
        ROOM.with_borrow_mut(|room| {
            Arch::new().dispatch(ToWeights {
                convolution: self,
                call,
                gradient,
                fill,
                room,
            });
        });
    }

    fn work(&self) -> usize {
        self.sights.origins.len() * self.sights.seen() * self.filters
    }

    fn followed_by(&self, next: &dyn Kernel) -> Option<Box<dyn Kernel>> {
        let next: &dyn Any = next;
        if let Some(pooling) = next.downcast_ref::<MaxPooling>() {
            return Some(self.pooled(pooling.window())?.into());
        }
        next.downcast_ref::<Elementwise>()?.is_relu().then(|| {
            Self {
                is_rectified: true,
                ..self.clone()
            }
            .into()
        })
    }
}
