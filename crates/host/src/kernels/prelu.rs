use crate::kernel::{Backward, Fill, Forward, Kernel};

/// `x` where positive, else `alpha · x`, with a weight for each place of a row or for several together.
#[derive(Clone, Debug)]
pub struct Prelu {
    /// Which weight each place has.
    places: Vec<u32>,
}

impl Prelu {
    /// With the index of the weight that each value of a row has.
    pub fn new(places: impl Into<Vec<u32>>) -> Self {
        Self {
            places: places.into(),
        }
    }
}

impl Kernel for Prelu {
    fn output_len(&self) -> usize {
        self.places.len()
    }

    fn forward(&self, call: Forward<'_>) {
        let alpha = call.weights[0];
        let values = call.inputs[0].iter().zip(self.places.iter().cycle());
        let values = values.map(|(&x, &place)| {
            if x < 0.0 {
                alpha[place as usize] * x
            } else {
                x
            }
        });
        Fill::Set.put(call.output, values);
    }

    fn input_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        let alpha = call.weights[0];
        let slope = |x: f32, place: u32| match x {
            x if x > 0.0 => 1.0,
            x if x < 0.0 => alpha[place as usize],
            // Both halves are flat there.
            _ => 0.0,
        };
        let values = call.output_gradient.iter().zip(call.inputs[0]);
        let values = values.zip(self.places.iter().cycle());
        fill.put(
            gradient,
            values.map(|((by, &x), &place)| by * slope(x, place)),
        );
    }

    fn weight_gradient(&self, call: &Backward<'_>, _: usize, gradient: &mut [f32], fill: Fill) {
        if fill == Fill::Set {
            gradient.fill(0.0);
        }
        let values = call.output_gradient.iter().zip(call.inputs[0]);
        for ((by, &x), &place) in values.zip(self.places.iter().cycle()) {
            gradient[place as usize] += if x < 0.0 { by * x } else { 0.0 };
        }
    }
}
