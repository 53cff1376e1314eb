//! A41: from the press of Send until the letter survives everything, beside a write that the disk has confirmed.

use super::{Place, RECIPIENT, SENDER, draft};
use crate::Outcome;
use crate::part::Bench;
use crate::report::{Row, quantile};
use mailbox::view::SendOutcome;
use std::fs::File;
use std::io::Write;
use std::time::Instant;

/// Letters that are made safe.
const SAFE: usize = 1_000;

pub async fn measure(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "safe.db").await?;
    let mut drafts = Vec::new();
    for _ in 0..SAFE {
        drafts.push(draft(&sender, vec![RECIPIENT.to_owned()], Vec::new()).await?);
    }
    let mut file = File::create(place.dir.join("confirmed.bin"))?;
    let (mut ours, mut confirmed) = (Vec::new(), Vec::new());
    for (id, version) in drafts {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        confirmed.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        let SendOutcome::Queued { .. } = sender.send_draft(id, version).await? else {
            return Err("the letter is refused".into());
        };
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let p95 = quantile(&mut ours, 0.95);
    let limit = quantile(&mut confirmed, 0.95);
    bench.add(Row::at_most(
        "A41",
        format!(
            "Send pressed until the letter is safe, p95 of {SAFE}; median {:.2} ms beside {:.2} ms of a confirmed write",
            quantile(&mut ours, 0.5),
            quantile(&mut confirmed, 0.5)
        ),
        "ms",
        (p95, limit),
        3.0,
    ));
    Ok(())
}
