//! Settings of the window and of sending.

use crate::view::{Change, Density, Environment, Language, Scheme, Settings};
use crate::{Error, Mailbox, Result};

const NAME: &str = "settings";
/// The longest undo window, minutes.
const MAX_UNDO: u32 = 60;

/// What holds until the user changes it.
fn default() -> Settings {
    Settings {
        language: Language::Nb,
        scheme: Scheme::Auto,
        density: Density::Normal,
        undo_minutes: 10,
        open_on_select: false,
        single_keys: true,
    }
}

impl Mailbox {
    /// The settings; those of a first start when none are stored or they cannot be read.
    ///
    /// # Errors
    /// What the store says.
    pub async fn settings(&self) -> Result<Settings> {
        let stored = self.store.read(|reader| reader.setting(NAME)).await?;
        Ok(stored
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_else(default))
    }

    /// Stores the settings; an undo window of more than an hour is an hour.
    ///
    /// # Errors
    /// What the store says.
    pub async fn save_settings(&self, mut settings: Settings) -> Result<()> {
        settings.undo_minutes = settings.undo_minutes.min(MAX_UNDO);
        let json =
            serde_json::to_string(&settings).map_err(|error| Error::internal(error.to_string()))?;
        self.store
            .write(move |tx| tx.put_setting(NAME, &json))
            .await?;
        self.changes.tell(vec![Change::Settings]);
        Ok(())
    }

    /// How long after a send an account's letters stay unpublished, milliseconds. There is nothing to regret on the
    /// practice account, and addresses given by hand are for trying things out: these never wait.
    pub(crate) async fn undo_window(&self, environment: Environment) -> Result<i64> {
        if matches!(environment, Environment::Practice | Environment::Custom) {
            return Ok(0);
        }
        Ok(i64::from(self.settings().await?.undo_minutes) * 60_000)
    }
}
