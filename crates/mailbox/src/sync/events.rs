//! Altinn's events as a hint of what became of our letters: one call tells what three lists would. They come half a
//! minute late, may come again, and may stay away; the lists remain the truth (Platform reference, section 8.4).

use super::cursor::Cursor;
use crate::{Account, Mailbox};
use altinn_client::{Follower, Pull, urn};
use std::collections::HashSet;
use uuid::Uuid;

/// Events taken in one round; the rest comes in the next.
const MOST: usize = 2_000;

/// What is news of a letter that was sent, without the prefix.
const KINDS: [&str; 5] = [
    "correspondencepublished",
    "correspondencepublishfailed",
    "correspondencereceiverread",
    "correspondencereceiverconfirmed",
    "correspondencepurged",
];

impl Mailbox {
    /// Letters of ours that events of a service name since the last time. Nothing for an account that may not have events;
    /// it is asked once in a run.
    pub(super) async fn hinted(
        &self,
        account: &Account,
        resource: &str,
        cursor: &mut Cursor,
    ) -> HashSet<Uuid> {
        if self.engine.is_without_events(&account.config.id) {
            return HashSet::new();
        }
        let pull = Pull {
            resource: resource.to_owned(),
            after: cursor.event.clone(),
            // Without it, a page of events that are not ours to see would look like the end.
            subject: Some(urn::organisation(&account.config.organisation_number)),
            kinds: Vec::new(),
        };
        let client = account.client.background();
        let events = match client.events(Follower::Owner, &pull, MOST).await {
            Ok(events) => events,
            Err(error) => {
                if !error.is_network() {
                    tracing::info!(%error, "no events for this account");
                    self.engine.is_without_events_now(&account.config.id);
                }
                return HashSet::new();
            }
        };
        if let Some(last) = events.last() {
            cursor.event = Some(last.id.clone());
        }
        events
            .iter()
            .filter(|event| event.name().is_some_and(|name| KINDS.contains(&name)))
            .filter_map(|event| event.instance.parse().ok())
            .collect()
    }
}
