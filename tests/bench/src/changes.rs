//! What a round costs when little or nothing has changed, in mailboxes of growing size.

use crate::Outcome;
use crate::altinn::Altinn;
use crate::filled::key;
use crate::part::{Bench, Part};
use crate::report::Row;
use altinn_client::{
    Client, InitializeCorrespondences, NewContent, NewCorrespondence, Options, Role as Line,
};
use mailbox::{AccountConfig, Depth, Mailbox};
use mailbox_store::{Role, Store};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub const PART: Part = Part {
    name: "changes",
    rows: &["A6", "A7", "A8", "A12"],
    measure: |bench| Box::pin(measure(bench)),
};

/// Letters that change between two rounds.
const CHANGES: usize = 10;
/// Rounds that a figure is taken of.
const ROUNDS: usize = 15;
/// Letters that are read, confirmed or deleted elsewhere.
const MOVED: usize = 200;

/// A sandbox with a mailbox in step with it.
struct Town {
    altinn: Altinn,
    http: reqwest::Client,
    mailbox: Mailbox,
    reader: AccountConfig,
    sender: AccountConfig,
    store: Store,
    path: std::path::PathBuf,
    /// The next request of the sandbox's ledger.
    next: std::cell::Cell<u64>,
}

impl Town {
    async fn with(dir: &Path, letters: usize) -> Outcome<Self> {
        std::fs::create_dir_all(dir)?;
        let altinn = Altinn::start(dir, letters)?;
        let mut accounts = altinn.accounts()?;
        accounts.sort_by_key(|account| account.write_resources.len());
        let (Some(reader), Some(sender)) = (accounts.first().cloned(), accounts.pop()) else {
            return Err("two practice accounts are needed".into());
        };
        let path = dir.join("town.db");
        let store = Store::open(&path, &key())?;
        let mailbox = Mailbox::open(mailbox::Options {
            store: store.clone(),
            accounts: vec![reader.clone()],
            network: mailbox::Network::default(),
            clock: Arc::new(mailbox::SystemClock),
            ids: Arc::new(mailbox::SystemIds),
            is_key_temporary: false,
        })
        .await?;
        let town = Self {
            altinn,
            http: reqwest::Client::new(),
            mailbox,
            reader,
            sender,
            store,
            path,
            next: std::cell::Cell::new(0),
        };
        eprintln!("  {}", town.round(Depth::Due).await?);
        // What the lists name is known to be what is here.
        town.round(Depth::Marks).await?;
        town.round(Depth::Due).await?;
        Ok(town)
    }

    async fn round(&self, depth: Depth) -> Outcome<mailbox::SyncReport> {
        Ok(self.mailbox.sync_to(&self.reader.id, depth).await?)
    }

    fn client(&self, account: &AccountConfig) -> Outcome<Client> {
        let sign_in = account.sign_in.clone();
        Ok(Client::new(
            account.addresses.clone(),
            sign_in,
            Options::default(),
        )?)
    }

    /// The sender sends so many letters, and they are published.
    async fn send(&self, client: &Client, count: usize) -> Outcome {
        let shared = |resource: &&String| self.reader.read_resources.contains(*resource);
        let resource = self.sender.write_resources.iter().find(shared);
        let resource = resource.ok_or("no service from one account to the other")?;
        for n in 0..count {
            let correspondence = NewCorrespondence {
                resource_id: resource.clone(),
                senders_reference: format!("bench-{n}"),
                content: NewContent {
                    language: "nb".to_owned(),
                    message_title: "Vedtak".to_owned(),
                    message_summary: None,
                    message_body: "Her er svaret.".to_owned(),
                },
                ..NewCorrespondence::default()
            };
            client
                .initialize(&InitializeCorrespondences {
                    correspondence,
                    recipients: vec![format!(
                        "urn:altinn:organization:identifier-no:{}",
                        self.reader.organisation_number
                    )],
                    existing_attachments: Vec::new(),
                    idempotent_key: None,
                })
                .await?;
        }
        self.altinn.advance(&self.http, 30).await
    }

    /// Requests since this was last asked.
    async fn calls(&self) -> Outcome<Vec<serde_json::Value>> {
        let calls = self.altinn.ledger(&self.http, self.next.get()).await?;
        if let Some(last) = calls.last().and_then(|call| call["seq"].as_u64()) {
            self.next.set(last + 1);
        }
        Ok(calls)
    }

    /// The store's file and its log.
    fn files(&self) -> Outcome<(Vec<u8>, Vec<u8>)> {
        Ok((
            std::fs::read(&self.path)?,
            std::fs::read(self.path.with_extension("db-wal"))?,
        ))
    }
}

async fn measure(bench: &mut Bench) -> Outcome {
    let mut sizes = vec![1_000, 10_000];
    sizes.extend(Some(bench.size).filter(|size| *size > 10_000));
    let mut walls = Vec::new();
    let mut requests = Vec::new();
    let is_counted = bench.wants("A7");
    for size in &sizes {
        let is_last = Some(size) == sizes.last();
        if !is_counted && !is_last {
            continue;
        }
        let dir = bench.work.path().join(format!("changes-{size}"));
        let town = Town::with(&dir, *size).await?;
        if is_counted {
            let (wall, calls) = ten_changes(&town).await?;
            eprintln!("  {size} letters: {wall:.2} ms, {calls} requests");
            walls.push(wall);
            requests.push(calls);
        }
        if is_last {
            nothing_changed(bench, &town, *size).await?;
            elsewhere(bench, &town).await?;
            tokens(bench, &town).await?;
        }
        town.mailbox.stop().await;
    }
    if let (Some(first), Some(last)) = (walls.first(), walls.last()) {
        let is_same = requests.windows(2).all(|two| two[0] == two[1]);
        bench.add(Row {
            id: "A7",
            what: format!(
                "a round with {CHANGES} new letters, median of {ROUNDS}: {} ms at {sizes:?} letters; requests {requests:?}",
                walls.iter().map(|wall| format!("{wall:.1}")).collect::<Vec<_>>().join(", ")
            ),
            unit: "ms",
            ours: *last,
            anchor: *first,
            ratio: last / first,
            goal: "≤ 1.15 × the smallest, same requests".into(),
            pass: last / first <= 1.15 && is_same,
        });
    }
    Ok(())
}

/// Milliseconds and requests of a round with ten new letters.
async fn ten_changes(town: &Town) -> Outcome<(f64, usize)> {
    let sender = town.client(&town.sender)?;
    let mut walls = Vec::new();
    let mut calls = Vec::new();
    for _ in 0..ROUNDS {
        town.send(&sender, CHANGES).await?;
        town.calls().await?;
        // The first sync leaves an index to be merged while nobody writes: not this round's work.
        town.store.tidied().await?;
        let started = Instant::now();
        let report = town.round(Depth::Due).await?;
        walls.push(started.elapsed().as_secs_f64() * 1000.0);
        calls.push(town.calls().await?.len() as f64);
        if report.fetched as usize != CHANGES {
            return Err(format!("{} letters came", report.fetched).into());
        }
    }
    let middle = |values: &mut Vec<f64>| crate::report::quantile(values, 0.5);
    Ok((middle(&mut walls), middle(&mut calls) as usize))
}

async fn nothing_changed(bench: &mut Bench, town: &Town, size: usize) -> Outcome {
    town.round(Depth::Due).await?;
    town.store.tidied().await?;
    town.calls().await?;
    let files = town.files()?;
    let (cpu, started) = (own_cpu()?, Instant::now());
    for _ in 0..ROUNDS {
        town.round(Depth::Due).await?;
    }
    let rounds = ROUNDS as f64;
    let wall = started.elapsed().as_secs_f64() * 1000.0 / rounds;
    let services = town.reader.read_resources.len() as f64;
    let cpu = (own_cpu()? - cpu) * 1000.0 / rounds / services;
    let asked = town.calls().await?.len() as f64 / rounds;
    let is_still = town.files()? == files;
    bench.add(Row {
        id: "A6",
        what: format!(
            "requests of a round with nothing new, {size} letters, {services} services: {wall:.1} ms, {cpu:.2} ms of CPU a \
             service, {} written",
            if is_still { "nothing" } else { "something" }
        ),
        unit: "calls",
        ours: asked,
        anchor: services,
        ratio: asked / services,
        goal: "1 a service, no byte, ≤ 3 ms CPU".into(),
        pass: asked <= services && is_still && cpu <= 3.0,
    });
    Ok(())
}

/// Letters read, confirmed and deleted by another system of the reader.
async fn elsewhere(bench: &mut Bench, town: &Town) -> Outcome {
    let other = town.client(&town.reader)?;
    let (account, services) = (town.reader.id.clone(), town.reader.read_resources.clone());
    let rows = town
        .store
        .read(move |reader| {
            let mut rows = Vec::new();
            for service in &services {
                rows.extend(reader.listed_between(&account, service, 0, i64::MAX)?);
            }
            Ok(rows)
        })
        .await?;
    let mut newest: Vec<_> = rows
        .into_iter()
        .filter(|row| !row.is_read && !row.is_gone && !row.is_confidential)
        .collect();
    newest.sort_by_key(|row| std::cmp::Reverse(row.at));
    let mut moved = Vec::new();
    for (n, row) in newest.iter().take(MOVED).enumerate() {
        let id = row.correspondence.parse()?;
        let done = if n % 10 == 9 {
            other.purge(Line::Recipient, id).await
        } else {
            other.mark_as_read(id).await
        };
        if done.is_ok() {
            moved.push((row.correspondence.clone(), n % 10 == 9));
        }
    }
    let report = town.round(Depth::Marks).await?;
    let (account, ids) = (town.reader.id.clone(), moved.clone());
    let seen = town
        .store
        .read(move |reader| {
            let mut seen = 0;
            for (id, is_purged) in &ids {
                let row = reader.message_of(&account, Role::Received, id)?;
                seen += usize::from(row.is_some_and(|row| {
                    if *is_purged {
                        row.gone_at.is_some()
                    } else {
                        row.read_at.is_some()
                    }
                }));
            }
            Ok(seen)
        })
        .await?;
    let services = town.reader.read_resources.len() as f64;
    let extra = (f64::from(report.lists) - services) / services;
    bench.add(Row {
        id: "A8",
        what: format!(
            "{} letters read or deleted elsewhere, seen in one round by status; {extra:.1} lists more a service",
            moved.len()
        ),
        unit: "seen",
        ours: seen as f64,
        anchor: moved.len() as f64,
        ratio: seen as f64 / moved.len() as f64,
        goal: "all, ≤ 3 lists more".into(),
        pass: seen == moved.len() && extra <= 3.0,
    });
    Ok(())
}

/// Fifty calls at once without a token.
async fn tokens(bench: &mut Bench, town: &Town) -> Outcome {
    let client = town.client(&town.reader)?;
    town.calls().await?;
    let calls = (0..50).map(|_| client.sign_in(Line::Recipient));
    for done in futures_util::future::join_all(calls).await {
        done?;
    }
    let asked = town
        .calls()
        .await?
        .iter()
        // A grant that the sandbox's advanced clock refuses tells the client the time.
        .filter(|call| {
            call["status"] == 200
                && call["path"]
                    .as_str()
                    .is_some_and(|path| path.ends_with("/token"))
        })
        .count();
    bench.add(Row {
        id: "A12",
        what: "tokens given to 50 calls at once".into(),
        unit: "calls",
        ours: asked as f64,
        anchor: 1.0,
        ratio: asked as f64,
        goal: "one".into(),
        pass: asked == 1,
    });
    Ok(())
}

/// Processor time of this process, seconds.
fn own_cpu() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("a stat line has a name")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    Ok((fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / 100.0)
}
