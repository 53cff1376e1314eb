//! Bodies exactly as the services send and take them, without logic.
//!
//! Members that are null or missing become empty values where empty says the same; unknown enum values are kept as
//! text, because new ones appear (Correspondence reference, section 19, item 30).

pub mod attachment;
pub mod correspondence;
pub mod event;
pub mod metadata;
pub mod new_correspondence;
pub mod notification;
pub(crate) mod paged;
pub mod party;
pub(crate) mod problem;
pub mod register;
pub mod resource;
pub mod system_user;

use serde::{Deserialize, Deserializer};

/// Reads null as the empty value.
pub(crate) fn or_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An enum that is written as a name and keeps names it does not know.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A name that this version does not know.
            Other(String),
        }

        impl $name {
            /// The name on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                    Self::Other(name) => name,
                }
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                $(if name.eq_ignore_ascii_case(stringify!($variant)) {
                    return Self::$variant;
                })+
                Self::Other(name.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = Option::<std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Ok(Self::from(name.as_deref().unwrap_or_default()))
            }
        }
    };
}
pub(crate) use named;
