use crate::kernel::Fill;
use crate::window::Window;

/// What a window sees of a picture at each of its places: runs of floats that lie side by side.
#[derive(Clone, Debug)]
pub(super) struct Sights {
    window: Window,
    /// Height and width with the edges that windows reach over.
    extent: [usize; 2],
    /// Where each place begins to see.
    pub(super) origins: Vec<usize>,
    /// How far each run lies behind that.
    pub(super) runs: Vec<usize>,
    /// Floats of a run.
    pub(super) run_len: usize,
}

impl Sights {
    pub(super) fn new(window: Window) -> Self {
        let Window {
            input,
            channels,
            size,
            strides,
            dilation,
            padding,
            output,
        } = window;
        let extent = [0, 1].map(|axis| {
            let places = output[axis].saturating_sub(1) * strides[axis];
            let reach = places + (size[axis] - 1) * dilation[axis] + 1;
            reach.max(input[axis] + padding[axis])
        });
        let at = |row: usize, column: usize| (row * extent[1] + column) * channels;
        let places = grid(output).map(|[row, column]| at(row * strides[0], column * strides[1]));
        let runs_of_row = if dilation[1] == 1 { 1 } else { size[1] };
        let runs = grid([size[0], runs_of_row]);
        let runs = runs.map(|[row, column]| at(row * dilation[0], column * dilation[1]));
        Self {
            origins: places.collect(),
            runs: runs.collect(),
            run_len: size[1] / runs_of_row * channels,
            extent,
            window,
        }
    }

    /// Visits only these places of the output, rows and columns, in this order.
    pub(super) fn visit(&mut self, places: impl Iterator<Item = [usize; 2]>) {
        let width = self.window.output[1];
        let origins = places.map(|[row, column]| self.origins[row * width + column]);
        self.origins = origins.collect();
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// Floats that a window sees.
    pub(super) fn seen(&self) -> usize {
        self.runs.len() * self.run_len
    }

    fn has_edges(&self) -> bool {
        self.extent != self.window.input
    }

    /// Floats of a picture with edges, if it has such.
    fn edged_len(&self) -> usize {
        if self.has_edges() {
            self.extent[0] * self.extent[1] * self.window.channels
        } else {
            0
        }
    }

    /// Room for a picture with edges of zeros.
    pub(super) fn clear(&self, room: &mut Vec<f32>) {
        room.clear();
        room.resize(self.edged_len(), 0.0);
    }

    /// Puts edges around a picture, in a room that was cleared once for all of them.
    pub(super) fn with_edges<'a>(&self, picture: &'a [f32], room: &'a mut [f32]) -> &'a [f32] {
        if !self.has_edges() {
            return picture;
        }
        for (own, line) in self.lines() {
            room[line..line + own.len()].copy_from_slice(&picture[own]);
        }
        room
    }

    /// Takes from around a picture's gradient what belongs to its edges.
    pub(super) fn take_out(&self, edged: &[f32], picture: &mut [f32], fill: Fill) {
        for (own, line) in self.lines() {
            let values = &edged[line..line + own.len()];
            fill.put(&mut picture[own], values.iter().copied());
        }
    }

    /// The lines of a picture, and where they begin between the edges.
    fn lines(&self) -> impl Iterator<Item = (std::ops::Range<usize>, usize)> {
        let Window {
            input,
            channels,
            padding,
            ..
        } = self.window;
        let len = input[1] * channels;
        let width = self.extent[1];
        (0..input[0]).map(move |row| {
            let begin = ((row + padding[0]) * width + padding[1]) * channels;
            (row * len..(row + 1) * len, begin)
        })
    }

    /// The gradient of pictures, one by one: calls `add(gradient)` with floats that it adds to.
    #[inline(always)]
    pub(super) fn each_gradient(
        &self,
        gradient: &mut [f32],
        fill: Fill,
        room: &mut Vec<f32>,
        mut add: impl FnMut(&mut [f32]),
    ) {
        let pictures = gradient.chunks_exact_mut(self.window.input_len());
        if !self.has_edges() {
            for picture in pictures {
                if fill == Fill::Set {
                    picture.fill(0.0);
                }
                add(picture);
            }
            return;
        }
        for picture in pictures {
            self.clear(room);
            add(room);
            self.take_out(room, picture, fill);
        }
    }
}

/// Rows and columns, row by row.
pub(super) fn grid(size: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..size[0]).flat_map(move |row| (0..size[1]).map(move |column| [row, column]))
}
