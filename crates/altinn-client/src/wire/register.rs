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
    /// Being wound up, of its own will or by force.
    #[serde(rename = "underAvvikling", default, deserialize_with = "or_empty")]
    pub is_winding_up: bool,
    #[serde(
        rename = "underTvangsavviklingEllerTvangsopplosning",
        default,
        deserialize_with = "or_empty"
    )]
    is_forced: bool,
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

    /// Bankrupt or being wound up: worth a warning before sending.
    pub fn is_ending(&self) -> bool {
        self.is_bankrupt || self.is_winding_up || self.is_forced
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
    /// Address of a logo.
    #[serde(default)]
    pub logo: Option<String>,
    /// Address of an emblem.
    #[serde(default)]
    pub emblem: Option<String>,
    /// Address of its own page.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Where it has apps; says nothing of letters, and a service owner may send where it is not named.
    #[serde(default, deserialize_with = "or_empty")]
    pub environments: Vec<String>,
}

/// Answer to a search by name.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    #[serde(rename = "_embedded", default, deserialize_with = "or_empty")]
    pub(crate) embedded: Embedded,
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) page: FoundPage,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Embedded {
    #[serde(rename = "enheter", default, deserialize_with = "or_empty")]
    pub(crate) entries: Vec<RegisterEntry>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct FoundPage {
    #[serde(rename = "totalElements", default, deserialize_with = "or_empty")]
    pub(crate) total: u64,
}

/// Organisations found by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FoundOrganisations {
    /// One page of them.
    pub entries: Vec<RegisterEntry>,
    /// How many there are in all.
    pub total: u64,
}
