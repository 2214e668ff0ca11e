//! Figures of the server, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Upper ends of the ranges of times, in seconds.
const SECONDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// What has happened since the server began.
#[derive(Debug)]
pub(crate) struct Metrics {
    begun: Instant,
    /// By address and status.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    /// How many answers took up to so long, and longer than the last.
    seconds: [AtomicU64; SECONDS.len() + 1],
    microseconds: AtomicU64,
    in_progress: AtomicU64,
    batches: AtomicU64,
    questions: AtomicU64,
    rows: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            requests: Mutex::default(),
            seconds: Default::default(),
            microseconds: AtomicU64::default(),
            in_progress: AtomicU64::default(),
            batches: AtomicU64::default(),
            questions: AtomicU64::default(),
            rows: AtomicU64::default(),
        }
    }
}

/// A request that is being answered.
pub(crate) struct InProgress<'a> {
    metrics: &'a Metrics,
    begun: Instant,
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.metrics.in_progress.fetch_sub(1, Ordering::Relaxed);
    }
}

impl InProgress<'_> {
    /// It was answered.
    pub(crate) fn ended(self, address: &'static str, status: u16) {
        let took = self.begun.elapsed();
        let metrics = self.metrics;
        let mut requests = metrics
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *requests.entry((address, status)).or_default() += 1;
        drop(requests);
        let range = SECONDS.iter().position(|end| took.as_secs_f64() <= *end);
        add(&metrics.seconds[range.unwrap_or(SECONDS.len())], 1);
        add(&metrics.microseconds, microseconds(took));
    }
}

impl Metrics {
    /// A request begins.
    pub(crate) fn begin(&self) -> InProgress<'_> {
        add(&self.in_progress, 1);
        InProgress {
            metrics: self,
            begun: Instant::now(),
        }
    }

    /// So many rows of so many questions go through the network together.
    pub(crate) fn batch(&self, rows: usize, questions: usize) {
        add(&self.batches, 1);
        add(&self.rows, rows as u64);
        add(&self.questions, questions as u64);
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut say = |name: &str, kind: &str, help: &str, lines: &[(String, String)]| {
            let _ = writeln!(
                text,
                "# HELP firebrick_{name} {help}\n# TYPE firebrick_{name} {kind}"
            );
            for (of, value) in lines {
                let _ = writeln!(text, "firebrick_{name}{of} {value}");
            }
        };
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |((address, status), count): (&(&str, u16), &u64)| {
            let of = format!("{{path=\"{address}\",status=\"{status}\"}}");
            (of, count.to_string())
        };
        let requests: Vec<_> = requests.iter().map(line).collect();
        say(
            "requests_total",
            "counter",
            "Requests that were answered.",
            &requests,
        );
        let mut up_to = 0;
        let ends = SECONDS
            .iter()
            .map(f64::to_string)
            .chain(["+Inf".to_owned()]);
        let mut times: Vec<_> = ends
            .zip(&self.seconds)
            .map(|(end, count)| {
                up_to += get(count);
                (format!("_bucket{{le=\"{end}\"}}"), up_to.to_string())
            })
            .collect();
        let sum = get(&self.microseconds) as f64 / 1e6;
        times.push(("_sum".to_owned(), sum.to_string()));
        times.push(("_count".to_owned(), up_to.to_string()));
        say(
            "request_seconds",
            "histogram",
            "Time from a request to its answer.",
            &times,
        );
        let up = self.begun.elapsed().as_secs_f64();
        for (name, kind, help, value) in [
            (
                "requests_in_progress",
                "gauge",
                "Requests that are being answered.",
                get(&self.in_progress).to_string(),
            ),
            (
                "batches_total",
                "counter",
                "Batches that went through the network.",
                get(&self.batches).to_string(),
            ),
            (
                "questions_total",
                "counter",
                "Questions in these batches.",
                get(&self.questions).to_string(),
            ),
            (
                "rows_total",
                "counter",
                "Rows in these batches.",
                get(&self.rows).to_string(),
            ),
            (
                "up_seconds",
                "gauge",
                "Time since the server began.",
                format!("{up:.3}"),
            ),
        ] {
            say(name, kind, help, &[(String::new(), value)]);
        }
        text
    }
}

fn add(figure: &AtomicU64, by: u64) {
    figure.fetch_add(by, Ordering::Relaxed);
}

fn get(figure: &AtomicU64) -> u64 {
    figure.load(Ordering::Relaxed)
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_add_up() {
        let metrics = Metrics::default();
        metrics.begin().ended("/", 200);
        metrics.begin().ended("/", 200);
        metrics.begin().ended("/api/predict", 422);
        let open = metrics.begin();
        metrics.batch(7, 3);
        let text = metrics.text();
        for line in [
            "firebrick_requests_total{path=\"/\",status=\"200\"} 2",
            "firebrick_requests_total{path=\"/api/predict\",status=\"422\"} 1",
            "firebrick_request_seconds_bucket{le=\"+Inf\"} 3",
            "firebrick_request_seconds_count 3",
            "firebrick_requests_in_progress 1",
            "firebrick_rows_total 7",
            "firebrick_questions_total 3",
            "# TYPE firebrick_request_seconds histogram",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
        drop(open);
        assert!(metrics.text().contains("requests_in_progress 0"));
    }
}
