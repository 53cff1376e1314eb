//! What can go wrong in a call, and whether trying again makes sense.

use crate::obstacle::Obstacle;
use std::time::Duration;

/// Error of a call. Never holds a body, an address or anything personal beyond Altinn's own `detail`
/// (which may name recipients: show it to the user, do not log it; `Debug` and `Display` leave it out).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// No answer, or half of one.
    #[error("no answer ({stage:?}): {detail}")]
    Network {
        /// How far the call came.
        stage: Stage,
        /// Whether the server may have carried the call out: it was sent, and it changes something.
        may_have_acted: bool,
        /// What stood in the way.
        obstacle: Obstacle,
        /// Host that was asked; empty where the address has none.
        host: String,
        /// Cause, without address.
        detail: String,
    },
    /// An answer that is not a success.
    #[error("{0}")]
    Status(Box<Refusal>),
    /// A success whose body is not what the reference says.
    #[error("the answer could not be read: {detail}")]
    Decode {
        /// What was wrong, without the body.
        detail: String,
        /// Whether it is a web page: not the service answered, but something in front of it.
        is_web_page: bool,
        /// Whether the call changes something at the server.
        may_have_acted: bool,
        /// To quote to Altinn.
        trace_id: String,
    },
    /// No token could be had, or the one we have is refused.
    #[error("sign-in failed: {0}")]
    Auth(AuthError),
    /// No call was made: the host wants to be left alone, or has failed too often in a row.
    #[error("the service is left alone for {} s", after.as_secs())]
    Resting {
        /// For how long.
        after: Duration,
    },
    /// The bytes to upload could not be read.
    #[error("the bytes to send could not be read: {detail}")]
    Body {
        /// Cause as the given stream worded it.
        detail: String,
    },
}

/// How far a call came before the network failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No connection was made; the server knows nothing of the call.
    Connect,
    /// Sent at least in part; no answer.
    Exchange,
    /// The answer broke off.
    Answer,
}

/// An answer outside 2xx, with everything that could be had from it whatever its body.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Correspondence's own number (Correspondence reference, section 18).
    pub code: Option<u32>,
    /// The textual code as it came, for example `CORR-01006`, `AUTH-00011` or `STD-00000`.
    pub problem: Option<String>,
    /// Title of the problem.
    pub title: Option<String>,
    /// Altinn's sentence for people; may name recipients.
    pub detail: Option<String>,
    /// Broken rules of the request's shape (Correspondence reference, section 3.2).
    pub validation: Vec<Validation>,
    /// To quote to Altinn: from the body, else the one we sent.
    pub trace_id: String,
    /// How long Altinn asks us to wait; at most one hour, never zero.
    pub retry_after: Option<Duration>,
    /// Whether the call changes something at the server.
    pub is_acting: bool,
    /// Whether the body was empty, which for 401 tells a token problem from missing access.
    pub is_empty: bool,
    /// Whether the body is a web page: not the service answered, but something in front of it.
    pub is_web_page: bool,
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("problem", &self.problem)
            .field("trace_id", &self.trace_id)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(code) = self.code {
            write!(f, ", code {code}")?;
        }
        write!(f, ", trace {}", self.trace_id)
    }
}

/// One broken rule of a request's shape.
#[derive(Clone, PartialEq, Eq)]
pub struct Validation {
    /// Altinn's message.
    pub message: String,
    /// Path of the member, for example `Correspondence/Content/MessageTitle`.
    pub path: Option<String>,
}

impl std::fmt::Debug for Validation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validation")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Why no token could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// Maskinporten refused the grant (Platform reference, section 2.4).
    #[error("Maskinporten refused the grant: status {status}, {}", code.as_deref().unwrap_or("no code"))]
    Maskinporten {
        /// HTTP status.
        status: u16,
        /// For example `MP-121`; none when the answer names none.
        code: Option<String>,
        /// OAuth error word, for example `invalid_grant`.
        error: Option<String>,
        /// What the description tells beyond the code.
        hint: Option<Hint>,
        /// To quote to Digdir.
        trace_id: Option<String>,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Altinn refused to exchange Maskinporten's token, also after a fresh one; it does not say why, and
    /// answers the same way when its own register is down (Platform reference, section 3.1).
    #[error("Altinn refused Maskinporten's token: status {status}")]
    Exchange {
        /// HTTP status.
        status: u16,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Altinn no longer takes enterprise users: a system user replaces them (Platform reference, section 3.7).
    #[error("enterprise users are no longer available")]
    EnterpriseUser,
    /// The other side's token could not pass the exchange, so it was not sent there.
    #[error("the token that was given does not fit: {0}")]
    Unfit(Unfit),
    /// The test token generator refused.
    #[error("the test token generator refused: status {status}")]
    TestToken {
        /// HTTP status.
        status: u16,
    },
    /// An answer that should hold a token holds none that can be read.
    #[error("a token could not be read")]
    Unreadable,
    /// The key could not sign.
    #[error("the key could not sign")]
    Signing,
    /// Altinn refuses a token that it has just given.
    #[error("Altinn refuses a fresh token")]
    Refused,
    /// The person's session has ended; only signing in again helps (Platform reference, section 4.1).
    #[error("the person must sign in again")]
    SignInAgain,
    /// This way of signing in cannot act in that role: a person neither sends nor administers system users, and the
    /// test token generator stands for organisations only.
    #[error("this way of signing in has no such role")]
    NoSuchRole,
}

/// What is wrong with a token before it is exchanged; the exchange itself would only say 401 (Platform reference,
/// section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has run out.
    #[error("it has run out")]
    Expired,
    /// Another issuer than the one asked, for example of the other environment.
    #[error("it comes from another issuer")]
    Issuer,
    /// It names no organisation by the agreed authority.
    #[error("it names no organisation")]
    Consumer,
}

/// What Maskinporten says in words only, because several refusals share a code or have none (Platform reference,
/// section 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The client has registered keys, and the assertion names none.
    KeyIdMissing,
    /// The client has no key of this id.
    KeyIdUnknown,
    /// The assertion was made in the future: our clock is fast.
    IssuedInFuture,
    /// `consumer_org` is the client's own organisation.
    ConsumerIsOwn,
}

impl Hint {
    pub(crate) fn in_description(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let has = |words: &str| text.contains(words);
        if has("no key identifier") {
            Some(Self::KeyIdMissing)
        } else if has("key identifier") || has("(kid)") {
            Some(Self::KeyIdUnknown)
        } else if has("issue time is after now") {
            Some(Self::IssuedInFuture)
        } else if has("consumer_org") {
            Some(Self::ConsumerIsOwn)
        } else {
            None
        }
    }
}

impl AuthError {
    /// Whether asking again may help without the user doing anything.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Maskinporten {
                status: 429 | 500..,
                retry_after,
                ..
            }
            | Self::Exchange {
                status: 401 | 408 | 429 | 500..,
                retry_after,
            } => Retry::Later {
                after: *retry_after,
            },
            // The same assertion twice, an expired one: the next grant is a new one.
            Self::Maskinporten {
                code: Some(code), ..
            } if code == "MP-012" || code == "MP-130" => Retry::Later { after: None },
            Self::TestToken {
                status: 408 | 429 | 500..,
            }
            | Self::Unreadable
            | Self::Unfit(Unfit::Expired) => Retry::Later { after: None },
            _ => Retry::Never,
        }
    }
}

/// What to do after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call fails again: a person must change something.
    Never,
    /// Try again; not before `after` where Altinn said so, else by backoff.
    Later {
        /// At most one hour.
        after: Option<Duration>,
    },
    /// The call may have been carried out: find out, or repeat it with the same idempotent key.
    Unsure,
}

impl ApiError {
    /// Whether and when to try again. A transient error is never `Never`, a lasting one never `Later`.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Network { may_have_acted, .. } | Self::Decode { may_have_acted, .. } => {
                if *may_have_acted {
                    Retry::Unsure
                } else {
                    Retry::Later { after: None }
                }
            }
            Self::Status(refusal) => refusal.retry(),
            Self::Auth(error) => error.retry(),
            Self::Resting { after } => Retry::Later {
                after: Some(*after),
            },
            Self::Body { .. } => Retry::Never,
        }
    }

    /// The refusal, when Altinn answered.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Status(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// HTTP status, when Altinn answered.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// Altinn's own number, when it gave one.
    pub fn code(&self) -> Option<u32> {
        self.refusal().and_then(|refusal| refusal.code)
    }

    /// What to quote to Altinn.
    pub fn trace_id(&self) -> Option<&str> {
        match self {
            Self::Status(refusal) => Some(&refusal.trace_id),
            Self::Decode { trace_id, .. } => Some(trace_id),
            Self::Auth(AuthError::Maskinporten { trace_id, .. }) => trace_id.as_deref(),
            _ => None,
        }
    }

    /// Whether the network, not Altinn, is the cause.
    pub fn is_network(&self) -> bool {
        matches!(self, Self::Network { .. })
    }
}

impl Refusal {
    /// Whether the gateway in front asks for a subscription key, or refuses the one it got (Platform reference,
    /// section 6.1).
    pub fn is_about_subscription_key(&self) -> bool {
        let says = |text: &Option<String>| {
            text.as_deref()
                .is_some_and(|text| text.to_ascii_lowercase().contains("subscription key"))
        };
        self.status == 401 && (says(&self.detail) || says(&self.title))
    }

    fn retry(&self) -> Retry {
        let later = Retry::Later {
            after: self.retry_after,
        };
        match self.status {
            408 | 421 | 423 | 425 | 429 => later,
            501 | 505 | 506 | 510 => Retry::Never,
            // A code means that Correspondence itself refused before it acted; without one a gateway may have
            // lost the answer of a call that went through.
            500.. if self.is_acting && self.code.is_none() => Retry::Unsure,
            500.. => later,
            _ => Retry::Never,
        }
    }
}
