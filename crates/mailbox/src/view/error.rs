//! What can go wrong, as codes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What went wrong, without words: the window has the text of each code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UiError {
    /// What.
    pub code: ErrorCode,
    /// Values for the text.
    pub params: BTreeMap<String, String>,
    /// To quote to Altinn.
    pub trace_id: Option<String>,
    /// When.
    pub at: i64,
}

/// Every way the program can fail; each has a text in nb, nn and en.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// No connection to Altinn.
    NoNetwork,
    /// Altinn asks us to wait (429, 503).
    Slow,
    /// Altinn or Maskinporten refuses the sign-in.
    SignInRefused,
    /// A person's session is over, or has not begun.
    SignInAgain,
    /// The person gave up in the browser.
    SignInGivenUp,
    /// Nobody signed in within a quarter of an hour.
    SignInTimedOut,
    /// ID-porten does not give the client `params.scope`.
    SignInScope,
    /// ID-porten refuses otherwise; `params.detail` is its own word.
    IdPortenRefused,
    /// Altinn does not take whoever has signed in.
    PersonRefused,
    /// No browser could be opened.
    NoBrowser,
    /// No access to the service or party (4001, 4006).
    NoAccess,
    /// Unknown here or at Altinn (1001).
    NotFound,
    /// Altinn failed (5xx).
    ServerFault,
    /// Not known whether Altinn took the letter.
    Unsure,
    /// Altinn refuses; `params.altinn` holds the code, `params.detail` its own words.
    Refused,
    /// Must be confirmed before it can be deleted (1026).
    MustConfirmFirst,
    /// Published letters cannot be taken back (1013).
    AlreadyPublished,
    /// The field must be filled in.
    Required,
    /// Longer than the limit; `params.count`, `params.limit`.
    TooLong,
    /// Contains markup (1002, 1039).
    Markup,
    /// No recipient.
    NoRecipients,
    /// More than 500.
    TooManyRecipients,
    /// Not a valid recipient; `params.name`.
    RecipientInvalid,
    /// Not known to Altinn (1029).
    RecipientUnknown,
    /// Reserved against digital post (1030).
    RecipientReserved,
    /// Twice among the recipients (1006).
    RecipientDuplicate,
    /// Nobody holds a role for confidential post (1044).
    RecipientLacksRole,
    /// Due date in the past (1008).
    DuePast,
    /// Due date before publish time (1009).
    DueBeforePublish,
    /// Confirmation needs a due date (1016).
    ConfirmationNeedsDue,
    /// The service demands confidential (1060).
    ConfidentialRequired,
    /// The service does not take confidential (1061).
    ConfidentialNotAllowed,
    /// No service chosen.
    NoService,
    /// A file is still being read.
    FileNotReady,
    /// A file cannot be sent.
    FileRefused,
    /// Stopped by the malware scan.
    FileRejected,
    /// More than 100 files (1038).
    TooManyFiles,
    /// Saved elsewhere meanwhile; `params.version`.
    DraftConflict,
    /// Being handed over right now; it can no longer be changed.
    OutboxBusy,
    /// The keychain is locked.
    KeychainLocked,
    /// There is no keychain.
    KeychainMissing,
    /// The store cannot be opened with this key.
    KeyWrong,
    /// Wrong passphrase.
    PassphraseWrong,
    /// Fewer than 12 characters.
    PassphraseTooShort,
    /// Written by a newer version.
    StoreNewer,
    /// Damaged.
    StoreCorrupt,
    /// No space left.
    DiskFull,
    /// The program is already running on this profile.
    ProfileBusy,
    /// The profile folder cannot be used.
    ProfileUnusable,
    /// The account file cannot be read; `params.detail`.
    AccountFile,
    /// The practice mailbox could not be started.
    SandboxFailed,
    /// The address for events is not a public https address.
    EndpointInvalid,
    /// A private key cannot be used; `params.reason` names why, with a text of its own.
    KeyUnusable,
    /// There is an account for this organisation in this environment already.
    AccountInUse,
    /// An account signs in by this key.
    KeyInUse,
    /// The chosen file cannot be read from the disk.
    FileUnreadable,
    /// A file holds no certificate.
    CertificateUnreadable,
    /// The proxy's address cannot be one.
    ProxyInvalid,
    /// The account names no system, or no customer, to ask for a system user with.
    NoSystemUser,
    /// A test letter in production has not been confirmed a second time.
    TestLetterInProduction,
    /// The file could not be saved.
    SaveFailed,
    /// Unexpected.
    Internal,
}
