//! Letters going in, in batches and in the order of a first sync, beside the plain store loader: turn by turn, so that a
//! busy machine is busy for both.

use crate::Outcome;
use crate::anchor::insert::{Loader, Prefixes};
use crate::corpus::Corpus;
use crate::filled::{ACCOUNT, BATCH, begin, key, parsed};
use crate::part::Bench;
use crate::report::{Row, quantile};
use mailbox_store::{Column, Order, Predicate, Store};
use std::time::Instant;

/// Letters whose rates are compared with each other.
const BLOCK: usize = 10_000;
/// Batches between two questions about freshness.
const ASKED_EVERY: usize = 2;

pub async fn measure(bench: &mut Bench) -> Outcome {
    let corpus = Corpus::new();
    let store = Store::open(&bench.work.path().join("load.db"), &key())?;
    begin(&store, &corpus, ACCOUNT).await?;
    let mut plain = Loader::new(&bench.work.path().join("load-plain.db"), Prefixes::Least)?;
    let (mut ours, mut anchor, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    for first in (0..bench.size).step_by(BATCH) {
        let letters: Vec<String> = (first..bench.size.min(first + BATCH))
            .map(|number| corpus.overview(number))
            .collect();
        let started = Instant::now();
        let batch = letters
            .iter()
            .map(|json| parsed(ACCOUNT, json))
            .collect::<Outcome<Vec<_>>>()?;
        let reference = batch[0].reference.clone();
        store
            .write_batch(move |tx| {
                batch
                    .iter()
                    .try_for_each(|letter| tx.put_message(letter).map(drop))
            })
            .await?;
        let committed = Instant::now();
        ours.push((committed - started).as_secs_f64());
        if (first / BATCH).is_multiple_of(ASKED_EVERY) {
            fresh.push(found(&store, reference, committed).await?);
        }
        let started = Instant::now();
        plain.load(&letters)?;
        anchor.push(started.elapsed().as_secs_f64());
    }
    let (wall, plain_wall) = (ours.iter().sum::<f64>(), anchor.iter().sum::<f64>());
    let rate = |time: f64| bench.size as f64 / time;
    bench.add(Row::at_most(
        "A2-store",
        format!(
            "store path of a first sync of {} letters: {:.0}/s; plain store loader {:.0}/s",
            bench.size,
            rate(wall),
            rate(plain_wall)
        ),
        "s",
        (wall, plain_wall),
        1.15,
    ));
    let block = (BLOCK / BATCH).min(ours.len());
    let rate = |times: &[f64]| (times.len() * BATCH) as f64 / times.iter().sum::<f64>();
    let (first, last) = (rate(&ours[..block]), rate(&ours[ours.len() - block..]));
    bench.add(Row {
        id: "A2-blocks",
        what: format!(
            "rate of the last {BLOCK} letters of {} beside that of the first",
            bench.size
        ),
        unit: "/s",
        ours: last,
        anchor: first,
        ratio: last / first,
        goal: "≥ 0.9 × the anchor".into(),
        pass: last >= 0.9 * first,
    });
    let p99 = quantile(&mut fresh, 0.99);
    bench.add(Row::at_most(
        "A16",
        "from the commit of a letter until search finds it, while loading, p99".into(),
        "ms",
        (p99, 50.0),
        1.0,
    ));
    Ok(())
}

/// Milliseconds from a commit until the letter is found by its reference.
async fn found(store: &Store, reference: String, committed: Instant) -> Outcome<f64> {
    loop {
        let question = Predicate::Text {
            column: Some(Column::Reference),
            text: reference.clone(),
            is_prefix: false,
        };
        let hits = store
            .read(move |r| r.list_page(ACCOUNT, &question, Order::Newest, 0, 50))
            .await?;
        if hits.iter().any(|letter| letter.reference == reference) {
            return Ok(committed.elapsed().as_secs_f64() * 1000.0);
        }
    }
}
