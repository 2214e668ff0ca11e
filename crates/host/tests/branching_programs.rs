//! Passes over programs that branch, against the same kernels run one after the other over the whole batch.

use firebrick_host::kernels::{ByDrawn, Concatenate, Dense, Elementwise, Product, Softmax, Sum};
use firebrick_host::{Backward, Batch, Fill, Forward, Kernel, Pass, Place, Program};
use proptest::prelude::*;

/// A kernel, the places that it reads and its weights.
type Step = (Box<dyn Kernel>, Vec<Place>, Vec<usize>);

/// A program in parts, so that it can be built and run by hand.
struct Parts {
    inputs: Vec<usize>,
    weights: Vec<usize>,
    steps: Vec<Step>,
    outputs: Vec<Place>,
    is_trained: Vec<bool>,
    /// Which steps draw.
    drawing: Vec<usize>,
}

/// What a batch has, and the gradients of what leaves.
struct Values {
    rows: usize,
    inputs: Vec<Vec<f32>>,
    weights: Vec<Vec<f32>>,
    drawn: Vec<Option<Vec<f32>>>,
    by: Vec<Vec<f32>>,
}

/// Numbers from -1 to 1 that repeat late.
fn spread(seed: usize, len: usize) -> Vec<f32> {
    (0..len)
        .map(|place| ((place * 7_919 + seed * 104_729 + 13) % 2_003) as f32 / 1_001.5 - 1.0)
        .collect()
}

impl Parts {
    fn row_len(&self, place: Place) -> usize {
        match place {
            Place::Input(input) => self.inputs[input],
            Place::Node(node) => self.steps[node].0.output_len(),
        }
    }

    fn values(&self, rows: usize) -> Values {
        let numbered = |lens: Vec<usize>, first: usize| {
            let lens = lens.into_iter().enumerate();
            lens.map(|(index, len)| spread(first + index, len))
                .collect::<Vec<_>>()
        };
        let by = self.outputs.iter().map(|place| rows * self.row_len(*place));
        let mut drawn = vec![None; self.steps.len()];
        for &step in &self.drawing {
            drawn[step] = Some(spread(70 + step, rows * self.row_len(Place::Node(step))));
        }
        Values {
            rows,
            inputs: numbered(self.inputs.iter().map(|len| rows * len).collect(), 0),
            weights: numbered(self.weights.clone(), 20),
            drawn,
            by: numbered(by.collect(), 40),
        }
    }

    fn program(self) -> Program {
        let mut program = Program::new(self.inputs, self.weights);
        for (kernel, sources, weights) in self.steps {
            program.add(kernel, sources, weights);
        }
        program.with_outputs(self.outputs, self.is_trained)
    }

    /// What leaves and the gradients of all weights, over the whole batch.
    fn by_hand(&self, values: &Values) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let rows = values.rows;
        let mut nodes: Vec<(Vec<f32>, Vec<f32>)> = Vec::new();
        let weights_of = |step: &Step| -> Vec<&[f32]> {
            step.2
                .iter()
                .map(|weight| &values.weights[*weight][..])
                .collect()
        };
        for (index, step) in self.steps.iter().enumerate() {
            let mut output = vec![0.0; rows * step.0.output_len()];
            let mut kept = vec![0.0; rows * step.0.kept_len()];
            step.0.forward(Forward {
                rows,
                inputs: &sources(step, &values.inputs, &nodes),
                weights: &weights_of(step),
                drawn: values.drawn[index].as_deref(),
                output: &mut output,
                kept: &mut kept,
            });
            nodes.push((output, kept));
        }
        let mut gradients: Vec<Vec<f32>> = nodes
            .iter()
            .map(|(output, _)| vec![0.0; output.len()])
            .collect();
        let mut of_weights: Vec<Vec<f32>> = values
            .weights
            .iter()
            .map(|weight| vec![0.0; weight.len()])
            .collect();
        for (place, by) in self.outputs.iter().zip(&values.by) {
            if let Place::Node(node) = place {
                add(&mut gradients[*node], by);
            }
        }
        for (index, step) in self.steps.iter().enumerate().rev() {
            let inputs = sources(step, &values.inputs, &nodes);
            let weights = weights_of(step);
            let output_gradient = gradients[index].clone();
            let call = Backward {
                rows,
                inputs: &inputs,
                weights: &weights,
                drawn: values.drawn[index].as_deref(),
                output: &nodes[index].0,
                output_gradient: &output_gradient,
                kept: &nodes[index].1,
            };
            for (place, weight) in step.2.iter().enumerate() {
                let mut gradient = vec![0.0; of_weights[*weight].len()];
                step.0
                    .weight_gradient(&call, place, &mut gradient, Fill::Set);
                add(&mut of_weights[*weight], &gradient);
            }
            for (place, source) in step.1.iter().enumerate() {
                if let Place::Node(node) = source {
                    let mut gradient = vec![0.0; gradients[*node].len()];
                    step.0
                        .input_gradient(&call, place, &mut gradient, Fill::Set);
                    add(&mut gradients[*node], &gradient);
                }
            }
        }
        let output = |place: &Place| match *place {
            Place::Input(input) => values.inputs[input].clone(),
            Place::Node(node) => nodes[node].0.clone(),
        };
        for (gradient, is_trained) in of_weights.iter_mut().zip(&self.is_trained) {
            if !is_trained {
                gradient.clear();
            }
        }
        (self.outputs.iter().map(output).collect(), of_weights)
    }
}

fn sources<'a>(
    step: &Step,
    inputs: &'a [Vec<f32>],
    nodes: &'a [(Vec<f32>, Vec<f32>)],
) -> Vec<&'a [f32]> {
    let of = |place: &Place| match *place {
        Place::Input(input) => &inputs[input][..],
        Place::Node(node) => &nodes[node].0[..],
    };
    step.1.iter().map(of).collect()
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// What a pass says of a batch, forward and backward.
fn run(pass: &mut Pass, values: &Values) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let slices = |values: &'_ [Vec<f32>]| -> Vec<Vec<f32>> { values.to_vec() };
    let (inputs, weights, by) = (
        slices(&values.inputs),
        slices(&values.weights),
        slices(&values.by),
    );
    let [inputs, weights, by]: [Vec<&[f32]>; 3] =
        [&inputs, &weights, &by].map(|all| all.iter().map(Vec::as_slice).collect());
    let batch = Batch {
        rows: values.rows,
        inputs: &inputs,
        weights: &weights,
        drawn: &values.drawn,
        by_batch: &[],
    };
    let outputs = pass.forward(&batch);
    (outputs, pass.backward(&batch, &by))
}

fn assert_near(received: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(received.len(), expected.len());
    for (index, (received, expected)) in received.iter().zip(expected).enumerate() {
        assert_eq!(received.len(), expected.len(), "the {index}th");
        let largest = expected
            .iter()
            .fold(1.0_f32, |largest, x| largest.max(x.abs()));
        for (received, expected) in received.iter().zip(expected) {
            let distance = (received - expected).abs();
            assert!(
                distance < 1e-5 * largest,
                "the {index}th: {received}, {expected}"
            );
        }
    }
}

/// Two inputs; a place that is read three times, once twice by one kernel; a weight of two kernels; one that is not trained and
/// one that no gradient gets to; an output that is an input, one that is read on, and one twice.
fn branching() -> Parts {
    let (a, b) = (Place::Input(0), Place::Input(1));
    let node = Place::Node;
    let steps: Vec<Step> = vec![
        (Dense::new(3, 4).into(), vec![a], vec![0, 1]),
        (Elementwise::tanh(4).into(), vec![node(0)], vec![]),
        (Dense::new(3, 4).into(), vec![b], vec![0]),
        (Product::new(4).into(), vec![node(1), node(1)], vec![]),
        (
            Sum::new(4, [1.0, -0.5, 2.0]).into(),
            vec![node(1), node(2), node(3)],
            vec![],
        ),
        (ByDrawn::new(4).into(), vec![node(4)], vec![]),
        (
            Concatenate::new(1, [4, 3, 4]).into(),
            vec![node(5), a, node(1)],
            vec![],
        ),
        (Dense::new(11, 4).into(), vec![node(6)], vec![2]),
        (Softmax::new(4, 4).into(), vec![node(7)], vec![]),
        (Dense::new(3, 2).into(), vec![b], vec![3]),
    ];
    Parts {
        inputs: vec![3, 3],
        weights: vec![12, 4, 44, 6],
        steps,
        outputs: vec![node(8), b, node(1), node(8)],
        is_trained: vec![true, true, false, true],
        drawing: vec![5],
    }
}

const ROWS: [usize; 6] = [1, 31, 32, 33, 100, 1000];

#[test]
fn branches_meet_again_for_any_number_of_rows() {
    for rows in ROWS {
        let parts = branching();
        let values = parts.values(rows);
        let (outputs, gradients) = parts.by_hand(&values);
        let received = run(&mut Pass::new(parts.program()), &values);
        assert_near(&received.0, &outputs);
        assert_near(&received.1, &gradients);
        assert!(gradients[3].iter().all(|gradient| *gradient == 0.0));
    }
}

#[test]
fn no_rows_leave_as_none_with_gradients_of_0() {
    let parts = branching();
    let values = parts.values(0);
    let (outputs, gradients) = run(&mut Pass::new(parts.program()), &values);
    assert!(outputs.iter().all(Vec::is_empty));
    let lens: Vec<usize> = gradients.iter().map(Vec::len).collect();
    assert_eq!(lens, [12, 4, 0, 6]);
    assert!(gradients.concat().iter().all(|gradient| *gradient == 0.0));
}

#[test]
fn a_pass_forgets_the_batch_before() {
    let mut pass = Pass::new(branching().program());
    for rows in [1000, 33, 33, 1, 0, 1000] {
        let values = branching().values(rows);
        let anew = run(&mut Pass::new(branching().program()), &values);
        assert_eq!(run(&mut pass, &values), anew, "{rows} rows");
    }
}

#[test]
fn the_bits_are_the_same_for_any_number_of_threads() {
    for rows in ROWS {
        let values = branching().values(rows);
        let by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let mut pass = Pass::new(branching().program());
            pool.build().unwrap().install(|| run(&mut pass, &values))
        };
        let alone = by(1);
        for threads in [2, 3, 8] {
            assert_eq!(by(threads), alone, "{threads} threads, {rows} rows");
        }
    }
}

#[test]
#[should_panic(expected = "a kernel reads what is there before it")]
fn a_kernel_cannot_read_what_comes_later() {
    Program::new([1], []).add(Elementwise::tanh(1), [Place::Node(0)], []);
}

/// A step of rows of 3 floats, by what it is and what it reads of what is there.
fn step(kind: usize, first: Place, second: Place, weight: usize) -> Step {
    match kind {
        0 => (Dense::new(3, 3).into(), vec![first], vec![weight]),
        1 => (Elementwise::sigmoid(3).into(), vec![first], vec![]),
        2 => (Product::new(3).into(), vec![first, second], vec![]),
        3 => (Sum::new(3, [0.5, 1.0]).into(), vec![first, second], vec![]),
        _ => (Softmax::new(3, 3).into(), vec![first], vec![]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_programs_say_what_their_kernels_say(
        rows in 0_usize..80,
        kinds in prop::collection::vec((0_usize..5, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_usize..3), 1..12),
        outputs in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        is_trained in prop::collection::vec(any::<bool>(), 3),
    ) {
        let mut places = vec![Place::Input(0), Place::Input(1)];
        let mut steps = Vec::new();
        for (kind, first, second, weight) in kinds {
            steps.push(step(kind, *first.get(&places), *second.get(&places), weight));
            places.push(Place::Node(steps.len() - 1));
        }
        let parts = Parts {
            inputs: vec![3, 3],
            weights: vec![9, 9, 9],
            steps,
            outputs: outputs.iter().map(|output| *output.get(&places)).collect(),
            is_trained,
            drawing: Vec::new(),
        };
        let values = parts.values(rows);
        let (outputs, gradients) = parts.by_hand(&values);
        let received = run(&mut Pass::new(parts.program()), &values);
        assert_near(&received.0, &outputs);
        assert_near(&received.1, &gradients);
    }
}
