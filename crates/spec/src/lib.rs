//! Things with a name and arguments, read from text and written to it.
//!
//! A layer, a loss, a metric, an optimizer, a schedule, an initializer: in a file or on a command line each of them is a name
//! with arguments, a [`Spec`]. The crate stands apart because all of them are read by the same rules, and it knows neither
//! tensors nor networks.
//!
//! ```
//! use firebrick_spec::{Spec, Value};
//!
//! let spec = Spec::from_text("huber:delta=2")?;
//! assert_eq!(spec, Spec::new("huber").with("delta", 2));
//! assert_eq!(spec, Spec::from_text("huber(delta=2)")?);
//!
//! let json = r#"{"class_name": "Huber", "config": {"delta": 2}}"#;
//! let value: Value = serde_json::from_str(json)?;
//! assert_eq!(Spec::from_value(value, "loss")?, Spec::new("Huber").with("delta", 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod as_text;
mod error;
mod json_form;
mod keras_fields;
mod keys;
mod names;
mod pattern;
mod read;
mod read_error;
mod register;
mod registry;
mod spec;
mod text_form;
mod thousands;
mod toml_form;
mod unknown_name;
mod value;
mod visible;

pub use error::{SpecError, SpecProblem};
pub use json_form::Keras;
pub use keras_fields::KerasFields;
pub use names::{by_likeness, camel_case, did_you_mean, folded, nearest_name, snake_case};
pub use pattern::is_like;
pub use read::argument_names;
pub use register::{Register, RegisterError};
pub use registry::{BySerde, lookup};
pub use spec::Spec;
pub use thousands::thousands;
pub use toml_form::line_of;
pub use unknown_name::UnknownName;
pub use value::{Argument, Value, number_text};
pub use visible::{shortened, visible};
