//! Pages as the platform gives them (Platform reference, section 7.2).

use super::or_empty;
use serde::Deserialize;

/// One page.
#[derive(Debug, Deserialize)]
pub(crate) struct Page<T> {
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) links: Links,
    #[serde(default = "Vec::new")]
    pub(crate) data: Vec<T>,
}

/// Where the next page is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Links {
    #[serde(default)]
    pub(crate) next: Option<String>,
}
