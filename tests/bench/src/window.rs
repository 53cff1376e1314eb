//! The real window over a filled copy, beside an empty Tauri window in the same session.
//!
//! Painting goes past the graphics card for both, as the shell itself does on machines without one.

mod acts;
mod memory;
mod start;

use crate::Outcome;
use crate::altinn::beside;
use crate::part::{Bench, Part};
use desktop_tests::session::Session;
use desktop_tests::window::{Start, Window};
use std::path::{Path, PathBuf};

pub const PART: Part = Part {
    name: "window",
    rows: &["A17", "A21", "A22", "A23", "A25"],
    measure: |bench| Box::pin(measure(bench)),
};

/// How both windows are painted.
const PAINTING: [(&str, &str); 2] = [
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"),
];

async fn measure(bench: &mut Bench) -> Outcome {
    let altinn = bench.altinn()?;
    let session = Session::start().await?;
    let account = altinn.account_file(bench.work.path())?;
    let filled = session
        .command(beside("brevdue")?)
        .arg("--profile")
        .arg(session.profile())
        .arg("--account")
        .arg(&account)
        .arg("sync")
        .status()?;
    if !filled.success() {
        return Err("the profile could not be filled".into());
    }
    if bench.wants("A23") {
        start::measure(bench, &session, &account)?;
    }
    if bench.wants_any(&["A17", "A21", "A22"]) {
        acts::measure(bench, &session, &account).await?;
    }
    if bench.wants("A25") {
        memory::measure(bench, &session, &account).await?;
    }
    Ok(())
}

/// Opens a program built together with this one, to be driven.
async fn open(session: &Session, program: &str, account: &Path) -> Outcome<Window> {
    let start = Start {
        program: Some(beside(program)?),
        account: Some(PathBuf::from(account)),
        environment: PAINTING
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    };
    Window::open(session, &start).await
}
