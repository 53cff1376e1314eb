//! What the Resource Registry says of the account's services: their titles, and which are confidential.

use crate::{Account, Error, Mailbox, Result};
use mailbox_store::ServiceRow;

/// How long what the registry said is good, milliseconds.
const FRESH: i64 = 24 * 3_600_000;

impl Mailbox {
    /// Asks about services that were not asked about for a day. A registry that fails leaves what is known.
    pub(super) async fn renew_services(&self, account: &Account) -> Result<()> {
        let config = &account.config;
        for resource in config.read_resources.iter().chain(&config.write_resources) {
            let wanted = resource.clone();
            let known = self
                .store
                .read(move |reader| reader.service(&wanted))
                .await?;
            let is_fresh = |row: &ServiceRow| self.clock.now() - row.checked_at < FRESH;
            if known.as_ref().is_some_and(is_fresh) {
                continue;
            }
            match self.ask_registry(account, resource).await {
                Ok(row) => {
                    self.store.write(move |tx| tx.put_service(&row)).await?;
                    self.tell_list(account);
                }
                // Unknown, it might be confidential: then its letters are not fetched before the registry answers.
                Err(error @ (Error::NoNetwork | Error::SignInRefused { .. })) => return Err(error),
                Err(error) => {
                    tracing::warn!(resource, code = ?error.code(), "the registry did not answer");
                }
            }
        }
        Ok(())
    }

    async fn ask_registry(&self, account: &Account, resource: &str) -> Result<ServiceRow> {
        let found = self.heard(account.client.resource(resource).await)?;
        let policy = self
            .heard(account.client.policy(resource).await)?
            .unwrap_or_default();
        let nb = found
            .title
            .nb
            .clone()
            .or_else(|| found.title.en.clone())
            .unwrap_or_else(|| resource.to_owned());
        Ok(ServiceRow {
            resource: resource.to_owned(),
            title_nn: found.title.nn.unwrap_or_else(|| nb.clone()),
            title_en: found.title.en.unwrap_or_else(|| nb.clone()),
            title_nb: nb,
            owner: found.has_competent_authority.organization,
            is_confidential: policy.demands_confidential(),
            takes_confidential: policy.allows_confidential(),
            minimum_level: policy.minimum_level.unwrap_or(0),
            checked_at: self.clock.now(),
        })
    }
}
