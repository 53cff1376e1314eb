//! Whom the user acts for.

use crate::view::{Account, Environment};
use crate::{Mailbox, Result};

/// The word the store keeps.
pub(crate) fn word(environment: Environment) -> &'static str {
    match environment {
        Environment::Practice => "practice",
        Environment::Test => "test",
        Environment::Production => "production",
        Environment::Custom => "custom",
    }
}

impl Mailbox {
    /// The accounts of the profile, in the order they were given.
    ///
    /// # Errors
    /// None today.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let accounts = self.accounts.iter().map(|account| Account {
            id: account.config.id.clone(),
            name: account.config.name.clone(),
            organisation_number: account.config.organisation_number.clone(),
            environment: account.config.environment,
            can_send: !account.config.write_resources.is_empty(),
            person: self.person(account),
        });
        Ok(accounts.collect())
    }
}
