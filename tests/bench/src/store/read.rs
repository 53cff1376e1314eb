//! Reading when there are many: opening the store, the first page of a folder, a letter, the numbers of the folders.

use crate::Outcome;
use crate::corpus::Draw;
use crate::filled::{ACCOUNT, Filled};
use crate::part::Bench;
use crate::report::{Row, quantile};
use mailbox::Mailbox;
use mailbox::view::{Filters, Folder, ListQuery, Place, Sort};
use std::time::Instant;
use uuid::Uuid;

/// Letters opened.
const OPENED: usize = 2_000;
/// Changes after which the folders are counted.
const CHANGES: usize = 200;
/// Times that a figure of the first moment is taken.
const STARTS: usize = 9;

pub async fn measure(bench: &mut Bench) -> Outcome {
    let filled = bench.filled().await?;
    if bench.wants("A28") {
        disk(bench, &filled)?;
    }
    if bench.wants_any(&["B-open", "A21-core"]) {
        start(bench, &filled).await?;
    }
    if bench.wants("A17-core") {
        letters(bench, &filled).await?;
    }
    if bench.wants("A18") {
        folders(bench, &filled).await?;
    }
    Ok(())
}

fn disk(bench: &mut Bench, filled: &Filled) -> Outcome {
    let bytes = std::fs::metadata(&filled.path)?.len() as f64;
    let log = std::fs::metadata(filled.path.with_extension("db-wal")).map_or(0, |log| log.len());
    let each = |bytes: f64| bytes / filled.letters as f64;
    let raw = filled.raw()?;
    let mut tables =
        raw.prepare("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC")?;
    let tables = tables.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, f64>(1)?))
    })?;
    for table in tables {
        let (name, bytes) = table?;
        if each(bytes) >= 1.0 {
            eprintln!("{:>9}  {:>7.1} B a letter: {name}", "", each(bytes));
        }
    }
    bench.add(Row::at_most(
        "A28",
        "disk a letter: store, log and index, beside its JSON".into(),
        "B",
        (each(bytes + log as f64), each(filled.json_bytes as f64)),
        0.95,
    ));
    Ok(())
}

fn folder(folder: Folder) -> ListQuery {
    ListQuery {
        account: ACCOUNT.to_owned(),
        place: Place::Folder { folder },
        search: String::new(),
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

/// Opening, and the first list of a session: shape and first page.
async fn start(bench: &mut Bench, filled: &Filled) -> Outcome {
    let (mut opens, mut raws, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let started = Instant::now();
        let raw = filled.raw()?;
        raw.query_row("SELECT count(*) FROM message WHERE key = 1", [], |_| Ok(()))?;
        raws.push(ms(started));
        drop(raw);
        let started = Instant::now();
        let mailbox = filled.mailbox().await?;
        opens.push(ms(started));
        for each in [
            Folder::Inbox,
            Folder::Unread,
            Folder::NeedsConfirmation,
            Folder::DueSoon,
        ] {
            let started = Instant::now();
            mailbox.list_shape(folder(each)).await?;
            mailbox.list_rows(folder(each), 0, 100).await?;
            pages.push(ms(started));
        }
    }
    let (open, raw) = (quantile(&mut opens, 0.5), quantile(&mut raws, 0.5));
    bench.add(Row {
        id: "B-open",
        what: format!(
            "open a store of {} letters, median of {STARTS}; raw: key and one row",
            filled.letters
        ),
        unit: "ms",
        ours: open,
        anchor: raw,
        ratio: open / raw,
        goal: "≤ 20 ms at every size".into(),
        pass: open <= 20.0,
    });
    bench.add(Row::at_most(
        "A21-core",
        format!(
            "a folder of {} letters for the first time: shape and 100 rows, slowest",
            filled.letters
        ),
        "ms",
        (quantile(&mut pages, 1.0), 30.0),
        1.0,
    ));
    Ok(())
}

/// Ids of letters drawn at random. The store keeps their bytes.
fn drawn(filled: &Filled, count: usize) -> Outcome<Vec<Uuid>> {
    let raw = filled.raw()?;
    let mut id = raw.prepare("SELECT correspondence FROM message WHERE key = ?1")?;
    let mut draw = Draw::new(17);
    (0..count)
        .map(|_| {
            let key = 1 + draw.below(filled.letters as u64) as i64;
            let bytes: Vec<u8> = id.query_row([key], |row| row.get(0))?;
            Ok(Uuid::from_slice(&bytes)?)
        })
        .collect()
}

/// A letter from the store to what the window shows.
async fn letters(bench: &mut Bench, filled: &Filled) -> Outcome {
    let ids = drawn(filled, OPENED)?;
    let (mailbox, raw) = (filled.mailbox().await?, filled.raw()?);
    let mut bare = raw.prepare(
        "SELECT m.*, b.* FROM message m JOIN message_text b ON b.message = m.key WHERE m.correspondence = ?1",
    )?;
    let (mut ours, mut anchor) = (Vec::new(), Vec::new());
    for id in &ids {
        let text = id.to_string();
        let started = Instant::now();
        std::hint::black_box(mailbox.message(&text).await?);
        ours.push(ms(started));
        let started = Instant::now();
        bare.query_row([id.as_bytes()], |_| Ok(()))?;
        anchor.push(ms(started));
    }
    let (p95, p99) = (quantile(&mut ours, 0.95), quantile(&mut ours, 0.99));
    let anchor = quantile(&mut anchor, 0.95);
    bench.add(Row {
        id: "A17-core",
        what: format!("open one of {OPENED} letters: read, unpack, parse to the tree; p95 (p99 {p99:.2}); raw row"),
        unit: "ms",
        ours: p95,
        anchor,
        ratio: p95 / anchor,
        goal: "p95 ≤ 2 ms".into(),
        pass: p95 <= 2.0,
    });
    Ok(())
}

/// The numbers of the folders, each time after a letter has moved.
async fn folders(bench: &mut Bench, filled: &Filled) -> Outcome {
    let copy = Filled {
        path: bench.work.path().join("folders.db"),
        letters: filled.letters,
        json_bytes: filled.json_bytes,
    };
    filled.copy(&copy.path)?;
    let mailbox: Mailbox = copy.mailbox().await?;
    let mut times = Vec::new();
    for (at, id) in drawn(filled, CHANGES)?.into_iter().enumerate() {
        mailbox.archive(id.to_string(), at % 2 == 0).await?;
        let started = Instant::now();
        std::hint::black_box(mailbox.folders(ACCOUNT).await?);
        times.push(ms(started));
    }
    bench.add(Row::at_most(
        "A18",
        format!(
            "numbers of the folders of {} letters after a change, p95",
            filled.letters
        ),
        "ms",
        (quantile(&mut times, 0.95), 1.0),
        1.0,
    ));
    Ok(())
}
