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
mod budget;
mod client;
mod clock;
mod correspondence;
mod error;
mod events;
mod journal;
mod metadata;
mod obstacle;
mod opening;
mod paging;
mod parties;
mod policy;
mod register;
mod resource_registry;
mod retry_after;
mod send;
mod system_user;
mod tls;
mod transfer;
pub mod urn;
pub mod wire;

pub use addresses::Addresses;
pub use auth::{
    Algorithm, CertificateFacts, Claims, FoundKey, Granted, KeyError, Role, Secret, SignIn,
    SigningKey, SystemUser, SystemUserClaims, TokenPlace, token_keys, tokens,
};
pub use budget::{Pace, Quota};
pub use client::{Client, ClientError, Fraction, Now, Options, Timeouts};
pub use correspondence::{Search, SearchRole};
pub use error::{ApiError, AuthError, Hint, Refusal, Retry, Stage, Unfit, Validation};
pub use events::{Follower, Pull, Subscribed};
pub use journal::{Journal, Made};
pub use obstacle::{CertificateFault, Obstacle};
pub use policy::{Category, Match, Policy, Rule, Subject};
pub use resource_registry::ResourceQuery;
pub use tls::TrustedCertificate;
pub use transfer::Download;
pub use wire::attachment::{
    AttachmentDetails, AttachmentOverview, AttachmentStatus, NewAttachment,
};
pub use wire::correspondence::{
    Attachment, Content, CorrespondenceStatus, Details, ExternalReference, Initialized,
    InitializedCorrespondence, Overview, ReplyOption, StatusEvent,
};
pub use wire::event::{CloudEvent, NewSubscription, Subscription};
pub use wire::metadata::{IssuerKey, IssuerMetadata};
pub use wire::new_correspondence::{
    CustomRecipient, EmailContentType, InitializeCorrespondences, NewContent, NewCorrespondence,
    NewExternalReference, NewForward, NewNotification, NewReplyOption, NotificationChannel,
    NotificationTemplate, NotificationTexts,
};
pub use wire::notification::{Notification, NotificationMessage, ProcessingStatus};
pub use wire::party::{AccessList, AuthorizedParty, PartyKind};
pub use wire::register::{FoundOrganisations, RegisterEntry, ServiceOwner};
pub use wire::resource::{
    Attribute, CompetentAuthority, LanguageText, PolicyRight, Resource, RightSubject,
};
pub use wire::system_user::{
    AccessPackage, FinishedSystemUser, NewSystemUserRequest, RequestStatus, RightAttribute,
    SystemRight, SystemUserRequest,
};
