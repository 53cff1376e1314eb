//! Memory of a window that has been used, beside that of an empty one.

use super::open;
use crate::Outcome;
use crate::part::Bench;
use crate::report::Row;
use desktop_tests::journey::ROW;
use desktop_tests::session::Session;
use desktop_tests::window::Window;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// What the goal allows beside an empty window, megabytes.
const ALLOWED: f64 = 40.0;
/// How long a window is left alone before it is weighed, so that what it does not need has been given back.
const REST: Duration = Duration::from_secs(10);

/// Reads fifty letters from the top down, then scrolls past ten thousand rows.
const USE: &str = r"
const [done] = arguments;
const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
(async () => {
  const list = document.querySelector('[role=listbox].list');
  for (let row = 0; row < 50; row += 1) {
    const at = list.querySelector(`[data-row='${row}']`);
    at?.scrollIntoView({ block: 'nearest' });
    at?.click();
    for (let wait = 0; wait < 4; wait += 1) { await frame(); }
  }
  const height = list.querySelector('.row').getBoundingClientRect().height;
  const end = Math.min(list.scrollHeight, list.scrollTop + 10000 * height);
  while (list.scrollTop + list.clientHeight < end - 1) {
    list.scrollTop += 2400;
    await frame();
  }
  list.scrollTop = 0;
})().then(() => done(null), (error) => done(String(error)));
";

pub async fn measure(bench: &mut Bench, session: &Session, account: &Path) -> Outcome {
    let empty = open(session, "empty-window", account).await?;
    tokio::time::sleep(REST).await;
    let (floor, _) = megabytes(&empty)?;
    empty.close().await?;

    let window = open(session, "brevdue-desktop", account).await?;
    window.find(ROW, "").await?;
    let error: Value = window.run_async(USE, vec![]).await?;
    if !error.is_null() {
        return Err(format!("the page says: {error}").into());
    }
    tokio::time::sleep(REST).await;
    let (ours, parts) = megabytes(&window)?;
    window.close().await?;
    bench.add(Row {
        id: "A25",
        what: format!(
            "memory (PSS) at rest with {} letters, 50 read and 10,000 rows scrolled past: {:.0} MB more than an empty window; {}",
            bench.size,
            ours - floor,
            parts.join(", ")
        ),
        unit: "MB",
        ours,
        anchor: floor,
        ratio: ours / floor,
        goal: format!("≤ the empty window + {ALLOWED} MB"),
        pass: ours <= floor + ALLOWED,
    });
    Ok(())
}

/// Proportional set size of a window's processes together, and of each by name.
fn megabytes(window: &Window) -> Outcome<(f64, Vec<String>)> {
    let (mut all, mut parts) = (0.0, Vec::new());
    for process in window.processes() {
        let read = |name: &str| std::fs::read_to_string(format!("/proc/{process}/{name}"));
        let rollup = read("smaps_rollup")?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kilobytes = pss
            .and_then(|rest| rest.trim().strip_suffix("kB"))
            .ok_or("no Pss")?
            .trim()
            .parse::<f64>()?;
        all += kilobytes / 1024.0;
        parts.push(format!(
            "{} {:.0}",
            read("comm")?.trim(),
            kilobytes / 1024.0
        ));
    }
    Ok((all, parts))
}
