//! Overviews by the hundred: so many at a time as Altinn bears, applied in batches.

use super::{SyncReport, apply};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{ApiError, Client, Overview, Retry, Role as Line};
use mailbox_store::{Level, MessagePut, Role, Writer};
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// Letters in one write.
const BATCH: usize = 50;
/// Calls at a time: at first, and at most.
const FIRST: f64 = 8.0;
const MOST: f64 = 16.0;
/// Failures in a row, of all calls, after which Altinn is left alone until the next round.
const GIVE_UP: u32 = 8;
/// Failures of one letter after which the others go on without it.
const SKIP: u32 = 3;

/// What is fetched, and for whom.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) resource: String,
    pub(super) is_confidential: bool,
    /// Ids, newest first.
    pub(super) ids: Vec<Uuid>,
    /// Ids that the lists say have been confirmed.
    pub(super) confirmed: HashSet<Uuid>,
    /// Asked for again, not for the first time.
    pub(super) is_recheck: bool,
}

/// What became of one letter.
#[derive(Debug)]
enum Fetched {
    Here(Box<Overview>),
    Gone,
    Unreadable,
}

/// How many calls at a time, found by adding one for each round that goes well and halving when Altinn asks to wait.
#[derive(Debug)]
struct Pace {
    limit: f64,
    not_before: Instant,
    /// Answers in a row that ask us to wait, and failures in a row of any kind but those.
    waits: u32,
    failures: u32,
    /// When it last began to go badly.
    turned: Option<Instant>,
}

impl Pace {
    fn new() -> Self {
        Self {
            limit: FIRST,
            not_before: Instant::now(),
            waits: 0,
            failures: 0,
            turned: None,
        }
    }

    fn well(&mut self) {
        self.waits = 0;
        self.failures = 0;
        self.limit = (self.limit + 1.0 / self.limit).min(MOST);
    }

    fn badly(&mut self, begun: Instant, asked: Option<Duration>, is_wait: bool) {
        if let Some(asked) = asked {
            self.not_before = self.not_before.max(Instant::now() + asked);
        }
        // What was under way when it began to go badly is the same trouble, not more of it.
        if self.turned.is_some_and(|turned| begun < turned) {
            return;
        }
        self.turned = Some(Instant::now());
        *(if is_wait {
            &mut self.waits
        } else {
            &mut self.failures
        }) += 1;
        self.limit = (self.limit / 2.0).max(1.0);
        let own = Duration::from_millis(100 << (self.waits + self.failures).min(6));
        if asked.is_none() {
            self.not_before = self.not_before.max(Instant::now() + own);
        }
    }

    fn takes(&self, running: usize) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "at most a few")]
        let running = running as f64;
        running + 1.0 <= self.limit
    }
}

impl Mailbox {
    /// Fetches and applies; gives the publish times (milliseconds) of what came.
    pub(super) async fn fetch(
        &self,
        account: &Account,
        wanted: Wanted,
        report: &mut SyncReport,
    ) -> Result<HashMap<Uuid, i64>> {
        let (tell, mut hear) = mpsc::channel(BATCH * 2);
        let ids = wanted.ids.clone();
        let fetching = self.fetch_all(account.client.clone(), ids, tell);
        let applying = async {
            let mut times = HashMap::new();
            let mut batch = Vec::with_capacity(BATCH);
            while hear.recv_many(&mut batch, BATCH).await > 0 {
                for (id, fetched) in &batch {
                    if let Fetched::Here(overview) = fetched
                        && let Some(at) = overview.requested_publish_time
                    {
                        times.insert(*id, at.timestamp_millis());
                    }
                }
                self.apply(account, &wanted, std::mem::take(&mut batch), report)
                    .await?;
            }
            Ok::<_, Error>(times)
        };
        let (fetched, applied) = tokio::join!(fetching, applying);
        let times = applied?;
        fetched?;
        Ok(times)
    }

    async fn fetch_all(
        &self,
        client: Client,
        ids: Vec<Uuid>,
        tell: mpsc::Sender<(Uuid, Fetched)>,
    ) -> Result<()> {
        let mut queue: VecDeque<Uuid> = ids.into();
        let mut running: JoinSet<(Uuid, Instant, Result<Overview, ApiError>)> = JoinSet::new();
        let mut tries: HashMap<Uuid, u32> = HashMap::new();
        let mut pace = Pace::new();
        loop {
            while pace.not_before <= Instant::now() && pace.takes(running.len()) {
                let Some(id) = queue.pop_front() else { break };
                let client = client.clone();
                let begun = Instant::now();
                running
                    .spawn(async move { (id, begun, client.overview(Line::Recipient, id).await) });
            }
            if running.is_empty() {
                if queue.is_empty() {
                    return Ok(());
                }
                tokio::time::sleep_until(pace.not_before).await;
                continue;
            }
            let Some(joined) = running.join_next().await else {
                continue;
            };
            let (id, begun, answer) = joined.map_err(|error| Error::internal(error.to_string()))?;
            let fetched = match answer {
                Ok(overview) => Fetched::Here(Box::new(overview)),
                Err(error) if error.status() == Some(404) => Fetched::Gone,
                Err(error) => {
                    let ours = self.hear_error(&error);
                    let tried = tries.entry(id).or_default();
                    *tried += 1;
                    match error.retry() {
                        Retry::Never
                            if matches!(
                                ours,
                                Error::SignInRefused { .. } | Error::NoAccess { .. }
                            ) =>
                        {
                            return Err(ours);
                        }
                        Retry::Never => Fetched::Unreadable,
                        Retry::Later { .. } if matches!(error, ApiError::Decode { .. }) => {
                            Fetched::Unreadable
                        }
                        // One letter that always fails must not stop the mailbox; a wait that Altinn asks for is no failure.
                        _ if *tried >= SKIP && matches!(ours, Error::ServerFault { .. }) => {
                            Fetched::Unreadable
                        }
                        retry => {
                            let asked = match retry {
                                Retry::Later { after } => after,
                                Retry::Never | Retry::Unsure => None,
                            };
                            pace.badly(begun, asked, matches!(ours, Error::Slow { .. }));
                            if pace.failures >= GIVE_UP || pace.waits >= GIVE_UP * 4 {
                                return Err(ours);
                            }
                            queue.push_front(id);
                            continue;
                        }
                    }
                }
            };
            pace.well();
            self.hear_answer();
            if tell.send((id, fetched)).await.is_err() {
                return Ok(());
            }
        }
    }

    async fn apply(
        &self,
        account: &Account,
        wanted: &Wanted,
        batch: Vec<(Uuid, Fetched)>,
        report: &mut SyncReport,
    ) -> Result<()> {
        let count = u32::try_from(batch.len()).unwrap_or(u32::MAX);
        let now = self.clock.now();
        let mut puts = Vec::new();
        let mut others = Vec::new();
        for (id, fetched) in batch {
            match fetched {
                Fetched::Here(overview) => {
                    puts.push(put(account, wanted, *overview, now));
                    let counter = if wanted.is_recheck {
                        &mut report.rechecked
                    } else {
                        &mut report.fetched
                    };
                    *counter += 1;
                }
                Fetched::Gone => {
                    others.push((id, Level::Gone));
                    report.gone += 1;
                }
                Fetched::Unreadable => {
                    others.push((id, Level::Probed));
                    report.unreadable += 1;
                }
            }
        }
        let (id, resource) = (account.config.id.clone(), wanted.resource.clone());
        self.store
            .write_batch(move |tx| {
                puts.iter()
                    .try_for_each(|put| tx.put_message(put).map(|_| ()))?;
                others
                    .iter()
                    .try_for_each(|(other, level)| note(tx, &id, &resource, *other, *level, now))
            })
            .await?;
        self.tell_list(account);
        self.set_line(|line| {
            if let Some((done, _)) = &mut line.syncing {
                *done += count;
            }
        });
        Ok(())
    }
}

fn put(account: &Account, wanted: &Wanted, overview: Overview, now: i64) -> MessagePut {
    let is_confirmed = wanted.confirmed.contains(&overview.correspondence_id);
    let mut put = apply::received(
        &account.config.id,
        &wanted.resource,
        wanted.is_confidential,
        overview,
        now,
    );
    if is_confirmed && put.confirmed_at.is_none() {
        // A higher status hides when; this is the latest it can have been.
        put.confirmed_at = put.status_at.or(Some(now));
    }
    put
}

/// Remembers a letter without content: gone, or not to be had in a form that can be read.
fn note(
    tx: &Writer<'_>,
    account: &str,
    resource: &str,
    id: Uuid,
    level: Level,
    now: i64,
) -> mailbox_store::Result<()> {
    let id = id.to_string();
    tx.probe_messages(
        account,
        Role::Received,
        resource,
        false,
        now,
        now,
        std::slice::from_ref(&id),
    )?;
    if let Some(row) = tx.message_of(account, Role::Received, &id)? {
        match level {
            Level::Gone => tx.set_gone(row.key, now)?,
            Level::Probed | Level::Overview => tx.set_checked(row.key, now)?,
        }
    }
    Ok(())
}
