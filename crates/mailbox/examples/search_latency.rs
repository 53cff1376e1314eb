//! How long the engine takes to answer a search: 1,000 mixed questions over a copy of 10,000 letters.
//!
//! `cargo run -p mailbox --example search_latency --profile bench-run [letters]`. Prints one line of JSON. Letters are
//! made from a vocabulary whose words are as unevenly frequent as those of a language.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "made-up data of known length"
)]

use mailbox::view::{Filters, Folder, ListQuery, Place, Sort};
use mailbox::{Mailbox, Options, SystemClock, SystemIds};
use mailbox_store::{
    AccountRow, AttachmentPut, Level, MessageBody, MessagePut, PartyRow, Role, Store, StoreKey,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ACCOUNT: &str = "practice";
const QUESTIONS: usize = 1_000;
const DAY: i64 = 86_400_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let letters: usize = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let mut random = StdRng::seed_from_u64(1);
    let words = vocabulary(&mut random);
    let folder = tempfile::tempdir()?;
    let store = Store::open(
        &folder.path().join("mailbox.db"),
        &StoreKey::new(random.random()),
    )?;
    let mailbox = Mailbox::open(Options {
        store: store.clone(),
        accounts: Vec::new(),
        network: mailbox::Network::default(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        is_key_temporary: true,
    })
    .await?;
    let begun = Instant::now();
    fill(&store, &mut random, &words, letters).await?;
    let filled = begun.elapsed();

    let mut shapes = Vec::new();
    let mut pages = Vec::new();
    let mut answers = Vec::new();
    let mut hits = 0u64;
    for n in 0..QUESTIONS {
        let query = question(&mut random, &words, n);
        let begun = Instant::now();
        let shape = mailbox.list_shape(query.clone()).await?;
        let shaped = begun.elapsed();
        let rows = mailbox.list_rows(query, 0, 50).await?;
        let answered = begun.elapsed();
        shapes.push(shaped);
        pages.push(answered - shaped);
        answers.push(answered);
        hits += u64::from(shape.total) + rows.len() as u64 / 1_000_000;
    }
    println!(
        "{{\"letters\":{letters},\"questions\":{QUESTIONS},\"hits\":{hits},\"inserted_per_s\":{:.0},\"shape_ms\":{},\"page_ms\":{},\"both_ms\":{}}}",
        letters as f64 / filled.as_secs_f64(),
        spread(shapes),
        spread(pages),
        spread(answers),
    );
    Ok(())
}

fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |part: usize| {
        times
            .get((times.len() * part / 100).min(times.len() - 1))
            .map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    format!(
        "{{\"p50\":{:.2},\"p95\":{:.2},\"p99\":{:.2},\"max\":{:.2}}}",
        at(50),
        at(95),
        at(99),
        at(100)
    )
}

/// Thirty thousand words.
fn vocabulary(random: &mut StdRng) -> Vec<String> {
    const PARTS: &[&str] = &[
        "kom", "mu", "ne", "av", "gift", "ved", "tak", "søk", "nad", "år", "møte", "skole", "vann",
        "bygg", "sak", "frist", "tjen", "este", "råd", "for", "valt", "ning", "øk", "ons", "et",
        "er", "lig", "het", "ær", "land", "bruk", "rett",
    ];
    (0..30_000)
        .map(|_| {
            (0..random.random_range(1..4))
                .map(|_| pick(random, PARTS))
                .collect::<Vec<_>>()
                .concat()
        })
        .collect()
}

fn pick<'a, T: ?Sized>(random: &mut StdRng, from: &[&'a T]) -> &'a T {
    from[random.random_range(0..from.len())]
}

/// A word, the first of the vocabulary far more often than the last.
fn word<'a>(random: &mut StdRng, words: &'a [String]) -> &'a str {
    let spread = (words.len() as f64).ln();
    let at = (random.random::<f64>() * spread).exp() as usize;
    &words[at.min(words.len() - 1)]
}

fn text(random: &mut StdRng, words: &[String], count: usize) -> String {
    (0..count)
        .map(|_| word(random, words))
        .collect::<Vec<_>>()
        .join(" ")
}

async fn fill(
    store: &Store,
    random: &mut StdRng,
    words: &[String],
    letters: usize,
) -> Result<(), Box<dyn Error>> {
    let senders: Vec<String> = (0..40)
        .map(|n| format!("urn:altinn:organization:identifier-no:{}", 910_000_000 + n))
        .collect();
    let names: Vec<PartyRow> = senders
        .iter()
        .map(|urn| PartyRow {
            urn: urn.clone(),
            name: text(random, words, 3),
            place: None,
            is_deleted: false,
            is_known: true,
            checked_at: 0,
        })
        .collect();
    store
        .write(move |tx| {
            tx.put_account(&AccountRow {
                id: ACCOUNT.into(),
                name: "Fjordby kommune".into(),
                organisation_number: "991825827".into(),
                environment: "practice".into(),
                added_at: 0,
            })?;
            names.iter().try_for_each(|name| tx.put_party(name))
        })
        .await?;
    let mut batch = Vec::new();
    for n in 0..letters {
        let count = random.random_range(60..240);
        let body = text(random, words, count);
        let files = random.random_range(0..4usize).saturating_sub(1);
        batch.push(MessagePut {
            account: ACCOUNT.into(),
            role: Role::Received,
            correspondence: format!("00000000-0000-4000-8000-{n:012}"),
            letter: None,
            resource: format!("tjeneste-{}", random.random_range(0..10)),
            level: Level::Overview,
            sender: senders[random.random_range(0..senders.len())].clone(),
            recipient: "urn:altinn:organization:identifier-no:991825827".into(),
            message_sender: String::new(),
            reference: format!("2026/{n}"),
            title: text(random, words, 6),
            summary: String::new(),
            snippet: mailbox::body::snippet("", &body),
            language: "nb".into(),
            at: 1_700_000_000_000 + random.random_range(0..730 * DAY),
            created_at: None,
            requested_publish_at: None,
            published_at: None,
            due_at: None,
            is_confirmation_needed: n.is_multiple_of(20),
            is_confidential: false,
            status: "Published".into(),
            status_text: String::new(),
            status_at: None,
            read_at: (!n.is_multiple_of(4)).then_some(1),
            confirmed_at: None,
            failed_at: None,
            gone_at: None,
            reply_links_json: "[]".into(),
            extra_json: "{}".into(),
            checked_at: Some(1),
            seen_at: 1,
            body: Some(MessageBody {
                body: body.clone(),
                plain: body,
            }),
            attachments: (0..files)
                .map(|file| AttachmentPut {
                    id: format!("{n}-{file}"),
                    name: format!("{}.pdf", word(random, words)),
                    ..AttachmentPut::default()
                })
                .collect(),
            statuses: Vec::new(),
        });
        if batch.len() == 50 || n + 1 == letters {
            let batch = std::mem::take(&mut batch);
            store
                .write_batch(move |tx| {
                    batch
                        .iter()
                        .try_for_each(|letter| tx.put_message(letter).map(|_| ()))
                })
                .await?;
        }
    }
    Ok(())
}

/// The kinds of quality A13 and A14: one word, two words, a phrase, each with and without a filter, and beginnings of
/// words as they are typed.
fn question(random: &mut StdRng, words: &[String], n: usize) -> ListQuery {
    let one = word(random, words).to_owned();
    let two = word(random, words).to_owned();
    let search = match n % 10 {
        0 => one,
        1 => words[random.random_range(0..words.len())].clone(),
        2 => format!("{one} {two}"),
        3 => format!("\"{one} {two}\""),
        4 => one.chars().take(1 + n / 10 % 4).collect(),
        5 => format!("{one} er:ulest"),
        6 => format!("{one} tjeneste:tjeneste-3"),
        7 => format!("{one} etter:2025-01-01 før:2025-06-01"),
        8 => format!("fra:{} {two}", 910_000_000 + n % 40),
        _ => format!("{one} ELLER {two} -{}", word(random, words)),
    };
    ListQuery {
        account: ACCOUNT.into(),
        place: if n.is_multiple_of(3) {
            Place::Everywhere
        } else {
            Place::Folder {
                folder: Folder::Inbox,
            }
        },
        search,
        filters: Filters {
            unread: false,
            needs_confirmation: false,
            attachments: n.is_multiple_of(7),
            due: false,
        },
        sort: Sort::Newest,
    }
}
