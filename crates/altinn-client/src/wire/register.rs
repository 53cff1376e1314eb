//! Names of organisations (Platform reference, sections 9.1 and 9.2).

use super::or_empty;
use super::resource::LanguageText;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// An organisation in Enhetsregisteret.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RegisterEntry {
    /// Nine digits.
    #[serde(rename = "organisasjonsnummer")]
    pub number: String,
    /// Name in capitals as registered.
    #[serde(rename = "navn", default, deserialize_with = "or_empty")]
    pub name: String,
    /// Kind of organisation, for example `AS`, `KOMM`, `BEDR`.
    #[serde(rename = "organisasjonsform", default, deserialize_with = "form")]
    pub form: Option<String>,
    #[serde(rename = "postadresse", default)]
    postal: Option<Address>,
    #[serde(rename = "forretningsadresse", default)]
    business: Option<Address>,
    #[serde(rename = "beliggenhetsadresse", default)]
    location: Option<Address>,
    /// Date of deletion, when deleted.
    #[serde(rename = "slettedato", default)]
    pub deleted_on: Option<String>,
    #[serde(rename = "nedleggelsesdato", default)]
    closed_on: Option<String>,
    /// Bankrupt.
    #[serde(rename = "konkurs", default, deserialize_with = "or_empty")]
    pub is_bankrupt: bool,
    /// Parent of a sub-unit.
    #[serde(rename = "overordnetEnhet", default)]
    pub parent: Option<String>,
}

impl RegisterEntry {
    /// Place of the postal address, else of the visiting one.
    pub fn place(&self) -> Option<&str> {
        [&self.postal, &self.business, &self.location]
            .into_iter()
            .flatten()
            .find_map(|address| address.place.as_deref().filter(|place| !place.is_empty()))
    }

    /// Deleted or closed down.
    pub fn is_deleted(&self) -> bool {
        self.deleted_on.is_some() || self.closed_on.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Address {
    #[serde(rename = "poststed", default)]
    place: Option<String>,
}

fn form<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Form {
        kode: Option<String>,
    }
    Ok(Option::<Form>::deserialize(deserializer)?.and_then(|form| form.kode))
}

/// `altinn-orgs.json`.
#[derive(Debug, Deserialize)]
pub(crate) struct ServiceOwners {
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) orgs: BTreeMap<String, ServiceOwner>,
}

/// A service owner.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ServiceOwner {
    /// Code, for example `digdir`.
    #[serde(skip)]
    pub code: String,
    /// Name.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: LanguageText,
    /// Nine digits; may be empty, and need not pass MOD-11.
    #[serde(rename = "orgnr", default, deserialize_with = "or_empty")]
    pub number: String,
}
