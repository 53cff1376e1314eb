//! Accessibility of what the window shows, by axe-core of the UI's own development tools.

use crate::window::Window;
use crate::{Result, repository};
use serde::Deserialize;
use serde_json::json;

/// Levels A and AA, as EN 301 549 asks.
const TAGS: [&str; 4] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/// Animations end before anything is judged: half-transparent text has no contrast.
const RUN: &str = r"
const [tags, done] = arguments;
Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))
  .then(() => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }))
  .then((result) => done({ ok: result.violations.map((violation) => ({
    rule: violation.id, impact: violation.impact ?? '', places: violation.nodes.map((node) => [...node.target, node.html, node.failureSummary].join(' ')),
  })) }), (error) => done({ error: String(error) }));
";

/// A rule that is broken, and where.
#[derive(Debug, Clone, Deserialize)]
pub struct Violation {
    /// Rule of axe.
    pub rule: String,
    /// How bad.
    pub impact: String,
    /// Selectors, what stands there, and what is wrong with it.
    pub places: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: Option<Vec<Violation>>,
    error: Option<String>,
}

/// What is wrong with the page as it stands; empty is what is wanted.
///
/// # Errors
/// When axe-core is not installed or fails.
pub async fn violations(window: &Window) -> Result<Vec<Violation>> {
    if window
        .run::<bool>("return typeof window.axe === 'undefined'", vec![])
        .await?
    {
        let source =
            std::fs::read_to_string(repository().join("ui/node_modules/axe-core/axe.min.js"))
                .map_err(|error| format!("axe-core is missing ({error}): npm ci in ui/"))?;
        window
            .run::<serde_json::Value>(&format!("{source}; window.axe = axe; return null"), vec![])
            .await?;
    }
    let answer: Answer = window.run_async(RUN, vec![json!(TAGS)]).await?;
    match (answer.ok, answer.error) {
        (Some(violations), _) => Ok(violations),
        (None, error) => Err(error
            .unwrap_or_else(|| "axe did not answer".to_owned())
            .into()),
    }
}
