//! Files that a person names to write to.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use firebrick::models::{AtomicFile, folder_of, is_same_file, remove_abandoned_files};

use crate::failure::OrUsage;
use crate::output::{self, ClosedPipe};

/// Where a command writes what it was asked for: a file by its name, or standard output as `-`.
///
/// A file comes about whole or not at all; links are followed, pipes and devices written to.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    path: PathBuf,
    /// What is written there, e.g. `predictions`.
    what: &'static str,
    is_standard_output: bool,
}

impl Destination {
    /// A destination that is none of the files that the command reads.
    ///
    /// # Errors
    /// With a usage error one of `inputs`, under whatever name.
    pub(crate) fn new<P: AsRef<Path>>(
        path: &Path,
        what: &'static str,
        inputs: impl IntoIterator<Item = P>,
    ) -> anyhow::Result<Self> {
        let is_standard_output = path == Path::new("-") || is_standard_output(path);
        for input in inputs {
            let input = input.as_ref();
            if !is_standard_output && is_same_file(path, input) && is_regular(input) {
                let (path, input) = (path.display(), input.display());
                return Err(anyhow!(
                    "`{path}` is to take the {what} and is `{input}`, which is read for them; name another file"
                ))
                .or_usage();
            }
        }
        Ok(Self {
            path: path.to_owned(),
            what,
            is_standard_output,
        })
    }

    /// The name as the user gave it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this is standard output, by the name `-` or another.
    pub(crate) fn is_standard_output(&self) -> bool {
        self.is_standard_output
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// [`ClosedPipe`], or what the system says.
    pub(crate) fn write(&self, contents: &[u8]) -> anyhow::Result<()> {
        let mut writer = self.open()?;
        writer.append(contents)?;
        writer.finish()
    }

    /// Begins to write.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(&self) -> anyhow::Result<DestinationWriter<'_>> {
        let sink = if self.is_standard_output {
            Sink::StandardOutput(io::stdout())
        } else {
            Sink::File(self.told(AtomicFile::create(&self.path))?)
        };
        Ok(DestinationWriter {
            destination: self,
            sink,
        })
    }

    /// Prints what was written where, which has no place on standard output beside what was written there.
    ///
    /// # Errors
    /// As those of [`output::print`].
    pub(crate) fn report(&self, text: &str) -> anyhow::Result<()> {
        if self.is_standard_output {
            return Ok(());
        }
        output::print(&format!("{text} {}\n", self.path.display()))
    }

    fn told<T>(&self, result: io::Result<T>) -> anyhow::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
            result => result.with_context(|| {
                let (what, path) = (self.what, self.path.display());
                if self.is_standard_output {
                    format!("cannot write the {what} to standard output")
                } else {
                    format!("cannot write the {what} to `{path}`")
                }
            }),
        }
    }
}

/// A [`Destination`] that is being written to; unbuffered. Dropped without [`finish`](Self::finish), a file has never been.
pub(crate) struct DestinationWriter<'a> {
    destination: &'a Destination,
    sink: Sink,
}

enum Sink {
    StandardOutput(io::Stdout),
    File(AtomicFile),
}

impl DestinationWriter<'_> {
    /// Writes the next part.
    ///
    /// # Errors
    /// [`ClosedPipe`], or what the system says.
    pub(crate) fn append(&mut self, contents: &[u8]) -> anyhow::Result<()> {
        let written = self.write_all(contents);
        self.destination.told(written)
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// [`ClosedPipe`], or what the system says.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let finished = match self.sink {
            Sink::StandardOutput(mut out) => out.flush(),
            Sink::File(file) => file.finish(),
        };
        self.destination.told(finished)?;
        if !self.destination.is_standard_output {
            // What a killed process has left here; that it stays is no failure of this command.
            let _ = remove_abandoned_files(folder_of(&self.destination.path));
        }
        Ok(())
    }
}

impl Write for DestinationWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::StandardOutput(out) => out.write(bytes),
            Sink::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::StandardOutput(out) => out.flush(),
            Sink::File(file) => file.flush(),
        }
    }
}

/// Reading from a device takes nothing from it that writing to it would destroy.
fn is_regular(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Whether a path is another name of standard output, as `/dev/stdout` is.
fn is_standard_output(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| path == Path::new(name))
}
