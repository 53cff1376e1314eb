//! Signing in: Maskinporten grant, exchange to an Altinn token, and the cache that keeps one token per role.

mod cache;
mod grant;
mod key;
mod secret;
mod token;

pub(crate) use cache::Tokens;
pub use key::{KeyError, SigningKey};
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
}

impl Role {
    /// Scopes asked for, space-separated (Correspondence reference, section 1.3). A token that held both roles'
    /// scopes would count as a sender and leave no read marks (section 19, item 1).
    pub fn scopes(self) -> &'static str {
        match self {
            Self::Recipient => "altinn:correspondence.read",
            Self::Sender => "altinn:serviceowner altinn:correspondence.write",
        }
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
