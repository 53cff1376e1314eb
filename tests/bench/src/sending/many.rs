//! A38 and A39: ten thousand in calls of five hundred, beside the bare calls.

use super::{Place, RESOURCE, SENDER, draft};
use crate::Outcome;
use crate::part::Bench;
use crate::report::Row;
use mailbox::bulk::{BulkOutcome, Line};
use mailbox::identity::Identity;
use serde_json::json;
use std::time::{Duration, Instant};

/// Recipients of a letter to many.
const MANY: usize = 10_000;

pub async fn measure(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "many.db").await?;
    let (id, version) = draft(&sender, Vec::new(), Vec::new()).await?;
    let lines = organisations(300_000_000, MANY);
    let calls = place.submits().await?;
    // Signed in, as the bare calls are.
    sender.sync_once(SENDER).await?;
    let BulkOutcome::Queued(id) = sender.send_bulk(id, version, lines).await? else {
        return Err("the letter is refused".into());
    };
    let started = Instant::now();
    let worker = sender.clone();
    let running = tokio::spawn(async move { worker.run_bulk().await });
    while sender.bulks(SENDER).await?[0].waiting > 0 {
        // Each look counts all of them.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let handed_over = started.elapsed().as_secs_f64();
    running.await??;
    let kept = started.elapsed().as_secs_f64();
    let (report, _) = sender.bulk(id).await?;
    let ours = place.submits().await? - calls;
    let anchor = MANY.div_ceil(500);
    bench.add(Row {
        id: "A38",
        what: format!("calls for {} valid recipients", report.accepted),
        unit: "POST",
        ours: ours as f64,
        anchor: anchor as f64,
        ratio: ours as f64 / anchor as f64,
        goal: "as many as there must be".into(),
        pass: ours == anchor && report.accepted as usize == MANY,
    });
    let bare = bare_calls(place).await?;
    let overhead = (handed_over - bare) / anchor as f64 * 1000.0;
    bench.add(Row {
        id: "A39",
        what: format!(
            "{MANY} recipients handed over in {handed_over:.2} s, all copies under Sent after {kept:.2} s; the bare calls {bare:.2} s; more for each call"
        ),
        unit: "ms",
        ours: overhead,
        anchor: 5.0,
        ratio: overhead / 5.0,
        goal: "≤ 5 ms for each call".into(),
        pass: overhead <= 5.0,
    });
    Ok(())
}

impl Place {
    /// Letters handed over so far, by the ledger.
    async fn submits(&self) -> Outcome<usize> {
        let url = format!("{}/_sandbox/ledger", self.altinn.base());
        let ledger: serde_json::Value = self.http.get(url).send().await?.json().await?;
        let entries = ledger.as_array().or(ledger["entries"].as_array());
        let is_submit = |entry: &&serde_json::Value| {
            entry["method"] == "POST" && entry["path"] == "/correspondence/api/v1/correspondence"
        };
        Ok(entries.map_or(0, |all| all.iter().filter(is_submit).count()))
    }
}

/// The same calls to others, one after the other, with nothing around them.
async fn bare_calls(place: &Place) -> Outcome<f64> {
    let token = place.token(SENDER, "write").await?;
    let lines = organisations(400_000_000, MANY);
    let started = Instant::now();
    for part in lines.chunks(500) {
        let recipients: Vec<String> = part.iter().map(|line| line.recipient.urn()).collect();
        let body = json!({
            "correspondence": {
                "resourceId": RESOURCE, "sendersReference": "anchor",
                "content": { "language": "nb", "messageTitle": "Vedtak", "messageBody": "Se vedlegget." },
            },
            "recipients": recipients,
        });
        let call = place
            .http
            .post(place.api("correspondence"))
            .bearer_auth(&token);
        call.json(&body)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;
    }
    Ok(started.elapsed().as_secs_f64())
}

/// So many organisations, by their numbers.
fn organisations(first: u32, count: usize) -> Vec<Line> {
    (first..)
        .filter_map(|number| Identity::parse(&number.to_string()).ok())
        .take(count)
        .zip(1..)
        .map(|(recipient, number)| Line { number, recipient })
        .collect()
}
