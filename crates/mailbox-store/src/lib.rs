//! The local copy of a mailbox: SQLCipher, one writer, query-only readers. The only crate that speaks SQL.
//!
//! [`Store::read`] and [`Store::write`] run a closure on a thread of the store; the closure gets a [`Reader`] or a
//! [`Writer`], whose methods are the catalogue of statements, one file a table family. The store keeps no rules: what
//! may follow what is the engine's. Times are UTC milliseconds since 1970; the tables are explained in `schema.sql`.

mod account;
mod asked;
mod attachment;
mod attachment_text;
mod best;
mod blob;
mod bulk;
mod connection;
mod draft;
mod error;
mod fold;
mod index;
mod intent;
mod key;
mod letter;
mod list;
mod mark;
mod message;
mod migrate;
mod newest;
mod outbox;
mod party;
mod place;
#[cfg(test)]
mod plan;
mod pool;
mod predicate;
mod row;
mod service;
mod setting;
mod spine;
mod status;
mod sync;
mod text;
mod threads;
mod tidy;
mod totals;
mod upload;

pub use account::AccountRow;
pub use attachment::{AttachmentPut, AttachmentRow, Fetch};
pub use attachment_text::FileWords;
pub use blob::{BLOB_CHUNK, BlobHandle, BlobRow};
pub use bulk::{BatchRow, BatchState, BulkCounts, BulkRow, RecipientRow, RecipientState};
pub use draft::{DraftFileRow, DraftFileState, DraftRow};
pub use error::{Result, StoreError};
pub use fold::{Word, fold, words};
pub use intent::{IntentKind, IntentRow};
pub use key::StoreKey;
pub use letter::LetterRow;
pub use list::{Entry, Order};
pub use message::{Level, MessageBody, MessagePut, MessageRow, Role, message_id};
pub use outbox::{OutboxRow, OutboxState};
pub use party::PartyRow;
pub use pool::{Reader, Store, Writer};
pub use predicate::{Column, Predicate, Scope};
pub use service::ServiceRow;
pub use spine::SpineRow;
pub use status::StatusRow;
pub use sync::ScopeRow;
pub use totals::{FolderTotals, ServiceTotals};
pub use upload::{UploadRow, UploadState};
