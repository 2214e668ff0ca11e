//! Burn's dashboard: opening it, and leaving the terminal as it was.

use burn::train::renderer::MetricsRenderer;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{PanicHookInfo, set_hook, take_hook};

use crate::error::TrainError;
use crate::interrupt::StopHandle;

type PanicHook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// What is done about panics under the dashboard, which are not to be printed across it.
pub(super) type OnPanic = fn(&str);

/// While it lives, panics are written to the log instead of across the dashboard.
///
/// It has to be there before the dashboard opens, which puts a hook of its own in front.
pub(super) struct LoggedPanics {
    previous: Option<PanicHook>,
}

impl LoggedPanics {
    pub(super) fn install() -> Self {
        let previous = Some(take_hook());
        set_hook(Box::new(|info| log_panic(&panic_text(info))));
        Self { previous }
    }
}

impl Drop for LoggedPanics {
    fn drop(&mut self) {
        // A panicking thread must not change the hook.
        if let Some(previous) = self.previous.take()
            && !std::thread::panicking()
        {
            set_hook(previous);
        }
    }
}

/// Writes a panic to the log.
pub(super) fn log_panic(text: &str) {
    log::error!("{text}");
}

/// What a panic says, where it was, and how it came there if that is asked for.
fn panic_text(info: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        format!("thread '{name}' {info}\n{backtrace}")
    } else {
        format!("thread '{name}' {info}")
    }
}

#[cfg(not(feature = "tui"))]
pub(super) fn open(_: &StopHandle, _: OnPanic) -> Result<Box<dyn MetricsRenderer>, TrainError> {
    Err(TrainError::NoDashboard {
        reason: "this build is without it; build with `--features tui`",
    })
}

#[cfg(not(feature = "tui"))]
pub(super) fn closed() {}

#[cfg(not(feature = "tui"))]
pub(super) fn clear_below() {}

/// Whether a dashboard is open; whatever ends it leaves raw mode.
#[cfg(feature = "tui")]
static IS_OPEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Opens the dashboard and lets Ctrl-C through to the signal handler.
///
/// A panic leaves it as it is and is told by `on_panic`: whoever catches it closes the dashboard in order, or goes on.
#[cfg(feature = "tui")]
pub(super) fn open(
    stop: &StopHandle,
    on_panic: OnPanic,
) -> Result<Box<dyn MetricsRenderer>, TrainError> {
    use burn::train::renderer::tui::TuiMetricsRendererWrapper;
    use crossterm::terminal::size;
    use firebrick_tensor::catch_panic;

    if size().is_err() {
        return Err(TrainError::NoDashboard {
            reason: "the terminal does not tell its size",
        });
    }
    // It has a hook for good, which must not get lost with the dashboard's.
    let _ = catch_panic(|| ());
    let mut dashboard = TuiMetricsRendererWrapper::new(stop.interrupter(), None);
    if has_opened(&mut dashboard) {
        hold_screen(on_panic);
    }
    #[cfg(unix)]
    if let Err(error) = let_ctrl_c_through() {
        log::warn!("Ctrl-C will not stop the training, `q` will: {error}");
    }
    IS_OPEN.store(true, std::sync::atomic::Ordering::Relaxed);
    Ok(Box::new(super::dashboard_renderer::DashboardRenderer::new(
        dashboard,
    )))
}

/// Waits until the dashboard, on a thread of its own, has the terminal and has put its hook for panics in front.
///
/// It says so by what it does with its first events: of two definitions of one metric, which none of its panels knows, it
/// drops the former.
#[cfg(feature = "tui")]
fn has_opened(dashboard: &mut impl MetricsRenderer) -> bool {
    use std::sync::Arc;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use burn::train::metric::{MetricAttributes, MetricDefinition, MetricId};

    const TO_OPEN: Duration = Duration::from_secs(2);

    let definition = || MetricDefinition {
        metric_id: MetricId::new(Arc::new("opened".to_owned())),
        name: Arc::new(String::new()),
        description: None,
        attributes: MetricAttributes::None,
    };
    let former = definition();
    let is_seen = Arc::downgrade(&former.name);
    dashboard.register_metric(former);
    dashboard.register_metric(definition());
    let asked = Instant::now();
    while is_seen.strong_count() > 0 {
        if asked.elapsed() > TO_OPEN {
            return false;
        }
        sleep(Duration::from_millis(1));
    }
    true
}

/// The dashboard's own hook leaves its screen at any panic, of whichever thread, and then goes on drawing among the
/// user's lines. This one stands in front of it and lets it through only where the dashboard itself comes to an end;
/// both go with the dashboard.
#[cfg(feature = "tui")]
fn hold_screen(on_panic: OnPanic) {
    /// The thread that draws.
    const DRAWING: &str = "train-renderer";

    let dashboards = take_hook();
    set_hook(Box::new(move |info| {
        let is_killed = || {
            let payload = firebrick_tensor::panic_message(info.payload());
            payload.contains(super::KILLED)
        };
        if std::thread::current().name() == Some(DRAWING) || is_killed() {
            dashboards(info);
        } else {
            on_panic(&panic_text(info));
        }
    }));
}

/// In raw mode Ctrl-C is a key like any other, and the dashboard does not know it: has the
/// terminal make a signal of it again. Suspending stays off, it would leave the screen torn.
#[cfg(all(feature = "tui", unix))]
fn let_ctrl_c_through() -> rustix::io::Result<()> {
    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

    /// The value that switches a control character off on the systems Rust's tier 1 knows.
    const DISABLED: u8 = if cfg!(target_os = "linux") { 0 } else { 0xff };

    let stdin = std::io::stdin();
    let mut modes = tcgetattr(&stdin)?;
    modes.local_modes |= LocalModes::ISIG;
    modes.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
    modes.special_codes[SpecialCodeIndex::VQUIT] = DISABLED;
    tcsetattr(&stdin, OptionalActions::Now, &modes)
}

/// After the dashboard is gone, however that came: the terminal is as it was, its cursor too.
#[cfg(feature = "tui")]
pub(super) fn closed() {
    use crossterm::cursor::Show;

    if IS_OPEN.swap(false, std::sync::atomic::Ordering::Relaxed) {
        crate::terminal::restore_terminal();
        let _ = crossterm::execute!(std::io::stdout(), Show);
    }
}

/// After its "kill", which leaves a line on the screen and the cursor above it.
#[cfg(feature = "tui")]
pub(super) fn clear_below() {
    use crossterm::terminal::{Clear, ClearType};

    let _ = crossterm::execute!(std::io::stdout(), Clear(ClearType::FromCursorDown));
}
