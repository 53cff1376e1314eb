//! A34: a file over an encrypted line of 100 Mbit/s, 20 ms there and back, beside what the line can carry.

use super::{MB, Place, SENDER, random_file, send_file};
use crate::Outcome;
use crate::line::{Line, Speed};
use crate::part::Bench;
use crate::report::Row;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// Bytes of the file: twenty seconds of the line.
const FILE: u64 = 250_000_000;
const SPEED: Speed = Speed {
    bytes_a_second: 12_500_000.0,
    delay: Duration::from_millis(10),
};

pub async fn measure(bench: &mut Bench, place: &Place) -> Outcome {
    let path = place.dir.join("slow.zip");
    random_file(&path, FILE)?;
    let line = Line::encrypted(place.altinn.base(), Some(SPEED)).await?;
    let (sender, _) = place
        .mailbox_over(&line.base, &[&line.certificate], SENDER, "slow.db")
        .await?;
    let started = Instant::now();
    let mut sending = std::pin::pin!(send_file(&sender, &path));
    // What is told of the upload beside what the line has taken, in hundredths of the file.
    let mut error: f64 = 0.0;
    loop {
        tokio::select! {
            sent = &mut sending => break sent?,
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        if let Some(upload) = sender.status().await?.uploads {
            let taken = line.carried.up.load(Relaxed) as f64;
            error = error.max((upload.done as f64 - taken).abs() / FILE as f64 * 100.0);
        }
    }
    let wall = started.elapsed().as_secs_f64();
    let (ours, limit) = (FILE as f64 / MB / wall, SPEED.bytes_a_second / MB);
    bench.add(Row {
        id: "A34",
        what: format!(
            "a file of {:.0} MB attached and sent at 100 Mbit/s, 20 ms there and back; what is told of it is off by {error:.1} % at most",
            FILE as f64 / MB
        ),
        unit: "MB/s",
        ours,
        anchor: limit,
        ratio: ours / limit,
        goal: "≥ 0.99 × the line, told within 1 %".into(),
        pass: ours >= 0.99 * limit && error <= 1.0,
    });
    Ok(())
}
