//! Signing in: Maskinporten grant or ID-porten, exchange to an Altinn token, and the cache that keeps one token per
//! role.

mod cache;
mod claims;
mod exchange;
mod grant;
mod issuer;
mod key;
mod maskinporten;
pub mod person;
mod secret;
mod token;

pub(crate) use cache::Tokens;
pub use claims::{Claims, SystemUserClaims};
pub use key::{
    Algorithm, CertificateFacts, FoundKey, KeyError, SigningKey, TokenPlace, token_keys, tokens,
};
pub use maskinporten::Granted;
pub use secret::Secret;
pub(crate) use token::{AltinnToken, bearer, is_token_refused};
use url::Url;

/// What a call is made as. Each role has a token of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads letters that were sent to the organisation.
    Recipient,
    /// Sends letters and follows them.
    Sender,
    /// Follows the events of a service owner's own resources, for all parties.
    OwnerEvents,
    /// Follows the events that concern the organisation as a recipient.
    PartyEvents,
    /// Reads the access lists of a service owner.
    AccessLists,
    /// Lists the parties that the system user or person may act for.
    Parties,
    /// Asks customers for system users, as the vendor of a system.
    Vendor,
    /// Sees all system users of a vendor's own systems.
    SystemRegister,
}

impl Role {
    /// Scopes asked for, space-separated (Platform reference, section 6.2). A token that held both letter roles'
    /// scopes would count as a sender and leave no read marks (Correspondence reference, section 19, item 1). What a
    /// service owner does carries `altinn:serviceowner`: without it the token has no `urn:altinn:org`, and Events
    /// takes the caller for someone else (Platform reference, section 8.1).
    pub fn scopes(self) -> &'static str {
        match self {
            Self::Recipient => "altinn:correspondence.read",
            Self::Sender => "altinn:serviceowner altinn:correspondence.write",
            Self::OwnerEvents => "altinn:serviceowner altinn:events.subscribe",
            Self::PartyEvents => "altinn:events.subscribe",
            Self::AccessLists => "altinn:serviceowner altinn:resourceregistry/accesslist.read",
            Self::Parties => "altinn:accessmanagement/authorizedparties",
            Self::Vendor => {
                "altinn:authentication/systemuser.request.read altinn:authentication/systemuser.request.write"
            }
            Self::SystemRegister => "altinn:authentication/systemregister.write",
        }
    }

    /// Whether a system user stands in for the customer; a vendor, and a service owner on its own resources, act as
    /// themselves.
    fn is_on_behalf(self) -> bool {
        matches!(
            self,
            Self::Recipient | Self::Sender | Self::PartyEvents | Self::Parties
        )
    }

    /// Whether a person may have it.
    fn is_for_people(self) -> bool {
        matches!(self, Self::Recipient | Self::PartyEvents | Self::Parties)
    }
}

/// How an account signs in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// A Maskinporten client with a registered key.
    Maskinporten {
        /// Client id.
        client_id: String,
        /// Its private key.
        key: SigningKey,
        /// Set when the client acts through a system user.
        system_user: Option<SystemUser>,
        /// A sender's calls carry Maskinporten's own token, without exchange: Correspondence takes it from service owners
        /// (Correspondence reference, section 1.4). Every other role needs Altinn's token.
        sends_raw: bool,
    },
    /// A person, who signs in with ID-porten ([`person::PersonSignIn`]).
    Person {
        /// Where, and as which client.
        provider: Box<person::IdPorten>,
        /// Organisation whose letters are listed, nine digits; the person's own when none.
        organisation: Option<String>,
        /// The session of whoever has signed in.
        session: person::Session,
    },
    /// Altinn's test token generator (test environments only). An address with user and password signs in to it.
    TestToken {
        /// Folder of the generator, for example `https://…/api/`.
        generator: Url,
        /// Organisation to be, nine digits.
        organisation: String,
    },
}

/// A system user to act through (Platform reference, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUser {
    /// Organisation that owns it, nine digits.
    pub organisation: String,
    /// The reference it was created with; to be given if, and only if, one was used.
    pub external_ref: Option<String>,
}
