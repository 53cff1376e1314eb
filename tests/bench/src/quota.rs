//! Sync under a quota: how soon the first screen is there, and how much of what is allowed is used.
//!
//! `BREVDUE_BENCH_MINUTES` is the length of the long run, 4 when left out; the quota is halved for its third minute, or for
//! the sixth of a run of ten minutes and more.

use crate::Outcome;
use crate::altinn::Altinn;
use crate::filled::key;
use crate::part::{Bench, Part};
use crate::report::Row;
use altinn_client::{Pace, Quota};
use mailbox::view::{Connection, Filters, ListQuery, Place, Sort};
use mailbox::{AccountConfig, Mailbox};
use mailbox_store::Store;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const PART: Part = Part {
    name: "quota",
    rows: &["A4", "A5"],
    measure: |bench| Box::pin(measure(bench)),
};

const QUOTA: &str = "get=120/m,list=10/m";
const HALF: &str = "get=60/m,list=5/m";
const SCREEN: u32 = 50;

async fn measure(bench: &mut Bench) -> Outcome {
    if bench.wants("A4") {
        first_screen(bench).await?;
    }
    if bench.wants("A5") {
        long_run(bench).await?;
    }
    Ok(())
}

/// The account with the most services to read, with the quota that its administrator knows of.
fn account(altinn: &Altinn) -> Outcome<AccountConfig> {
    let accounts = altinn.accounts()?;
    let largest = accounts
        .into_iter()
        .max_by_key(|account| account.read_resources.len());
    let mut account = largest.ok_or("no practice account")?;
    account.pace = Pace {
        quota: Some(Quota::default()),
        shared: None,
    };
    Ok(account)
}

async fn open(path: &Path, account: AccountConfig) -> Outcome<Mailbox> {
    Ok(Mailbox::open(mailbox::Options {
        store: Store::open(path, &key())?,
        accounts: vec![account],
        network: mailbox::Network::default(),
        clock: Arc::new(mailbox::SystemClock),
        ids: Arc::new(mailbox::SystemIds),
        is_key_temporary: false,
    })
    .await?)
}

/// Time until fifty letters can be read in an empty profile, a tenth of a second away from Altinn.
async fn first_screen(bench: &mut Bench) -> Outcome {
    let dir = bench.work.path().join("screen");
    std::fs::create_dir_all(&dir)?;
    let rtt = Duration::from_millis(100);
    let arguments = ["--rtt", "100", "--quota", QUOTA];
    let altinn = Altinn::start_with(&dir, bench.size, &arguments)?;
    let mut account = account(&altinn)?;
    // Names come from other hosts than letters do, and so share no line with them.
    for url in [&mut account.addresses.brreg, &mut account.addresses.orgs] {
        url.set_host(Some("localhost"))?;
    }
    let (id, services) = (account.id.clone(), account.read_resources.len());
    let mailbox = open(&dir.join("screen.db"), account).await?;
    let query = || ListQuery {
        account: id.clone(),
        place: Place::Everywhere,
        search: String::new(),
        filters: Filters {
            unread: false,
            needs_confirmation: false,
            attachments: false,
            due: false,
        },
        sort: Sort::Newest,
    };
    let started = Instant::now();
    mailbox.start();
    let deadline = started + Duration::from_secs(60);
    while mailbox.list_rows(query(), 0, SCREEN).await?.len() < SCREEN as usize {
        if Instant::now() > deadline {
            return Err("no first screen within a minute".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ours = started.elapsed().as_secs_f64();
    mailbox.stop().await;
    // What the window allows at once, four at a time: ten lists and the letters themselves.
    let floor = rtt.as_secs_f64() * f64::from((10 + SCREEN).div_ceil(4));
    bench.add(Row {
        id: "A4",
        what: format!(
            "first {SCREEN} of {} letters in {services} services readable, 100 ms away, quota {QUOTA}",
            bench.size
        ),
        unit: "s",
        ours,
        anchor: floor,
        ratio: ours / floor,
        goal: "≤ 2 s".into(),
        pass: ours <= 2.0,
    });
    Ok(())
}

/// A sync that has more to fetch than the quota allows, with the quota halved for a minute.
async fn long_run(bench: &mut Bench) -> Outcome {
    let minutes: u64 = match std::env::var("BREVDUE_BENCH_MINUTES") {
        Ok(text) => text.parse()?,
        Err(_) => 4,
    };
    let is_steady = std::env::var_os("BREVDUE_BENCH_STEADY").is_some();
    let dir = bench.work.path().join("long");
    std::fs::create_dir_all(&dir)?;
    let letters = usize::try_from(minutes * 240)?;
    let altinn = Altinn::start_with(&dir, letters, &["--quota", QUOTA])?;
    let account = account(&altinn)?;
    let http = reqwest::Client::new();
    let mailbox = open(&dir.join("long.db"), account).await?;
    let halved = if minutes >= 10 { 5 } else { 2 };
    let started = Instant::now();
    mailbox.start();
    let minute = Duration::from_secs(60);
    let mut until = None;
    let mut seen_back = None;
    for (n, quota) in [(halved, HALF), (halved + 1, QUOTA)] {
        tokio::time::sleep_until((started + minute * n).into()).await;
        // By then the end is known; it is told before the quota changes.
        if let Connection::Syncing {
            until: Some(at),
            done,
            total,
        } = mailbox.status().await?.connection
            && until.is_none()
        {
            until = Some((at, done, total));
        }
        if !is_steady {
            altinn.set_quota(&http, quota).await?;
            seen_back = Some(started.elapsed());
        }
    }
    let end = minute * u32::try_from(minutes)?;
    tokio::time::sleep_until((started + end).into()).await;
    mailbox.stop().await;
    let calls: Vec<(f64, u64)> = altinn
        .ledger(&http, 0)
        .await?
        .iter()
        .filter(|call| call["method"] == "GET" && is_read(&call["path"]))
        .filter_map(|call| Some((seconds(&call["at"])?, call["status"].as_u64()?)))
        .collect();
    let begin = calls.first().map_or(0.0, |(at, _)| *at);
    let served: Vec<f64> = calls
        .iter()
        .filter(|(_, status)| *status == 200)
        .map(|(at, _)| at - begin)
        .collect();
    let refused = calls.iter().filter(|(_, status)| *status == 429).count();
    let squeezed = if is_steady { 0.0 } else { 60.0 };
    let allowed = (minutes * 120) as f64 - squeezed;
    let used = served.len() as f64;
    let densest = served
        .iter()
        .enumerate()
        .map(|(n, at)| {
            served[n..]
                .iter()
                .take_while(|other| **other < at + 60.0)
                .count()
        })
        .max()
        .unwrap_or(0);
    let back = seen_back.map_or(0.0, |at| at.as_secs_f64());
    let after = served
        .iter()
        .filter(|at| (back + 5.0..back + 35.0).contains(*at))
        .count();
    let told = until.map_or_else(
        || "no end told".to_owned(),
        |(_, done, total)| format!("end told at {done} of {total}"),
    );
    bench.add(Row {
        id: "A5",
        what: format!(
            "reads in {minutes} min at {QUOTA}{}: {refused} refused, at most {densest} in a minute, {after} in the half \
             minute from 5 s after the squeeze, {told}",
            if is_steady { "" } else { ", halved for one" }
        ),
        unit: "GET",
        ours: used,
        anchor: allowed,
        ratio: used / allowed,
        goal: "≥ 97 % used, ≤ 0.5 % refused".into(),
        pass: used >= 0.97 * allowed && refused as f64 <= 0.005 * calls.len() as f64,
    });
    Ok(())
}

fn is_read(path: &Value) -> bool {
    path.as_str()
        .and_then(|path| path.strip_prefix("/correspondence/api/v1/correspondence/"))
        .is_some_and(|rest| !rest.is_empty())
}

fn seconds(at: &Value) -> Option<f64> {
    let at = chrono::DateTime::parse_from_rfc3339(at.as_str()?).ok()?;
    Some(at.timestamp_millis() as f64 / 1000.0)
}
