//! The functions that C calls: pointers are looked at and become references, and all else is done by safe code.

#[cfg(test)]
mod tests;

use std::ffi::{CStr, c_char};
use std::{ptr, slice};

use crate::call::{status_of, value_of};
use crate::call_error::CallError;
use crate::last_error;
use crate::loaded_model::FirebrickModel;
use crate::memory::Memory;
use crate::status::FirebrickStatus;

/// What goes into an input: rows one behind the other.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FirebrickRows {
    /// The first number.
    pub values: *const f32,
    /// How many numbers there are.
    pub len: usize,
}

/// Room for what an output says: a row for each row that goes in.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct FirebrickRoom {
    /// Where the first number goes.
    pub values: *mut f32,
    /// For how many numbers there is room.
    pub len: usize,
}

/// Reads a model file and writes the network to `model`, or a null pointer where that fails.
///
/// # Safety
/// `path` is null or ends with a zero byte. `model` is null or may be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_load(
    path: *const c_char,
    model: *mut *mut FirebrickModel,
) -> FirebrickStatus {
    status_of(|| {
        // SAFETY: the caller says that it may be written to, if it is not null.
        let model = unsafe { emptied(model) }?;
        if path.is_null() {
            return Err(CallError::Null { argument: "path" });
        }
        // SAFETY: it is not null, and the caller says that a zero ends it.
        let path = unsafe { CStr::from_ptr(path) };
        let path = path.to_str().map_err(|error| CallError::NotUtf8 {
            argument: "path",
            valid_up_to: error.valid_up_to(),
        })?;
        *model = Box::into_raw(Box::new(FirebrickModel::read(path)?));
        Ok(())
    })
}

/// The same of a model file that is in memory, which is not needed afterwards.
///
/// # Safety
/// `bytes` is null or the first of `num_bytes` that may be read. `model` is null or may be written to, and is not among them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_load_bytes(
    bytes: *const u8,
    num_bytes: usize,
    model: *mut *mut FirebrickModel,
) -> FirebrickStatus {
    status_of(|| {
        // SAFETY: the caller says that it may be written to, if it is not null.
        let model = unsafe { emptied(model) }?;
        Memory::new("bytes", bytes, num_bytes)?;
        // SAFETY: looked at the line before; the caller says that they may be read.
        let bytes = unsafe { values_at(bytes, num_bytes) };
        *model = Box::into_raw(Box::new(FirebrickModel::from_bytes(bytes)?));
        Ok(())
    })
}

/// Frees a network; a null pointer is nothing to free. Nobody may ask the network any more.
///
/// # Safety
/// `model` is null, or comes from `firebrick_load` or `firebrick_load_bytes` and was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_free(model: *mut FirebrickModel) {
    value_of((), || {
        if !model.is_null() {
            Memory::new("model", model, 1)?;
            // SAFETY: it is not null, so that it was made by `Box::into_raw` and is freed this once, as the caller says.
            drop(unsafe { Box::from_raw(model) });
        }
        Ok(())
    });
}

/// How many inputs a network has; 0 of a null pointer.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_num_inputs(model: *const FirebrickModel) -> usize {
    // SAFETY: the caller says what it is.
    value_of(0, || Ok(unsafe { network(model) }?.inputs().len()))
}

/// How many outputs a network has; 0 of a null pointer.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_num_outputs(model: *const FirebrickModel) -> usize {
    // SAFETY: the caller says what it is.
    value_of(0, || Ok(unsafe { network(model) }?.outputs().len()))
}

/// How many numbers a row of an input has, counted from 0; 0 if there is no such input.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_input_len(model: *const FirebrickModel, index: usize) -> usize {
    // SAFETY: the caller says what it is.
    value_of(0, || Ok(unsafe { network(model) }?.input(index)?.len))
}

/// How many numbers a row of an output has, counted from 0; 0 if there is no such output.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_output_len(model: *const FirebrickModel, index: usize) -> usize {
    // SAFETY: the caller says what it is.
    value_of(0, || Ok(unsafe { network(model) }?.output(index)?.len))
}

/// The name of an input, counted from 0, there as long as the network; null if there is no such input.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_input_name(
    model: *const FirebrickModel,
    index: usize,
) -> *const c_char {
    value_of(ptr::null(), || {
        // SAFETY: the caller says what it is.
        Ok(unsafe { network(model) }?.input(index)?.name.as_ptr())
    })
}

/// The name of an output, counted from 0, there as long as the network; null if there is no such output.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_output_name(
    model: *const FirebrickModel,
    index: usize,
) -> *const c_char {
    value_of(ptr::null(), || {
        // SAFETY: the caller says what it is.
        Ok(unsafe { network(model) }?.output(index)?.name.as_ptr())
    })
}

/// How many classes the model file names; 0 if it names none.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_num_classes(model: *const FirebrickModel) -> usize {
    // SAFETY: the caller says what it is.
    value_of(0, || Ok(unsafe { network(model) }?.num_classes()))
}

/// The name of a class, counted from 0, there as long as the network; null if the model file does not name it.
///
/// # Safety
/// `model` is null or a network that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_class_name(
    model: *const FirebrickModel,
    index: usize,
) -> *const c_char {
    value_of(ptr::null(), || {
        // SAFETY: the caller says what it is.
        Ok(unsafe { network(model) }?.class(index)?.as_ptr())
    })
}

/// What a network of one input and one output says of rows that lie one behind the other: a row of answers for each. Both lengths are counts of
/// numbers. After a failure it is not said what lies in `answers`.
///
/// # Safety
/// `model` is null or a network that was not freed. `rows` is null or the first of `num_values` numbers; `answers` is null, or the first of
/// `num_answers` that may be written to and that nobody else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_predict(
    model: *const FirebrickModel,
    rows: *const f32,
    num_values: usize,
    answers: *mut f32,
    num_answers: usize,
) -> FirebrickStatus {
    status_of(|| {
        // SAFETY: the caller says what it is.
        let model = unsafe { network(model) }?;
        let memory = Memory::new("rows", rows, num_values)?;
        Memory::new("answers", answers, num_answers)?.check_apart(&memory)?;
        // SAFETY: looked at; the caller says that they may be read.
        let rows = unsafe { values_at(rows, num_values) };
        // SAFETY: looked at, and apart from the rows; the caller says that it may be written to.
        let answers = unsafe { room_at(answers, num_answers) };
        model.predict(rows, answers)
    })
}

/// The same of any number of inputs and outputs, in the order of the network's; as many rows for each of them.
///
/// # Safety
/// `model` is null or a network that was not freed. `inputs` is null or the first of `num_inputs`, `outputs` null or the first of `num_outputs`;
/// what they point to is as for `firebrick_predict`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn firebrick_predict_all(
    model: *const FirebrickModel,
    inputs: *const FirebrickRows,
    num_inputs: usize,
    outputs: *const FirebrickRoom,
    num_outputs: usize,
) -> FirebrickStatus {
    status_of(|| {
        // SAFETY: the caller says what it is.
        let model = unsafe { network(model) }?;
        let mut taken = vec![
            Memory::new("inputs", inputs, num_inputs)?,
            Memory::new("outputs", outputs, num_outputs)?,
        ];
        // SAFETY: looked at; the caller says that they may be read.
        let inputs = unsafe { values_at(inputs, num_inputs) };
        // SAFETY: as well.
        let outputs = unsafe { values_at(outputs, num_outputs) };
        for input in inputs {
            taken.push(Memory::new("inputs[].values", input.values, input.len)?);
        }
        for output in outputs {
            let memory = Memory::new("outputs[].values", output.values, output.len)?;
            taken
                .iter()
                .try_for_each(|other| memory.check_apart(other))?;
            taken.push(memory);
        }
        let rows = inputs.iter().map(|input| {
            // SAFETY: looked at; the caller says that they may be read.
            unsafe { values_at(input.values, input.len) }
        });
        let rows: Vec<&[f32]> = rows.collect();
        let rooms = outputs.iter().map(|output| {
            // SAFETY: looked at, and apart from all else that is given; the caller says that it may be written to.
            unsafe { room_at(output.values, output.len) }
        });
        let mut rooms: Vec<&mut [f32]> = rooms.collect();
        model.predict_all(&rows, &mut rooms)
    })
}

/// What was wrong with the last call of this thread that failed, in UTF-8; empty if none did. It is there until another call of the thread fails.
#[unsafe(no_mangle)]
pub extern "C" fn firebrick_last_error() -> *const c_char {
    last_error::with(CStr::as_ptr)
}

/// A network behind its pointer.
///
/// # Safety
/// It is null or a network that is not freed for `'a`.
unsafe fn network<'a>(model: *const FirebrickModel) -> Result<&'a FirebrickModel, CallError> {
    Memory::new("model", model, 1)?;
    // SAFETY: it is not null, so that it is a network, as the caller says.
    Ok(unsafe { &*model })
}

/// The place for a network, with none in it.
///
/// # Safety
/// It is null, or may be written to and is used by nobody else for `'a`.
unsafe fn emptied<'a>(
    model: *mut *mut FirebrickModel,
) -> Result<&'a mut *mut FirebrickModel, CallError> {
    Memory::new("model", model, 1)?;
    // SAFETY: it is neither null nor between two places; what C left there is written over before there is a reference to it.
    unsafe {
        model.write(ptr::null_mut());
        Ok(&mut *model)
    }
}

/// # Safety
/// [`Memory::new`] has looked at them, and they may be read for `'a`.
unsafe fn values_at<'a, T>(first: *const T, len: usize) -> &'a [T] {
    if len == 0 {
        return &[];
    }
    // SAFETY: not null, aligned and no longer than memory, as looked at; the caller says the rest.
    unsafe { slice::from_raw_parts(first, len) }
}

/// Room for numbers, with zeros in it.
///
/// # Safety
/// [`Memory::new`] has looked at it, it may be written to, and nobody else uses it for `'a`.
unsafe fn room_at<'a>(first: *mut f32, len: usize) -> &'a mut [f32] {
    if len == 0 {
        return &mut [];
    }
    // SAFETY: not null, aligned and no longer than memory, as looked at; the zeros are there before a reference is, as C may have left it unwritten.
    unsafe {
        first.write_bytes(0, len);
        slice::from_raw_parts_mut(first, len)
    }
}
