//! A first sync, beside a plain fetch of the same addresses and a plain insert of the same rows; then what it needs of an
//! encrypted line.

use crate::Outcome;
use crate::altinn::Altinn;
use crate::anchor::{fetch, insert};
use crate::filled::key;
use crate::line::Line;
use crate::part::{Bench, Part};
use crate::report::Row;
use mailbox::Mailbox;
use mailbox_store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

pub const PART: Part = Part {
    name: "sync",
    rows: &["A1", "A3", "A11"],
    measure: |bench| {
        Box::pin(async move {
            if bench.wants_any(&["A1", "A3"]) {
                measure(bench).await?;
            }
            if bench.wants("A11") {
                encrypted(bench).await?;
            }
            Ok(())
        })
    },
};

/// Letters that are fetched over the encrypted line.
const ENCRYPTED: usize = 10_000;

async fn measure(bench: &mut Bench) -> Outcome {
    let altinn = bench.altinn()?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let accounts = altinn.accounts()?;
    let store = Store::open(&bench.work.path().join("sync.db"), &key())?;
    let mailbox = Mailbox::open(mailbox::Options {
        store: store.clone(),
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

    // A list names a thousand letters at most; each service has its own.
    let mut floor = 0.0;
    for account in &accounts {
        for resource in &account.read_resources {
            let (id, resource) = (account.id.clone(), resource.clone());
            let here = store
                .read(move |reader| reader.listed_between(&id, &resource, 0, i64::MAX))
                .await?;
            floor += here.len().div_ceil(1000) as f64 * 1.1 + 1.0;
        }
    }
    let lists = altinn
        .ledger(&http, 0)
        .await?
        .iter()
        .filter(|call| call["path"] == "/correspondence/api/v1/correspondence")
        .filter(|call| call["method"] == "GET")
        .count();

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
            "overview GETs of the first sync, of {} letters in the world; {lists} lists, {floor:.0} allowed",
            bench.size
        ),
        unit: "GET",
        ours: count,
        anchor: distinct.len() as f64,
        ratio: count / distinct.len() as f64,
        goal: "each letter once, lists ≤ 1.1 × floor + 1".into(),
        pass: fetched.len() == distinct.len() && lists as f64 <= floor,
    });
    mailbox.stop().await;
    Ok(())
}

/// A11: handshakes and bytes of a first sync of one account over an encrypted line.
async fn encrypted(bench: &mut Bench) -> Outcome {
    let dir = bench.work.path().join("encrypted");
    std::fs::create_dir_all(&dir)?;
    let altinn = Altinn::start(&dir, ENCRYPTED)?;
    let line = Line::encrypted(altinn.base(), None).await?;
    let accounts = altinn.accounts()?;
    let largest = accounts
        .into_iter()
        .max_by_key(|account| account.read_resources.len());
    let mut account = largest.ok_or("no practice account")?;
    let at = |path: &str| -> Outcome<reqwest::Url> { Ok(format!("{}/{path}", line.base).parse()?) };
    account.addresses = altinn_client::Addresses {
        platform: at("")?,
        maskinporten: at("maskinporten/")?,
        brreg: at("enhetsregisteret/api/")?,
        orgs: at("orgs/altinn-orgs.json")?,
    };
    // A Maskinporten knows itself by its own address only.
    account.sign_in = altinn_client::SignIn::TestToken {
        generator: at("api/")?,
        organisation: account.organisation_number.clone(),
    };
    let mailbox = Mailbox::open(mailbox::Options {
        store: Store::open(&dir.join("encrypted.db"), &key())?,
        accounts: vec![account.clone()],
        network: mailbox::Network {
            certificates: vec![line.certificate.clone()],
            ..mailbox::Network::default()
        },
        clock: Arc::new(mailbox::SystemClock),
        ids: Arc::new(mailbox::SystemIds),
        is_key_temporary: false,
    })
    .await?;
    eprintln!("over TLS: {}", mailbox.sync_once(&account.id).await?);
    mailbox.stop().await;
    let calls = altinn.ledger(&reqwest::Client::new(), 0).await?.len() as f64;
    let handshakes = line.carried.connections.load(Relaxed) as f64;
    let [up, down] = [&line.carried.up, &line.carried.down].map(|way| way.load(Relaxed) as f64);
    bench.add(Row {
        id: "A11",
        what: format!(
            "TLS handshakes of a first sync, {calls} calls to one host: {:.0} B each up, {:.0} B down",
            up / calls,
            down / calls
        ),
        unit: "calls",
        ours: handshakes,
        anchor: 1.0,
        ratio: handshakes,
        goal: "one, ≤ 60 B up for each call".into(),
        pass: handshakes <= 1.0 && up / calls <= 60.0,
    });
    Ok(())
}
