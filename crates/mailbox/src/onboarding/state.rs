//! The rounds that run, in memory.

use crate::view::{Check, CheckState, FindingCode};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Checks of the rounds that run, by account. Cheap to clone; clones share.
#[derive(Debug, Clone, Default)]
pub struct Checkups(Arc<Mutex<BTreeMap<String, Vec<Check>>>>);

impl Checkups {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Check>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a round; false when one runs already.
    pub(super) fn begin(&self, account: &str, checks: Vec<Check>) -> bool {
        let mut all = self.lock();
        if all.contains_key(account) {
            return false;
        }
        all.insert(account.to_owned(), checks);
        true
    }

    /// Ends a round and hands out what it came to.
    pub(super) fn end(&self, account: &str) -> Option<Vec<Check>> {
        self.lock().remove(account)
    }

    /// The checks of a round that runs.
    pub(super) fn checks(&self, account: &str) -> Option<Vec<Check>> {
        self.lock().get(account).cloned()
    }

    /// Changes one check.
    pub(super) fn put(&self, account: &str, id: &str, change: impl FnOnce(&mut Check)) {
        let mut all = self.lock();
        let check = all
            .get_mut(account)
            .and_then(|checks| checks.iter_mut().find(|check| check.id == id));
        if let Some(check) = check {
            change(check);
        }
    }

    /// What was not reached is skipped; a test letter waits for its own command.
    pub(super) fn skip_unchecked(&self, account: &str) {
        let mut all = self.lock();
        let unchecked = all
            .get_mut(account)
            .into_iter()
            .flatten()
            .filter(|check| check.state == CheckState::NotChecked)
            .filter(|check| check.name != crate::view::CheckName::TestLetter);
        for check in unchecked {
            check.state = CheckState::Skipped;
        }
    }

    pub(super) fn has_finding(&self, account: &str, code: FindingCode) -> bool {
        let all = self.lock();
        all.get(account)
            .into_iter()
            .flatten()
            .flat_map(|check| &check.findings)
            .any(|finding| finding.code == code)
    }
}
