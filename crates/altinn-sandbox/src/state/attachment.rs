//! A stored attachment: its metadata, its status rows and its bytes.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::scan::Scan;

/// Attachment status (Correspondence reference, section 5.8).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum AttachmentStatus {
    /// 0
    Initialized,
    /// 1
    UploadProcessing,
    /// 2
    Published,
    /// 3
    Purged,
    /// 4
    Failed,
    /// 5
    Expired,
}

impl AttachmentStatus {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::UploadProcessing => "UploadProcessing",
            Self::Published => "Published",
            Self::Purged => "Purged",
            Self::Failed => "Failed",
            Self::Expired => "Expired",
        }
    }
}

/// One row of an attachment's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentStatusRow {
    /// Which status was set.
    pub status: AttachmentStatus,
    /// Its text.
    pub text: Cow<'static, str>,
    /// When.
    pub at: DateTime<Utc>,
}

impl AttachmentStatusRow {
    /// A row whose text is the status' own name.
    #[must_use]
    pub fn new(status: AttachmentStatus, at: DateTime<Utc>) -> Self {
        Self {
            status,
            text: Cow::Borrowed(status.name()),
            at,
        }
    }

    /// A row with a text of its own.
    #[must_use]
    pub fn with_text(
        status: AttachmentStatus,
        at: DateTime<Utc>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            text: text.into(),
            at,
        }
    }
}

/// The bytes of a file as they arrived, piece by piece: never joined, so that a large upload is held once.
#[derive(Debug, Clone, Default)]
pub struct Data {
    /// The pieces in order; none of a file too large to be kept.
    pub pieces: Vec<Bytes>,
    /// Bytes in all.
    pub length: u64,
    /// What a scan will find, seen as the bytes came in.
    pub is_malicious: bool,
}

impl Data {
    /// Bytes that are at hand already.
    #[must_use]
    pub fn from_bytes(bytes: Bytes) -> Self {
        let mut scan = Scan::default();
        scan.look(&bytes);
        Self {
            length: bytes.len() as u64,
            pieces: vec![bytes],
            is_malicious: scan.found(),
        }
    }

    /// Pieces that are at hand, harmless ones.
    #[cfg(test)]
    pub fn of_pieces(pieces: Vec<Bytes>) -> Self {
        Self {
            length: pieces.iter().map(|piece| piece.len() as u64).sum(),
            pieces,
            is_malicious: false,
        }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }
}

impl Serialize for Data {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        let all: Vec<u8> = self
            .pieces
            .iter()
            .flat_map(|piece| piece.iter().copied())
            .collect();
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(all))
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = String::deserialize(deserializer)?;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(serde::de::Error::custom)?;
        Ok(Self::from_bytes(Bytes::from(bytes)))
    }
}

/// A stored attachment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: Uuid,
    /// The resource it was made for, without the URN prefix.
    pub resource_id: String,
    /// Organisation number (nine digits) of that resource's owner.
    pub sender: String,
    /// File name.
    pub file_name: String,
    /// Name to show, if another.
    pub display_name: Option<String>,
    /// Informational.
    pub is_encrypted: bool,
    /// Lower-case hex MD5: the sender's, or that of the bytes.
    pub checksum: Option<String>,
    /// The sender's own reference.
    pub senders_reference: String,
    /// Days it stays on each correspondence.
    pub expiration_in_days: Option<i64>,
    /// History, oldest first. Never empty.
    pub statuses: Vec<AttachmentStatusRow>,
    /// The bytes; none before upload and after purge.
    pub data: Option<Data>,
    /// Every correspondence it is linked to, purged ones included.
    pub correspondences: Vec<Uuid>,
}

impl Attachment {
    /// The reported status: the latest.
    #[must_use]
    pub fn latest(&self) -> Option<&AttachmentStatusRow> {
        self.statuses.last()
    }

    /// Whether the latest status is this one.
    #[must_use]
    pub fn is(&self, status: AttachmentStatus) -> bool {
        self.latest().is_some_and(|row| row.status == status)
    }

    /// Whether a status was ever set.
    #[must_use]
    pub fn has(&self, status: AttachmentStatus) -> bool {
        self.statuses.iter().any(|row| row.status == status)
    }
}
