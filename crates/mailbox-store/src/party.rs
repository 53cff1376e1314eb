//! Names of organisations and people.

use crate::error::Result;
use crate::fold::fold;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run};

/// What a register said about a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// URN as Altinn writes it.
    pub urn: String,
    /// Empty: asked, and no name is known.
    pub name: String,
    /// Postal place of an organisation.
    pub place: Option<String>,
    /// Struck from the register.
    pub is_deleted: bool,
    /// The register has it.
    pub is_known: bool,
    /// When the register was asked.
    pub checked_at: i64,
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<PartyRow> {
    Ok(PartyRow {
        urn: row.get(0)?,
        name: row.get(1)?,
        place: row.get(2)?,
        is_deleted: row.get(3)?,
        is_known: row.get(4)?,
        checked_at: row.get(5)?,
    })
}

impl Reader<'_> {
    /// The party of a URN, if a register was asked.
    pub fn party(&self, urn: &str) -> Result<Option<PartyRow>> {
        one(
            self.sql,
            "SELECT urn, name, place, is_deleted, is_known, checked_at FROM party
             WHERE urn = ?1 AND checked_at IS NOT NULL",
            [urn],
            read,
        )
    }

    /// Parties whose name begins with `name`, case ignored for a to z; at most `limit`.
    pub fn parties_named(&self, name: &str, limit: u32) -> Result<Vec<PartyRow>> {
        many(
            self.sql,
            "SELECT urn, name, place, is_deleted, is_known, checked_at FROM party
             WHERE substr(lower(name), 1, length(?1)) = lower(?1) AND name <> '' ORDER BY name LIMIT ?2",
            (name, limit),
            read,
        )
    }

    /// URNs that letters of an account name and no register was asked about; at most `limit`.
    pub fn unnamed_parties(&self, account: &str, limit: u32) -> Result<Vec<String>> {
        many(
            self.sql,
            "SELECT urn FROM party WHERE checked_at IS NULL
               AND (EXISTS (SELECT 1 FROM message m WHERE m.account = ?1 AND m.sender = party.key)
                 OR EXISTS (SELECT 1 FROM message m WHERE m.account = ?1 AND m.recipient = party.key))
             ORDER BY key LIMIT ?2",
            (self.account_key(account)?, limit),
            |row| row.get(0),
        )
    }

    /// What letters name a party by; none for one that no letter has named.
    pub(crate) fn party_key(&self, urn: &str) -> Result<Option<i64>> {
        one(
            self.sql,
            "SELECT key FROM party WHERE urn = ?1",
            [urn],
            |row| row.get(0),
        )
    }
}

impl Writer<'_> {
    /// The same, given now where there is none; none for nobody.
    pub(crate) fn given_party_key(&self, urn: &str) -> Result<Option<i64>> {
        if urn.is_empty() {
            return Ok(None);
        }
        let known = self.party_key(urn)?;
        if known.is_some() {
            return Ok(known);
        }
        run(self.sql, "INSERT INTO party (urn) VALUES (?1)", [urn])?;
        Ok(Some(self.sql.last_insert_rowid()))
    }

    /// Stores what a register said; letters of the party are found by the new name from this commit on.
    pub fn put_party(&self, party: &PartyRow) -> Result<()> {
        let old: Option<String> = one(
            self.sql,
            "SELECT name FROM party WHERE urn = ?1",
            [&party.urn],
            |row| row.get(0),
        )?;
        run(
            self.sql,
            "INSERT INTO party (urn, name, place, is_deleted, is_known, checked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (urn) DO UPDATE SET name = excluded.name, place = excluded.place,
               is_deleted = excluded.is_deleted, is_known = excluded.is_known, checked_at = excluded.checked_at",
            (
                &party.urn,
                &party.name,
                &party.place,
                party.is_deleted,
                party.is_known,
                party.checked_at,
            ),
        )?;
        if fold(old.as_deref().unwrap_or_default()) != fold(&party.name) {
            // In this order: from the accounts to their letters by the name's index.
            let keys: Vec<i64> = many(
                self.sql,
                "SELECT m.key FROM account a CROSS JOIN message m ON m.account = a.key AND m.sender = ?1
                 UNION SELECT m.key FROM account a CROSS JOIN message m ON m.account = a.key AND m.recipient = ?1",
                [self.party_key(&party.urn)?],
                |row| row.get(0),
            )?;
            for key in keys {
                self.index(key);
            }
        }
        Ok(())
    }
}
