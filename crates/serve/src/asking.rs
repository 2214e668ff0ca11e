//! Whoever asks, and the thread that has the network.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::metrics::Metrics;
use crate::network::{Failure, Network, Outputs, Question};

/// The most rows that go through the network at once, but for those of a single question.
const MOST_TOGETHER: usize = 512;
/// The most questions that wait; whoever asks more waits before.
const MOST_WAITING: usize = 1024;

struct Asked {
    question: Question,
    answer: oneshot::Sender<Result<Outputs, Failure>>,
}

/// Asks a network that has a thread of its own: what has come while it was busy goes through it together.
#[derive(Clone)]
pub(crate) struct Asking(mpsc::Sender<Asked>);

impl Asking {
    /// Starts the thread, which ends when nobody can ask any more.
    ///
    /// # Errors
    /// A system that gives no thread.
    pub(crate) fn start(network: Network, metrics: Arc<Metrics>) -> io::Result<Self> {
        let (asking, asked) = mpsc::channel(MOST_WAITING);
        let thread = thread::Builder::new().name("network".to_owned());
        thread.spawn(move || answer_all(&network, asked, &metrics))?;
        Ok(Self(asking))
    }

    /// The answer; none where the thread is gone.
    pub(crate) async fn ask(&self, question: Question) -> Option<Result<Outputs, Failure>> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Asked { question, answer }).await.ok()?;
        answered.await.ok()
    }
}

fn answer_all(network: &Network, mut asked: mpsc::Receiver<Asked>, metrics: &Metrics) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| asked.blocking_recv()) {
        let mut num_rows = first.question.num_rows();
        let (mut questions, mut answers) = (vec![first.question], vec![first.answer]);
        while let Ok(more) = asked.try_recv() {
            // Whoever has gone is not waited for.
            if more.answer.is_closed() {
                continue;
            }
            if num_rows + more.question.num_rows() > MOST_TOGETHER {
                next = Some(more);
                break;
            }
            num_rows += more.question.num_rows();
            questions.push(more.question);
            answers.push(more.answer);
        }
        metrics.batch(num_rows, questions.len());
        for (answer, own) in answers.into_iter().zip(network.answers(&questions)) {
            // Nobody to tell is no failure.
            let _ = answer.send(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use firebrick_model::burn::tensor::Device;
    use firebrick_model::{MlpConfig, Predictor};

    use super::*;

    #[test]
    fn what_waits_goes_through_together_up_to_a_limit_and_each_gets_its_own() {
        const QUESTIONS: usize = 1000;
        let model = MlpConfig::new(2, 3).init(1, &Device::flex()).unwrap();
        let predictor = Predictor::new(model.clone()).unwrap();
        let network = Network::new(model.into(), Device::flex()).unwrap();
        let (asking, asked) = mpsc::channel(QUESTIONS);
        let row = |own: usize| vec![own as f32 / 500.0 - 1.0, (own % 7) as f32];
        let ask = |own: usize| {
            let (answer, answered) = oneshot::channel();
            let question = Question::Rows {
                num_rows: 1,
                inputs: vec![row(own)],
            };
            assert!(asking.try_send(Asked { question, answer }).is_ok());
            answered
        };
        let mut answers: Vec<_> = (0..QUESTIONS).map(ask).collect();
        drop(asking);
        let metrics = Metrics::default();
        answer_all(&network, asked, &metrics);
        for (own, answer) in answers.iter_mut().enumerate() {
            let answer = answer.try_recv().unwrap().unwrap();
            assert_eq!(answer, [predictor.predict(&row(own)).unwrap()]);
        }
        let text = metrics.text();
        assert!(text.contains("batches_total 2\n"), "{text}");
        assert!(text.contains("questions_total 1000\n"), "{text}");
    }
}
