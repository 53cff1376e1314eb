//! What the user did with a letter on this machine, and what became of it at Altinn.

use crate::error::Result;
use crate::pool::Writer;
use crate::row::run;

impl Writer<'_> {
    /// Altinn answered 404: the letter is remembered as gone and never asked for again. What is here stays.
    pub fn set_gone(&self, message: i64, at: i64) -> Result<()> {
        run(
            self.sql,
            "UPDATE message SET level = 'gone', gone_at = coalesce(gone_at, ?2), checked_at = ?2 WHERE key = ?1",
            (message, at),
        )?;
        Ok(())
    }

    /// Altinn was asked and could not give the letter; it is not asked again for a while.
    pub fn set_checked(&self, message: i64, at: i64) -> Result<()> {
        self.set_local(message, "checked_at", Some(at))
    }

    /// Opened here, or not (none, with the unread mark set back by [`Writer::set_marked_unread`]).
    pub fn set_opened(&self, message: i64, at: Option<i64>) -> Result<()> {
        self.set_local(message, "opened_at", at)?;
        self.index_unsealed(message)
    }

    /// Confirmed here, or taken back.
    pub fn set_confirm_asked(&self, message: i64, at: Option<i64>) -> Result<()> {
        self.set_local(message, "confirm_asked_at", at)
    }

    /// Deleted here, or taken back.
    pub fn set_purge_asked(&self, message: i64, at: Option<i64>) -> Result<()> {
        self.set_local(message, "purge_asked_at", at)
    }

    /// Put away here, or taken out again.
    pub fn set_archived(&self, message: i64, at: Option<i64>) -> Result<()> {
        self.set_local(message, "archived_at", at)
    }

    /// Shown as unread on this machine, whatever Altinn says.
    pub fn set_marked_unread(&self, message: i64, is_marked: bool) -> Result<()> {
        run(
            self.sql,
            "UPDATE message SET is_marked_unread = ?2 WHERE key = ?1",
            (message, is_marked),
        )?;
        Ok(())
    }

    /// Stores moments of Altinn's history that the engine derived; those known already stay.
    pub fn set_marks(
        &self,
        message: i64,
        read_at: Option<i64>,
        confirmed_at: Option<i64>,
        failed_at: Option<i64>,
        gone_at: Option<i64>,
    ) -> Result<()> {
        run(
            self.sql,
            "UPDATE message SET read_at = coalesce(read_at, ?2), confirmed_at = coalesce(confirmed_at, ?3),
               failed_at = coalesce(failed_at, ?4), gone_at = coalesce(gone_at, ?5) WHERE key = ?1",
            (message, read_at, confirmed_at, failed_at, gone_at),
        )?;
        self.index_unsealed(message)
    }

    fn set_local(&self, message: i64, column: &'static str, at: Option<i64>) -> Result<()> {
        run(
            self.sql,
            &format!("UPDATE message SET {column} = ?2 WHERE key = ?1"),
            (message, at),
        )?;
        Ok(())
    }
}
