use std::any::{Any, TypeId, type_name};
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::SpecError;
use crate::names::folded;
use crate::registry::BySerde;
use crate::spec::Spec;
use crate::unknown_name::UnknownName;

/// The things of one kind that programs have written themselves, under names of their own: what [`registry!`] is for those
/// that are built in. It can be a static.
///
/// [`registry!`]: crate::registry
///
/// ```
/// use std::fmt::Debug;
/// use std::sync::Arc;
///
/// use firebrick_spec::{Register, Spec};
/// use serde::{Deserialize, Serialize};
///
/// trait Loss: Debug + Send + Sync {}
///
/// #[derive(Debug, Default, Deserialize, Serialize)]
/// #[serde(default)]
/// struct Cubed {
///     scale: f64,
/// }
///
/// impl Loss for Cubed {}
///
/// static OWN: Register<dyn Loss> = Register::new("loss", "register_loss");
///
/// OWN.add::<Cubed>("cubed_error", &["huber"], |cubed| Arc::new(cubed))?;
/// let spec = Spec::from_text("Cubed-Error:scale=2")?;
/// let cubed = OWN.read(&spec, "the loss `cubed_error`").expect("it is registered")?;
/// assert_eq!(format!("{cubed:?}"), "Cubed { scale: 2.0 }");
/// assert_eq!(OWN.short_spec(&Cubed { scale: 2.0 }).unwrap().to_string(), "cubed_error:scale=2");
///
/// let unknown = OWN.unknown("cubde_error", &["huber"], &["huber"]);
/// assert_eq!(
///     unknown.to_string(),
///     "unknown loss `cubde_error`, did you mean `cubed_error`?; known losses: huber, cubed_error; one of a program's own \
///      has to be registered there by `register_loss`"
/// );
/// let error = OWN.add::<Cubed>("huber", &["huber"], |cubed| Arc::new(cubed)).unwrap_err();
/// assert!(error.to_string().starts_with("a loss of your own cannot be registered as `huber`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Register<T: ?Sized> {
    kind: &'static str,
    /// What adds to it.
    function: &'static str,
    entries: RwLock<Vec<Entry<T>>>,
}

struct Entry<T: ?Sized> {
    name: String,
    /// What it is in Rust.
    of: (TypeId, &'static str),
    arguments: fn() -> Vec<String>,
    read: Read<T>,
    write: Write,
}

type Read<T> = Arc<dyn Fn(&Spec, &str) -> Result<Arc<T>, SpecError> + Send + Sync>;
/// Without the arguments that are the defaults.
type Write = fn(&dyn Any, &str) -> Option<Spec>;

/// Why something cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} of your own cannot be registered as `{}`: {reason}; give it another name",
    one(kind),
    name.escape_debug()
)]
pub struct RegisterError {
    kind: &'static str,
    name: String,
    reason: String,
}

impl<T: ?Sized + 'static> Register<T> {
    /// Nothing so far; `kind` is what the things are, e.g. `loss`, `function` what a program adds to it by.
    pub const fn new(kind: &'static str, function: &'static str) -> Self {
        Self {
            kind,
            function,
            entries: RwLock::new(Vec::new()),
        }
    }

    /// Adds a type of which `built_in` has no name, once or several times.
    ///
    /// # Errors
    /// A name that is built in, is registered for another type, or that no text form can have; a type that has another
    /// name already.
    pub fn add<C: BySerde + Any>(
        &self,
        name: &str,
        built_in: &[&str],
        own: fn(C) -> Arc<T>,
    ) -> Result<(), RegisterError> {
        let entry = Entry {
            name: name.to_owned(),
            of: (TypeId::of::<C>(), type_name::<C>()),
            arguments: C::argument_names,
            read: Arc::new(move |spec, thing| C::from_spec(spec, thing).map(own)),
            write: written::<C>,
        };
        self.add_entry(entry, built_in)
    }

    /// The same of a type that has a way of its own to be read, and is not written by its name here.
    ///
    /// # Errors
    /// Those of [`add`](Self::add).
    pub fn add_read<C: Any>(
        &self,
        name: &str,
        built_in: &[&str],
        arguments: fn() -> Vec<String>,
        read: fn(&Spec, &str) -> Result<Arc<T>, SpecError>,
    ) -> Result<(), RegisterError> {
        let entry = Entry {
            name: name.to_owned(),
            of: (TypeId::of::<C>(), type_name::<C>()),
            arguments,
            read: Arc::new(read),
            write: |_, _| None,
        };
        self.add_entry(entry, built_in)
    }

    fn add_entry(&self, new: Entry<T>, built_in: &[&str]) -> Result<(), RegisterError> {
        let (name, of) = (new.name.as_str(), new.of);
        let refused = |reason: String| RegisterError {
            kind: self.kind,
            name: name.to_owned(),
            reason,
        };
        let is_plain = Spec::from_text(name).is_ok_and(|spec| spec == Spec::new(name));
        let has_room = |letter: char| letter.is_whitespace() || letter.is_control();
        if !is_plain || name.contains(has_room) || folded(name).is_empty() {
            let reason = "a name has letters, digits and underscores".to_owned();
            return Err(refused(reason));
        }
        if built_in.iter().any(|known| folded(known) == folded(name)) {
            return Err(refused(format!(
                "{} of this name is built in",
                one(self.kind)
            )));
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        for entry in entries.iter() {
            let is_name = folded(&entry.name) == folded(name);
            match (is_name, entry.of.0 == of.0) {
                (true, true) => return Ok(()),
                (true, false) => {
                    return Err(refused(format!("{} has this name", entry.of.1)));
                }
                (false, true) => {
                    let reason = format!("{} is registered as `{}`", of.1, entry.name);
                    return Err(refused(reason));
                }
                (false, false) => {}
            }
        }
        entries.push(new);
        Ok(())
    }

    /// The name that goes by this spelling.
    pub fn name(&self, spelling: &str) -> Option<String> {
        self.find(
            |entry| folded(&entry.name) == folded(spelling),
            |entry| entry.name.clone(),
        )
    }

    /// All names, in the order in which they were registered.
    pub fn names(&self) -> Vec<String> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| entry.name.clone()).collect()
    }

    /// The names of the arguments of what goes by this name; none of an unknown one.
    pub fn arguments_of(&self, name: &str) -> Vec<String> {
        let arguments = self.find(|entry| entry.name == name, |entry| entry.arguments);
        arguments.map(|arguments| arguments()).unwrap_or_default()
    }

    /// What the spec describes, `None` where its name is not registered; errors call it `thing`.
    ///
    /// # Errors
    /// As [`Spec::read`].
    pub fn read(&self, spec: &Spec, thing: &str) -> Option<Result<Arc<T>, SpecError>> {
        self.read_as(spec.name(), spec, thing)
    }

    /// The same of what goes by another name than the spec's.
    ///
    /// # Errors
    /// As [`Spec::read`].
    pub fn read_as(
        &self,
        name: &str,
        spec: &Spec,
        thing: &str,
    ) -> Option<Result<Arc<T>, SpecError>> {
        let is_it = |entry: &Entry<T>| folded(&entry.name) == folded(name);
        // Not under the lock: what is read may name another of the kind.
        let read = self.find(is_it, |entry| Arc::clone(&entry.read))?;
        Some(read(spec, thing))
    }

    /// The spec of a thing whose type is registered, without the arguments that are the defaults.
    pub fn short_spec(&self, thing: &dyn Any) -> Option<Spec> {
        let is_it = |entry: &Entry<T>| entry.of.0 == thing.type_id();
        let (write, name) = self.find(is_it, |entry| (entry.write, entry.name.clone()))?;
        write(thing, &name)
    }

    /// The error for a name that neither these nor those that are built in have.
    pub fn unknown(&self, name: &str, built_in: &[&str], aliases: &[&str]) -> UnknownName {
        let own = self.names();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        UnknownName::new(self.kind, name, &[built_in, &own].concat())
            .with_aliases(&[aliases, &own].concat())
            .with_register(self.function)
    }

    fn find<F>(&self, is_it: impl Fn(&Entry<T>) -> bool, of: impl Fn(&Entry<T>) -> F) -> Option<F> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().find(|entry| is_it(entry)).map(of)
    }
}

/// `a loss`, `an optimizer`.
fn one(kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}

fn written<C: BySerde + Any>(thing: &dyn Any, name: &str) -> Option<Spec> {
    let spec = thing.downcast_ref::<C>()?.to_spec(name).ok()?;
    let default = C::from_spec(&Spec::new(name), name).and_then(|default| default.to_spec(name));
    Some(match default {
        Ok(default) => spec.without(&default),
        // One that needs arguments has no default.
        Err(_) => spec,
    })
}

impl<T: ?Sized> std::fmt::Debug for Register<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct One {}

    #[derive(Serialize, Deserialize)]
    struct Other {}

    trait Thing: Send + Sync {}

    impl Thing for One {}

    impl Thing for Other {}

    #[test]
    fn a_name_belongs_to_one_type_and_a_type_to_one_name() {
        let register: Register<dyn Thing> = Register::new("layer", "register_layer");
        let add = |name| register.add::<One>(name, &["dense"], |one| Arc::new(one));
        add("my_layer").unwrap();
        add("MyLayer").unwrap();
        assert_eq!(register.names(), ["my_layer"]);
        assert_eq!(register.name("my-layer").as_deref(), Some("my_layer"));
        let other = |name| register.add::<Other>(name, &[], |other| Arc::new(other));
        for (error, reason) in [
            (other("my_layer"), "One has this name"),
            (add("another"), "One is registered as `my_layer`"),
            (add("Dense"), "a layer of this name is built in"),
            (other(""), "a name has letters"),
            (other("a b"), "a name has letters"),
            (other("a:b=1"), "a name has letters"),
            (other("a\nb"), "a name has letters"),
        ] {
            let message = error.unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
    }

    #[test]
    fn what_is_not_registered_says_how_it_is() {
        let register: Register<dyn Thing> = Register::new("layer", "register_layer");
        // A name may be like one that is built in and still be a program's own.
        for (name, nearest) in [("elsewhere", ""), ("Densest", ", did you mean `dense`?")] {
            assert_eq!(
                register.unknown(name, &["dense"], &["dense"]).to_string(),
                format!(
                    "unknown layer `{name}`{nearest}; known layers: dense; one of a program's own has to be \
                     registered there by `register_layer`"
                )
            );
        }
        assert!(
            register
                .read(&Spec::new("elsewhere"), "the layer")
                .is_none()
        );
    }
}
