//! Accounts: whom the user acts as.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run};

/// One account of the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Stable within the profile.
    pub id: String,
    /// Name of the organisation.
    pub name: String,
    /// Nine digits.
    pub organisation_number: String,
    /// `practice`, `test`, `production` or `custom`.
    pub environment: String,
    /// When it was added.
    pub added_at: i64,
}

impl Reader<'_> {
    /// All accounts, oldest first.
    pub fn accounts(&self) -> Result<Vec<AccountRow>> {
        many(
            self.sql,
            "SELECT id, name, organisation_number, environment, added_at FROM account ORDER BY added_at, id",
            [],
            |row| {
                Ok(AccountRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    organisation_number: row.get(2)?,
                    environment: row.get(3)?,
                    added_at: row.get(4)?,
                })
            },
        )
    }
}

impl Reader<'_> {
    /// What letters name an account by; none for one that is not here.
    pub(crate) fn account_key(&self, id: &str) -> Result<Option<i64>> {
        one(
            self.sql,
            "SELECT key FROM account WHERE id = ?1",
            [id],
            |row| row.get(0),
        )
    }
}

impl Writer<'_> {
    /// Adds an account, or renews name, number and environment of one that is there.
    pub fn put_account(&self, account: &AccountRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO account (id, name, organisation_number, environment, added_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name,
               organisation_number = excluded.organisation_number, environment = excluded.environment",
            (
                &account.id,
                &account.name,
                &account.organisation_number,
                &account.environment,
                account.added_at,
            ),
        )?;
        Ok(())
    }
}
