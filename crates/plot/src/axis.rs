//! Ranges and ticks: the arithmetic of an axis.

mod logarithmic;

use crate::panel::Scale;

/// The part of a line of numbers that an axis shows, with its ticks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    scale: Scale,
    /// The ends, on a logarithmic axis their logarithms to base 10.
    low: f64,
    high: f64,
    pub(crate) ticks: Vec<Tick>,
}

/// A number written at an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// Whether a picture can show this number.
pub(crate) fn is_visible(value: f64) -> bool {
    value.abs() <= 1e100
}

impl Axis {
    /// An axis for `values` with at most about `num_ticks` ticks and a little air around the curves.
    pub(crate) fn of_values(values: impl Iterator<Item = f64>, num_ticks: f64) -> Self {
        let (low, high) = bounds(values).unwrap_or((0.0, 1.0));
        let size = low.abs().max(high.abs());
        let air = if high - low > size * 1e-6 {
            (high - low) * 0.05
        } else if size < 1e-100 {
            0.5
        } else {
            size * 0.05
        };
        // What is never negative, as most figures, has no axis below 0.
        let low = if low >= 0.0 {
            (low - air).max(0.0)
        } else {
            low - air
        };
        let high = high + air;
        let step = nice_step((high - low) / num_ticks);
        let ticks = multiples(step, low, high)
            .map(|at| Tick {
                at,
                label: label(at, step, size),
            })
            .collect();
        Self {
            scale: Scale::Linear,
            low,
            high,
            ticks,
        }
    }

    /// A horizontal axis for `places` on `room` pixels, where `width` is that of a label.
    pub(crate) fn of_places(
        scale: Scale,
        places: impl Iterator<Item = f64>,
        room: f64,
        width: impl Fn(&str) -> f64,
    ) -> Self {
        match scale {
            Scale::Linear => Self::of_epochs(places, |longest| {
                (room / (width(longest) + 22.0)).clamp(1.0, 10.0)
            }),
            Scale::Numbers => Self::of_values(places, (room / 60.0).max(2.0)),
            Scale::Logarithmic => Self::of_magnitudes(places, room, width),
        }
    }

    /// An axis for `epochs` with ticks at whole epochs, at most about `num_ticks(width of the longest label)`.
    fn of_epochs(epochs: impl Iterator<Item = f64>, num_ticks: impl Fn(&str) -> f64) -> Self {
        let (first, last) = bounds(epochs).unwrap_or((1.0, 1.0));
        let (first, last) = (first.floor(), last.ceil());
        let longest = format!("{:.0}", first.abs().max(last.abs()));
        let step = nice_step((last - first) / num_ticks(&longest)).max(1.0);
        let ticks = multiples(step, first, last)
            .map(|at| Tick {
                at,
                label: format!("{at:.0}"),
            })
            .collect();
        let air = if last > first {
            (last - first) * 0.03
        } else {
            1.0
        };
        Self {
            scale: Scale::Linear,
            low: first - air,
            high: last + air,
            ticks,
        }
    }

    /// Where `value` lies between the ends of the axis, from 0 to 1.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Linear | Scale::Numbers => value,
            Scale::Logarithmic => value.log10(),
        };
        (value - self.low) / (self.high - self.low)
    }

    /// Writes a plain `0` at the tick there, if there is one.
    pub(crate) fn label_zero(&mut self) {
        for tick in self.ticks.iter_mut().filter(|tick| tick.at == 0.0) {
            "0".clone_into(&mut tick.label);
        }
    }
}

/// The smallest and the largest visible value.
fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| is_visible(*value))
        .fold(None, |bounds, value| {
            let (low, high) = bounds.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        })
}

/// The smallest of 1, 2 or 5 times a power of ten that is at least `step`.
fn nice_step(step: f64) -> f64 {
    if step <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// The multiples of `step` from `low` to `high`.
fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let first = (low / step - 1e-9).ceil();
    (0..1000_u32)
        .map(move |index| (first + f64::from(index)) * step)
        .take_while(move |at| *at <= high + step * 1e-9)
        // Not -0.
        .map(|at| at + 0.0)
}

/// `value` with as many digits as neighbours at a distance of `step` need, where the largest value is `size`.
fn label(value: f64, step: f64, size: f64) -> String {
    let digits_of = |mut ratio: f64| {
        let mut digits = 0_usize;
        while ratio < 1.0 - 1e-9 && digits < 9 {
            ratio *= 10.0;
            digits += 1;
        }
        digits
    };
    let decimals = digits_of(step);
    if decimals > 4 || size >= 1e6 {
        if value == 0.0 {
            return "0".to_owned();
        }
        let power = 10_f64.powf(value.abs().log10().floor());
        format!("{value:.*e}", digits_of(step / power))
    } else {
        format!("{value:.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    fn values(values: &[f64]) -> Axis {
        Axis::of_values(values.iter().copied(), 6.0)
    }

    fn epochs(epochs: &[f64]) -> Axis {
        Axis::of_epochs(epochs.iter().copied(), |_| 6.0)
    }

    #[test]
    fn values_have_round_ticks_with_the_digits_they_need() {
        for (range, expected) in [
            ([0.0, 1.0], vec!["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            ([0.91, 0.99], vec!["0.92", "0.94", "0.96", "0.98"]),
            ([-1.0, 1.0], vec!["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
            ([20.0, 300.0], vec!["100", "200", "300"]),
            ([0.0, 4e-7], vec!["0", "1e-7", "2e-7", "3e-7", "4e-7"]),
            (
                [1e9, 1.5e9],
                vec!["1.0e9", "1.1e9", "1.2e9", "1.3e9", "1.4e9", "1.5e9"],
            ),
        ] {
            assert_eq!(labels(&values(&range)), expected);
        }
    }

    #[test]
    fn figures_that_are_never_negative_have_no_axis_below_zero() {
        assert!(values(&[0.0, 1.0]).place(0.0).abs() < 1e-12);
        assert!(values(&[-1e-3, 1.0]).place(-1e-3) > 0.01);
    }

    #[test]
    fn one_value_lies_inside_its_axis() {
        for value in [0.0, 0.5, -3.0, 1e-300, 1e100, -1e100] {
            let axis = values(&[value]);
            let place = axis.place(value);
            assert!((0.0..1.0).contains(&place), "{value} lies at {place}");
            assert!((1..12).contains(&axis.ticks.len()), "{value}: {axis:?}");
        }
    }

    #[test]
    fn invisible_values_do_not_stretch_the_axis() {
        let gaps = [f64::NAN, 0.0, f64::INFINITY, 1.0, f64::NEG_INFINITY, 1e200];
        assert_eq!(values(&gaps), values(&[0.0, 1.0]));
        assert_eq!(values(&[f64::NAN]), values(&[0.0, 1.0]));
    }

    #[test]
    fn epochs_have_whole_ticks_within_the_run() {
        for (range, expected) in [
            (vec![1.0], vec!["1"]),
            (vec![1.0, 2.0], vec!["1", "2"]),
            (vec![1.0, 5.0], vec!["1", "2", "3", "4", "5"]),
            (vec![1.0, 20.0], vec!["5", "10", "15", "20"]),
            (vec![0.25, 0.75], vec!["0", "1"]),
            (
                vec![1.0, 100_000.0],
                vec!["20000", "40000", "60000", "80000", "100000"],
            ),
        ] {
            assert_eq!(labels(&epochs(&range)), expected);
        }
    }

    #[test]
    fn a_single_epoch_lies_in_the_middle() {
        assert!((epochs(&[7.0]).place(7.0) - 0.5).abs() < 1e-12);
    }
}
