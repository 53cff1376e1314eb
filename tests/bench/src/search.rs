//! Searches over the filled copy, each beside the same question asked of FTS5 alone over the same letters.

use crate::Outcome;
use crate::corpus::{Corpus, Draw};
use crate::filled::{ACCOUNT, plain};
use crate::part::{Bench, Part};
use crate::report::{Row, quantile};
use mailbox::Mailbox;
use mailbox::view::{Filters, ListQuery, Place, Sort};
use std::time::Instant;

/// Questions of A13.
const QUESTIONS: usize = 1_000;
/// Words of A14, typed letter by letter up to the twelfth.
const TYPED: usize = 60;
/// Questions of A15.
const RANKED: usize = 100;
/// Rows that a first answer holds.
const ROWS: u32 = 50;
/// Two frames, milliseconds.
const FRAMES: f64 = 33.0;

pub const PART: Part = Part {
    name: "search",
    rows: &["A13", "A13-p99", "A14-engine", "A15"],
    measure: |bench| {
        Box::pin(async move {
            let filled = bench.filled().await?;
            let mailbox = filled.mailbox().await?;
            if bench.wants_any(&["A13", "A13-p99"]) {
                mixed(bench, &mailbox).await?;
            }
            if bench.wants("A14-engine") {
                typing(bench, &mailbox).await?;
            }
            if bench.wants("A15") {
                ranked(bench, &mailbox).await?;
            }
            Ok(())
        })
    },
};

fn everywhere(search: &str) -> ListQuery {
    ListQuery {
        account: ACCOUNT.to_owned(),
        place: Place::Everywhere,
        search: search.to_owned(),
        filters: Filters {
            unread: false,
            needs_confirmation: false,
            attachments: false,
            due: false,
        },
        sort: Sort::Newest,
    }
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}

/// A word of the corpus, as often a frequent one as a rare one.
fn word<'a>(corpus: &'a Corpus, draw: &mut Draw) -> &'a str {
    let places = draw.below(5);
    corpus.word(draw.below(10u64.pow(places as u32)) as usize)
}

/// What is typed, what that is to FTS5, and what must hold besides.
fn question(corpus: &Corpus, draw: &mut Draw, n: usize) -> (String, String, &'static str) {
    let one = word(corpus, draw);
    let two = word(corpus, draw);
    let all = format!("\"{one}\" *");
    match n % 8 {
        0 | 1 => (one.to_owned(), all, "1"),
        2 | 3 => (
            format!("{one} {two}"),
            format!("({all}) AND (\"{two}\" *)"),
            "1",
        ),
        4 => (format!("\"{one} {two}\""), format!("\"{one} {two}\""), "1"),
        5 => (format!("{one} er:ulest"), all, "NOT l.is_read"),
        6 => (
            format!("{one} tjeneste:tjeneste-3"),
            all,
            "l.resource = 'tjeneste-3'",
        ),
        _ => (
            format!("{one} etter:2026-01-01"),
            all,
            "l.at >= '2025-12-31T23'",
        ),
    }
}

/// A13: the newest fifty of mixed questions.
async fn mixed(bench: &mut Bench, mailbox: &Mailbox) -> Outcome {
    let (corpus, mut draw) = (Corpus::new(), Draw::new(13));
    let raw = plain(&bench.kept, bench.size)?;
    let (mut ours, mut anchors) = (Vec::new(), Vec::new());
    for n in 0..QUESTIONS {
        let (typed, asked, besides) = question(&corpus, &mut draw, n);
        let started = Instant::now();
        let rows = mailbox.list_rows(everywhere(&typed), 0, ROWS).await?;
        ours.push(ms(started));
        std::hint::black_box(rows);

        let started = Instant::now();
        // Letters of the corpus are stored from the newest on, so their keys are in order of time.
        let mut find = raw.prepare_cached(&format!(
            "SELECT l.key, l.title FROM words w CROSS JOIN letter l ON l.key = w.rowid
             WHERE words MATCH ?1 AND {besides} ORDER BY w.rowid LIMIT {ROWS}"
        ))?;
        let hits = find.query_map([asked], |row| row.get::<_, String>(1))?;
        std::hint::black_box(hits.count());
        anchors.push(ms(started));
    }
    let what = format!(
        "search, newest {ROWS} of {QUESTIONS} mixed questions, p95 (p50 {:.2}, p99 {:.2}; FTS5 alone p50 {:.2}, p99 {:.2})",
        quantile(&mut ours, 0.5),
        quantile(&mut ours, 0.99),
        quantile(&mut anchors, 0.5),
        quantile(&mut anchors, 0.99),
    );
    let figures = (quantile(&mut ours, 0.95), quantile(&mut anchors, 0.95));
    bench.add(Row::at_most("A13", what, "ms", figures, 1.5));
    bench.add(Row::at_most(
        "A13-p99",
        "the same, p99, beside five milliseconds".to_owned(),
        "ms",
        (quantile(&mut ours, 0.99), 5.0),
        1.0,
    ));
    Ok(())
}

/// A15: the best fifty for common words, while the newest fifty are there at once.
async fn ranked(bench: &mut Bench, mailbox: &Mailbox) -> Outcome {
    let corpus = Corpus::new();
    let raw = plain(&bench.kept, bench.size)?;
    let (mut ours, mut anchors, mut newest) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..RANKED {
        // Whole words of four letters and more: the index knows no place of shorter beginnings.
        let words = (n * 7..).map(|rank| corpus.word(rank));
        let word = words.into_iter().find(|word| word.chars().count() > 3);
        let word = word.unwrap_or_default();
        let list = |sort| ListQuery {
            sort,
            ..everywhere(word)
        };
        let started = Instant::now();
        let best = async {
            let rows = mailbox.list_rows(list(Sort::Best), 0, ROWS).await?;
            Outcome::Ok((rows, ms(started)))
        };
        let first = async {
            let rows = mailbox.list_rows(list(Sort::Newest), 0, ROWS).await?;
            Outcome::Ok((rows, ms(started)))
        };
        let (best, first) = tokio::try_join!(best, first)?;
        ours.push(best.1);
        newest.push(first.1);

        let started = Instant::now();
        let mut find = raw.prepare_cached(&format!(
            "SELECT l.key, l.title FROM (SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rank LIMIT {ROWS}) w
             CROSS JOIN letter l ON l.key = w.rowid"
        ))?;
        let hits = find.query_map([format!("\"{word}\" *")], |row| row.get::<_, String>(1))?;
        std::hint::black_box(hits.count());
        anchors.push(ms(started));
    }
    let first = quantile(&mut newest, 0.95);
    let what = format!(
        "the best {ROWS} for {RANKED} common words, p95 (p50 {:.2}; FTS5 alone p50 {:.2}; the newest meanwhile p95 {first:.2}, within {FRAMES})",
        quantile(&mut ours, 0.5),
        quantile(&mut anchors, 0.5),
    );
    let figures = (quantile(&mut ours, 0.95), quantile(&mut anchors, 0.95));
    let mut row = Row::at_most("A15", what, "ms", figures, 1.1);
    row.pass &= first <= FRAMES;
    bench.add(row);
    Ok(())
}

/// A14 without the window: every key asks, the next key takes the place of what was asked.
async fn typing(bench: &mut Bench, mailbox: &Mailbox) -> Outcome {
    let (corpus, mut draw) = (Corpus::new(), Draw::new(14));
    let mut answers = Vec::new();
    for _ in 0..TYPED {
        let word = format!("{}{}", word(&corpus, &mut draw), word(&corpus, &mut draw));
        let letters: Vec<char> = word.chars().take(12).collect();
        for end in 1..=letters.len() {
            let typed: String = letters[..end].iter().collect();
            let started = Instant::now();
            // The list's numbers are asked for too, and dropped with the next key.
            let shape = mailbox.clone();
            let shaping = tokio::spawn({
                let query = everywhere(&typed);
                async move { shape.list_shape(query).await.is_ok() }
            });
            let rows = mailbox.list_rows(everywhere(&typed), 0, ROWS).await?;
            answers.push(ms(started));
            std::hint::black_box((rows, shaping));
        }
    }
    let what = format!(
        "search as you type, {} keys, the newest {ROWS} after each, p95 (p50 {:.2}, p99 {:.2}) beside two frames",
        answers.len(),
        quantile(&mut answers, 0.5),
        quantile(&mut answers, 0.99),
    );
    let figures = (quantile(&mut answers, 0.95), FRAMES);
    bench.add(Row::at_most("A14-engine", what, "ms", figures, 1.0));
    Ok(())
}
