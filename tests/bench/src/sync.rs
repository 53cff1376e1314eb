//! A first sync, beside a plain fetch of the same addresses and a plain insert of the same rows; then a second one.

use crate::Outcome;
use crate::altinn::{Altinn, Overview};
use crate::report::{Report, Row};
use futures_util::{StreamExt, TryStreamExt};
use mailbox::Mailbox;
use mailbox_store::{Store, StoreKey};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The mailbox after its first sync.
pub struct Filled {
    pub mailbox: Mailbox,
    pub account: String,
    /// A plain database with the same rows, for search to be held against.
    pub plain: rusqlite::Connection,
}

pub async fn measure(
    altinn: &Altinn,
    dir: &Path,
    letters: usize,
    report: &mut Report,
) -> Outcome<Filled> {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let accounts = altinn.accounts()?;
    let account = accounts.first().ok_or("no practice account")?.clone();
    let mailbox = Mailbox::open(mailbox::Options {
        store: Store::open(&dir.join("bench.db"), &StoreKey::new([7; 32]))?,
        accounts: accounts.clone(),
        clock: Arc::new(mailbox::SystemClock),
        ids: Arc::new(mailbox::SystemIds),
        is_key_temporary: false,
    })
    .await?;

    let started = Instant::now();
    for account in &accounts {
        eprintln!("first sync: {}", mailbox.sync_once(&account.id).await?);
    }
    let ours = started.elapsed().as_secs_f64();
    let fetched = altinn.overviews(&http).await?;
    let distinct: BTreeSet<&str> = fetched
        .iter()
        .map(|overview| overview.path.as_str())
        .collect();

    let started = Instant::now();
    for account in &accounts {
        eprintln!("second sync: {}", mailbox.sync_once(&account.id).await?);
    }
    let again = started.elapsed().as_secs_f64();
    let after = altinn.overviews(&http).await?.len() - fetched.len();

    let mut tokens = BTreeMap::new();
    for account in &accounts {
        let number = account.organisation_number.clone();
        tokens.insert(number.clone(), token(altinn, &http, &number).await?);
    }
    let started = Instant::now();
    let bodies = fetch(altinn, &http, &tokens, &fetched).await?;
    let fetch_time = started.elapsed().as_secs_f64();

    let started = Instant::now();
    let plain = insert(&dir.join("plain.db"), &bodies)?;
    let insert_time = started.elapsed().as_secs_f64();

    let count = fetched.len() as f64;
    let limit = fetch_time.max(insert_time);
    report.add(Row {
        id: "A1",
        what: format!(
            "first sync of {} letters: {:.0} letters/s; plain fetch {:.0}/s, plain insert {:.0}/s",
            fetched.len(),
            count / ours,
            count / fetch_time,
            count / insert_time
        ),
        unit: "s",
        ours,
        anchor: limit,
        ratio: ours / limit,
        goal: "≤ 1.15 × the slower of the two".into(),
        pass: ours <= 1.15 * limit,
    });
    report.add(Row {
        id: "A3",
        what: format!("overview GETs of the first sync, of {letters} letters in the world"),
        unit: "GET",
        ours: count,
        anchor: distinct.len() as f64,
        ratio: count / distinct.len() as f64,
        goal: "each letter once".into(),
        pass: fetched.len() == distinct.len(),
    });
    report.add(Row {
        id: "A6",
        what: format!("overview GETs of a second sync with nothing new, {again:.3} s"),
        unit: "GET",
        ours: after as f64,
        anchor: 0.0,
        ratio: after as f64,
        goal: "none".into(),
        pass: after == 0,
    });
    Ok(Filled {
        mailbox,
        account: account.id,
        plain,
    })
}

async fn token(altinn: &Altinn, http: &reqwest::Client, organisation: &str) -> Outcome<String> {
    let url = format!(
        "{}/api/GetEnterpriseToken?env=tt02&scopes=altinn:correspondence.read&orgNo={organisation}",
        altinn.base()
    );
    Ok(http
        .get(url)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?)
}

/// The anchor: nothing but the same GETs, eight at a time.
async fn fetch(
    altinn: &Altinn,
    http: &reqwest::Client,
    tokens: &BTreeMap<String, String>,
    fetched: &[Overview],
) -> Outcome<Vec<Value>> {
    let bodies = futures_util::stream::iter(fetched.iter().map(|overview| async move {
        let answer = http
            .get(format!("{}{}", altinn.base(), overview.path))
            .bearer_auth(
                tokens
                    .get(&overview.organisation)
                    .map_or("", String::as_str),
            )
            .header("Accept", "application/json")
            .send()
            .await?
            .error_for_status()?;
        answer.bytes().await
    }))
    .buffer_unordered(8)
    .try_collect::<Vec<_>>()
    .await?;
    bodies
        .iter()
        .map(|body| Ok(serde_json::from_slice(body)?))
        .collect()
}

/// The other anchor: the same rows into a table and a full-text index with the same prefixes, encrypted, in one
/// transaction per thousand.
fn insert(path: &Path, letters: &[Value]) -> Outcome<rusqlite::Connection> {
    let sql = rusqlite::Connection::open(path)?;
    sql.execute_batch(&format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         CREATE TABLE letter (key INTEGER PRIMARY KEY, id TEXT UNIQUE, at TEXT, json TEXT, title TEXT, body TEXT) STRICT;
         CREATE VIRTUAL TABLE words USING fts5(title, body, content='letter', content_rowid='key', prefix='2 3');",
        "07".repeat(32)
    ))?;
    for batch in letters.chunks(1000) {
        let tx = sql.unchecked_transaction()?;
        for letter in batch {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (title, body) = (
                text(&letter["content"]["messageTitle"]),
                text(&letter["content"]["messageBody"]),
            );
            tx.prepare_cached(
                "INSERT INTO letter (id, at, json, title, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                text(&letter["correspondenceId"]),
                text(&letter["published"]),
                letter.to_string(),
                &title,
                &body,
            ))?;
            tx.prepare_cached("INSERT INTO words (rowid, title, body) VALUES (?1, ?2, ?3)")?
                .execute((tx.last_insert_rowid(), &title, &body))?;
        }
        tx.commit()?;
    }
    Ok(sql)
}
