//! Typed client of the Altinn services that Brevdue talks to; the only crate that speaks HTTP.
//!
//! [`Client`] holds the addresses of one environment and one way to sign in. It keeps one Altinn token per [`Role`],
//! because a token with both scopes counts as a sender and then leaves no read marks (Correspondence reference,
//! section 19, item 1). Every call ends in a value or an [`ApiError`], whose [`ApiError::retry`] says what to do next.
//!
//! Nothing secret or personal reaches an error text or a log: secrets are [`Secret`], bodies are never quoted, and
//! addresses are left out of network errors.

mod addresses;
mod attachment;
pub mod auth;
mod client;
mod correspondence;
mod error;
mod policy;
mod register;
mod resource_registry;
mod retry_after;
mod send;
mod transfer;
pub mod wire;

pub use addresses::Addresses;
pub use auth::{KeyError, Role, Secret, SignIn, SigningKey, SystemUser};
pub use client::{Client, ClientError, Now, Options, Timeouts};
pub use correspondence::{Search, SearchRole};
pub use error::{ApiError, AuthError, Refusal, Retry, Stage, Validation};
pub use policy::Policy;
pub use transfer::Download;
pub use wire::attachment::{
    AttachmentDetails, AttachmentOverview, AttachmentStatus, NewAttachment,
};
pub use wire::correspondence::{
    Attachment, Content, CorrespondenceStatus, Details, ExternalReference, Initialized,
    InitializedCorrespondence, Overview, ReplyOption, StatusEvent,
};
pub use wire::new_correspondence::{
    InitializeCorrespondences, NewContent, NewCorrespondence, NewExternalReference,
    NewNotification, NewReplyOption, NotificationChannel, NotificationTemplate,
};
pub use wire::register::{RegisterEntry, ServiceOwner};
pub use wire::resource::{CompetentAuthority, LanguageText, Resource};
