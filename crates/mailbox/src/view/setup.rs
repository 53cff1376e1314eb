//! Setting an account up: who to be, keys, the network, system users.
//!
//! A private key never crosses to the window, in either direction: it is taken from a file by its path, or made, and is told
//! by a name from then on. Passwords only cross inwards.

use super::{Environment, KeyView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// An account as it is written in a form. Texts are as they were typed until it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountDraft {
    /// Name of the organisation.
    pub name: String,
    /// Nine digits.
    pub organisation_number: String,
    /// Which Altinn; never practice.
    pub environment: Environment,
    /// Where a custom environment is; the others know it.
    pub addresses: Option<AddressDraft>,
    /// How to sign in.
    pub sign_in: SignInDraft,
    /// Services whose letters are received, by resource id.
    pub read_resources: Vec<String>,
    /// Services to send on, by resource id.
    pub write_resources: Vec<String>,
}

/// Where a custom environment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum AddressDraft {
    /// Everything below one address, as the sandbox has it.
    OneOrigin { base: String },
    /// Each by itself.
    Each {
        platform: String,
        maskinporten: String,
        brreg: String,
        orgs: String,
    },
}

/// How an account signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SignInDraft {
    /// By a client at Maskinporten. `key` is the name of a [`KeptKey`]; `system_id` the vendor's system, where one acts through
    /// a system user; with `sends_raw` letters are sent with Maskinporten's own token.
    Maskinporten {
        client_id: String,
        key: String,
        key_posted_at: Option<i64>,
        system_user: Option<SystemUserDraft>,
        system_id: Option<String>,
        sends_raw: bool,
    },
    /// By a test token generator, in test and custom environments.
    TestToken { generator: String },
    /// By a person, with ID-porten; `client_id` is that of a client there. `issuer` is where ID-porten is, for a custom
    /// environment with an address for each service.
    Person {
        client_id: String,
        issuer: Option<String>,
    },
}

/// What the browser shows when a person has come back from ID-porten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LandingText {
    /// Language of the texts and of ID-porten's pages: `nb`, `nn` or `en`.
    pub language: String,
    /// Signed in.
    pub done: String,
    /// Not signed in.
    pub denied: String,
}

/// The customer whose system user an account acts through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SystemUserDraft {
    /// Nine digits.
    pub organisation: String,
    /// The vendor's own reference, if and only if one was used when it was asked for.
    pub reference: Option<String>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AccountField {
    /// `name`.
    Name,
    /// `organisationNumber`.
    OrganisationNumber,
    /// `environment`.
    Environment,
    /// `addresses.base`.
    Base,
    /// `addresses.platform`.
    Platform,
    /// `addresses.maskinporten`.
    Maskinporten,
    /// `addresses.brreg`.
    Brreg,
    /// `addresses.orgs`.
    Orgs,
    /// `signIn.clientId`.
    ClientId,
    /// `signIn.key`.
    Key,
    /// `signIn.systemUser.organisation`.
    SystemUserOrganisation,
    /// `signIn.systemUser.reference`.
    SystemUserReference,
    /// `signIn.systemId`.
    SystemId,
    /// `signIn.generator`.
    Generator,
    /// `signIn.issuer`.
    Issuer,
    /// `readResources`.
    ReadResources,
    /// `writeResources`.
    WriteResources,
}

macro_rules! account_faults {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What is wrong with a field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "camelCase")]
        pub enum AccountFault { $($(#[$doc])* $name),* }

        impl AccountFault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

account_faults! {
    /// Nothing stands in it.
    Required,
    /// Longer than `params.limit`.
    TooLong,
    /// Not nine digits.
    NumberMalformed,
    /// Nine digits, but no organisation number: the control digit is wrong.
    NumberInvalid,
    /// No address.
    AddressMalformed,
    /// Plain http beyond this machine.
    AddressNotSecure,
    /// User, password, question or fragment in an address.
    AddressHasMore,
    /// Characters that cannot be in it.
    Malformed,
    /// A resource id that cannot be one; `params.resource`.
    ResourceMalformed,
    /// A resource id twice; `params.resource`.
    ResourceTwice,
    /// The keychain has no such key.
    KeyUnknown,
    /// There is an account for this organisation in this environment already.
    InUse,
    /// Cannot be changed once the account is kept: letters belong to it.
    Fixed,
    /// Not in this environment: practice is never kept, and test tokens are for test and custom ones.
    NotHere,
    /// A person sends nothing.
    NotForPeople,
}

/// A mistake in a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountProblem {
    /// Where.
    pub field: AccountField,
    /// What.
    pub fault: AccountFault,
    /// Values for the text.
    pub params: BTreeMap<String, String>,
}

/// What came of keeping an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum AccountOutcome {
    /// Kept, and in use from now on.
    Kept { account: String },
    /// Not kept, because of these.
    Refused { problems: Vec<AccountProblem> },
}

/// An account as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountEntry {
    /// Id, as in `accounts`.
    pub id: String,
    /// What it consists of; what `changeAccount` takes.
    pub draft: AccountDraft,
}

/// A private key that the keychain has, or a token whose PIN it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptKey {
    /// Name that accounts refer to it by; means nothing by itself.
    pub name: String,
    /// What to register of it.
    pub view: KeyView,
    /// When it was taken in or made.
    pub added_at: i64,
    /// Accounts that sign in by it.
    pub accounts: Vec<String>,
    /// The token that it never leaves; none for one in the keychain.
    pub token: Option<TokenPlaceView>,
}

/// Where a key of a token (PKCS#11) is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenPlaceView {
    /// Path of the token's driver.
    pub driver: String,
    /// Label of the token.
    pub token: String,
    /// Label of the key, where it is looked for by it.
    pub label: Option<String>,
    /// Id of the key, hexadecimal, where it is looked for by it.
    pub id: Option<String>,
}

/// A key that a token has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyView {
    /// Label.
    pub label: String,
    /// Id, hexadecimal.
    pub id: String,
    /// Length in bits.
    pub bits: u32,
}

/// How the network is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NetworkView {
    /// Address of the proxy, without user and password; the system's settings hold where there is none.
    pub proxy: Option<String>,
    /// User at the proxy.
    pub proxy_user: Option<String>,
    /// Whether a password goes with the user.
    pub has_proxy_password: bool,
    /// Issuers trusted besides the system's.
    pub certificates: Vec<CertificateView>,
    /// Whether a key for the platform's gateway is set.
    pub has_subscription_key: bool,
}

/// A certificate that is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// To name it by: SHA-256 of it, hexadecimal.
    pub id: String,
    /// Whom it names.
    pub subject: String,
    /// Its last moment.
    pub valid_until: i64,
}

/// A proxy to go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProxyDraft {
    /// `http://host:port`.
    pub address: String,
    /// User, where the proxy wants one.
    pub user: Option<String>,
    /// Its password; none leaves the one that is kept.
    pub password: Option<String>,
}

/// How a request for a system user stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SystemUserView {
    /// What has become of it.
    pub state: SystemUserState,
    /// Altinn's page where the customer approves, while it waits.
    pub link: Option<String>,
    /// Passed on within the customer to somebody who may approve.
    pub is_escalated: bool,
    /// When it was asked for.
    pub asked_at: Option<i64>,
}

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SystemUserState {
    /// Waits for the customer.
    Pending,
    /// The system user is there.
    Approved,
    /// The customer said no.
    Rejected,
    /// Nobody answered in time.
    TimedOut,
    /// Something that is not known here.
    Unknown,
}

/// Files that setting up takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SetupFile {
    /// A private key.
    Key,
    /// Accounts, ready made.
    Accounts,
    /// A certificate to trust.
    Certificate,
    /// The driver of a token.
    TokenDriver,
}
