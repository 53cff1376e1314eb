//! The part of a world that the services around Correspondence read: clients, systems, rights, positions, lists.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Texts;

/// A client registered at Maskinporten.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MaskinportenClient {
    /// Its id: the `iss` of a grant.
    pub client_id: String,
    /// Organisation number of its owner.
    pub orgnr: String,
    /// Scopes on the client.
    pub scopes: Vec<String>,
    /// Scopes on the client that the organisation has not been granted: answered MP-250.
    pub ungranted_scopes: Vec<String>,
    /// Registered public keys. More can be registered while the sandbox runs.
    pub keys: Vec<Value>,
    /// Name of one of the sandbox's own practice keys. The client is then an account of the ready file.
    pub practice_key: Option<String>,
    /// Name of the account.
    pub name: Option<String>,
    /// Resources whose letters the account reads.
    pub read_resources: Vec<String>,
    /// `maskinporten` when left out. A client of another type gets no scope here: MP-201.
    pub integration_type: Option<String>,
    /// Seconds a raw token lives; 599.
    pub token_lifetime_s: Option<u32>,
}

/// What the Resource Registry says of a resource besides its kind, owner and texts (platform reference, section 7.1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RegistryEntry {
    /// Whether rights on it can be given to others; true.
    pub delegable: bool,
    /// Whether it is shown to end users; true.
    pub visible: bool,
    /// Whether only parties on an access list of the owner pass; false.
    pub access_list_mode: bool,
    /// `Completed` when left out. Free text.
    pub status: Option<String>,
    /// Keywords, in Bokmål.
    pub keywords: Vec<String>,
    /// References to other systems, such as a service code.
    pub references: Vec<String>,
    /// When it was last changed; 2026-01-01 when left out.
    pub changed: Option<DateTime<Utc>>,
    /// Its policy as XACML, taken as it is; made from the world when left out. Empty: none is published.
    pub policy: Option<String>,
}

impl Default for RegistryEntry {
    fn default() -> Self {
        Self {
            delegable: true,
            visible: true,
            access_list_mode: false,
            status: None,
            keywords: Vec::new(),
            references: Vec::new(),
            changed: None,
            policy: None,
        }
    }
}

/// What somebody may do for a party: rights on resources, and access packages that cover them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Powers {
    /// Ids of resources, without the URN prefix.
    pub resources: Vec<String>,
    /// Names of access packages, without the URN prefix.
    pub access_packages: Vec<String>,
}

impl Powers {
    /// Neither a right nor a package.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.access_packages.is_empty()
    }
}

/// A vendor's system in the system register (platform reference, section 5.3).
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct System {
    /// Its id, `<vendor orgnr>_<name>`.
    pub id: String,
    /// Organisation number of the vendor; what precedes the underscore of the id when left out.
    pub vendor: String,
    /// What it is called.
    pub name: Texts,
    /// What it is for.
    pub description: Texts,
    /// The vendor's Maskinporten clients that may use its system users.
    pub client_ids: Vec<String>,
    /// What its system users can be asked to hold.
    #[serde(flatten)]
    pub powers: Powers,
    /// Where a customer may be sent after an approval.
    pub redirect_urls: Vec<String>,
    /// Whether customers can choose it in Altinn's own pages.
    pub is_visible: bool,
}

/// A system user at a customer (platform reference, section 5).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct SystemUser {
    /// Its id; made from the other members when left out.
    pub id: Option<String>,
    /// Organisation number of the customer.
    pub organisation: String,
    /// Given when it was created with one; must then be given in every grant, and otherwise in none.
    pub external_ref: Option<String>,
    /// A client of the vendor's. It is added to those of the system.
    pub client_id: String,
    /// The system; `<vendor orgnr>_system` when left out.
    pub system_id: Option<String>,
    /// What it holds; everything that its owner may do when left out.
    #[serde(flatten)]
    pub powers: Powers,
}

/// What a person is to an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Position {
    /// The organisation's number.
    pub organization: String,
    /// Roles such as `daglig-leder`, `styreleder`, `innehaver`, which may do everything there, or `tilgangsstyrer`, who may
    /// give others what they hold themselves.
    pub roles: Vec<String>,
    /// What they hold besides their roles.
    #[serde(flatten)]
    pub powers: Powers,
}

/// Organisations that may use a resource whose `access_list_mode` is on (platform reference, section 7.7).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct AccessList {
    /// Code of the service owner.
    pub owner: String,
    /// Its id, unique for the owner.
    pub identifier: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Organisation numbers on it.
    pub members: Vec<String>,
    /// Resources it opens, each with the actions it is limited to; none means all.
    pub resources: BTreeMap<String, Vec<String>>,
}

/// A client registered at ID-porten: public, native, one id for every installation (platform reference, section 4.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct IdPortenClient {
    /// Its id.
    pub client_id: String,
    /// Organisation number of its owner: the token's `consumer`.
    pub orgnr: String,
    /// What the sign-in page calls it.
    pub name: String,
    /// `api_klient` (the default), or `idporten`, which gets no scopes but `openid` and `profile`.
    pub integration_type: String,
    /// Where it may be returned to. `http://127.0.0.1:0/PATH` stands for any port.
    pub redirect_uris: Vec<String>,
    /// Where it may be returned to after signing out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Scopes besides `openid` and `profile`.
    pub scopes: Vec<String>,
    /// Seconds an access token lives; 120.
    pub access_token_lifetime_s: Option<u32>,
}

impl Default for IdPortenClient {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            orgnr: String::new(),
            name: String::new(),
            integration_type: "api_klient".to_owned(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            scopes: Vec::new(),
            access_token_lifetime_s: None,
        }
    }
}

/// Who lets whom act at Maskinporten (`consumer_org`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Delegation {
    /// Organisation number of the customer.
    pub consumer: String,
    /// The supplier's client.
    pub client_id: String,
    /// The scopes delegated.
    pub scopes: Vec<String>,
}
