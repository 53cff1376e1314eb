//! What can go wrong, named by what the user can do about it.

use crate::view::{ErrorCode, Field, Problem, UiError};
use altinn_client::{ApiError, AuthError, Refusal, Retry};
use mailbox_store::StoreError;
use std::collections::BTreeMap;

/// The result of everything the engine does.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. The text is for developers and holds nothing personal; the window has its own words for
/// [`Error::code`].
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// Altinn cannot be reached; it is tried again by itself.
    #[error("no connection to Altinn")]
    NoNetwork,
    /// Altinn asks us to wait.
    #[error("Altinn asks us to wait")]
    Slow {
        /// For so many milliseconds, where Altinn named it.
        after: Option<i64>,
    },
    /// The sign-in is refused: key, client or scope must be looked at.
    #[error("the sign-in is refused")]
    SignInRefused {
        /// To quote to Altinn.
        trace_id: Option<String>,
    },
    /// The person's session is over, or has not begun.
    #[error("the person must sign in")]
    SignInAgain,
    /// No access to the service or the party.
    #[error("no access")]
    NoAccess {
        /// To quote to Altinn.
        trace_id: Option<String>,
    },
    /// Unknown here or at Altinn.
    #[error("not found")]
    NotFound,
    /// Altinn failed; it is tried again by itself.
    #[error("Altinn failed with status {status}")]
    ServerFault {
        /// HTTP status; 0 where the answer could not be understood.
        status: u16,
        /// To quote to Altinn.
        trace_id: Option<String>,
    },
    /// Not known whether Altinn did it.
    #[error("not known whether Altinn did it")]
    Unsure,
    /// Altinn refuses by one of its rules.
    #[error("Altinn refuses (code {altinn:?})")]
    Refused {
        /// Altinn's own number of the rule (Correspondence reference, section 18).
        altinn: Option<u32>,
        /// The same rule in our words.
        problem: Box<Problem>,
        /// To quote to Altinn.
        trace_id: Option<String>,
    },
    /// A rule that the engine keeps itself, such as `MustConfirmFirst` or `OutboxBusy`.
    #[error("refused: {code:?}")]
    Rule {
        /// Which.
        code: ErrorCode,
        /// Values for the text.
        params: BTreeMap<String, String>,
    },
    /// The draft was saved elsewhere meanwhile.
    #[error("the draft has moved on to version {version}")]
    DraftConflict {
        /// The version that is stored.
        version: u32,
    },
    /// The store cannot be opened with this key.
    #[error("the store cannot be opened with this key")]
    KeyWrong,
    /// The store was written by a newer version of the program.
    #[error("the store was written by a newer version")]
    StoreNewer,
    /// The store is damaged.
    #[error("the store is damaged")]
    StoreCorrupt,
    /// No space left.
    #[error("no space left")]
    DiskFull,
    /// Another program holds the store.
    #[error("the store is in use by another program")]
    StoreBusy,
    /// A file could not be written where the user wanted it.
    #[error("the file could not be saved: {reason:?}")]
    SaveFailed {
        /// What the system said.
        reason: std::io::ErrorKind,
    },
    /// A fault of the program itself.
    #[error("unexpected: {what}")]
    Internal {
        /// For the developer; nothing personal.
        what: String,
    },
}

impl Error {
    /// A rule of the engine without values.
    pub fn rule(code: ErrorCode) -> Self {
        Self::Rule {
            code,
            params: BTreeMap::new(),
        }
    }

    /// A fault of the program itself; `what` must hold nothing personal.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Internal { what: what.into() }
    }

    /// What the window has words for.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoNetwork => ErrorCode::NoNetwork,
            Self::Slow { .. } => ErrorCode::Slow,
            Self::SignInRefused { .. } => ErrorCode::SignInRefused,
            Self::SignInAgain => ErrorCode::SignInAgain,
            Self::NoAccess { .. } => ErrorCode::NoAccess,
            Self::NotFound => ErrorCode::NotFound,
            Self::ServerFault { .. } => ErrorCode::ServerFault,
            Self::Unsure => ErrorCode::Unsure,
            Self::Refused { problem, .. } => problem.code,
            Self::Rule { code, .. } => *code,
            Self::DraftConflict { .. } => ErrorCode::DraftConflict,
            Self::KeyWrong => ErrorCode::KeyWrong,
            Self::StoreNewer => ErrorCode::StoreNewer,
            Self::StoreCorrupt => ErrorCode::StoreCorrupt,
            Self::DiskFull => ErrorCode::DiskFull,
            Self::StoreBusy => ErrorCode::ProfileBusy,
            Self::SaveFailed { .. } => ErrorCode::SaveFailed,
            Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// The error as the window shows it; `at` is UTC milliseconds.
    pub fn to_ui(&self, at: i64) -> UiError {
        let (params, trace_id) = match self {
            Self::Refused {
                problem, trace_id, ..
            } => (problem.params.clone(), trace_id.clone()),
            Self::Rule { params, .. } => (params.clone(), None),
            Self::DraftConflict { version } => (param("version", version.to_string()), None),
            Self::ServerFault { trace_id, .. }
            | Self::SignInRefused { trace_id }
            | Self::NoAccess { trace_id } => (BTreeMap::new(), trace_id.clone()),
            Self::SaveFailed { reason } => (param("detail", reason.to_string()), None),
            Self::NoNetwork
            | Self::Slow { .. }
            | Self::SignInAgain
            | Self::NotFound
            | Self::Unsure
            | Self::KeyWrong
            | Self::StoreNewer
            | Self::StoreCorrupt
            | Self::DiskFull
            | Self::StoreBusy
            | Self::Internal { .. } => (BTreeMap::new(), None),
        };
        UiError {
            code: self.code(),
            params,
            trace_id,
            at,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::WrongKey => Self::KeyWrong,
            StoreError::Newer { .. } => Self::StoreNewer,
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Corrupt => Self::StoreCorrupt,
            StoreError::Busy => Self::StoreBusy,
            StoreError::Closed => Self::internal("the store is closed"),
            StoreError::Unusable(reason) => Self::SaveFailed { reason },
            StoreError::Sql(what) => Self::Internal { what },
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Network { .. } => Self::NoNetwork,
            ApiError::Status(refusal) => Self::from(*refusal),
            ApiError::Decode { trace_id, .. } => Self::ServerFault {
                status: 0,
                trace_id: Some(trace_id),
            },
            ApiError::Auth(error) => Self::from(error),
            ApiError::Resting { after } => Self::Slow {
                after: Some(milliseconds(after)),
            },
            ApiError::Body { .. } => Self::internal("the bytes to send could not be read"),
            // The client may learn of new kinds before we have words for them.
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<AuthError> for Error {
    fn from(error: AuthError) -> Self {
        if error == AuthError::SignInAgain {
            return Self::SignInAgain;
        }
        let trace_id = match &error {
            AuthError::Maskinporten { trace_id, .. } => trace_id.clone(),
            _ => None,
        };
        let status = match &error {
            AuthError::Maskinporten { status, .. }
            | AuthError::Exchange { status, .. }
            | AuthError::TestToken { status } => *status,
            _ => 0,
        };
        match (error.retry(), status) {
            (Retry::Later { after }, 429 | 503) => Self::Slow {
                after: after.map(milliseconds),
            },
            (Retry::Later { .. }, 500..) => Self::ServerFault { status, trace_id },
            _ => Self::SignInRefused { trace_id },
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let trace_id = Some(refusal.trace_id.clone());
        match (refusal.status, refusal.code) {
            (429 | 503, _) => Self::Slow {
                after: refusal.retry_after.map(milliseconds),
            },
            (_, Some(4001 | 4006)) => Self::NoAccess { trace_id },
            (401 | 403, _) => Self::SignInRefused { trace_id },
            (404, None | Some(1001 | 2001)) => Self::NotFound,
            (408, _) => Self::ServerFault {
                status: 408,
                trace_id,
            },
            (status @ 500.., _) => Self::ServerFault { status, trace_id },
            (_, altinn) => Self::Refused {
                altinn,
                problem: Box::new(problem_in(&refusal)),
                trace_id,
            },
        }
    }
}

fn milliseconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A refusal in our words. Rules of shape carry no number, but a path (Correspondence reference, section 3.2).
pub(crate) fn problem_in(refusal: &Refusal) -> Problem {
    let Some(broken) = refusal
        .validation
        .first()
        .filter(|_| refusal.code.is_none())
    else {
        return problem_of(
            refusal.code,
            refusal.detail.as_deref().or(refusal.title.as_deref()),
        );
    };
    let path = broken
        .path
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let field = [
        ("messagetitle", Field::Title),
        ("messagesummary", Field::Summary),
        ("messagebody", Field::Body),
        ("language", Field::Language),
        ("attachments", Field::Files),
        ("filename", Field::Files),
        ("checksum", Field::Files),
        ("recipients", Field::Recipients),
        ("resourceid", Field::Resource),
        ("messagesender", Field::MessageSender),
        ("duedatetime", Field::Due),
        ("requestedpublishtime", Field::Publish),
        ("notification", Field::Alert),
        ("sendersreference", Field::Reference),
    ]
    .into_iter()
    .find(|(name, _)| path.contains(name))
    .map_or(Field::General, |(_, field)| field);
    Problem {
        field,
        ..problem_of(None, Some(&broken.message))
    }
}

fn param(name: &str, value: String) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value)])
}

/// A rule of Altinn in our words: where on the draft it points, and which text the window has for it. Numbers are those
/// of the Correspondence reference, section 18. `detail` is Altinn's own sentence, kept for the user because some carry
/// values that are nowhere else.
pub fn problem_of(altinn: Option<u32>, detail: Option<&str>) -> Problem {
    let (field, code) = match altinn {
        Some(1002) => (Field::Title, ErrorCode::Markup),
        Some(1003) => (Field::Body, ErrorCode::Refused),
        Some(1004) => (Field::Summary, ErrorCode::Markup),
        Some(1006) => (Field::Recipients, ErrorCode::RecipientDuplicate),
        Some(1008) => (Field::Due, ErrorCode::DuePast),
        Some(1009) => (Field::Due, ErrorCode::DueBeforePublish),
        Some(1013) => (Field::General, ErrorCode::AlreadyPublished),
        Some(1016) => (Field::Due, ErrorCode::ConfirmationNeedsDue),
        Some(1020) => (Field::Title, ErrorCode::Required),
        Some(1021) => (Field::Body, ErrorCode::Required),
        Some(1022) => (Field::Body, ErrorCode::TooLong),
        Some(1023) => (Field::Language, ErrorCode::Refused),
        Some(1026) => (Field::General, ErrorCode::MustConfirmFirst),
        Some(1029) => (Field::Recipients, ErrorCode::RecipientUnknown),
        Some(1030) => (Field::Reservation, ErrorCode::RecipientReserved),
        Some(1036) => (Field::Resource, ErrorCode::NoService),
        Some(1037) => (Field::Title, ErrorCode::TooLong),
        Some(1038) => (Field::Files, ErrorCode::TooManyFiles),
        Some(1039) => (Field::MessageSender, ErrorCode::Markup),
        Some(1042) => (Field::Summary, ErrorCode::TooLong),
        Some(1044) => (Field::Recipients, ErrorCode::RecipientLacksRole),
        Some(1060) => (Field::Confidential, ErrorCode::ConfidentialRequired),
        Some(1061) => (Field::Confidential, ErrorCode::ConfidentialNotAllowed),
        Some(1007 | 1017 | 1018 | 1055 | 2000..=2023) => (Field::Files, ErrorCode::FileRefused),
        Some(3000..=3099) => (Field::Alert, ErrorCode::Refused),
        Some(4001 | 4006) => (Field::Resource, ErrorCode::NoAccess),
        Some(4009 | 4010) => (Field::Resource, ErrorCode::Refused),
        _ => (Field::General, ErrorCode::Refused),
    };
    let mut params = BTreeMap::new();
    if let Some(altinn) = altinn {
        params.insert("altinn".to_owned(), altinn.to_string());
    }
    if let Some(detail) = detail {
        params.insert("detail".to_owned(), masked(detail));
    }
    Problem {
        field,
        code,
        params,
    }
}

/// Altinn's sentences name recipients by their numbers; a person's is shown as `010190 XXXXX` (product, "What it must
/// respect").
fn masked(detail: &str) -> String {
    let mut out = String::with_capacity(detail.len());
    let mut digits = String::new();
    for c in detail.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        match digits.split_at_checked(6) {
            Some((birth, rest)) if rest.len() == 5 => {
                out.push_str(birth);
                out.push_str(" XXXXX");
            }
            _ => out.push_str(&digits),
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_named_by_a_refusal_is_masked() {
        let problem = problem_of(
            Some(1030),
            Some("reserved: urn:altinn:person:identifier-no:08900499559."),
        );
        assert_eq!(
            problem.params.get("detail").map(String::as_str),
            Some("reserved: urn:altinn:person:identifier-no:089004 XXXXX."),
            "the last five digits of a person's number never leave the engine"
        );
        let problem = problem_of(Some(1029), Some("unknown 991825827"));
        assert_eq!(
            problem.params.get("detail").map(String::as_str),
            Some("unknown 991825827"),
            "organisation numbers are public and stay readable"
        );
    }
}
