//! Events: subscriptions for an address elsewhere, and pulling (Platform reference, section 8).

use crate::auth::Role;
use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::urn;
use crate::wire::event::{CloudEvent, NewSubscription, Subscription, Subscriptions};
use std::collections::BTreeSet;
use url::Url;

/// Events in one page: the most that the service gives.
const PAGE: usize = 1000;

/// Whose events to follow. Each has an identity of its own at Events and sees only its own subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Follower {
    /// The service owner, on its own resources.
    Owner,
    /// A recipient.
    Party,
}

impl Follower {
    fn role(self) -> Role {
        match self {
            Self::Owner => Role::OwnerEvents,
            Self::Party => Role::PartyEvents,
        }
    }
}

/// A subscription as it was found or made.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscribed {
    /// The subscription.
    pub subscription: Subscription,
    /// Whether it was made now; else the same one existed and its address is asked again.
    pub is_new: bool,
}

/// Which events to pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Resource id.
    pub resource: String,
    /// Id of the last event seen; none the first time. An id that Events does not know starts from the beginning, so
    /// events may come again: keep their ids for 90 days.
    pub after: Option<String>,
    /// Party as a URN. Without one, a page of events that the caller may not see looks like the end.
    pub subject: Option<String>,
    /// Types, exact or with `%`; all when empty.
    pub kinds: Vec<String>,
}

impl Client {
    fn events_at(&self, segments: &[&str]) -> Url {
        let mut url = self.platform(&["events", "api", "v1"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// Own subscriptions, also those whose address has not answered yet.
    pub async fn subscriptions(&self, follower: Follower) -> Result<Vec<Subscription>, ApiError> {
        let url = self.events_at(&["subscriptions"]);
        let list: Subscriptions = self.send_for(Call::get(url).role(follower.role())).await?;
        Ok(list.subscriptions)
    }

    /// Makes a subscription and has its address asked. The service answers in the same way when it existed; the list
    /// before tells the difference.
    pub async fn subscribe(
        &self,
        follower: Follower,
        new: &NewSubscription,
    ) -> Result<Subscribed, ApiError> {
        let before = self.subscriptions(follower).await?;
        let url = self.events_at(&["subscriptions"]);
        let subscription: Subscription = self
            .send_for(Call::post(url).role(follower.role()).json(new)?)
            .await?;
        Ok(Subscribed {
            is_new: before.iter().all(|old| old.id != subscription.id),
            subscription,
        })
    }

    /// One subscription; refused with 403 when it is somebody else's.
    pub async fn subscription(
        &self,
        follower: Follower,
        id: i64,
    ) -> Result<Subscription, ApiError> {
        let url = self.events_at(&["subscriptions", &id.to_string()]);
        self.send_for(Call::get(url).role(follower.role())).await
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&self, follower: Follower, id: i64) -> Result<(), ApiError> {
        let url = self.events_at(&["subscriptions", &id.to_string()]);
        self.send(Call::delete(url).role(follower.role()))
            .await
            .map(|_| ())
    }

    /// Events after the last one seen, each once, up to the first page that brings nothing new and at most
    /// `most` (rounded up to whole pages of 1000). They show up half a minute late and stay 90 days.
    ///
    /// The service's own link to the next page is malformed for some values, so it is not followed.
    pub async fn events(
        &self,
        follower: Follower,
        pull: &Pull,
        most: usize,
    ) -> Result<Vec<CloudEvent>, ApiError> {
        let mut events: Vec<CloudEvent> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut after = pull.after.clone();
        while events.len() < most {
            let call = Call::get(self.page_of(pull, after.as_deref(), PAGE))
                .role(follower.role())
                .accept("application/cloudevents+json, application/json");
            let page: Vec<CloudEvent> = self.send_for(call).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id.clone());
            let before = events.len();
            events.extend(
                page.into_iter()
                    .filter(|event| seen.insert(event.id.clone())),
            );
            if events.len() == before {
                break;
            }
        }
        Ok(events)
    }

    /// Whether events may be pulled at all: asks for one and forgets it.
    pub async fn can_pull(&self, follower: Follower, pull: &Pull) -> Result<(), ApiError> {
        let call = Call::get(self.page_of(pull, pull.after.as_deref(), 1))
            .role(follower.role())
            .accept("application/cloudevents+json, application/json");
        self.send_for::<Vec<CloudEvent>>(call).await.map(|_| ())
    }

    fn page_of(&self, pull: &Pull, after: Option<&str>, size: usize) -> Url {
        let mut url = self.events_at(&["events"]);
        let mut query = url.query_pairs_mut();
        query
            .append_pair("resource", &urn::resource(&pull.resource))
            .append_pair("after", after.unwrap_or("0"))
            .append_pair("size", &size.to_string());
        if let Some(subject) = pull
            .subject
            .as_deref()
            .filter(|subject| !subject.is_empty())
        {
            query.append_pair("subject", subject);
        }
        for kind in pull.kinds.iter().filter(|kind| !kind.is_empty()) {
            query.append_pair("type", kind);
        }
        drop(query);
        url
    }
}
