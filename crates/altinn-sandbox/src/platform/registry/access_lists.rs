//! Access lists (platform reference, section 7.7).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::world::AccessList;

/// A list and its past.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessListRow {
    /// What it says.
    pub list: AccessList,
    /// Grows with every change; its ETag.
    pub version: u64,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
}

impl AccessListRow {
    /// The list a world begins with.
    #[must_use]
    pub fn of(list: &AccessList) -> Self {
        Self {
            list: list.clone(),
            version: 1,
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        }
    }
}
