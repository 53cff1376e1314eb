//! What the Resource Registry says of the account's services: their titles, and which are confidential.

use crate::{Account, Error, Mailbox, Result};
use altinn_client::Policy;
use futures_util::StreamExt;
use mailbox_store::ServiceRow;
use std::collections::{BTreeSet, HashMap};

/// How long what the registry said is good, milliseconds.
const FRESH: i64 = 24 * 3_600_000;
/// Services asked about at a time.
const AT_ONCE: usize = 4;

/// What a round has to ask the registry about.
#[derive(Debug)]
pub(super) struct Renewal {
    /// Services of the account that were not asked about for a day.
    stale: Vec<String>,
    /// What was answered about the policies of those that are read.
    pub(super) policies: HashMap<String, Policy>,
}

impl Mailbox {
    /// Asks for the policies that must be known before letters are listed: those of the services that are read and were
    /// not asked about for a day. Their titles can wait until letters are there.
    pub(super) async fn ask_policies(&self, account: &Account) -> Result<Renewal> {
        let config = &account.config;
        let resources = config.read_resources.iter().chain(&config.write_resources);
        let stale = self.stale_services(resources.cloned().collect()).await?;
        let read: Vec<String> = stale
            .iter()
            .filter(|resource| config.read_resources.contains(resource))
            .cloned()
            .collect();
        let mut answers = futures_util::stream::iter(read)
            .map(|resource| async move {
                let answer = account.client.policy(&resource).await;
                (resource, self.heard(answer))
            })
            .buffer_unordered(AT_ONCE);
        let mut policies = HashMap::new();
        while let Some((resource, answer)) = answers.next().await {
            if let Some(policy) = passed(&resource, answer)? {
                policies.insert(resource, policy.unwrap_or_default());
            }
        }
        Ok(Renewal { stale, policies })
    }

    /// Asks about the services of `renewal`, as far as it does not tell. A registry that fails leaves what is known.
    pub(super) async fn renew_services(&self, account: &Account, renewal: &Renewal) -> Result<()> {
        let mut answers = futures_util::stream::iter(renewal.stale.clone())
            .map(|resource| async move {
                let policy = renewal.policies.get(&resource);
                let answer = self.ask_registry(account, &resource, policy).await;
                (resource, answer)
            })
            .buffer_unordered(AT_ONCE);
        let mut rows = Vec::new();
        let mut done = Ok(());
        while let Some((resource, answer)) = answers.next().await {
            match passed(&resource, answer) {
                Ok(row) => rows.extend(row),
                Err(error) => {
                    done = Err(error);
                    break;
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

    /// Those of `resources` that were not asked about for a day.
    async fn stale_services(&self, resources: BTreeSet<String>) -> Result<Vec<String>> {
        let now = self.clock.now();
        Ok(self
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
            .await?)
    }

    async fn ask_registry(
        &self,
        account: &Account,
        resource: &str,
        policy: Option<&Policy>,
    ) -> Result<ServiceRow> {
        let asked = async {
            match policy {
                Some(policy) => Ok(policy.clone()),
                None => account
                    .client
                    .policy(resource)
                    .await
                    .map(Option::unwrap_or_default),
            }
        };
        let (found, policy) = tokio::join!(account.client.resource(resource), asked);
        let found = self.heard(found)?;
        let policy = self.heard(policy)?;
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

/// What was answered about a service; none where it could not be had. Without a network or a sign-in nothing can be.
fn passed<T>(resource: &str, answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error @ (Error::NoNetwork | Error::SignInRefused { .. })) => Err(error),
        // Unknown, it might be confidential: then its letters are not fetched before the registry answers.
        Err(error) => {
            tracing::warn!(resource, code = ?error.code(), "the registry did not answer");
            Ok(None)
        }
    }
}
