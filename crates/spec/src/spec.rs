use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{SpecError, SpecProblem};
use crate::keys::{CLASS_NAME, CONFIG, NAME};
use crate::names::nearest_name;
use crate::read;
use crate::value::{Argument, Value};

/// What Keras writes beside the two and nothing here depends on.
const BESIDE: &[&str] = &[
    "module",
    "registered_name",
    "build_config",
    "compile_config",
    "shared_object_id",
];

/// A thing as text describes it: a name and named arguments, each with its place.
///
/// ```
/// use firebrick_spec::Spec;
///
/// let spec = Spec::new("huber").with("delta", 2.0);
/// assert_eq!(spec.name(), "huber");
/// assert_eq!(spec.to_string(), "huber:delta=2");
/// assert_eq!(serde_json::to_string(&spec)?, r#"{"name":"huber","delta":2.0}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Spec {
    name: String,
    arguments: Vec<Argument>,
    at: Option<usize>,
}

impl Spec {
    /// A name without arguments.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            arguments: Vec::new(),
            at: None,
        }
    }

    /// Adds an argument.
    #[must_use = "returns the changed spec"]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.arguments.push(Argument::new(name, value));
        self
    }

    /// The same with the place of its name in the text, the byte counted from 0.
    #[must_use = "returns the changed spec"]
    pub fn with_place(mut self, at: Option<usize>) -> Self {
        self.at = at;
        self
    }

    /// The same at a place that was not known before.
    #[must_use = "returns the changed spec"]
    pub fn or_at(mut self, at: Option<usize>) -> Self {
        self.at = self.at.or(at);
        self
    }

    fn without_places(mut self) -> Self {
        self.at = None;
        forget_places(&mut self.arguments);
        self
    }

    /// The same with further arguments.
    #[must_use = "returns the changed spec"]
    pub fn with_arguments(mut self, arguments: Vec<Argument>) -> Self {
        self.arguments.extend(arguments);
        self
    }

    /// A spec of what serde writes of `thing`, which has to be named values; what is nothing is left out.
    ///
    /// # Errors
    /// A thing that cannot be written down, as code cannot.
    pub fn of(name: impl Into<String>, thing: &impl Serialize) -> Result<Self, SpecError> {
        let mut spec = Self::complete(name, thing)?;
        spec.arguments
            .retain(|argument| argument.value != Value::Null);
        Ok(spec)
    }

    /// The same with what is nothing: for things of which an argument left out is not the same as none.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn complete(name: impl Into<String>, thing: &impl Serialize) -> Result<Self, SpecError> {
        let name = name.into();
        let refused = |reason: String| {
            let thing = format!("`{name}`");
            SpecError::new(SpecProblem::Refused { thing, reason }, None)
        };
        // By way of a text, in which numbers of single precision have no more digits than they need.
        let written = serde_json::to_string(thing).map_err(|error| refused(error.to_string()))?;
        let value: Value =
            serde_json::from_str(&written).map_err(|error| refused(error.to_string()))?;
        match value {
            Value::Table(arguments) => Ok(Self::new(name).with_arguments(arguments)),
            Value::Null => Ok(Self::new(name)),
            other => Err(refused(format!(
                "expected named arguments, received {other}"
            ))),
        }
    }

    /// Reads a name, or a table: `{ name = "huber", delta = 2 }`, Keras' `{"class_name": "Huber", "config": {"delta": 2}}`,
    /// and `{ class_name = "Huber", delta = 2 }`, in which `name` is an argument. `kind` says what is read; tables of old
    /// have it as the key of the name, `{ metric = "auc" }`, and a `name` of its own is an argument there too.
    ///
    /// # Errors
    /// A value that is neither; a table without a name.
    pub fn from_value(value: Value, kind: &'static str) -> Result<Self, SpecError> {
        let mut arguments = match value {
            // The places in it are not those in the text that it stands in.
            Value::Text(text) => {
                let spec = Self::from_text(&text).map(Self::without_places);
                return spec.map_err(|error| SpecError::new(error.problem().clone(), None));
            }
            Value::Table(arguments) => arguments,
            other => {
                let received = other.to_string();
                return Err(SpecError::new(SpecProblem::NoSpec { kind, received }, None));
            }
        };
        let has = |name: &str| arguments.iter().any(|argument| argument.name == name);
        let key = [CLASS_NAME, kind, NAME].into_iter().find(|key| has(key));
        let Some(head) = key.and_then(|key| take(&mut arguments, key)) else {
            return Err(SpecError::new(SpecProblem::NoName { kind }, None));
        };
        let Value::Text(name) = head.value else {
            let received = head.value.to_string();
            return Err(SpecError::new(
                SpecProblem::NoSpec { kind, received },
                head.at,
            ));
        };
        let mut spec = Self {
            name,
            arguments,
            at: head.at,
        };
        if key == Some(CLASS_NAME) {
            spec.open_config()?;
        }
        Ok(spec)
    }

    /// Takes the arguments out of Keras' `config`, and what Keras writes beside it away.
    fn open_config(&mut self) -> Result<(), SpecError> {
        let Some(config) = self.take(CONFIG) else {
            return Ok(());
        };
        self.arguments
            .retain(|argument| !BESIDE.contains(&argument.name.as_str()));
        match config.value {
            Value::Null => Ok(()),
            Value::Table(arguments) => {
                self.arguments.extend(arguments);
                Ok(())
            }
            other => {
                let problem = SpecProblem::Argument {
                    thing: format!("`{}`", self.name),
                    argument: CONFIG.to_owned(),
                    expected: "a table of arguments".to_owned(),
                    received: other.to_string(),
                };
                Err(SpecError::new(problem, config.at))
            }
        }
    }

    /// The name as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The arguments in their order.
    pub fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// The byte of the text where it stands, counted from 0.
    pub fn at(&self) -> Option<usize> {
        self.at
    }

    /// Takes an argument out; of several of the same name the first.
    pub fn take(&mut self, argument: &str) -> Option<Argument> {
        take(&mut self.arguments, argument)
    }

    /// The value of an argument.
    pub fn get(&self, argument: &str) -> Option<&Value> {
        let mut arguments = self.arguments.iter();
        let found = arguments.find(|given| given.name == argument);
        found.map(|argument| &argument.value)
    }

    /// The same without the arguments that `default` has too.
    #[must_use = "returns the changed spec"]
    pub fn without(mut self, default: &Self) -> Self {
        self.arguments
            .retain(|argument| !default.arguments.contains(argument));
        self
    }

    /// Reads what the arguments describe, by serde; errors call it `thing`, e.g. "the loss `huber`".
    ///
    /// A description need not deny unknown fields: arguments that are none of its fields are refused here.
    ///
    /// # Errors
    /// An unknown argument, with the nearest one; one that is missing, there twice, or of a value that cannot be.
    pub fn read<T: DeserializeOwned>(&self, thing: &str) -> Result<T, SpecError> {
        read::read(&self.arguments, self.at, thing)
    }

    /// The same with names for the arguments that have none: a text that is one of these names is that argument, set to true;
    /// any other has the name of its place. Those of places that are not there stay as they are.
    ///
    /// ```
    /// use firebrick_spec::Spec;
    ///
    /// let spec = Spec::from_text("sgd:0.9:nesterov")?.named(&["momentum", "nesterov"]);
    /// assert_eq!(spec, Spec::new("sgd").with("momentum", 0.9).with("nesterov", true));
    /// # Ok::<(), firebrick_spec::SpecError>(())
    /// ```
    #[must_use = "returns the changed spec"]
    pub fn named(mut self, names: &[impl AsRef<str>]) -> Self {
        let mut places = names.iter();
        for argument in self.arguments.iter_mut().filter(|one| one.name.is_empty()) {
            let is_meant = |name: &&_| matches!(&argument.value, Value::Text(text) if *text == AsRef::<str>::as_ref(*name));
            if let Some(name) = names.iter().find(is_meant) {
                name.as_ref().clone_into(&mut argument.name);
                argument.value = Value::Bool(true);
            } else if let Some(name) = places.next() {
                name.as_ref().clone_into(&mut argument.name);
            }
        }
        self
    }

    /// Makes sure that every argument with a name is one of these; errors call the whole `thing`.
    ///
    /// # Errors
    /// An unknown argument, with the nearest one.
    pub fn check_arguments(&self, thing: &str, known: &[&str]) -> Result<(), SpecError> {
        let is_unknown = |argument: &&Argument| {
            !argument.name.is_empty() && !known.contains(&argument.name.as_str())
        };
        let Some(argument) = self.arguments.iter().find(is_unknown) else {
            return Ok(());
        };
        let problem = SpecProblem::UnknownArgument {
            thing: thing.to_owned(),
            argument: argument.name.clone(),
            nearest: nearest_name(&argument.name, known).map(str::to_owned),
            known: known.iter().map(|&name| name.to_owned()).collect(),
        };
        Err(SpecError::new(problem, argument.at))
    }

    /// Reads what serde tells apart by a `class_name` beside a `config` of arguments; errors call it `thing`.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_tagged<T: DeserializeOwned>(
        &self,
        class_name: &str,
        thing: &str,
    ) -> Result<T, SpecError> {
        let mut tagged = vec![Argument::new(CLASS_NAME, class_name)];
        if !self.arguments.is_empty() {
            tagged.push(Argument {
                name: CONFIG.to_owned(),
                value: Value::Table(self.arguments.clone()),
                at: self.at,
            });
        }
        read::read_tagged(&tagged, self.at, thing)
    }

    /// Reads one argument away, if it is there.
    ///
    /// # Errors
    /// A value that cannot be.
    pub fn take_as<T: DeserializeOwned>(
        &mut self,
        thing: &str,
        argument: &str,
    ) -> Result<Option<T>, SpecError> {
        match self.take(argument) {
            Some(argument) => read::read_argument(&argument, thing).map(Some),
            None => Ok(None),
        }
    }
}

/// A table that [`Spec::from_value`] reads.
impl From<Spec> for Value {
    fn from(spec: Spec) -> Self {
        let mut head = Argument::new(CLASS_NAME, spec.name);
        head.at = spec.at;
        Self::Table(std::iter::once(head).chain(spec.arguments).collect())
    }
}

/// The place does not count.
impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

fn forget_places(arguments: &mut [Argument]) {
    for argument in arguments {
        argument.at = None;
        if let Value::List(inside) | Value::Table(inside) = &mut argument.value {
            forget_places(inside);
        }
    }
}

fn take(arguments: &mut Vec<Argument>, name: &str) -> Option<Argument> {
    let index = arguments
        .iter()
        .position(|argument| argument.name == name)?;
    Some(arguments.remove(index))
}
