//! What the program shows: the read models that the window and the terminal share.
//!
//! Times (`*_at`) are UTC milliseconds since 1970. Identity numbers of people are masked in every type here
//! (`010190 XXXXX`). Text is as Altinn or the user gave it; words of the program are codes that the window translates.

#![expect(
    missing_docs,
    reason = "the fields of a variant are told by the line above the variant"
)]

mod account;
mod choice;
mod draft;
mod error;
mod list;
mod message;
mod onboarding;
mod outbox;
mod setup;
mod status;

pub use account::{Account, Environment, LocalText, Party, PersonState, Service};
pub use choice::{
    Catalogue, FoundResource, NewEventSubscription, SubscriptionList, SubscriptionView,
};
pub use draft::{
    Alert, AlertChannel, Draft, DraftFile, DraftFileState, DraftText, Field, FileProblem, Problem,
    Recipient, RecipientState,
};
pub use error::{ErrorCode, UiError};
pub use list::{
    Filters, Folder, FolderCount, Folders, Group, GroupKind, ListQuery, ListShape, Mark, Place,
    Row, RowKind, SearchHint, SearchHintKind, ServiceCount, Sort, Tag,
};
pub use message::{
    Abilities, Align, Attachment, AttachmentState, Block, ConfirmState, EventKind, Inline, Message,
    ReadState, ReplyLink, TimelineEntry,
};
pub use onboarding::{
    Asked, Check, CheckName, CheckState, Checkup, Finding, FindingCode, KeyView, Mail,
    MailTemplate, Step, StepState, TestText, Tick,
};
pub use outbox::{OutboxItem, OutboxState, SendOutcome, SendReceipt};
pub use setup::{
    AccountDraft, AccountEntry, AccountFault, AccountField, AccountOutcome, AccountProblem,
    AddressDraft, CertificateView, KeptKey, LandingText, NetworkView, ProxyDraft, SetupFile,
    SignInDraft, SystemUserDraft, SystemUserState, SystemUserView, TokenKeyView, TokenPlaceView,
};
pub use status::{
    Change, Connection, Density, FirstPicture, Language, MailboxPicture, Scheme, Settings,
    StartState, Status, UploadProgress,
};

use ts_rs::TS;

/// The TypeScript declarations of every type here, in order of definition; the window's contract is made from them.
pub fn declarations() -> Vec<String> {
    let config = ts_rs::Config::from_env();
    vec![
        Environment::decl(&config),
        PersonState::decl(&config),
        Account::decl(&config),
        LocalText::decl(&config),
        Folder::decl(&config),
        FolderCount::decl(&config),
        ServiceCount::decl(&config),
        Folders::decl(&config),
        Place::decl(&config),
        Filters::decl(&config),
        Sort::decl(&config),
        ListQuery::decl(&config),
        GroupKind::decl(&config),
        Group::decl(&config),
        SearchHintKind::decl(&config),
        SearchHint::decl(&config),
        ListShape::decl(&config),
        RowKind::decl(&config),
        Tag::decl(&config),
        Mark::decl(&config),
        Row::decl(&config),
        Party::decl(&config),
        ConfirmState::decl(&config),
        ReadState::decl(&config),
        AttachmentState::decl(&config),
        Attachment::decl(&config),
        EventKind::decl(&config),
        TimelineEntry::decl(&config),
        ReplyLink::decl(&config),
        Block::decl(&config),
        Align::decl(&config),
        Inline::decl(&config),
        Abilities::decl(&config),
        Message::decl(&config),
        RecipientState::decl(&config),
        Recipient::decl(&config),
        FileProblem::decl(&config),
        DraftFileState::decl(&config),
        DraftFile::decl(&config),
        Alert::decl(&config),
        AlertChannel::decl(&config),
        DraftText::decl(&config),
        Draft::decl(&config),
        Field::decl(&config),
        Problem::decl(&config),
        Service::decl(&config),
        OutboxState::decl(&config),
        OutboxItem::decl(&config),
        SendReceipt::decl(&config),
        SendOutcome::decl(&config),
        Connection::decl(&config),
        Status::decl(&config),
        UploadProgress::decl(&config),
        Language::decl(&config),
        Scheme::decl(&config),
        Density::decl(&config),
        Settings::decl(&config),
        Step::decl(&config),
        CheckState::decl(&config),
        CheckName::decl(&config),
        Asked::decl(&config),
        Tick::decl(&config),
        FindingCode::decl(&config),
        MailTemplate::decl(&config),
        Mail::decl(&config),
        Finding::decl(&config),
        Check::decl(&config),
        StepState::decl(&config),
        Checkup::decl(&config),
        FoundResource::decl(&config),
        Catalogue::decl(&config),
        SubscriptionView::decl(&config),
        SubscriptionList::decl(&config),
        NewEventSubscription::decl(&config),
        TestText::decl(&config),
        KeyView::decl(&config),
        AddressDraft::decl(&config),
        SystemUserDraft::decl(&config),
        SignInDraft::decl(&config),
        LandingText::decl(&config),
        AccountDraft::decl(&config),
        AccountField::decl(&config),
        AccountFault::decl(&config),
        AccountProblem::decl(&config),
        AccountOutcome::decl(&config),
        AccountEntry::decl(&config),
        TokenPlaceView::decl(&config),
        TokenKeyView::decl(&config),
        KeptKey::decl(&config),
        CertificateView::decl(&config),
        NetworkView::decl(&config),
        ProxyDraft::decl(&config),
        SystemUserState::decl(&config),
        SystemUserView::decl(&config),
        SetupFile::decl(&config),
        Change::decl(&config),
        StartState::decl(&config),
        MailboxPicture::decl(&config),
        FirstPicture::decl(&config),
        UiError::decl(&config),
        ErrorCode::decl(&config),
    ]
}
