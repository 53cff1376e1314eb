//! Events: subscriptions of others' receiving services, and pulling, which wakes the sync (Platform reference, section 8).
//!
//! An event is a hint to look, never the truth: what is pulled is counted and forgotten, and letters come by the sync alone.

use crate::onboarding::events as judged;
use crate::view::{Change, NewEventSubscription, SubscriptionList, SubscriptionView};
use crate::{AccountConfig, Error, Mailbox, Result};
use altinn_client::{Follower, NewSubscription, Pull, Subscription};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use url::Url;

/// Most events looked at in one round; the rest come in the next.
const MOST: usize = 1000;

/// How far each resource has been pulled, by its id.
type Seen = BTreeMap<String, String>;

impl AccountConfig {
    /// Whose events these are, and of which resources.
    fn followed(&self) -> (Follower, &[String]) {
        if self.write_resources.is_empty() {
            (Follower::Party, &self.read_resources)
        } else {
            (Follower::Owner, &self.write_resources)
        }
    }
}

impl Mailbox {
    /// The account's subscriptions as they were last fetched.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn subscriptions(
        &self,
        account: impl Into<String> + Send,
    ) -> Result<SubscriptionList> {
        let account: String = account.into();
        self.account(&account)?;
        Ok(self
            .remembered(&format!("subscriptions:{account}"))
            .await?
            .unwrap_or(SubscriptionList {
                fetched_at: None,
                subscriptions: Vec::new(),
            }))
    }

    /// Fetches the subscriptions, each with what keeps it from working.
    ///
    /// # Errors
    /// `NotFound`, what Events and the store say.
    pub async fn fetch_subscriptions(&self, account: &str) -> Result<SubscriptionList> {
        let of = self.account(account)?;
        let (follower, resources) = of.config.followed();
        let all = of.client.subscriptions(follower).await?;
        let now = self.clock.now();
        let list = SubscriptionList {
            fetched_at: Some(now),
            subscriptions: all.iter().map(|one| shown(one, resources, now)).collect(),
        };
        self.remember(&format!("subscriptions:{account}"), &list)
            .await?;
        self.tell_events(account);
        Ok(list)
    }

    /// The same in the background.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn start_subscriptions(&self, account: impl Into<String> + Send) -> Result<()> {
        let account: String = account.into();
        self.account(&account)?;
        let mailbox = self.clone();
        tokio::spawn(async move {
            if let Err(error) = mailbox.fetch_subscriptions(&account).await {
                tracing::warn!(code = ?error.code(), "the subscriptions were not fetched");
            }
        });
        Ok(())
    }

    /// Makes a subscription for a receiving service that the organisation runs. The same one again has its address asked
    /// again.
    ///
    /// # Errors
    /// `NotFound` where the account does not know the resource; `Refused` where the address is not https; what Events says.
    pub async fn subscribe(
        &self,
        account: &str,
        new: NewEventSubscription,
    ) -> Result<SubscriptionList> {
        let of = self.account(account)?;
        let (follower, resources) = of.config.followed();
        if !resources.contains(&new.resource) {
            return Err(Error::NotFound);
        }
        let endpoint = Url::parse(&new.endpoint)
            .ok()
            .filter(|url| url.scheme() == "https")
            .ok_or_else(|| Error::rule(crate::view::ErrorCode::EndpointInvalid))?;
        let mut wanted = NewSubscription::new(endpoint, &new.resource);
        wanted.type_filter = new.kind;
        // Only a service owner follows everybody.
        if follower == Follower::Party {
            wanted.subject_filter = Some(altinn_client::urn::organisation(
                &of.config.organisation_number,
            ));
        }
        of.client.subscribe(follower, &wanted).await?;
        self.fetch_subscriptions(account).await
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// `NotFound`, what Events says.
    pub async fn unsubscribe(&self, account: &str, id: i64) -> Result<SubscriptionList> {
        let of = self.account(account)?;
        of.client.unsubscribe(of.config.followed().0, id).await?;
        self.fetch_subscriptions(account).await
    }

    /// Asks for events since the last time, and wakes the sync when there are any. Tells how many.
    ///
    /// # Errors
    /// `NotFound`, what Events and the store say.
    pub async fn pull_events(&self, account: &str) -> Result<usize> {
        let of = self.account(account)?;
        let (follower, resources) = of.config.followed();
        let name = format!("events:{account}");
        let mut seen: Seen = self.remembered(&name).await?.unwrap_or_default();
        let mut count = 0;
        for resource in resources {
            let pull = Pull {
                resource: resource.clone(),
                after: seen.get(resource).cloned(),
                subject: (follower == Follower::Party)
                    .then(|| altinn_client::urn::organisation(&of.config.organisation_number)),
                kinds: Vec::new(),
            };
            let events = of.client.events(follower, &pull, MOST).await?;
            count += events.len();
            if let Some(last) = events.last() {
                seen.insert(resource.clone(), last.id.clone());
            }
        }
        self.remember(&name, &seen).await?;
        if count > 0 {
            self.sync_now().await?;
        }
        Ok(count)
    }

    fn tell_events(&self, account: &str) {
        self.changes.tell(vec![Change::Subscriptions {
            account: account.to_owned(),
        }]);
    }

    async fn remembered<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let name = name.to_owned();
        let json = self.store.read(move |reader| reader.setting(&name)).await?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn remember(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let json =
            serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))?;
        let name = name.to_owned();
        Ok(self
            .store
            .write(move |tx| tx.put_setting(&name, &json))
            .await?)
    }
}

fn shown(one: &Subscription, resources: &[String], now: i64) -> SubscriptionView {
    SubscriptionView {
        id: one.id,
        endpoint: without_secret(&one.endpoint),
        resource: one.resource_filter.clone().unwrap_or_default(),
        kind: one.type_filter.clone(),
        is_validated: one.validated,
        created_at: one.created.map(|created| created.timestamp_millis()),
        findings: judged::subscription(one, resources, now)
            .into_iter()
            .collect(),
    }
}

/// Who gets the events. What follows the host may be the secret that keeps others out.
fn without_secret(endpoint: &str) -> String {
    match Url::parse(endpoint) {
        Ok(url) => format!("{}/…", url.origin().ascii_serialization()),
        Err(_) => String::new(),
    }
}
