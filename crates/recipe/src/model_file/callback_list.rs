//! The callbacks' part: `[[callbacks]]`, each a table of a name and arguments.

use firebrick_spec::{Argument, snake_case};
use firebrick_trainer::Fit;
use toml::Spanned;
use toml::de::DeValue;

use super::section::{Located, Section, into_section, wrong_value};
use crate::model_file_problem::ModelFileProblem;
use crate::named_callback::{NamedCallback, OwnCallback, unknown_callback};

pub(super) const CALLBACKS: &str = "callbacks";
const NAME: &str = "name";

pub(super) fn read(value: Spanned<DeValue<'_>>) -> Result<Vec<NamedCallback>, Located> {
    let at = value.span().start;
    let DeValue::Array(callbacks) = value.into_inner() else {
        let message = "expected one table for each callback, each under its own `[[callbacks]]`";
        return Err(wrong_value(CALLBACKS, message, at));
    };
    let mut read = Vec::new();
    let mut paths = Vec::new();
    for table in callbacks {
        let table = into_section(CALLBACKS, table)?;
        let at = table.at();
        let callback = read_callback(table)?;
        let path = callback.own_path();
        let path = path.map_err(|error| Located::new(ModelFileProblem::Setting(error), at))?;
        if let Some(path) = path {
            if paths.contains(&path) {
                let path = path.display().to_string();
                return Err(Located::new(ModelFileProblem::SharedFile { path }, at));
            }
            paths.push(path);
        }
        read.push(callback);
    }
    Ok(read)
}

fn read_callback(mut table: Section<'_>) -> Result<NamedCallback, Located> {
    let at = table.at_key(NAME);
    let name: String = table.require("the callback", NAME, "name = \"early_stopping\"")?;
    if let Some(own) = OwnCallback::by_name(&name) {
        return read_own(own, table);
    }
    let mut callback = NamedCallback::by_name(&snake_case(&name)).ok_or_else(|| {
        let unknown = unknown_callback(&name);
        Located::new(ModelFileProblem::UnknownCallback(unknown), at)
    })?;
    let known = callback.argument_names();
    let place = format!("the callback `{}`", callback.name());
    table.check_arguments(&place, &known)?;
    for argument in known {
        if let Some(value) = table.take_value(argument) {
            let start = value.span().start;
            callback
                .read_argument(argument, value)
                .map_err(|error| wrong_value(argument, error.message().to_owned(), start))?;
        }
    }
    match callback.added_to(Fit::new(1), None) {
        Ok(_) => Ok(callback),
        Err(error) => Err(Located::new(ModelFileProblem::Setting(error), at)),
    }
}

/// One of a program's own, which reads its arguments itself.
fn read_own(own: OwnCallback, mut table: Section<'_>) -> Result<NamedCallback, Located> {
    let at = table.at();
    let known = own.argument_names();
    let place = format!("the callback `{}`", own.name());
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    table.check_arguments(&place, &names)?;
    let given = known.iter().filter_map(|name| {
        let value = table.take_value(name)?;
        Some(Argument::from_toml(name, value))
    });
    let read = own.with_arguments(given.collect());
    let read = read.map_err(|error| Located::of_spec(CALLBACKS, error, at))?;
    Ok(NamedCallback::Own(read))
}
