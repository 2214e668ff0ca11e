use crate::names::folded;

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
/// `each` is the name of a macro that it writes too: `each!(known, thing => expression)` is the expression for whatever
/// is inside of `known`.
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
/// assert_eq!(known.name(), "huber");
/// assert_eq!(known.to_spec()?.to_string(), "huber:delta=2");
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
        $seen:vis enum $known:ident: $kind:literal, $each:ident {
            $($(#[$about:meta])* $thing:ident: $name:expr $(, $alias:expr)*;)+
        }
    ) => {
        $(#[$meaning])*
        $seen enum $known {
            $($(#[$about])* $thing($thing),)+
        }

        $crate::registry!(@each ($) $known $each $($thing)+);

        #[allow(dead_code, reason = "not every kind needs all of it")]
        impl $known {
            /// What the things are, e.g. `loss`.
            pub const KIND: &'static str = $kind;

            /// Their names.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Every name they are read by.
            pub const ALIASES: &'static [&'static str] = &[$($name $(, $alias)*),+];

            const ENTRIES: &'static [&'static [&'static str]] = &[$(&[$name $(, $alias)*]),+];

            /// The spelling in the list of a name, or the error with the nearest one.
            $seen fn spelling(name: &str) -> ::std::result::Result<&'static str, $crate::UnknownName> {
                match $crate::lookup(name, Self::ENTRIES) {
                    ::std::option::Option::Some((_, spelling)) => ::std::result::Result::Ok(spelling),
                    ::std::option::Option::None => ::std::result::Result::Err(
                        $crate::UnknownName::new(Self::KIND, name, Self::NAMES).with_aliases(Self::ALIASES),
                    ),
                }
            }

            /// The name that a spelling belongs to.
            $seen fn canonical(name: &str) -> ::std::option::Option<&'static str> {
                $crate::lookup(name, Self::ENTRIES).map(|(place, _)| Self::NAMES[place])
            }

            /// The thing that a spec describes.
            $seen fn read(spec: &$crate::Spec) -> ::std::result::Result<Self, $crate::SpecError> {
                let spelling = Self::spelling(spec.name())
                    .map_err(|unknown| $crate::SpecError::from(unknown).or_at(spec.at()))?;
                Self::read_as(spec, &::std::format!("the {} `{spelling}`", Self::KIND))
            }

            /// The same; errors call it `thing`.
            $seen fn read_as(
                spec: &$crate::Spec,
                thing: &str,
            ) -> ::std::result::Result<Self, $crate::SpecError> {
                let name = Self::canonical(spec.name());
                $(
                    if name == ::std::option::Option::Some($name) {
                        return spec.read(thing).map(Self::$thing);
                    }
                )+
                ::std::result::Result::Err(
                    $crate::SpecError::from(
                        $crate::UnknownName::new(Self::KIND, spec.name(), Self::NAMES)
                            .with_aliases(Self::ALIASES),
                    )
                    .or_at(spec.at()),
                )
            }

            /// The names of the arguments of a thing.
            $seen fn arguments_of(name: &str) -> ::std::vec::Vec<&'static str> {
                let name = Self::canonical(name);
                $(
                    if name == ::std::option::Option::Some($name) {
                        return $crate::argument_names::<$thing>();
                    }
                )+
                ::std::vec::Vec::new()
            }

            /// Its name.
            $seen fn name(&self) -> &'static str {
                match self {
                    $(Self::$thing(_) => $name,)+
                }
            }

            /// Its spec, with all arguments.
            $seen fn to_spec(&self) -> ::std::result::Result<$crate::Spec, $crate::SpecError> {
                match self {
                    $(Self::$thing(thing) => $crate::Spec::of($name, thing),)+
                }
            }
        }
    };
    (@each ($dollar:tt) $known:ident $each:ident $($thing:ident)+) => {
        macro_rules! $each {
            ($dollar known:expr, $dollar inner:ident => $dollar result:expr) => {
                match $dollar known {
                    $($known::$thing($dollar inner) => $dollar result,)+
                }
            };
        }
    };
}
