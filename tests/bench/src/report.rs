//! The table of a run.

use crate::Outcome;
use serde::Serialize;
use std::path::Path;

/// One row: our figure, the limit it is held against, and what was aimed at.
#[derive(Debug, Serialize)]
pub struct Row {
    pub id: &'static str,
    pub what: String,
    pub unit: &'static str,
    pub ours: f64,
    pub anchor: f64,
    pub ratio: f64,
    pub goal: String,
    pub pass: bool,
}

impl Row {
    /// A row whose goal is at most `limit` times the anchor.
    pub fn at_most(
        id: &'static str,
        what: String,
        unit: &'static str,
        (ours, anchor): (f64, f64),
        limit: f64,
    ) -> Self {
        let ratio = ours / anchor;
        Self {
            id,
            what,
            unit,
            ours,
            anchor,
            ratio,
            goal: format!("≤ {limit} × the anchor"),
            pass: ratio <= limit,
        }
    }
}

#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub fn add(&mut self, row: Row) {
        eprintln!("{:>9}  {}", row.id, row.what);
        self.rows.push(row);
    }

    /// Prints the table.
    pub fn print(&self) {
        println!(
            "\n{:<9} {:<66} {:>14} {:>14} {:>7}  {:<34} ",
            "id", "what", "ours", "anchor", "ratio", "goal"
        );
        for row in &self.rows {
            println!(
                "{:<9} {:<66} {:>14} {:>14} {:>7.2}  {:<34} {}",
                row.id,
                row.what,
                format!("{:.2} {}", row.ours, row.unit),
                format!("{:.2} {}", row.anchor, row.unit),
                row.ratio,
                row.goal,
                if row.pass { "met" } else { "NOT MET" }
            );
        }
    }

    /// Writes the table to `dir/report.json`.
    pub fn write(&self, dir: &Path) -> Outcome {
        std::fs::write(
            dir.join("report.json"),
            serde_json::to_vec_pretty(&self.rows)?,
        )?;
        Ok(())
    }
}

/// The value below which `share` of `values` lie.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let at = ((values.len() as f64 - 1.0) * share).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}
