//! What the Resource Registry says of the account's services: their titles, and which are confidential.

use crate::{Account, Error, Mailbox, Result};
use futures_util::StreamExt;
use mailbox_store::ServiceRow;
use std::collections::BTreeSet;

/// How long what the registry said is good, milliseconds.
const FRESH: i64 = 24 * 3_600_000;
/// Services asked about at a time.
const AT_ONCE: usize = 4;

impl Mailbox {
    /// Asks about services that were not asked about for a day. A registry that fails leaves what is known.
    pub(super) async fn renew_services(&self, account: &Account) -> Result<()> {
        let config = &account.config;
        let resources = config.read_resources.iter().chain(&config.write_resources);
        let resources: BTreeSet<String> = resources.cloned().collect();
        let now = self.clock.now();
        let stale: Vec<String> = self
            .store
            .read(move |reader| {
                let mut stale = Vec::new();
                for resource in resources {
                    let known = reader.service(&resource)?;
                    if known.is_none_or(|row| now - row.checked_at >= FRESH) {
                        stale.push(resource);
                    }
                }
                Ok(stale)
            })
            .await?;
        let mut answers = futures_util::stream::iter(stale)
            .map(|resource| async move {
                let answer = self.ask_registry(account, &resource).await;
                (resource, answer)
            })
            .buffer_unordered(AT_ONCE);
        let mut rows = Vec::new();
        let mut done = Ok(());
        while let Some((resource, answer)) = answers.next().await {
            match answer {
                Ok(row) => rows.push(row),
                // Unknown, it might be confidential: then its letters are not fetched before the registry answers.
                Err(error @ (Error::NoNetwork | Error::SignInRefused { .. })) => {
                    done = Err(error);
                    break;
                }
                Err(error) => {
                    tracing::warn!(resource, code = ?error.code(), "the registry did not answer");
                }
            }
        }
        if !rows.is_empty() {
            self.store
                .write(move |tx| rows.iter().try_for_each(|row| tx.put_service(row)))
                .await?;
            self.tell_list(account);
        }
        done
    }

    async fn ask_registry(&self, account: &Account, resource: &str) -> Result<ServiceRow> {
        let (found, policy) = tokio::join!(
            account.client.resource(resource),
            account.client.policy(resource)
        );
        let found = self.heard(found)?;
        let policy = self.heard(policy)?.unwrap_or_default();
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
