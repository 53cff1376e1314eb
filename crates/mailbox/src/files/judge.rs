//! Whether a file can be sent, before a byte of it is read.

use super::name_of;
use crate::file_name;
use crate::rules::{LARGEST_FILE, MOST_FILES};
use crate::view::FileProblem;
use mailbox_store::{DraftFileRow, DraftFileState};
use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// What was found at a path.
pub(super) struct Found {
    pub(super) name: String,
    pub(super) size: u64,
    /// None where the path is no text, and so cannot be kept.
    pub(super) path: Option<String>,
    pub(super) modified_at: Option<i64>,
    /// What is wrong with the file itself.
    pub(super) problem: Option<FileProblem>,
}

/// Looks at a path without following a link: what is dropped must be the file itself.
pub(super) fn look(path: &Path) -> Found {
    let mut found = Found {
        name: name_of(path),
        size: 0,
        path: path.to_str().map(str::to_owned),
        modified_at: None,
        problem: None,
    };
    match std::fs::symlink_metadata(path) {
        Err(_) => found.problem = Some(FileProblem::Unreadable),
        Ok(metadata) if !metadata.is_file() => found.problem = Some(FileProblem::NotAFile),
        Ok(metadata) => {
            found.size = metadata.len();
            found.modified_at = modified_at(&metadata);
            found.problem = if found.size == 0 {
                Some(FileProblem::Empty)
            } else if found.size > LARGEST_FILE {
                Some(FileProblem::TooLarge {
                    limit: LARGEST_FILE,
                })
            } else if found.path.is_none() || std::fs::File::open(path).is_err() {
                Some(FileProblem::Unreadable)
            } else {
                None
            };
        }
    }
    found
}

/// UTC milliseconds of the last change of a file.
pub(crate) fn modified_at(metadata: &Metadata) -> Option<i64> {
    let age = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(age.as_millis()).ok()
}

/// What is wrong with a new file beside those that are there: its name, or their number.
pub(super) fn problem_beside(name: &str, others: &[DraftFileRow]) -> Option<FileProblem> {
    // A refused file takes no room, or a folder dropped by mistake would push out the file after it.
    let count = others
        .iter()
        .filter(|other| other.state != DraftFileState::Refused)
        .count();
    problem_of_name(name, others).or_else(|| {
        let limit = u32::try_from(MOST_FILES).unwrap_or(u32::MAX);
        (count >= MOST_FILES).then_some(FileProblem::TooMany { limit })
    })
}

/// What is wrong with a name, alone or beside others. Letters may hold two files of one name, but whoever gets them
/// cannot save both; names that differ in case only are the same on many disks.
pub(super) fn problem_of_name(name: &str, others: &[DraftFileRow]) -> Option<FileProblem> {
    let is_taken = |name: &str| {
        others
            .iter()
            .filter(|other| other.state != DraftFileState::Refused)
            .any(|other| other.name.to_lowercase() == name.to_lowercase())
    };
    file_name::problem(name).or_else(|| {
        is_taken(name).then(|| FileProblem::Duplicate {
            suggestion: file_name::numbered(name, is_taken),
        })
    })
}

/// Whether a problem lies in the bytes, so that no other name mends it.
pub(super) fn is_of_bytes(problem: &FileProblem) -> bool {
    matches!(
        problem,
        FileProblem::Empty
            | FileProblem::TooLarge { .. }
            | FileProblem::Unreadable
            | FileProblem::NotAFile
            | FileProblem::Changed
    )
}
