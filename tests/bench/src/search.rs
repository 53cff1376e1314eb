//! A thousand mixed searches over the filled copy, beside raw FTS5 over the same file.

use crate::Outcome;
use crate::filled::ACCOUNT;
use crate::part::{Bench, Part};
use crate::report::{Row, quantile};
use mailbox::view::{Filters, ListQuery, Place, Sort};
use std::time::Instant;

/// Queries as people type them: words, beginnings of words, phrases, operators.
const QUERIES: &[&str] = &[
    "vedtak",
    "tilskudd",
    "tilsyn frist",
    "skoleskyss",
    "ved",
    "ti",
    "søknad",
    "\"svar på\"",
    "høring kommune",
    "vedtak before:2026-06-01",
    "has:attachment rapport",
    "is:unread",
    "from:tilsyn",
    "plan -utkast",
    "vedtak OR pålegg",
    "årsrapport",
    "bekreft",
    "møte",
    "ref:2026",
    "frist:uke",
];

pub const PART: Part = Part {
    name: "search",
    rows: &["A13"],
    measure: |bench| Box::pin(measure(bench)),
};

async fn measure(bench: &mut Bench) -> Outcome {
    let filled = bench.filled().await?;
    let (mailbox, plain) = (filled.mailbox().await?, filled.raw()?);
    let mut ours = Vec::new();
    let mut raw = Vec::new();
    for round in 0..1000 {
        let Some(words) = QUERIES.get(round % QUERIES.len()) else {
            continue;
        };
        let query = ListQuery {
            account: ACCOUNT.to_owned(),
            place: Place::Everywhere,
            search: (*words).to_owned(),
            filters: Filters {
                unread: false,
                needs_confirmation: false,
                attachments: false,
                due: false,
            },
            sort: Sort::Newest,
        };
        let started = Instant::now();
        mailbox.list_rows(query, 0, 50).await?;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);

        let started = Instant::now();
        let mut find = plain.prepare_cached(
            "SELECT m.key, m.title FROM search w JOIN message m ON m.key = w.rowid
             WHERE search MATCH ?1 ORDER BY w.rowid DESC LIMIT 50",
        )?;
        let first: String = words.chars().take_while(|c| c.is_alphabetic()).collect();
        let hits = find.query_map([format!("\"{first}\"*")], |row| row.get::<_, String>(1))?;
        std::hint::black_box(hits.count());
        raw.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let (ours_p95, raw_p95) = (quantile(&mut ours, 0.95), quantile(&mut raw, 0.95));
    bench.add(Row {
        id: "A13",
        what: format!(
            "search, first 50 rows of 1,000 mixed queries: p50 {:.2}, p95 {ours_p95:.2}, p99 {:.2}",
            quantile(&mut ours, 0.5),
            quantile(&mut ours, 0.99)
        ),
        unit: "ms",
        ours: ours_p95,
        anchor: raw_p95,
        ratio: ours_p95 / raw_p95,
        goal: "p95 < 10 ms".into(),
        pass: ours_p95 < 10.0,
    });
    Ok(())
}
