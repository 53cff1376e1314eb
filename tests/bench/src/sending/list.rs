//! A40: a list of a million, judged, beside the bare reading of it.

use super::{MB, Peak};
use crate::Outcome;
use crate::part::Bench;
use crate::report::Row;
use mailbox::identity::Identity;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

/// Rows of the list.
const ROWS: u32 = 1_000_000;

pub fn measure(bench: &mut Bench) -> Outcome {
    let path = bench.work.path().join("list.csv");
    let mut out = std::io::BufWriter::new(File::create(&path)?);
    writeln!(out, "saksnummer;navn;orgnr;adresse;poststed;merknad")?;
    let valid = (300_000_000_u32..).filter(|number| Identity::parse(&number.to_string()).is_ok());
    for (row, number) in (0..ROWS).zip(valid) {
        writeln!(
            out,
            "2026/{row:07};Virksomhet nummer {row} AS;{number};Storgata {}, oppgang B, tredje etasje;4{:03} STEDET;til orientering, se saken i arkivet",
            row % 300,
            row % 1000
        )?;
    }
    out.flush()?;
    drop(out);
    let size = std::fs::metadata(&path)?.len() as f64 / MB;
    let read = || -> Outcome<f64> {
        let started = Instant::now();
        let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_path(&path)?;
        let (mut record, mut count) = (csv::ByteRecord::new(), 0);
        while rows.read_byte_record(&mut record)? {
            count += 1;
        }
        assert_eq!(count, ROWS, "the list is whole");
        Ok(started.elapsed().as_secs_f64())
    };
    read()?;
    let bare = read()?;
    let peak = Peak::begin()?;
    let started = Instant::now();
    let mut first = None;
    let summary = mailbox::bulk::import::read(File::open(&path)?, None, |line, _| {
        if line == 100 {
            first = Some(started.elapsed());
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let ours = started.elapsed().as_secs_f64();
    let growth = peak.growth()? / MB;
    let mut row = Row::at_most(
        "A40",
        format!(
            "a list of {ROWS} rows, {size:.0} MB, judged and held against itself; {growth:.0} MB of memory, 100 rows after {:.1} ms; bare reading {bare:.2} s",
            first.unwrap_or_default().as_secs_f64() * 1000.0
        ),
        "s",
        (ours, bare),
        2.0,
    );
    row.goal = "≤ 2 × bare, ≤ 60 MB, 100 rows ≤ 100 ms".into();
    row.pass &= growth <= 60.0
        && first.is_some_and(|first| first <= Duration::from_millis(100))
        && summary.sound == ROWS;
    bench.add(row);
    Ok(())
}
