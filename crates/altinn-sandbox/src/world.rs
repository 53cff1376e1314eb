//! The world the sandbox serves: who exists, which resources there are, and how fast things happen.
//!
//! A world file is JSON. Every member may be left out, at every level; what is left out takes the default documented on
//! the field here. Members the sandbox does not know are ignored.

mod platform;

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use platform::{
    AccessList, Delegation, IdPortenClient, MaskinportenClient, Position, Powers, RegistryEntry,
    System, SystemUser,
};

/// Ordinary post to an enterprise: what a policy gives rights to when the world does not say.
pub const ORDINARY: &str = "ordinaer-post-til-virksomheten";

/// The practice world, in the same format that `--world PATH` reads.
const PRACTICE: &str = include_str!("seed/practice-world.json");

/// Why a text is not a world.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The text is not JSON, or a member has the wrong type. The message names the place.
    #[error("the world file cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// Which kind of host the sandbox plays: decides limits and long timers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// As the service's test environments.
    #[default]
    Test,
    /// As production.
    Production,
}

/// How fast background work goes. In a world file each is a number of milliseconds: `publish_poll_ms` and so on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "TimersJson")]
pub struct Timers {
    /// From when a message could go out until it does; 5 s.
    pub publish_poll: Duration,
    /// From upload to the scan's answer; 2 s.
    pub scan: Duration,
    /// From a call to confirm until it is stored; 4 s.
    pub confirm_delay: Duration,
    /// How close two fetches count as one; 15 s.
    pub fetched_debounce: Duration,
    /// From an event until it can be pulled; 30 s.
    pub event_delay: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            publish_poll: Duration::from_secs(5),
            scan: Duration::from_secs(2),
            confirm_delay: Duration::from_secs(4),
            fetched_debounce: Duration::from_secs(15),
            event_delay: Duration::from_secs(30),
        }
    }
}

#[derive(Deserialize)]
struct TimersJson {
    publish_poll_ms: Option<u64>,
    scan_ms: Option<u64>,
    confirm_delay_ms: Option<u64>,
    fetched_debounce_ms: Option<u64>,
    event_delay_ms: Option<u64>,
}

impl From<TimersJson> for Timers {
    fn from(json: TimersJson) -> Self {
        let default = Self::default();
        let or = |ms: Option<u64>, left_out| ms.map_or(left_out, Duration::from_millis);
        Self {
            publish_poll: or(json.publish_poll_ms, default.publish_poll),
            scan: or(json.scan_ms, default.scan),
            confirm_delay: or(json.confirm_delay_ms, default.confirm_delay),
            fetched_debounce: or(json.fetched_debounce_ms, default.fetched_debounce),
            event_delay: or(json.event_delay_ms, default.event_delay),
        }
    }
}

/// Whether uploads to a resource are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scan {
    /// Scanned after upload.
    #[default]
    Scanned,
    /// On the server's bypass list: published at once.
    Bypass,
}

/// A text in the three languages. What is left out reads as the first one that is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
pub struct Texts {
    /// Bokmål.
    #[serde(default)]
    pub nb: String,
    /// Nynorsk.
    #[serde(default)]
    pub nn: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Texts {
    /// The text in a language (`nb`, `nn`, `en`), or the first that is not empty.
    #[must_use]
    pub fn in_language(&self, language: &str) -> &str {
        let wanted = match language {
            "nn" => &self.nn,
            "en" => &self.en,
            _ => &self.nb,
        };
        [wanted, &self.nb, &self.nn, &self.en]
            .into_iter()
            .find(|text| !text.is_empty())
            .map_or("", String::as_str)
    }
}

/// A resource of the Resource Registry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// Its id, without the URN prefix.
    pub id: String,
    /// Organisation number of its owner; none means no competent authority.
    pub owner: Option<String>,
    /// `CorrespondenceService` (the default), `AltinnApp`, `GenericAccessResource`, …
    #[serde(rename = "type", deserialize_with = "kind", default = "default_kind")]
    pub kind: String,
    /// Lowest authentication level its policy accepts; 0.
    pub minimum_auth_level: u8,
    /// Scan or bypass.
    pub scan: Scan,
    /// Access packages its policy gives rights to. Left out: `ordinaer-post-til-virksomheten`.
    pub access_packages: Vec<String>,
    /// What it is called.
    pub title: Texts,
    /// What it is for.
    pub description: Texts,
    /// What the registry says of it besides.
    #[serde(flatten)]
    pub entry: RegistryEntry,
}

impl Resource {
    /// The access packages its policy gives rights to.
    #[must_use]
    pub fn packages(&self) -> Vec<&str> {
        if self.access_packages.is_empty() {
            return vec![ORDINARY];
        }
        self.access_packages.iter().map(String::as_str).collect()
    }
}

fn default_kind() -> String {
    "CorrespondenceService".to_owned()
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_else(default_kind))
}

/// A public body that owns resources.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ServiceOwner {
    /// Its code, such as `digdir`.
    pub org: String,
    /// Its organisation number.
    pub orgnr: String,
    /// Its name.
    pub name: Texts,
    /// Its page.
    pub homepage: Option<String>,
    /// Address of its logo.
    pub logo: Option<String>,
    /// Address of its emblem.
    pub emblem: Option<String>,
    /// How to reach it, such as `{"phone": "…", "url": "…"}`.
    pub contact: Option<Value>,
    /// Where it runs apps: `tt02`, `production`, …; both when left out.
    pub environments: Option<Vec<String>>,
}

/// What the registers know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RegisterWorld {
    /// Whether a well-formed number that is not listed is a party: `known` (the default) or `unknown`.
    pub default: Unlisted,
    /// Numbers that are not parties, whatever else is said.
    pub unknown: Vec<String>,
    /// Organisations.
    pub organizations: Vec<Organization>,
    /// People.
    pub people: Vec<Person>,
}

/// What becomes of numbers nobody listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unlisted {
    /// They are parties with an invented name, and organisations have a daglig leder.
    #[default]
    Known,
    /// They are not parties.
    Unknown,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// Organisation number.
    pub orgnr: String,
    /// Registered name, in capitals; invented when empty.
    pub name: String,
    /// Roles that somebody holds there, such as `daglig-leder`. Left out: `daglig-leder`.
    pub roles: Option<Vec<String>>,
    /// Organisation form, such as `AS` or `KOMM`. `BEDR` and `AAFY` are sub-units.
    pub form: Option<String>,
    /// Main unit of a sub-unit.
    pub parent: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Post code.
    pub postcode: Option<String>,
    /// Post town.
    pub town: Option<String>,
    /// E-mail address for notifications; invented when left out.
    pub email: Option<String>,
    /// Mobile number for notifications, its country in front; invented when left out.
    pub mobile: Option<String>,
    /// Bankrupt.
    pub bankrupt: bool,
    /// Deleted on this date (`YYYY-MM-DD`).
    pub deleted: Option<String>,
    /// Removed from the register for legal reasons: answered 410.
    pub removed: bool,
    /// Its page.
    pub homepage: Option<String>,
    /// How many work there.
    pub employees: Option<u32>,
}

/// A synthetic person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Person {
    /// National identity number, eleven digits.
    pub nin: String,
    /// Name, in capitals.
    pub name: String,
    /// E-mail address for notifications; invented when left out.
    pub email: Option<String>,
    /// Mobile number for notifications, its country in front; invented when left out.
    pub mobile: Option<String>,
    /// What they are to organisations.
    pub positions: Vec<Position>,
}

/// The contact and reservation register.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Reservations {
    /// People who have reserved themselves.
    pub reserved: Vec<String>,
    /// False: the register is down.
    pub available: bool,
}

impl Default for Reservations {
    fn default() -> Self {
        Self {
            reserved: Vec::new(),
            available: true,
        }
    }
}

/// The services that carry what is sent to people outside Altinn.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Outgoing {
    /// False: the notification service refuses every order.
    pub notifications_available: bool,
    /// False: the mail service refuses every forwarding.
    pub mail_available: bool,
    /// E-mail addresses in lower case and mobile numbers that nothing reaches.
    pub undeliverable: Vec<String>,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self {
            notifications_available: true,
            mail_available: true,
            undeliverable: Vec::new(),
        }
    }
}

/// The world.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct World {
    /// What it is called.
    pub name: String,
    /// Kind of host.
    pub environment: Environment,
    /// Speeds.
    pub timers: Timers,
    /// Service owners.
    pub service_owners: Vec<ServiceOwner>,
    /// Clients at Maskinporten.
    pub maskinporten_clients: Vec<MaskinportenClient>,
    /// Clients at ID-porten.
    pub idporten_clients: Vec<IdPortenClient>,
    /// Systems in the system register. The systems of `system_users` are there without being listed.
    pub systems: Vec<System>,
    /// System users.
    pub system_users: Vec<SystemUser>,
    /// Access lists of service owners.
    pub access_lists: Vec<AccessList>,
    /// Delegations at Maskinporten.
    pub delegations: Vec<Delegation>,
    /// Resources.
    pub resources: Vec<Resource>,
    /// Registers.
    pub register: RegisterWorld,
    /// Reservations.
    pub reservations: Reservations,
    /// Notifications and mail.
    pub outgoing: Outgoing,
    /// Whether a token with `altinn:serviceowner` passes every access check on its owner's resources
    /// (Correspondence reference, section 1.5); true.
    pub service_owner_bypass: bool,
    /// How many letters lie there at start unless the options say otherwise; 0.
    pub letters: usize,
    /// Of an upload with more bytes only the length and the checksum are kept, so that files larger than memory can be
    /// sent; a download of it breaks off. All is kept when left out.
    pub kept_bytes: Option<u64>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            name: String::new(),
            environment: Environment::default(),
            timers: Timers::default(),
            service_owners: Vec::new(),
            maskinporten_clients: Vec::new(),
            idporten_clients: Vec::new(),
            systems: Vec::new(),
            system_users: Vec::new(),
            access_lists: Vec::new(),
            delegations: Vec::new(),
            resources: Vec::new(),
            register: RegisterWorld::default(),
            reservations: Reservations::default(),
            outgoing: Outgoing::default(),
            service_owner_bypass: true,
            letters: 0,
            kept_bytes: None,
        }
    }
}

impl World {
    /// The built-in practice world: two accounts, ten agencies, 400 letters. All of it is invented.
    ///
    #[must_use]
    pub fn practice() -> Self {
        Self::from_json(PRACTICE).unwrap_or_default()
    }

    /// Reads a world file.
    ///
    /// # Errors
    /// When the text is not JSON or a member has the wrong type.
    pub fn from_json(text: &str) -> Result<Self, WorldError> {
        Ok(serde_json::from_str(text)?)
    }

    /// A resource by id, compared exactly.
    #[must_use]
    pub fn resource(&self, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.id == id)
    }

    /// A service owner by organisation number.
    #[must_use]
    pub fn service_owner(&self, orgnr: &str) -> Option<&ServiceOwner> {
        self.service_owners
            .iter()
            .find(|owner| owner.orgnr == orgnr)
    }

    /// A client of ID-porten by its id.
    #[must_use]
    pub fn idporten_client(&self, id: &str) -> Option<&IdPortenClient> {
        let mut clients = self.idporten_clients.iter();
        clients.find(|client| client.client_id == id)
    }

    /// A client of Maskinporten by its id.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<&MaskinportenClient> {
        self.maskinporten_clients
            .iter()
            .find(|client| client.client_id == id)
    }
}
