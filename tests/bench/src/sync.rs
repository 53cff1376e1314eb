//! A first sync, beside a plain fetch of the same addresses and a plain insert of the same rows; then a second one.

use crate::Outcome;
use crate::anchor::{fetch, insert};
use crate::filled::key;
use crate::part::{Bench, Part};
use crate::report::Row;
use mailbox::Mailbox;
use mailbox_store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

pub const PART: Part = Part {
    name: "sync",
    rows: &["A1", "A3", "A6"],
    measure: |bench| Box::pin(measure(bench)),
};

async fn measure(bench: &mut Bench) -> Outcome {
    let altinn = bench.altinn()?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let accounts = altinn.accounts()?;
    let mailbox = Mailbox::open(mailbox::Options {
        store: Store::open(&bench.work.path().join("sync.db"), &key())?,
        accounts: accounts.clone(),
        network: mailbox::Network::default(),
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

    let tokens = fetch::tokens(&altinn, &http, &fetched).await?;
    let started = Instant::now();
    let bodies = fetch::fetch(&altinn, &http, &tokens, &fetched).await?;
    let fetch_time = started.elapsed().as_secs_f64();

    let started = Instant::now();
    insert::insert(&bench.work.path().join("plain.db"), &bodies)?;
    let insert_time = started.elapsed().as_secs_f64();

    let count = fetched.len() as f64;
    let limit = fetch_time.max(insert_time);
    bench.add(Row::at_most(
        "A1",
        format!(
            "first sync of {} letters: {:.0} letters/s; plain fetch {:.0}/s, plain insert {:.0}/s",
            fetched.len(),
            count / ours,
            count / fetch_time,
            count / insert_time
        ),
        "s",
        (ours, limit),
        1.15,
    ));
    bench.add(Row {
        id: "A3",
        what: format!(
            "overview GETs of the first sync, of {} letters in the world",
            bench.size
        ),
        unit: "GET",
        ours: count,
        anchor: distinct.len() as f64,
        ratio: count / distinct.len() as f64,
        goal: "each letter once".into(),
        pass: fetched.len() == distinct.len(),
    });
    bench.add(Row {
        id: "A6",
        what: format!("overview GETs of a second sync with nothing new, {again:.3} s"),
        unit: "GET",
        ours: after as f64,
        anchor: 0.0,
        ratio: after as f64,
        goal: "none".into(),
        pass: after == 0,
    });
    mailbox.stop().await;
    Ok(())
}
