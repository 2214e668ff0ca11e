/// Lets serde write a type as its text and read it from one, by its `Display` and its `FromStr`.
///
/// ```
/// # use std::{fmt, str::FromStr, num::ParseIntError};
/// #[derive(Debug, PartialEq)]
/// struct Epochs(usize);
///
/// impl fmt::Display for Epochs {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         self.0.fmt(f)
///     }
/// }
///
/// impl FromStr for Epochs {
///     type Err = ParseIntError;
///
///     fn from_str(text: &str) -> Result<Self, ParseIntError> {
///         text.parse().map(Self)
///     }
/// }
///
/// firebrick_spec::as_text!(Epochs);
///
/// assert_eq!(serde_json::to_string(&Epochs(3))?, "\"3\"");
/// assert_eq!(serde_json::from_str::<Epochs>("\"3\"")?, Epochs(3));
/// let error = serde_json::from_str::<Epochs>("\"three\"").unwrap_err();
/// assert!(error.to_string().starts_with("invalid digit"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! as_text {
    ($thing:ty) => {
        impl ::serde::Serialize for $thing {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $thing {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text =
                    <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                text.parse()
                    .map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    };
}
