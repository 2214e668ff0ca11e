//! What a pickle would take to be read: nothing of it is made, only sizes are added up.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};

use super::file_order::FileOrder;

/// What a value takes beside its letters, in bytes.
const VALUE: u64 = 128;

/// The longest line, e.g. the name of a class.
const MAX_LINE: u64 = 4096;

/// How deep values may lie within each other; a whole module has three levels for each of its own.
const MAX_DEPTH: u16 = 200;

/// A value that reading would make.
#[derive(Clone, Copy, Default)]
struct Taken {
    bytes: u64,
    depth: u16,
    /// The slot that it was kept in.
    slot: Option<u32>,
}

/// A walk over pickles, in which every value counts as often as a reader would copy it.
///
/// Readers copy what a pickle names twice. A short one can so describe more values than any memory holds, classes with long
/// names and shapes of many axes among them, which the reader's own limits leave out.
pub(super) struct Walk {
    /// How many bytes may still be taken.
    left: u64,
    order: FileOrder,
}

/// The values of a pickle that is walked over.
#[derive(Default)]
struct Stack {
    values: Vec<Taken>,
    marks: Vec<usize>,
    slots: HashMap<u32, Taken>,
}

impl Walk {
    /// One over pickles that may take so many bytes together.
    pub(super) fn new(limit: u64) -> Self {
        Self {
            left: limit,
            order: FileOrder::default(),
        }
    }

    /// The order of the texts that were met.
    pub(super) fn into_order(self) -> FileOrder {
        self.order
    }

    /// Walks over the next pickle.
    ///
    /// # Errors
    /// One that would take too much, lies too deep, ends too early or is none.
    pub(super) fn pickle(&mut self, reader: &mut impl BufRead) -> Result<(), String> {
        let mut stack = Stack::default();
        loop {
            let [operation] = bytes(reader)?;
            if operation == b'.' {
                return Ok(());
            }
            self.step(operation, &mut stack, reader)?;
        }
    }

    fn step(
        &mut self,
        operation: u8,
        stack: &mut Stack,
        reader: &mut impl BufRead,
    ) -> Result<(), String> {
        match operation {
            // The version, and frames, which say nothing more.
            0x80 => bytes::<1>(reader).map(drop),
            0x95 => bytes::<8>(reader).map(drop),
            b'N' | b')' | b']' | b'}' | 0x88 | 0x89 | 0x8f => self.push(stack, 0),
            b'K' => bytes::<1>(reader).and_then(|_| self.push(stack, 0)),
            b'M' => bytes::<2>(reader).and_then(|_| self.push(stack, 0)),
            b'J' => bytes::<4>(reader).and_then(|_| self.push(stack, 0)),
            b'G' => bytes::<8>(reader).and_then(|_| self.push(stack, 0)),
            b'I' | b'L' | b'F' | b'P' => line(reader).and_then(|line| self.push(stack, line.len())),
            b'V' => line(reader).and_then(|line| self.text(stack, line)),
            b'c' => {
                let length = line(reader)?.len() + line(reader)?.len();
                self.push(stack, length)
            }
            b'U' | b'C' | 0x8a | 0x8c => {
                let length = u64::from(u8::from_le_bytes(bytes(reader)?));
                self.counted(operation, length, stack, reader)
            }
            b'T' | b'X' | b'B' | 0x8b => {
                let length = u64::from(u32::from_le_bytes(bytes(reader)?));
                self.counted(operation, length, stack, reader)
            }
            0x8d | 0x8e | 0x96 => {
                let length = u64::from_le_bytes(bytes(reader)?);
                self.counted(operation, length, stack, reader)
            }
            b'(' => {
                stack.marks.push(stack.values.len());
                self.take(VALUE)
            }
            b't' | b'l' | b'd' | 0x91 => {
                let inner = stack.up_to_mark()?;
                self.wrap(stack, inner)
            }
            0x85..=0x87 => {
                let inner = stack.pop_many(usize::from(operation - 0x84))?;
                self.wrap(stack, inner)
            }
            b'e' | b'u' | 0x90 => stack.up_to_mark().and_then(|inner| stack.put_into(inner)),
            b'a' => stack.pop_many(1).and_then(|inner| stack.put_into(inner)),
            b's' => stack.pop_many(2).and_then(|inner| stack.put_into(inner)),
            // Calls and classes: what comes of them is made of what went into them.
            0x93 | b'R' | 0x81 => stack.pop_many(2).map(|made| stack.values.push(made)),
            b'Q' => stack.pop_many(1).map(|made| stack.values.push(made)),
            0x92 => stack.pop_many(3).map(|made| stack.values.push(made)),
            b'b' => self.build(stack),
            b'0' => stack.drop_one(),
            b'1' => stack.up_to_mark().map(drop),
            b'2' => {
                let top = stack.top()?;
                self.copied(stack, top)
            }
            b'g' | b'h' | b'j' => {
                let slot = slot(operation - b'g', reader)?;
                let value = stack.slots.get(&slot).copied();
                let value = value.ok_or_else(|| format!("its value {slot} is not there"))?;
                self.copied(stack, value)
            }
            b'p' | b'q' | b'r' => {
                let slot = slot(operation - b'p', reader)?;
                self.keep(stack, slot)
            }
            0x94 => {
                let slot = u32::try_from(stack.slots.len()).unwrap_or(u32::MAX);
                self.keep(stack, slot)
            }
            other => Err(format!(
                "it has an operation 0x{other:02x}, which no tensor needs"
            )),
        }
    }

    fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| {
            "it describes more values than a file of its size has tensors; save `module.state_dict()` alone".to_owned()
        })?;
        Ok(())
    }

    fn push(&mut self, stack: &mut Stack, length: usize) -> Result<(), String> {
        let bytes = VALUE + u64::try_from(length).unwrap_or(u64::MAX / 2);
        let value = Taken {
            bytes,
            ..Taken::default()
        };
        self.copied(stack, value)
    }

    /// Values in one that holds them.
    fn wrap(&mut self, stack: &mut Stack, inner: Taken) -> Result<(), String> {
        let value = Taken {
            bytes: inner.bytes.saturating_add(VALUE),
            depth: deeper(inner.depth)?,
            slot: None,
        };
        self.take(VALUE)?;
        stack.values.push(value);
        Ok(())
    }

    fn copied(&mut self, stack: &mut Stack, value: Taken) -> Result<(), String> {
        self.take(value.bytes)?;
        stack.values.push(value);
        Ok(())
    }

    fn keep(&mut self, stack: &mut Stack, slot: u32) -> Result<(), String> {
        let mut value = stack.top()?;
        value.slot = Some(slot);
        self.take(value.bytes)?;
        if let Some(top) = stack.values.last_mut() {
            *top = value;
        }
        stack.slots.insert(slot, value);
        Ok(())
    }

    /// The state of an object, which changes what was kept of it.
    fn build(&mut self, stack: &mut Stack) -> Result<(), String> {
        let state = stack.pop_many(1)?;
        let object = stack.top()?;
        stack.pop_many(1)?;
        let built = Taken {
            bytes: object.bytes.saturating_add(state.bytes),
            depth: object.depth.max(state.depth),
            slot: object.slot,
        };
        if let Some(slot) = object.slot {
            self.take(built.bytes)?;
            stack.slots.insert(slot, built);
        }
        stack.values.push(built);
        Ok(())
    }

    fn text(&mut self, stack: &mut Stack, text: Vec<u8>) -> Result<(), String> {
        self.push(stack, text.len())?;
        self.order.add(text);
        Ok(())
    }

    /// A text, bytes or a long number of so many bytes.
    fn counted(
        &mut self,
        operation: u8,
        length: u64,
        stack: &mut Stack,
        reader: &mut impl BufRead,
    ) -> Result<(), String> {
        if length > self.left {
            return Err(format!(
                "a value of it should have {length} bytes, more than there are"
            ));
        }
        let mut text = Vec::new();
        let read = reader.by_ref().take(length).read_to_end(&mut text);
        let read = read.map_err(|error| error.to_string())?;
        if u64::try_from(read).is_ok_and(|read| read < length) {
            return Err(early());
        }
        match operation {
            b'U' | b'T' | b'X' | 0x8c | 0x8d => self.text(stack, text),
            _ => self.push(stack, text.len()),
        }
    }
}

impl Stack {
    /// Where the values of the innermost mark begin.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn top(&self) -> Result<Taken, String> {
        let above = self.values.get(self.floor()..).unwrap_or_default();
        above.last().copied().ok_or_else(missing)
    }

    /// So many values together.
    fn pop_many(&mut self, number: usize) -> Result<Taken, String> {
        let start = self.values.len().checked_sub(number);
        let start = start.filter(|start| *start >= self.floor());
        Ok(together(self.values.drain(start.ok_or_else(missing)?..)))
    }

    /// The values of the innermost mark together.
    fn up_to_mark(&mut self) -> Result<Taken, String> {
        let mark = self.marks.pop().ok_or_else(missing)?;
        Ok(together(self.values.drain(mark.min(self.values.len())..)))
    }

    /// Puts values into the one on top.
    fn put_into(&mut self, inner: Taken) -> Result<(), String> {
        let mut top = self.top()?;
        top.bytes = top.bytes.saturating_add(inner.bytes);
        top.depth = top.depth.max(deeper(inner.depth)?);
        if let Some(last) = self.values.last_mut() {
            *last = top;
        }
        Ok(())
    }

    /// Drops a value, or a mark that is on top.
    fn drop_one(&mut self) -> Result<(), String> {
        if self.marks.last() == Some(&self.values.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop_many(1).map(drop)
    }
}

fn together(values: impl Iterator<Item = Taken>) -> Taken {
    values.fold(Taken::default(), |sum, value| Taken {
        bytes: sum.bytes.saturating_add(value.bytes),
        depth: sum.depth.max(value.depth),
        slot: None,
    })
}

fn deeper(depth: u16) -> Result<u16, String> {
    if depth < MAX_DEPTH {
        Ok(depth + 1)
    } else {
        Err(format!(
            "its values lie more than {MAX_DEPTH} deep within each other"
        ))
    }
}

/// The number of a slot: as a line, as one byte or as four; `form` is 0, 1 or another.
fn slot(form: u8, reader: &mut impl BufRead) -> Result<u32, String> {
    match form {
        0 => {
            let line = line(reader)?;
            let text = String::from_utf8_lossy(&line);
            text.trim_end()
                .parse()
                .map_err(|_error| "a number of it is none".to_owned())
        }
        1 => Ok(u32::from(u8::from_le_bytes(bytes(reader)?))),
        _ => Ok(u32::from_le_bytes(bytes(reader)?)),
    }
}

fn bytes<const N: usize>(reader: &mut impl BufRead) -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes).map_err(|error| {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            early()
        } else {
            error.to_string()
        }
    })?;
    Ok(bytes)
}

fn line(reader: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
    read.map_err(|error| error.to_string())?;
    match line.pop() {
        Some(b'\n') => Ok(line),
        None => Err(early()),
        Some(_) => Err(format!(
            "it ends within a name, or one of more than {MAX_LINE} bytes"
        )),
    }
}

fn early() -> String {
    "it ends too early: it was cut off, or copied before it was whole".to_owned()
}

fn missing() -> String {
    "an operation of it takes values that are not there".to_owned()
}
