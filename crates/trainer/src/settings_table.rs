//! Settings that may be left open: each one field, with its key in files, its flag and what is said of it.

use std::error::Error;

use serde::ser::SerializeMap;
use toml::Spanned;
use toml::de::DeValue;

/// What there is to know of a setting beside its value.
///
/// ```
/// use firebrick::training::{GivenFit, SettingsTable};
///
/// let keys: Vec<&str> = GivenFit::settings().iter().map(|setting| setting.key).collect();
/// assert_eq!(keys[..2], ["epochs", "initial_epoch"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The key in files; the flag is `--` and the same with hyphens.
    pub key: &'static str,
    /// The documentation of the field.
    pub documentation: &'static str,
    /// Its flag, if it has one.
    pub flag: Option<Flag>,
}

impl Setting {
    /// The first paragraph of the documentation, in one line.
    ///
    /// ```
    /// use firebrick::training::{GivenFit, SettingsTable};
    ///
    /// let settings = GivenFit::settings();
    /// let epochs = settings.iter().find(|setting| setting.key == "epochs").unwrap();
    /// assert_eq!(epochs.help(), "Passes over the training samples");
    /// ```
    pub fn help(&self) -> String {
        let lines = self.documentation.lines().map(str::trim);
        let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        let text = paragraph.join(" ");
        text.strip_suffix('.').unwrap_or(&text).to_owned()
    }
}

/// How a setting is given on a command line.
///
/// ```
/// use firebrick::training::Flag;
///
/// const EPOCHS: Flag = Flag::number("N").under("Learning");
/// assert_eq!((EPOCHS.value_name, EPOCHS.heading), ("N", "Learning"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// What stands for the value in the help.
    pub value_name: &'static str,
    /// The group of flags that it belongs to.
    pub heading: &'static str,
    /// What its values look like.
    pub values: Values,
    /// The value of the flag alone, without one.
    pub alone: Option<&'static str>,
    /// Another name for it.
    pub alias: Option<&'static str>,
    /// The keys of those that it cannot stand beside.
    pub excludes: &'static [&'static str],
    /// The names that its value is one of, for the help.
    pub names: &'static [&'static str],
}

/// What the values of a [`Flag`] look like.
///
/// ```
/// use firebrick::training::{Flag, Values};
///
/// assert_eq!(Flag::switch().values, Values::Switch);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Any text that does not begin with a hyphen.
    Text,
    /// A text that may begin with a hyphen.
    HyphenText,
    /// A number, also one below 0.
    Number,
    /// `true` or `false`.
    Switch,
}

impl Flag {
    const fn new(value_name: &'static str, values: Values) -> Self {
        Self {
            value_name,
            heading: "Options",
            values,
            alone: None,
            alias: None,
            excludes: &[],
            names: &[],
        }
    }

    /// A text.
    pub const fn text(value_name: &'static str) -> Self {
        Self::new(value_name, Values::Text)
    }

    /// A text that may begin with a hyphen.
    pub const fn hyphen_text(value_name: &'static str) -> Self {
        Self::new(value_name, Values::HyphenText)
    }

    /// A number.
    pub const fn number(value_name: &'static str) -> Self {
        Self::new(value_name, Values::Number)
    }

    /// `true`, which the flag alone means too, or `false`.
    pub const fn switch() -> Self {
        Self::new("true|false", Values::Switch).alone("true")
    }

    /// One of these names.
    pub const fn name(names: &'static [&'static str]) -> Self {
        let mut flag = Self::text("NAME");
        flag.names = names;
        flag
    }

    /// Lists it with others under this heading.
    #[must_use = "returns the changed flag"]
    pub const fn under(mut self, heading: &'static str) -> Self {
        self.heading = heading;
        self
    }

    /// Lets it stand alone, for this value.
    #[must_use = "returns the changed flag"]
    pub const fn alone(mut self, value: &'static str) -> Self {
        self.alone = Some(value);
        self
    }

    /// Gives it a second name.
    #[must_use = "returns the changed flag"]
    pub const fn or(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// Forbids it beside those of these keys.
    #[must_use = "returns the changed flag"]
    pub const fn without(mut self, keys: &'static [&'static str]) -> Self {
        self.excludes = keys;
        self
    }
}

/// Why a text is no value of a setting.
pub type TextError = Box<dyn Error + Send + Sync>;

/// Settings that were given, by their keys: what [`settings!`](crate::settings) writes for a struct.
///
/// ```
/// use firebrick::training::{FitSettings, GivenFit, SettingsTable};
///
/// let mut given = GivenFit::default();
/// given.read_text("epochs", "3").unwrap()?;
/// assert!(given.is_given("epochs") && !given.is_given("batch_size"));
/// assert_eq!(given.text("epochs").as_deref(), Some("3"));
/// let fit: FitSettings = FitSettings::default().with(&given);
/// assert_eq!((fit.epochs, fit.batch_size), (3, 32));
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub trait SettingsTable: Clone + Default + Sized {
    /// All of them, in the order of the fields.
    fn settings() -> Vec<Setting>;

    /// All of them, those whose flags share a heading together; those without a flag come last.
    fn by_heading() -> Vec<Setting> {
        let heading = |setting: &Setting| setting.flag.map(|flag| flag.heading);
        let mut settings = Self::settings();
        let headings: Vec<Option<&str>> = settings.iter().map(heading).collect();
        settings.sort_by_key(|setting| {
            let own = heading(setting);
            let first = headings.iter().position(|heading| *heading == own);
            (own.is_none(), first)
        });
        settings
    }

    /// Reads the value of a key from the text of a flag; nothing where no flag has this key.
    fn read_text(&mut self, key: &str, text: &str) -> Option<Result<(), TextError>>;

    /// Reads the value of a key in a file.
    ///
    /// # Errors
    /// A value that the key cannot have; the value itself where nothing here has this key.
    fn read_toml<'i>(
        &mut self,
        key: &str,
        value: Spanned<DeValue<'i>>,
    ) -> Result<Result<(), toml::de::Error>, Spanned<DeValue<'i>>>;

    /// The value of a key as the text of its flag, if it is given and has one.
    fn text(&self, key: &str) -> Option<String>;

    /// Whether the value of this key is given.
    fn is_given(&self, key: &str) -> bool;

    /// These settings, and where they leave something open those of `other`.
    #[must_use = "returns the settings of both"]
    fn or(self, other: Self) -> Self;

    /// Writes the value of a key, if it is given.
    ///
    /// # Errors
    /// Those of the format.
    fn serialize_key<M: SerializeMap>(&self, key: &str, map: &mut M) -> Result<(), M::Error>;
}

/// Writes a struct of settings that may be left open, each row one setting: its documentation, whose first paragraph is
/// the help of its flag, its key, its type and, where it has one, its [`Flag`](crate::Flag). A row that is `nested` is
/// another such struct, whose keys stand among the others.
///
/// The struct is a [`SettingsTable`](crate::SettingsTable) and is written by serde.
#[macro_export]
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $visibility:vis struct $Name:ident {
            $(
                $(#[doc = $documentation:literal])+
                $key:ident : $Type:ty $(, flag $flag:expr)? $(=> $nested:ident)? ;
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $visibility struct $Name {
            $(
                $(#[doc = $documentation])+
                pub $key: $crate::settings!(@type $Type $(=> $nested)?),
            )*
        }

        impl $crate::SettingsTable for $Name {
            fn settings() -> ::std::vec::Vec<$crate::Setting> {
                let groups: ::std::vec::Vec<::std::vec::Vec<$crate::Setting>> = ::std::vec![
                    $($crate::settings!(
                        @rows [$($documentation),+], $key : $Type $(, flag $flag)? $(=> $nested)?
                    ),)*
                ];
                groups.concat()
            }

            fn read_text(
                &mut self,
                key: &str,
                text: &str,
            ) -> ::std::option::Option<::std::result::Result<(), $crate::TextError>> {
                $($crate::settings!(@read_text self.$key, key, text, $key $(, flag $flag)? $(=> $nested)?);)*
                None
            }

            fn read_toml<'i>(
                &mut self,
                key: &str,
                value: ::toml::Spanned<::toml::de::DeValue<'i>>,
            ) -> ::std::result::Result<
                ::std::result::Result<(), ::toml::de::Error>,
                ::toml::Spanned<::toml::de::DeValue<'i>>,
            > {
                $(let value = $crate::settings!(@read_toml self.$key, key, value, $key $(=> $nested)?);)*
                Err(value)
            }

            fn text(&self, key: &str) -> ::std::option::Option<::std::string::String> {
                $($crate::settings!(@text self.$key, key, $key $(, flag $flag)? $(=> $nested)?);)*
                None
            }

            fn is_given(&self, key: &str) -> bool {
                false $(|| $crate::settings!(@is_given self.$key, key, $key $(=> $nested)?))*
            }

            fn or(self, other: Self) -> Self {
                Self {
                    $($key: self.$key.or(other.$key),)*
                }
            }

            fn serialize_key<M: ::serde::ser::SerializeMap>(
                &self,
                key: &str,
                map: &mut M,
            ) -> ::std::result::Result<(), M::Error> {
                $($crate::settings!(@serialize self.$key, key, map, $key $(=> $nested)?);)*
                Ok(())
            }
        }

        impl ::serde::Serialize for $Name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;

                let mut map = serializer.serialize_map(None)?;
                for setting in <Self as $crate::SettingsTable>::by_heading() {
                    $crate::SettingsTable::serialize_key(self, setting.key, &mut map)?;
                }
                map.end()
            }
        }
    };

    (@type $Type:ty) => { ::std::option::Option<$Type> };
    (@type $Type:ty => nested) => { $Type };

    (@rows [$($documentation:literal),+], $key:ident : $Type:ty => nested) => {
        <$Type as $crate::SettingsTable>::settings()
    };
    (@rows [$($documentation:literal),+], $key:ident : $Type:ty $(, flag $flag:expr)?) => {
        ::std::vec![$crate::Setting {
            key: stringify!($key),
            documentation: concat!($($documentation, "\n"),+),
            flag: $crate::settings!(@flag $($flag)?),
        }]
    };

    (@flag) => { ::std::option::Option::None };
    (@flag $flag:expr) => { ::std::option::Option::Some($flag) };

    (@read_text $place:expr, $given:ident, $text:ident, $key:ident=> nested) => {
        if let Some(read) = $crate::SettingsTable::read_text(&mut $place, $given, $text) {
            return Some(read);
        }
    };
    (@read_text $place:expr, $given:ident, $text:ident, $key:ident, flag $flag:expr) => {
        if $given == stringify!($key) {
            return Some($text.parse().map(|value| $place = Some(value)).map_err(Into::into));
        }
    };
    (@read_text $place:expr, $given:ident, $text:ident, $key:ident) => {};

    (@read_toml $place:expr, $given:ident, $value:ident, $key:ident=> nested) => {
        match $crate::SettingsTable::read_toml(&mut $place, $given, $value) {
            Ok(read) => return Ok(read),
            Err(value) => value,
        }
    };
    (@read_toml $place:expr, $given:ident, $value:ident, $key:ident) => {
        if $given == stringify!($key) {
            let deserializer = ::serde::de::IntoDeserializer::into_deserializer($value);
            return Ok(::serde::Deserialize::deserialize(deserializer)
                .map(|value| $place = Some(value)));
        } else {
            $value
        }
    };

    (@text $place:expr, $given:ident, $key:ident=> nested) => {
        if let Some(text) = $crate::SettingsTable::text(&$place, $given) {
            return Some(text);
        }
    };
    (@text $place:expr, $given:ident, $key:ident, flag $flag:expr) => {
        if $given == stringify!($key) {
            return $place.as_ref().map(::std::string::ToString::to_string);
        }
    };
    (@text $place:expr, $given:ident, $key:ident) => {};

    (@is_given $place:expr, $given:ident, $key:ident=> nested) => {
        $crate::SettingsTable::is_given(&$place, $given)
    };
    (@is_given $place:expr, $given:ident, $key:ident) => {
        $given == stringify!($key) && $place.is_some()
    };

    (@serialize $place:expr, $given:ident, $map:ident, $key:ident => nested) => {
        $crate::SettingsTable::serialize_key(&$place, $given, $map)?;
    };
    (@serialize $place:expr, $given:ident, $map:ident, $key:ident) => {
        if $given == stringify!($key)
            && let Some(value) = &$place
        {
            $map.serialize_entry(stringify!($key), value)?;
        }
    };
}
