//! The network itself: rows or texts in, numbers out.

use firebrick_model::burn::tensor::Device;
use firebrick_model::{AnyModel, AnyTensor, Model, ModelError, Predictor, Shape, catch_panic};

/// What is asked by one who asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// Rows of each input, one behind the other.
    Rows {
        num_rows: usize,
        inputs: Vec<Vec<f32>>,
    },
    /// Texts, of a network that reads them.
    Texts(Vec<String>),
}

impl Question {
    pub(crate) fn num_rows(&self) -> usize {
        match self {
            Self::Rows { num_rows, .. } => *num_rows,
            Self::Texts(texts) => texts.len(),
        }
    }
}

/// What is said to it: the rows of each output, one behind the other.
pub(crate) type Outputs = Vec<Vec<f32>>;

/// Why nothing is said.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The question has no answer.
    Question(ModelError),
    /// The network fell over it.
    Panic(String),
}

/// An input or output.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    /// Of a sample; none where texts are read.
    pub(crate) shape: Vec<usize>,
}

impl Slot {
    pub(crate) fn row_len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A network that only answers.
#[derive(Debug)]
pub(crate) enum Network {
    Rows(Box<Predictor>),
    Texts {
        model: Box<AnyModel>,
        device: Device,
    },
}

impl Network {
    /// The network, and whether it reads texts is seen by its only input.
    ///
    /// # Errors
    /// One that takes or gives samples of open sizes, but for texts.
    pub(crate) fn new(model: AnyModel, device: Device) -> Result<Self, ModelError> {
        if model.input_names().len() == 1 && model.input_shape() == Shape::text() {
            let model = Box::new(model);
            return Ok(Self::Texts { model, device });
        }
        Ok(Self::Rows(Box::new(Predictor::new(model)?)))
    }

    /// Answers to questions that came at the same time, each as if it had come alone.
    pub(crate) fn answers(&self, questions: &[Question]) -> Vec<Result<Outputs, Failure>> {
        // Where it runs over plain memory, what is said of a row does not depend on those beside it.
        if let Self::Rows(predictor) = self
            && questions.len() > 1
            && predictor.no_host_form().is_none()
            && let Ok(Ok(answers)) = catch_panic(|| together(predictor, questions))
        {
            return answers.into_iter().map(Ok).collect();
        }
        questions.iter().map(|own| self.answer(own)).collect()
    }

    fn answer(&self, question: &Question) -> Result<Outputs, Failure> {
        let answer = catch_panic(|| match (self, question) {
            (Self::Rows(predictor), Question::Rows { num_rows, inputs }) => {
                by_row(predictor, *num_rows, inputs)
            }
            (Self::Texts { model, device }, Question::Texts(texts)) => {
                let mut outputs = Outputs::new();
                for text in texts {
                    let text = AnyTensor::from_texts(&[text], device);
                    let answers = model.predict_all(text.into())?;
                    outputs.resize_with(answers.len(), Vec::new);
                    for (all, own) in outputs.iter_mut().zip(answers) {
                        all.extend(own.into_values().into_vec()?);
                    }
                }
                Ok(outputs)
            }
            _ => unreachable!("questions are read as those of the network"),
        });
        match answer {
            Ok(answer) => answer.map_err(Failure::Question),
            Err(message) => Err(Failure::Panic(message)),
        }
    }
}

/// All rows at once where that is the same as one by one.
fn by_row(
    predictor: &Predictor,
    num_rows: usize,
    inputs: &[Vec<f32>],
) -> Result<Outputs, ModelError> {
    if predictor.no_host_form().is_none() {
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        return predictor.predict_all(&inputs);
    }
    let mut outputs: Outputs = vec![Vec::new(); predictor.outputs().len()];
    for row in 0..num_rows {
        let row = |(values, (_, shape)): (&Vec<f32>, (&str, &[usize]))| {
            let len: usize = shape.iter().product();
            values[row * len..][..len].to_vec()
        };
        let row: Vec<Vec<f32>> = inputs.iter().zip(predictor.inputs()).map(row).collect();
        let row: Vec<&[f32]> = row.iter().map(Vec::as_slice).collect();
        let answers = predictor.predict_all(&row)?;
        for (all, own) in outputs.iter_mut().zip(answers) {
            all.extend(own);
        }
    }
    Ok(outputs)
}

/// The rows of all questions as one batch, and its answers shared out again.
fn together(predictor: &Predictor, questions: &[Question]) -> Result<Vec<Outputs>, ModelError> {
    let mut inputs = vec![Vec::new(); predictor.inputs().len()];
    for question in questions {
        if let Question::Rows { inputs: own, .. } = question {
            for (all, own) in inputs.iter_mut().zip(own) {
                all.extend_from_slice(own);
            }
        }
    }
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let mut outputs = predictor.predict_all(&inputs)?;
    let lens = predictor.outputs();
    let lens: Vec<usize> = lens.map(|(_, shape)| shape.iter().product()).collect();
    let mut answers = Vec::with_capacity(questions.len());
    for question in questions.iter().rev() {
        let last = outputs.iter_mut().zip(&lens).map(|(output, len)| {
            let begin = output.len() - question.num_rows() * len;
            output.split_off(begin)
        });
        answers.push(last.collect());
    }
    answers.reverse();
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use firebrick_model::layers::{Dense, Embedding, Flatten, Layer, TextVectorization};
    use firebrick_model::{Activation, Graph, MlpConfig, Sequential, input};

    use super::*;

    fn rows(inputs: &[&[f32]], num_rows: usize) -> Question {
        let inputs = inputs.iter().map(|input| input.to_vec()).collect();
        Question::Rows { num_rows, inputs }
    }

    fn values(answers: Vec<Result<Outputs, Failure>>) -> Vec<Outputs> {
        answers.into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn questions_that_come_together_are_answered_as_if_alone() {
        let device = Device::flex();
        let mlp = MlpConfig::new(5, 3).with_hidden([17]).init(1, &device);
        let network = Network::new(mlp.unwrap().into(), device).unwrap();
        let question = |seed: usize, num_rows: usize| {
            let value = |place: usize| ((seed * 31 + place * 7) % 13) as f32 / 6.0 - 1.0;
            rows(
                &[&(0..5 * num_rows).map(value).collect::<Vec<_>>()],
                num_rows,
            )
        };
        let questions: Vec<Question> = (0..40).map(|seed| question(seed, seed % 4)).collect();
        let together = values(network.answers(&questions));
        for (question, together) in questions.iter().zip(together) {
            let alone = values(network.answers(std::slice::from_ref(question)));
            assert_eq!(alone, [together]);
        }
    }

    #[test]
    fn of_several_inputs_and_outputs_each_gets_its_own() {
        let (a, b) = (input([2]), input([1]));
        let outputs = [Dense::new(1).on(&a), Dense::new(2).on(&b)];
        let model = Graph::new([a, b], outputs).build(1, &Device::flex());
        let network = Network::new(model.unwrap().into(), Device::flex()).unwrap();
        let questions = [
            rows(&[&[1.0, 2.0], &[3.0]], 1),
            rows(&[&[4.0, 5.0, 6.0, 7.0], &[8.0, 9.0]], 2),
        ];
        let together = values(network.answers(&questions));
        let lens: Vec<Vec<usize>> = together
            .iter()
            .map(|outputs| outputs.iter().map(Vec::len).collect())
            .collect();
        assert_eq!(lens, [[1, 2], [2, 4]]);
        let alone = questions
            .iter()
            .flat_map(|own| values(network.answers(std::slice::from_ref(own))));
        assert!(alone.eq(together));
    }

    #[test]
    fn a_question_without_an_answer_does_not_take_the_others_along() {
        let words = Sequential::new([2])
            .add(Embedding::new(4, 3))
            .add(Flatten::new())
            .add(Dense::new(1));
        let model = words.build(1, &Device::flex()).unwrap();
        let network = Network::new(model.into(), Device::flex()).unwrap();
        let answers = network.answers(&[
            rows(&[&[1.0, 2.0]], 1),
            rows(&[&[1.0, 4.0]], 1),
            rows(&[&[0.0, 3.0]], 1),
        ]);
        assert!(answers[0].is_ok() && answers[2].is_ok(), "{answers:?}");
        let Err(Failure::Question(error)) = &answers[1] else {
            panic!("{answers:?}");
        };
        assert!(error.to_string().contains('4'), "{error}");
    }

    #[test]
    fn texts_are_answered_one_by_one() {
        let words = TextVectorization::new()
            .with_vocabulary(["good", "bad"])
            .with_output_sequence_length(4);
        let model = Sequential::new(Shape::text())
            .add(words)
            .add(Dense::new(1).with_activation(Activation::Sigmoid))
            .build(1, &Device::flex())
            .unwrap();
        let network = Network::new(model.into(), Device::flex()).unwrap();
        let texts = ["good", "a very bad and long text", ""].map(str::to_owned);
        let all = values(network.answers(&[Question::Texts(texts.to_vec())])).remove(0);
        for (text, own) in texts.into_iter().zip(&all[0]) {
            let alone = values(network.answers(&[Question::Texts(vec![text])])).remove(0);
            assert_eq!(alone, [[*own]]);
        }
    }
}
