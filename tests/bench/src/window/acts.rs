//! From a person's act to its picture: letters opened, and folders opened for the first time.
//!
//! Both ends are taken in the page: the act is a click, and a picture is there in the first task after the frame that
//! shows it. The anchor is the least a window of this kind can do: ask the shell for its shortest answer and draw a word.

use super::open;
use crate::Outcome;
use crate::part::Bench;
use crate::report::{Row, quantile};
use desktop_tests::journey::ROW;
use desktop_tests::session::Session;
use desktop_tests::window::Window;
use serde_json::{Value, json};
use std::path::Path;

/// Letters opened.
const LETTERS: usize = 300;
/// Answers asked for and drawn, for the anchor.
const ANSWERS: usize = 200;
/// Letters opened in one call of the driver.
const BATCH: usize = 50;

/// What one act may have the shell answer with, kB.
const VOLUME_LIMIT: f64 = 64.0;

/// What the scripts share: a picture of something that comes, and how long it took.
const TIMING: &str = r"
const frame = () => new Promise((done) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage(null);
}));
const until = async (isThere, limit = 10000) => {
  const end = performance.now() + limit;
  while (!isThere()) {
    if (performance.now() > end) { throw new Error('not painted: ' + isThere); }
    await frame();
  }
};
const timed = async (act, isThere) => {
  const begin = performance.now();
  act();
  await frame();
  await until(isThere);
  return performance.now() - begin;
};
";

const ANSWER: &str = r"
const [times, done] = arguments;
(async () => {
  const word = document.body.appendChild(document.createElement('p'));
  word.style = 'position:fixed;left:0;bottom:0';
  const all = [];
  for (let at = 0; at < times; at += 1) {
    let isDrawn = false;
    all.push(await timed(() => window.__TAURI_INTERNALS__.invoke('start_state').then(() => {
      word.textContent = String(at);
      isDrawn = true;
    }), () => isDrawn));
  }
  word.remove();
  return all;
})().then((all) => done({ ok: all }), (error) => done({ error: String(error) }));
";

/// Goes to random places of the list, and clicks a letter there that has been opened before: one that has not shows
/// its body only after a second act.
const OPEN: &str = r"
const [times, seed, done] = arguments;
let drawn = seed;
const draw = () => { drawn = (drawn * 1103515245 + 12345) % 2147483648; return drawn / 2147483648; };
(async () => {
  const list = document.querySelector('[role=listbox].list');
  const title = () => document.getElementById('message-title')?.textContent;
  const all = [];
  while (all.length < times) {
    list.scrollTop = draw() * (list.scrollHeight - list.clientHeight);
    await frame();
    await until(() => !document.querySelector('.row-waiting'));
    const inside = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll('.row:not([data-unread])')].filter((row) => {
      const box = row.getBoundingClientRect();
      return box.top >= inside.top && box.bottom <= inside.bottom && row.getAttribute('aria-selected') !== 'true';
    });
    const row = rows[Math.floor(draw() * rows.length)];
    const wanted = row?.querySelector('.row-title')?.textContent;
    if (!wanted || wanted === title()) { continue; }
    const time = await timed(() => row.click(), () => title() === wanted);
    if (document.querySelector('article .document')) { all.push(time); }
  }
  return all;
})().then((all) => done({ ok: all }), (error) => done({ error: String(error) }));
";

/// Counts what the shell answers with while a person goes through the folders, opens letters, turns the order round,
/// searches and goes down the list by the screen; the answers of an act are those until the window has been still for a
/// while.
const VOLUME: &str = r"
const [done] = arguments;
(async () => {
  let bytes = 0;
  let last = performance.now();
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    const address = String(asked[0]?.url ?? asked[0]);
    if (address.startsWith('ipc:') || address.includes('//ipc.localhost')) {
      bytes += (await answer.clone().arrayBuffer()).byteLength;
      last = performance.now();
    }
    return answer;
  };
  const all = [];
  const counted = async (act) => {
    bytes = 0;
    last = performance.now();
    act();
    await until(() => performance.now() - last > 300);
    all.push(bytes);
  };
  const list = () => document.querySelector('[role=listbox].list');
  const press = (key) => list().querySelector('[tabindex=\'0\']')
    .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  for (const link of document.querySelectorAll('nav a.folder')) { await counted(() => link.click()); }
  await counted(() => document.querySelector('nav a.folder').click());
  for (const row of [...list().querySelectorAll('.row')].slice(0, 8)) { await counted(() => row.click()); }
  await counted(() => document.querySelector('.list-sort').click());
  for (let screen = 0; screen < 12; screen += 1) { await counted(() => press('PageDown')); }
  const field = document.querySelector('header input');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  await counted(() => {
    set.call(field, 'vedtak');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  window.fetch = real;
  return all;
})().then((all) => done({ ok: all }), (error) => done({ error: String(error) }));
";

/// Opens every folder and service that has letters and was not open yet, then the whole inbox from its other end.
const FOLDERS: &str = r"
const [done] = arguments;
(async () => {
  const rows = () => document.querySelector('.list .row-title');
  const heading = () => document.querySelector('.list-title')?.textContent;
  const all = [];
  for (const link of document.querySelectorAll('nav a.folder:not([aria-current])')) {
    const name = link.querySelector('.folder-name')?.textContent;
    if (!link.querySelector('.folder-count') || name === heading()) { continue; }
    all.push(await timed(() => link.click(), () => heading() === name && rows()));
    await until(() => !document.querySelector('.row-waiting'));
  }
  document.querySelector('nav a.folder').click();
  await until(() => rows() && !document.querySelector('.row-waiting'));
  const first = rows().textContent;
  all.push(await timed(() => document.querySelector('.list-sort').click(), () => rows() && rows().textContent !== first));
  return all;
})().then((all) => done({ ok: all }), (error) => done({ error: String(error) }));
";

pub async fn measure(bench: &mut Bench, session: &Session, account: &Path) -> Outcome {
    let window = open(session, "brevdue-desktop", account).await?;
    window.find(ROW, "").await?;
    let mut answers = times(&window, ANSWER, vec![json!(ANSWERS)]).await?;
    let anchor = quantile(&mut answers, 0.95);
    if bench.wants("A21") {
        let mut folders = times(&window, FOLDERS, vec![]).await?;
        let slowest = quantile(&mut folders, 1.0);
        bench.add(Row {
            id: "A21",
            what: format!(
                "{} lists of up to {} letters, each opened for the first time: click to first rows, the slowest; p50 {:.0}",
                folders.len(),
                bench.size,
                quantile(&mut folders, 0.5)
            ),
            unit: "ms",
            ours: slowest,
            anchor,
            ratio: slowest / anchor,
            goal: "≤ 30 ms".into(),
            pass: slowest <= 30.0,
        });
    }
    if bench.wants("A17") {
        let mut letters = Vec::new();
        for batch in 0..LETTERS / BATCH {
            letters.extend(times(&window, OPEN, vec![json!(BATCH), json!(batch + 1)]).await?);
        }
        let (p95, p99) = (quantile(&mut letters, 0.95), quantile(&mut letters, 0.99));
        bench.add(Row {
            id: "A17",
            what: format!(
                "open {LETTERS} random letters of {}, click to painted: p50 {:.0}, p95 {p95:.0}, p99 {p99:.0}",
                bench.size,
                quantile(&mut letters, 0.5)
            ),
            unit: "ms",
            ours: p95,
            anchor,
            ratio: p95 / anchor,
            goal: "p95 ≤ 25 ms, p99 ≤ 40 ms".into(),
            pass: p95 <= 25.0 && p99 <= 40.0,
        });
    }
    if bench.wants("A22") {
        let mut acts = times(&window, VOLUME, vec![]).await?;
        let largest = quantile(&mut acts, 1.0) / 1024.0;
        bench.add(Row {
            id: "A22",
            what: format!(
                "bytes that the shell answers an act with, the largest of {} acts; p50 {:.1} kB",
                acts.len(),
                quantile(&mut acts, 0.5) / 1024.0
            ),
            unit: "kB",
            ours: largest,
            anchor: VOLUME_LIMIT,
            ratio: largest / VOLUME_LIMIT,
            goal: "≤ 64 kB".into(),
            pass: largest <= VOLUME_LIMIT,
        });
    }
    window.close().await
}

/// Milliseconds that a script of the page answers with.
async fn times(window: &Window, script: &str, arguments: Vec<Value>) -> Outcome<Vec<f64>> {
    let answer: Value = window
        .run_async(&format!("{TIMING}{script}"), arguments)
        .await?;
    match serde_json::from_value(answer["ok"].clone()) {
        Ok(times) => Ok(times),
        Err(_) => Err(format!("the page says: {}", answer["error"]).into()),
    }
}
