use std::io::{self, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::{Shared, refused};
use crate::protocol::{LONGEST_REQUEST, Line, read_line, tame};

/// Lines that wait for someone to read them; who is further behind is sent away.
const WAITING: usize = 256;

/// How long a line may take to be taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Someone at the other end.
#[derive(Debug)]
pub(super) struct Client {
    stream: UnixStream,
    lines: Option<SyncSender<Arc<str>>>,
    /// Ends when all is written, or nothing can be.
    written: Receiver<()>,
    /// Whether it wants to be told what happens.
    pub(super) watches: bool,
}

impl Client {
    /// With a thread that reads and one that writes.
    ///
    /// # Errors
    /// Threads that cannot be made.
    pub(super) fn new(stream: UnixStream, number: u64, shared: &Arc<Shared>) -> io::Result<Self> {
        stream.set_write_timeout(Some(PATIENCE))?;
        let (lines, queue) = sync_channel(WAITING);
        let (done, written) = sync_channel(0);
        let mut writer = stream.try_clone()?;
        let reader = stream.try_clone()?;
        let (writing, reading) = (Arc::clone(shared), Arc::clone(shared));
        Builder::new()
            .name("control-write".to_owned())
            .spawn(move || {
                write(&mut writer, &queue);
                writing.remove(number);
                drop(done);
            })?;
        Builder::new()
            .name("control-read".to_owned())
            .spawn(move || {
                read(reader, number, &reading);
                reading.leave(number);
            })?;
        Ok(Self {
            stream,
            lines: Some(lines),
            written,
            watches: false,
        })
    }

    /// Says a line; whether there was room for it.
    pub(super) fn say(&self, line: &Arc<str>) -> bool {
        let lines = self.lines.as_ref();
        let is_said = lines.is_some_and(|lines| lines.try_send(Arc::clone(line)).is_ok());
        if !is_said {
            // Wakes the thread that waits for a reader.
            let _ = self.stream.shutdown(Shutdown::Both);
        }
        is_said
    }

    /// Lets it read what is said, until then at the latest.
    pub(super) fn close(mut self, until: Instant) {
        let _ = self.stream.shutdown(Shutdown::Read);
        self.lines = None;
        let left = until.saturating_duration_since(Instant::now());
        let _ = self.written.recv_timeout(left);
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Says to one too many that there is no room.
pub(super) fn send_away(mut stream: UnixStream, most: usize) {
    let reason = format!("{most} others are connected already; come back when one has gone");
    let line = super::line_of(&refused(reason));
    // A line has room in what the system holds of an empty socket.
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = line.map(|line| stream.write_all(line.as_bytes()));
}

/// Writes what there is to say until there is no more.
fn write(stream: &mut UnixStream, lines: &Receiver<Arc<str>>) {
    for line in lines {
        if stream.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// Does what is asked for until nothing more is.
fn read(stream: UnixStream, number: u64, shared: &Shared) {
    let mut stream = BufReader::new(stream);
    loop {
        match read_line(&mut stream, LONGEST_REQUEST) {
            Ok(Some(line)) => answer(&line, number, shared),
            Ok(None) => return,
            Err(error) => {
                shared.say(number, &refused(error.to_string()));
                return;
            }
        }
    }
}

/// Answers one line.
fn answer(line: &[u8], number: u64, shared: &Shared) {
    match serde_json::from_slice(line) {
        Ok(Line::Watch) => shared.watch(number),
        Ok(Line::Action { action, by }) => shared.ask(number, action, &tame(&by)),
        Err(error) => shared.say(
            number,
            &refused(format!(
                "no request: {error}; expected e.g. {{\"request\":\"action\",\"action\":\"pause\",\"by\":\"me\"}} or \
                 {{\"request\":\"watch\"}}"
            )),
        ),
    }
}
