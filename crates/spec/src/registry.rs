use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SpecError;
use crate::names::folded;
use crate::read::argument_names;
use crate::spec::Spec;

/// How [`registry!`](crate::registry) reads and writes things unless told otherwise: by serde.
///
/// ```
/// use firebrick_spec::{BySerde, Spec};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Huber {
///     delta: f64,
/// }
///
/// let huber = Huber::from_spec(&Spec::from_text("huber:delta=2")?, "the loss `huber`")?;
/// assert_eq!(huber.to_spec("huber")?.to_string(), "huber:delta=2");
/// assert_eq!(<Huber as BySerde>::argument_names(), ["delta"]);
/// # Ok::<(), firebrick_spec::SpecError>(())
/// ```
pub trait BySerde: Sized {
    /// What the arguments of a spec describe; errors call it `thing`.
    ///
    /// # Errors
    /// As [`Spec::read`].
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError>;

    /// A spec of this name with all arguments.
    ///
    /// # Errors
    /// As [`Spec::of`].
    fn to_spec(&self, name: &str) -> Result<Spec, SpecError>;

    /// The names of the arguments.
    fn argument_names() -> Vec<String>;
}

impl<T: Serialize + DeserializeOwned> BySerde for T {
    fn from_spec(spec: &Spec, thing: &str) -> Result<Self, SpecError> {
        spec.read(thing)
    }

    fn to_spec(&self, name: &str) -> Result<Spec, SpecError> {
        Spec::of(name, self)
    }

    fn argument_names() -> Vec<String> {
        let names = argument_names::<T>().into_iter();
        names.map(str::to_owned).collect()
    }
}

/// The entry of a list that has this name, whatever its case, underscores and hyphens: its place and its spelling there.
///
/// An entry is a name and its aliases.
///
/// ```
/// let losses: [&[&str]; 2] = [&["mean_squared_error", "mse"], &["huber"]];
/// assert_eq!(firebrick_spec::lookup("MSE", &losses), Some((0, "mse")));
/// assert_eq!(firebrick_spec::lookup("Hubert", &losses), None);
/// ```
pub fn lookup(name: &str, entries: &[&[&'static str]]) -> Option<(usize, &'static str)> {
    let wanted = folded(name);
    entries.iter().enumerate().find_map(|(place, names)| {
        let spelling = names.iter().find(|known| folded(known) == wanted);
        spelling.map(|spelling| (place, *spelling))
    })
}

/// Writes a kind of named things out: its enum, the names, aliases and lists, reading and writing.
///
/// After the kind's word comes the name of a macro that it writes too: `each_loss!(known, loss => expression)` is the
/// expression for whatever is inside of `known`. `=> Loss` after that makes a `Loss` of every thing, by way of the enum;
/// `through Trait` reads and writes by the functions of another trait with those of [`BySerde`](crate::BySerde).
///
/// ```
/// use firebrick_spec::{Spec, registry};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
/// #[serde(default)]
/// struct Huber {
///     delta: f64,
/// }
///
/// #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
/// struct Hinge {}
///
/// registry! {
///     /// Any loss.
///     #[derive(Clone, Debug, PartialEq)]
///     pub(crate) enum Known: "loss", each_loss {
///         Huber: "huber", "huber_loss";
///         Hinge: "hinge";
///     }
/// }
///
/// assert_eq!(Known::NAMES, ["huber", "hinge"]);
/// assert_eq!(Known::ALIASES, ["huber", "huber_loss", "hinge"]);
/// let known = Known::read(&Spec::from_text("Huber:delta=2")?)?;
/// assert_eq!(known, Known::Huber(Huber { delta: 2.0 }));
/// assert_eq!(known.listed_name(), "huber");
/// assert_eq!(known.to_short_spec()?.to_string(), "huber:delta=2");
/// assert_eq!(each_loss!(&known, loss => format!("{loss:?}")), "Huber { delta: 2.0 }");
///
/// let error = Known::read(&Spec::new("hubert")).unwrap_err();
/// assert_eq!(error.to_string(), "unknown loss `hubert`, did you mean `huber`?; known losses: huber, hinge");
/// # Ok::<(), firebrick_spec::SpecError>(())
/// ```
#[macro_export]
macro_rules! registry {
    (
        $(#[$meaning:meta])*
        $seen:vis enum $known:ident: $kind:literal, $each:ident $(=> $outer:ty)? {
            $($things:tt)+
        }
    ) => {
        $crate::registry! {
            $(#[$meaning])*
            $seen enum $known: $kind, $each $(=> $outer)?; through $crate::BySerde {
                $($things)+
            }
        }
    };
    (
        $(#[$meaning:meta])*
        $seen:vis enum $known:ident: $kind:literal, $each:ident $(=> $outer:ty)?; through $through:path {
            $($(#[$about:meta])* $thing:ident: $name:expr $(, $alias:expr)*;)+
        }
    ) => {
        $(#[$meaning])*
        $seen enum $known {
            $($(#[$about])* $thing($thing),)+
        }

        $crate::registry!(@each ($) $known $each $($thing)+);
        $crate::registry!(@from $known ($($outer)?) $($thing)+);

        #[allow(dead_code, reason = "not every kind needs all of it")]
        impl $known {
            /// What the things are, e.g. `loss`.
            pub const KIND: &'static str = $kind;

            /// The names of all.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Every name that is read, aliases included.
            pub const ALIASES: &'static [&'static str] = &[$($name $(, $alias)*),+];

            const ENTRIES: &'static [&'static [&'static str]] = &[$(&[$name $(, $alias)*]),+];

            /// The name of a spelling and the spelling as the list has it; or the error, with the nearest one.
            pub(crate) fn find(
                name: &str,
            ) -> ::std::result::Result<(&'static str, &'static str), $crate::UnknownName> {
                match $crate::lookup(name, Self::ENTRIES) {
                    ::std::option::Option::Some((place, spelling)) => {
                        ::std::result::Result::Ok((Self::NAMES[place], spelling))
                    }
                    ::std::option::Option::None => ::std::result::Result::Err(
                        $crate::UnknownName::new(Self::KIND, name, Self::NAMES).with_aliases(Self::ALIASES),
                    ),
                }
            }

            /// The thing that a spec describes.
            pub(crate) fn read(spec: &$crate::Spec) -> ::std::result::Result<Self, $crate::SpecError> {
                let (name, _) = Self::find(spec.name())
                    .map_err(|unknown| $crate::SpecError::from(unknown).or_at(spec.at()))?;
                Self::read_as(spec, &::std::format!("the {} `{name}`", Self::KIND))
            }

            /// The same; errors call it `thing`.
            pub(crate) fn read_as(
                spec: &$crate::Spec,
                thing: &str,
            ) -> ::std::result::Result<Self, $crate::SpecError> {
                let (name, _) = Self::find(spec.name())
                    .map_err(|unknown| $crate::SpecError::from(unknown).or_at(spec.at()))?;
                let spec = spec.clone().named(&Self::arguments_of(name));
                $(
                    if name == $name {
                        return <$thing as $through>::from_spec(&spec, thing).map(Self::$thing);
                    }
                )+
                ::std::unreachable!("every name of the list has its thing")
            }

            /// The names of the arguments of a thing; none of an unknown one.
            pub(crate) fn arguments_of(name: &str) -> ::std::vec::Vec<::std::string::String> {
                let name = Self::find(name).map_or("", |(name, _)| name);
                $(
                    if name == $name {
                        return <$thing as $through>::argument_names();
                    }
                )+
                ::std::vec::Vec::new()
            }

            /// The name in the list.
            pub(crate) fn listed_name(&self) -> &'static str {
                match self {
                    $(Self::$thing(_) => $name,)+
                }
            }

            /// What its type is called, which Keras calls its class.
            pub(crate) fn class_name(&self) -> &'static str {
                match self {
                    $(Self::$thing(_) => ::std::stringify!($thing),)+
                }
            }

            /// The spec, with all arguments.
            pub(crate) fn to_spec(&self) -> ::std::result::Result<$crate::Spec, $crate::SpecError> {
                match self {
                    $(Self::$thing(thing) => <$thing as $through>::to_spec(thing, $name),)+
                }
            }

            /// The spec, without the arguments that are the defaults.
            pub(crate) fn to_short_spec(&self) -> ::std::result::Result<$crate::Spec, $crate::SpecError> {
                let spec = self.to_spec()?;
                let name = $crate::Spec::new(self.listed_name());
                match Self::read(&name).and_then(|default| default.to_spec()) {
                    ::std::result::Result::Ok(default) => ::std::result::Result::Ok(spec.without(&default)),
                    // One that needs arguments has no default.
                    ::std::result::Result::Err(_) => ::std::result::Result::Ok(spec),
                }
            }
        }
    };
    (@each ($dollar:tt) $known:ident $each:ident $($thing:ident)+) => {
        #[allow(unused_macros, reason = "not every kind needs all of it")]
        macro_rules! $each {
            ($dollar known:expr, $dollar inner:ident => $dollar result:expr) => {
                match $dollar known {
                    $($known::$thing($dollar inner) => $dollar result,)+
                }
            };
        }
    };
    (@from $known:ident ($($outer:ty)?) $($thing:ident)+) => {
        $(
            impl ::std::convert::From<$thing> for $known {
                fn from(thing: $thing) -> Self {
                    Self::$thing(thing)
                }
            }
        )+
        $crate::registry!(@outers $known ($($outer)?) $($thing)+);
    };
    (@outers $known:ident () $($thing:ident)+) => {};
    (@outers $known:ident ($outer:ty) $($thing:ident)+) => {
        $(
            impl ::std::convert::From<$thing> for $outer {
                fn from(thing: $thing) -> Self {
                    <$outer as ::std::convert::From<$known>>::from($known::$thing(thing))
                }
            }
        )+
    };
}
