//! What holds for every schedule that has arguments: rates, text forms, errors.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(clippy::float_cmp, reason = "these rates are exact")]

use firebrick_scheduler::{
    Constant, CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, OneCycle,
    PiecewiseConstantDecay, PolynomialDecay, ScheduleSpec, ScheduleUnit, TimeBased, Warmup,
};
use proptest::prelude::*;

#[test]
fn a_form_with_everything_reads_as_it_is_written() {
    for text in [
        "exponential-decay:0.1:decay_steps=1000:decay_rate=0.9",
        "exponential-decay:0.1:decay_steps=1000:decay_rate=0.9:staircase:unit=epoch",
        "inverse-time-decay:0.1:decay_steps=5:decay_rate=0.5:staircase",
        "polynomial-decay:0.1:decay_steps=5",
        "polynomial-decay:0.1:decay_steps=5:end_learning_rate=0:power=2:cycle:unit=epoch",
        "cosine-decay:0.1:decay_steps=5",
        "cosine-decay:0:decay_steps=5:alpha=0.1:warmup_target=0.2:warmup_steps=3:unit=epoch",
        "cosine-decay-restarts:0.1:first_decay_steps=5:t_mul=1:m_mul=0.5:alpha=0.1",
        "piecewise-constant-decay:1,0.5,1e-5:boundaries=5,12:unit=epoch",
        "one-cycle:0.1:total_steps=9:pct_start=0.5:div_factor=10:final_div_factor=100",
        "warmup:5:constant:0.1",
        "warmup:5:constant:0.1:unit=epoch",
        "warmup:5:time-based:3:scale=0.1:unit=epoch",
    ] {
        let spec: ScheduleSpec = text.parse().unwrap();
        assert_eq!(spec.to_string(), text);
        let unit = spec.unit() == ScheduleUnit::Epoch;
        assert_eq!(unit, text.ends_with(":unit=epoch"), "{text}");
    }
    let defaults = "one-cycle:0.1:total_steps=9:pct_start=0.3:div_factor=25:final_div_factor=10000";
    let spec: ScheduleSpec = defaults.parse().unwrap();
    assert_eq!(spec.to_string(), "one-cycle:0.1:total_steps=9");
}

#[test]
fn a_warm_up_counts_what_its_schedule_counts() {
    let per_epoch = TimeBased::new(2).unwrap().per_epoch();
    let schedule = Warmup::before(2, per_epoch).unwrap().build(2).unwrap();
    let rates: Vec<f64> = (0..8).map(|step| schedule.learning_rate(step)).collect();
    assert_eq!(rates, [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 1.0, 1.0]);
}

#[test]
fn restarts_come_at_the_step_also_where_logarithms_are_inexact() {
    for t_mul in [2_u64, 3, 5, 7, 10] {
        let schedule = CosineDecayRestarts::new(1.0, 3).unwrap();
        let spec = ScheduleSpec::from(schedule.with_t_mul(t_mul as f64).unwrap());
        let schedule = spec.build(1).unwrap();
        let (mut start, mut length) = (0, 3);
        while start < 1_000_000_000 {
            assert_eq!(schedule.learning_rate(start), 1.0, "{spec}, step {start}");
            start += length;
            length *= t_mul;
            assert!(
                schedule.learning_rate(start - 1) < 0.3,
                "{spec}, step {start}"
            );
        }
    }
}

#[test]
fn errors_say_what_is_expected_and_show_the_form_in_question() {
    for (text, problem) in [
        (
            "exponential-decay:0.1",
            "the schedule `exponential-decay` needs `decay_steps`, which is missing; add it, it takes \
             initial_learning_rate, decay_steps, decay_rate, staircase, unit; \
             expected form: exponential-decay:INITIAL:decay_steps=STEPS:decay_rate=RATE[:staircase][:unit=step|epoch]",
        ),
        (
            "exponential-decay:0.1:decay_steps=0:decay_rate=0.9",
            "the schedule `exponential-decay`, argument `decay_steps`: expected at least 1, received 0; \
             give the number of steps to spread the change over",
        ),
        (
            "exponential-decay:0.1:staircase=yes",
            "argument `staircase`: expected true or false, received `yes`",
        ),
        (
            "exponential-decay:0.1:stairs",
            "argument `decay_steps`: expected a whole number from 0, received `stairs`",
        ),
        (
            "exponential-decay:0.1:staircase:staircase",
            "has the argument `staircase` twice, expected once",
        ),
        (
            "exponential-decay:0.1:decay=3",
            "has no argument `decay`, did you mean `decay_steps`?; it takes initial_learning_rate, decay_steps, decay_rate, \
             staircase, unit",
        ),
        (
            "cosine-decay:-1:decay_steps=3",
            "argument `initial_learning_rate`: expected a finite number of at least 0, received -1; give a number such as 0.001",
        ),
        (
            "cosine-decay:1:decay_steps=3:alpha=1.5",
            "argument `alpha`: expected a number from 0 to 1, received 1.5; give a fraction such as 0.1",
        ),
        (
            "cosine-decay:1:decay_steps=3:warmup_steps=5",
            "argument `warmup_target`: expected a number above 0, received none; a warm-up has both",
        ),
        (
            "cosine-decay-restarts:1:first_decay_steps=3:t_mul=0.5",
            "argument `t_mul`: expected a finite number of at least 1, received 0.5; give a number such as 2",
        ),
        (
            "piecewise-constant-decay:1,2:boundaries=5,12",
            "expected 1 value more than boundaries, of which there is at least 1, received 2 values, 2 boundaries; \
             give one value a stretch",
        ),
        (
            "piecewise-constant-decay:[]:boundaries=5",
            "received 0 values, 1 boundaries; give one value a stretch",
        ),
        (
            "piecewise-constant-decay:1,2,3:boundaries=12,12",
            "argument `boundaries`: expected steps that rise, received 12 after 12; sort them and name each once",
        ),
        (
            "piecewise-constant-decay:1,x:boundaries=12",
            "argument `values`: expected a number, received `x`",
        ),
        (
            "piecewise-constant-decay:1,-1:boundaries=12",
            "argument `values`: expected a finite number above 0, received -1",
        ),
        (
            "warmup:5",
            "the schedule `warmup` needs `before`, which is missing; add it, it takes warmup_steps, before, unit; \
             expected form: warmup:STEPS:SCHEDULE",
        ),
        (
            "warmup:0:constant:1",
            "argument `warmup_steps`: expected at least 1, received 0",
        ),
        (
            "warmup:5:constant:x",
            "received `x`; expected form: constant:RATE, warmup:STEPS:SCHEDULE",
        ),
        (
            "warmup:5:time:3",
            "unknown schedule `time`, did you mean `time-based`?; known forms: constant:RATE, ",
        ),
        (
            "warmup:5:time-based:3:unit=step:unit=epoch",
            "has the argument `unit` twice, expected once",
        ),
        (
            "warmup:5:warmup:5:constant:1",
            "argument `before`: expected a schedule that is no warm-up itself, received another one; \
             make it one longer warm-up",
        ),
    ] {
        let message = text.parse::<ScheduleSpec>().unwrap_err().to_string();
        assert!(message.contains(problem), "{message}\n{problem}");
    }
    // However deep, it is an error and no overflow.
    let deep = "warmup:5:".repeat(100_000);
    assert!(deep.parse::<ScheduleSpec>().is_err());
}

/// Numbers of every size, the extreme ones among them.
fn positive() -> impl Strategy<Value = f64> {
    prop_oneof![
        1e-6..1e3_f64,
        1e-300..1e300_f64,
        Just(f64::MIN_POSITIVE),
        Just(f64::MAX),
        Just(1.0)
    ]
}

fn at_least_one() -> impl Strategy<Value = f64> {
    prop_oneof![
        1.0..10.0_f64,
        1.0..1e300_f64,
        Just(1.0),
        Just(1.0 + f64::EPSILON),
        Just(f64::MAX)
    ]
}

fn steps() -> impl Strategy<Value = u64> {
    prop_oneof![1..50_u64, 1..=u64::MAX, Just(u64::MAX), Just(1)]
}

fn any_spec() -> impl Strategy<Value = ScheduleSpec> {
    let share = || prop_oneof![0.0..=1.0_f64, Just(0.0), Just(1.0)];
    let exponential = (positive(), steps(), positive(), any::<bool>()).prop_map(
        |(initial, steps, rate, has_stairs)| {
            let schedule = ExponentialDecay::new(initial, steps, rate).unwrap();
            if has_stairs {
                schedule.in_stairs()
            } else {
                schedule
            }
            .into()
        },
    );
    let inverse = (positive(), steps(), positive(), any::<bool>()).prop_map(
        |(initial, steps, rate, has_stairs)| {
            let schedule = InverseTimeDecay::new(initial, steps, rate).unwrap();
            if has_stairs {
                schedule.in_stairs()
            } else {
                schedule
            }
            .into()
        },
    );
    let polynomial = (positive(), steps(), positive(), positive(), any::<bool>()).prop_map(
        |(initial, steps, end, power, cycles)| {
            let schedule = PolynomialDecay::new(initial, steps).unwrap();
            let schedule = schedule.with_end_learning_rate(end).unwrap();
            let schedule = schedule.with_power(power).unwrap();
            if cycles {
                schedule.in_cycles()
            } else {
                schedule
            }
            .into()
        },
    );
    let cosine = (positive(), steps(), share(), positive(), 0..=u64::MAX).prop_map(
        |(initial, steps, alpha, target, warmup_steps)| {
            let schedule = CosineDecay::new(initial, steps).unwrap();
            let schedule = schedule.with_alpha(alpha).unwrap();
            schedule.with_warmup(target, warmup_steps).unwrap().into()
        },
    );
    let restarts = (positive(), steps(), at_least_one(), positive(), share()).prop_map(
        |(initial, steps, t_mul, m_mul, alpha)| {
            let schedule = CosineDecayRestarts::new(initial, steps).unwrap();
            let schedule = schedule.with_t_mul(t_mul).unwrap();
            let schedule = schedule.with_m_mul(m_mul).unwrap();
            schedule.with_alpha(alpha).unwrap().per_epoch()
        },
    );
    let boundaries = proptest::collection::btree_set(any::<u64>(), 1..6);
    let piecewise =
        (boundaries, proptest::collection::vec(positive(), 7)).prop_map(|(boundaries, values)| {
            let boundaries: Vec<u64> = boundaries.into_iter().collect();
            let values = &values[..=boundaries.len()];
            PiecewiseConstantDecay::new(boundaries, values)
                .unwrap()
                .into()
        });
    let one_cycle = (positive(), steps(), share(), at_least_one(), at_least_one()).prop_map(
        |(highest, steps, pct_start, div_factor, final_div_factor)| {
            let schedule = OneCycle::new(highest, steps).unwrap();
            let schedule = schedule.with_pct_start(pct_start).unwrap();
            let schedule = schedule.with_div_factor(div_factor).unwrap();
            schedule
                .with_final_div_factor(final_div_factor)
                .unwrap()
                .into()
        },
    );
    let constant = positive().prop_map(|rate| Constant::new(rate).unwrap().into());
    // Boxed, since all of them by value do not fit the stack of a test.
    let any = prop_oneof![
        exponential.boxed(),
        inverse.boxed(),
        polynomial.boxed(),
        cosine.boxed(),
        restarts.boxed(),
        piecewise.boxed(),
        one_cycle.boxed(),
        constant.boxed()
    ];
    (any, proptest::option::of(steps())).prop_map(
        |(spec, warmup): (ScheduleSpec, _)| match warmup {
            Some(steps) => Warmup::before(steps, spec).unwrap(),
            None => spec,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn rates_are_finite_and_not_negative(spec in any_spec(), step in prop_oneof![0..200_u64, any::<u64>(), Just(u64::MAX)]) {
        let rate = spec.build(3).unwrap().learning_rate(step);
        prop_assert!(rate.is_finite() && rate >= 0.0, "{}, step {}: {}", spec, step, rate);
    }

    #[test]
    fn text_forms_read_back_exactly(spec in any_spec()) {
        prop_assert_eq!(spec.to_string().parse::<ScheduleSpec>().unwrap(), spec);
    }
}
