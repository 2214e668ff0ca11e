//! The arithmetic of a logarithmic axis.

use super::{Axis, Tick, bounds, is_visible, label, multiples, nice_step};
use crate::panel::Scale;

/// The axis beyond its first and last place, as a share of what lies between.
const AIR: f64 = 0.03;
/// Between the labels of two ticks in pixels.
const GAP: f64 = 12.0;
/// An axis whose last place is at most so many times its first may have ticks at equal differences.
const NARROW: f64 = 10.0;

impl Axis {
    /// An axis for `places` above 0 on `room` pixels, where `width` is that of a label.
    ///
    /// If all places are powers of two, so are the ticks; else they are 1, 2 and 5 times powers of ten, or powers of
    /// ten if there is no room for more. A short axis without enough of either has ticks at equal differences.
    pub(super) fn of_magnitudes(
        places: impl Iterator<Item = f64>,
        room: f64,
        width: impl Fn(&str) -> f64,
    ) -> Self {
        let places: Vec<f64> = places
            .filter(|place| is_visible(*place) && *place > 0.0)
            .collect();
        let (first, last) = bounds(places.iter().copied()).unwrap_or((1.0, 10.0));
        let (low, high) = (first.log10(), last.log10());
        let air = if high > low {
            (high - low) * AIR
        } else {
            // From a half to the double.
            2.0_f64.log10()
        };
        let axis = Self {
            scale: Scale::Logarithmic,
            low: low - air,
            high: high + air,
            ticks: Vec::new(),
        };
        let doubles = places.iter().copied().all(is_power_of_two);
        let candidates: Vec<Vec<Tick>> = axis
            .candidates(doubles, first, last)
            .into_iter()
            .filter(|ticks| axis.has_room(ticks, room, &width))
            .collect();
        // The finest that says how the axis counts, or the one that says most of it.
        let telling = candidates.iter().find(|ticks| ticks.len() > 2);
        let ticks = telling.or_else(|| candidates.iter().max_by_key(|ticks| ticks.len()));
        let ticks = ticks.cloned().unwrap_or_default();
        Self { ticks, ..axis }
    }

    /// Ticks to choose from, the best ones first.
    fn candidates(&self, doubles: bool, first: f64, last: f64) -> Vec<Vec<Tick>> {
        const STEPS: [i32; 7] = [1, 2, 3, 5, 10, 25, 100];
        let mut candidates = Vec::new();
        if doubles {
            let powers = STEPS.map(|step| self.ticks_at(powers(2.0, self.exponents(2.0), step)));
            candidates.extend(powers);
        }
        let tens = powers(10.0, self.exponents(10.0), 1);
        let fine = tens.flat_map(|power| [power, 2.0 * power, 5.0 * power]);
        candidates.push(self.ticks_at(fine));
        if last <= first * NARROW {
            for num_ticks in [6.0, 4.0, 3.0, 2.0] {
                let step = nice_step((last - first) / num_ticks);
                let even = multiples(step, first, last).map(|at| Tick {
                    at,
                    label: label(at, step, last),
                });
                candidates.push(even.collect());
            }
        }
        let coarse = STEPS.map(|step| self.ticks_at(powers(10.0, self.exponents(10.0), step)));
        candidates.extend(coarse);
        candidates
    }

    /// The exponents to `base` of the powers around this axis.
    fn exponents(&self, base: f64) -> (i32, i32) {
        let exponent = |end: f64| end / base.log10();
        (
            to_integer(exponent(self.low).floor()),
            to_integer(exponent(self.high).ceil()),
        )
    }

    /// Ticks at those `places` that lie on this axis.
    fn ticks_at(&self, places: impl Iterator<Item = f64>) -> Vec<Tick> {
        let on_axis = places.filter(|at| (0.0..=1.0).contains(&self.place(*at)));
        let ticks = on_axis.map(|at| Tick {
            at,
            label: magnitude(at),
        });
        ticks.collect()
    }

    /// Whether the labels of these ticks stay apart on `room` pixels.
    fn has_room(&self, ticks: &[Tick], room: f64, width: impl Fn(&str) -> f64) -> bool {
        ticks.windows(2).all(|pair| {
            let apart = (self.place(pair[1].at) - self.place(pair[0].at)) * room;
            apart >= f64::midpoint(width(&pair[0].label), width(&pair[1].label)) + GAP
        })
    }
}

/// Every power of `base` with an exponent in a range that is a multiple of `step`.
fn powers(base: f64, (low, high): (i32, i32), step: i32) -> impl Iterator<Item = f64> {
    let exponents = (low..=high).filter(move |exponent| exponent % step == 0);
    // Written as a quotient, because 10^-3 is not quite 1 / 1000.
    exponents.map(move |exponent| {
        let power = base.powi(exponent.abs());
        if exponent < 0 { 1.0 / power } else { power }
    })
}

/// Whether this is a power of two that is commonly written out.
fn is_power_of_two(place: f64) -> bool {
    (1.0..=1_048_576.0).contains(&place) && place.log2().fract() == 0.0
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the exponents of floats have three digits, and the cast saturates"
)]
fn to_integer(whole: f64) -> i32 {
    whole as i32
}

/// `500`, `5000`, `50k`, `5M`, `0.05`, `5e-6`.
fn magnitude(at: f64) -> String {
    match at {
        1e4..1e6 if at % 1e3 == 0.0 => format!("{}k", at / 1e3),
        1e6..1e9 if at % 1e6 == 0.0 => format!("{}M", at / 1e6),
        1e-4..1e7 => at.to_string(),
        // Without the last digits of a power of ten that is not quite one.
        _ => format!("{at:.0e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels of an axis of `room` pixels, where a character is 7 pixels wide.
    fn labels(places: &[f64], room: f64) -> String {
        let axis = Axis::of_magnitudes(places.iter().copied(), room, |label| {
            label.len() as f64 * 7.0
        });
        let labels: Vec<String> = axis.ticks.into_iter().map(|tick| tick.label).collect();
        labels.join(" ")
    }

    fn powers_of_two(last: i32) -> Vec<f64> {
        (0..=last).map(|exponent| 2.0_f64.powi(exponent)).collect()
    }

    #[test]
    fn sizes_have_ticks_at_one_two_and_five_or_at_powers_of_ten() {
        let sizes = [100.0, 500.0, 2000.0, 10_000.0, 50_000.0];
        for (room, expected) in [
            (700.0, "100 200 500 1000 2000 5000 10k 20k 50k"),
            (400.0, "100 200 500 1000 2000 5000 10k 20k 50k"),
            (300.0, "100 1000 10k"),
            (150.0, "100 1000 10k"),
            (80.0, "100 10k"),
        ] {
            assert_eq!(labels(&sizes, room), expected, "{room} pixels");
        }
    }

    #[test]
    fn widths_that_double_have_ticks_at_powers_of_two() {
        for (last, room, expected) in [
            (8, 700.0, "1 2 4 8 16 32 64 128 256"),
            (8, 330.0, "1 2 4 8 16 32 64 128 256"),
            (8, 200.0, "1 4 16 64 256"),
            (8, 120.0, "1 8 64"),
            (
                14,
                700.0,
                "1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384",
            ),
            (14, 300.0, "1 8 64 512 4096"),
        ] {
            assert_eq!(
                labels(&powers_of_two(last), room),
                expected,
                "{room} pixels"
            );
        }
    }

    #[test]
    fn other_ranges_have_plain_labels() {
        for (places, expected) in [
            (&[1e-5, 0.1][..], "1e-5 0.0001 0.001 0.01 0.1"),
            (&[3.0, 1e6], "10 100 1000 10k 100k 1M"),
            (&[1e-90, 1e90], "1e-75 1e-50 1e-25 1 1e25 1e50 1e75"),
            (&[1e-7, 2e-6], "1e-7 2e-7 5e-7 1e-6 2e-6"),
            (&[300.0, 400.0], "300 320 340 360 380 400"),
            (&[2.5, 9.0], "4 6 8"),
            (&[7.0], "5 10"),
            (&[64.0], "32 64 128"),
            (&[], "1 2 4 8"),
        ] {
            assert_eq!(labels(places, 400.0), expected, "{places:?}");
        }
    }

    #[test]
    fn the_same_ratio_is_the_same_distance() {
        let axis = Axis::of_magnitudes([10.0, 1000.0].into_iter(), 300.0, |_| 20.0);
        let (low, middle, high) = (axis.place(10.0), axis.place(100.0), axis.place(1000.0));
        assert!((middle - 0.5).abs() < 1e-12, "{middle}");
        assert!(
            (low + high - 1.0).abs() < 1e-12 && low > 0.0,
            "{low}, {high}"
        );
    }

    #[test]
    fn what_cannot_be_shown_does_not_stretch_the_axis() {
        let places = [f64::NAN, 1.0, f64::INFINITY, 256.0, 1e200];
        assert_eq!(labels(&places, 400.0), labels(&[1.0, 256.0], 400.0));
    }
}
