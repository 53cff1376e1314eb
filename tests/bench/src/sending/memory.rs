//! A35: what a file costs of memory, by its size.

use super::{MB, Peak, Place, SENDER, send_file};
use crate::Outcome;
use crate::part::Bench;
use crate::report::Row;
use std::fs::File;

/// Bytes of a file that no memory holds.
const HUGE: u64 = 50_000_000_000;

pub async fn measure(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "memory.db").await?;
    let mut growths = Vec::new();
    // The first send sets up connections, pools and caches.
    for (name, length) in [
        ("first", 1_000),
        ("1 KB", 1_000),
        ("50 MB", 50_000_000),
        ("1 GB", 1_000_000_000),
        ("50 GB", HUGE),
    ] {
        let path = place.dir.join("sparse.zip");
        File::create(&path)?.set_len(length)?;
        let peak = Peak::begin()?;
        send_file(&sender, &path).await?;
        if name != "first" {
            growths.push((name, peak.growth()? / MB));
        }
    }
    let most = growths
        .iter()
        .map(|(_, growth)| *growth)
        .fold(0.0, f64::max);
    let by_size: Vec<String> = growths
        .iter()
        .map(|(name, growth)| format!("{name} {growth:.1}"))
        .collect();
    let slope = growths[3].1 - growths[2].1;
    bench.add(Row {
        id: "A35",
        what: format!(
            "memory while a file is attached and sent, over idle, in MB: {}; from 1 GB to 50 GB {slope:+.1}",
            by_size.join(", ")
        ),
        unit: "MB",
        ours: most,
        anchor: 8.0,
        ratio: most / 8.0,
        goal: "≤ 8 MB, and flat within 1 MB".into(),
        pass: most <= 8.0 && slope <= 1.0,
    });
    Ok(())
}
