//! Values brought to one scale.

use firebrick_model::Axes;
use firebrick_model::layers::Normalization;
use serde::Deserialize;

use super::super::attribute::{float, int, whole};
use super::super::layer_call::LayerCall;
use super::super::value::Value;
use super::super::writer::inverse;
use crate::error::FormatProblem;

#[derive(Deserialize)]
struct Arguments {
    axis: Option<Axes>,
    #[serde(default)]
    epsilon: f64,
    #[serde(default)]
    rms_scaling: bool,
    #[serde(default)]
    groups: i64,
    #[serde(default)]
    invert: bool,
}

#[derive(Deserialize)]
struct Rescaling {
    scale: f64,
    #[serde(default)]
    offset: f64,
}

/// The axes that are meant, of a batch, in ascending order.
pub(super) fn axes_of(
    call: &LayerCall<'_>,
    axes: &Axes,
    x: &Value,
) -> Result<Vec<usize>, FormatProblem> {
    let own = axes.within(x.shape.rank() + 1);
    own.filter(|axes| !axes.is_empty() && !axes.contains(&0))
        .ok_or_else(|| call.refused(format!("its axes {axes:?} are none of {}", x.shape)))
}

impl Arguments {
    fn axes(&self, call: &LayerCall<'_>, x: &Value) -> Result<Vec<usize>, FormatProblem> {
        axes_of(call, self.axis.as_ref().unwrap_or(&Axes::One(-1)), x)
    }
}

/// A value with some axes at its end, while something is done with them.
struct Turned {
    name: String,
    order: Vec<usize>,
    axes: Vec<i64>,
}

impl Turned {
    fn new(call: &mut LayerCall<'_>, x: &Value, axes: &[usize]) -> Self {
        let kept = (0..=x.shape.rank()).filter(|axis| !axes.contains(axis));
        let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
        let own = call.channels_last(x);
        Self {
            name: call.turned(&own, &order),
            axes: (1..=axes.len()).rev().map(|axis| -whole(axis)).collect(),
            order,
        }
    }

    /// The result with all axes where they were.
    fn restored(&self, call: &mut LayerCall<'_>, y: &str, x: &Value) -> Value {
        let name = call.turned(y, &inverse(&self.order));
        Value::new(name, x.shape.clone())
    }
}

/// By the statistics of training.
pub(super) fn batch(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = arguments.axes(call, x)?;
    let channels = call.weight("moving_mean")?.values().len();
    let mean = call.constant("moving_mean")?;
    let variance = call.constant("moving_variance")?;
    let gamma = match call.find_constant("gamma") {
        Some(gamma) => gamma,
        None => call.floats("ones", &[channels], &vec![1.0; channels]),
    };
    let beta = match call.find_constant("beta") {
        Some(beta) => beta,
        None => call.floats("zeros", &[channels], &vec![0.0; channels]),
    };
    let inputs = [&gamma, &beta, &mean, &variance].map(String::as_str);
    let attributes = vec![float("epsilon", arguments.epsilon)];
    let rank = x.shape.rank();
    if axes == [rank] {
        let own = call.channels_first(x);
        let inputs = [&[own.as_str()], &inputs[..]].concat();
        let name = call.operator("BatchNormalization", &inputs, attributes);
        return Ok(if rank == 1 {
            Value::new(name, x.shape.clone())
        } else {
            Value::channels_first(name, x.shape.clone())
        });
    }
    let others = (1..=rank).filter(|axis| !axes.contains(axis));
    let order: Vec<usize> = [0, axes[0]].into_iter().chain(others).collect();
    let own = call.channels_last(x);
    let own = call.turned(&own, &order);
    let inputs = [&[own.as_str()], &inputs[..]].concat();
    let name = call.operator("BatchNormalization", &inputs, attributes);
    let name = call.turned(&name, &inverse(&order));
    Ok(Value::new(name, x.shape.clone()))
}

/// By the mean and the variance of each sample along some axes.
pub(super) fn layer(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = arguments.axes(call, x)?;
    let turned = Turned::new(call, x, &axes);
    let gamma = call.find_constant("gamma");
    let y = if arguments.rms_scaling {
        let mean = call.reduced("ReduceMean", &turned.name, &turned.axes);
        let centered = call.plain("Sub", &[&turned.name, &mean]);
        let variance = mean_square(call, &centered, &turned.axes);
        divided_by_root(call, &turned.name, &variance, arguments.epsilon)
    } else {
        let sizes: Vec<usize> = axes
            .iter()
            .filter_map(|axis| x.shape.axes()[axis - 1])
            .collect();
        let ones = vec![1.0; sizes.iter().product()];
        let own = match &gamma {
            Some(gamma) => gamma.clone(),
            None => call.floats("ones", &sizes, &ones),
        };
        let beta = call.find_constant("beta");
        let inputs = [turned.name.as_str(), &own].into_iter();
        let inputs: Vec<&str> = inputs.chain(beta.as_deref()).collect();
        let attributes = vec![
            int("axis", -whole(axes.len())),
            float("epsilon", arguments.epsilon),
        ];
        call.operator("LayerNormalization", &inputs, attributes)
    };
    let y = match gamma.filter(|_| arguments.rms_scaling) {
        Some(gamma) => call.plain("Mul", &[&y, &gamma]),
        None => y,
    };
    Ok(turned.restored(call, &y, x))
}

/// By the mean square of each sample along some axes.
pub(super) fn root_mean_square(
    call: &mut LayerCall<'_>,
    x: &Value,
) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = arguments.axes(call, x)?;
    let turned = Turned::new(call, x, &axes);
    let mean = mean_square(call, &turned.name, &turned.axes);
    let y = divided_by_root(call, &turned.name, &mean, arguments.epsilon);
    let scale = call.constant("scale")?;
    let y = call.plain("Mul", &[&y, &scale]);
    Ok(turned.restored(call, &y, x))
}

fn mean_square(call: &mut LayerCall<'_>, x: &str, axes: &[i64]) -> String {
    let square = call.plain("Mul", &[x, x]);
    call.reduced("ReduceMean", &square, axes)
}

fn divided_by_root(call: &mut LayerCall<'_>, x: &str, square: &str, epsilon: f64) -> String {
    let square = call.with_number("Add", square, epsilon);
    let root = call.plain("Sqrt", &[&square]);
    call.plain("Div", &[x, &root])
}

/// By the length of each sample along some axes.
pub(super) fn unit(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = arguments.axes(call, x)?;
    let axes: Vec<i64> = axes.into_iter().map(whole).collect();
    let own = call.channels_last(x);
    let name = by_length(call, &own, &axes, 1e-24);
    Ok(Value::new(name, x.shape.clone()))
}

/// What has the length 1 along some axes; squares below `least` count as that.
pub(super) fn by_length(call: &mut LayerCall<'_>, x: &str, axes: &[i64], least: f64) -> String {
    let squares = call.reduced("ReduceSumSquare", x, axes);
    let squares = call.with_number("Max", &squares, least);
    let length = call.plain("Sqrt", &[&squares]);
    call.plain("Div", &[x, &length])
}

/// By the mean and the variance of groups of channels.
pub(super) fn group(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Arguments = call.arguments()?;
    let axes = arguments.axes(call, x)?;
    let rank = x.shape.rank();
    let channels = x.shape.axes()[axes[0] - 1];
    let channels = channels.ok_or_else(|| call.refused("the number of channels is not known"))?;
    let groups = usize::try_from(arguments.groups).unwrap_or(channels);
    // The channels first, in groups, each of which is a row.
    let others = (1..=rank).filter(|axis| !axes.contains(axis));
    let order: Vec<usize> = [0, axes[0]].into_iter().chain(others).collect();
    let own = call.channels_last(x);
    let own = call.turned(&own, &order);
    let rows = call.reshaped(&own, &[0, whole(groups), -1]);
    let ones = call.floats("ones", &[groups], &vec![1.0; groups]);
    let zeros = call.floats("zeros", &[groups], &vec![0.0; groups]);
    let attributes = vec![float("epsilon", arguments.epsilon)];
    let rows = call.operator("InstanceNormalization", &[&rows, &ones, &zeros], attributes);
    let shape = call.plain("Shape", &[&own]);
    let mut name = call.plain("Reshape", &[&rows, &shape]);
    name = call.turned(&name, &inverse(&order));
    let mut broadcast = vec![1; rank];
    broadcast[axes[0] - 1] = channels;
    for (weight, operator) in [("gamma", "Mul"), ("beta", "Add")] {
        let Some(values) = call.find(weight).map(|weight| weight.values().to_vec()) else {
            continue;
        };
        let weight = call.floats(weight, &broadcast, &values);
        name = call.plain(operator, &[&name, &weight]);
    }
    Ok(Value::new(name, x.shape.clone()))
}

/// By statistics that were learned of the data before.
pub(super) fn by_statistics(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    const LEAST: f32 = 1e-7;
    let arguments: Arguments = call.arguments()?;
    let layer = call.layer.downcast_ref::<Normalization>();
    let statistics = layer.and_then(|layer| layer.mean().zip(layer.variance()));
    let (mean, variance) = statistics
        .ok_or_else(|| call.refused("its statistics are missing; let it adapt before"))?;
    let mut broadcast = vec![1; x.shape.rank()];
    if let Some(axis) = &arguments.axis {
        for axis in axis.within(x.shape.rank() + 1).unwrap_or_default() {
            broadcast[axis - 1] = x.shape.axes()[axis - 1].unwrap_or(1);
        }
    }
    let all = |values: &[f32]| -> Vec<f32> {
        let count = broadcast.iter().product();
        values.iter().copied().cycle().take(count).collect()
    };
    let deviation: Vec<f32> = variance
        .iter()
        .map(|value| value.sqrt().max(LEAST))
        .collect();
    let (mean, deviation) = (all(mean), all(&deviation));
    let mean = call.floats("mean", &broadcast, &mean);
    let deviation = call.floats("deviation", &broadcast, &deviation);
    let own = call.channels_last(x);
    let name = if arguments.invert {
        let scaled = call.plain("Mul", &[&own, &deviation]);
        call.plain("Add", &[&scaled, &mean])
    } else {
        let centered = call.plain("Sub", &[&own, &mean]);
        call.plain("Div", &[&centered, &deviation])
    };
    Ok(Value::new(name, x.shape.clone()))
}

/// `scale · x + offset`
pub(super) fn rescaling(call: &mut LayerCall<'_>, x: &Value) -> Result<Value, FormatProblem> {
    let arguments: Rescaling = call.arguments()?;
    let scaled = call.with_number("Mul", &x.name, arguments.scale);
    Ok(x.with_name(call.with_number("Add", &scaled, arguments.offset)))
}
