//! An area's measurements, and what they share in a run.

use crate::Outcome;
use crate::altinn::Altinn;
use crate::filled::Filled;
use crate::report::{Report, Row};
use std::collections::BTreeSet;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;

/// The future of a part.
pub type Measuring<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// An area: one file, one entry in `main.rs`.
pub struct Part {
    /// What `--only` may call it.
    pub name: &'static str,
    /// Every row it can add; `--only` may name them one by one.
    pub rows: &'static [&'static str],
    /// Takes the figures of the rows that are wanted, each beside its anchor, with [`Bench::add`].
    pub measure: for<'a> fn(&'a mut Bench) -> Measuring<'a>,
}

/// A run: what was asked for, and what was made for it so far.
pub struct Bench {
    /// Letters that a row about a filled mailbox is measured with.
    pub size: usize,
    /// A folder that goes away with the run.
    pub work: tempfile::TempDir,
    /// Where filled stores and the report are kept.
    pub kept: PathBuf,
    pub report: Report,
    wanted: BTreeSet<&'static str>,
    altinn: Option<Rc<Altinn>>,
    filled: Option<Rc<Filled>>,
}

impl Bench {
    pub fn new(size: usize, wanted: BTreeSet<&'static str>) -> Outcome<Self> {
        let kept = PathBuf::from("target/bench");
        std::fs::create_dir_all(&kept)?;
        Ok(Self {
            size,
            work: tempfile::tempdir()?,
            kept,
            report: Report::default(),
            wanted,
            altinn: None,
            filled: None,
        })
    }

    /// Whether a row is asked for.
    pub fn wants(&self, row: &str) -> bool {
        self.wanted.contains(row)
    }

    /// Whether one of the rows is asked for.
    pub fn wants_any(&self, rows: &[&str]) -> bool {
        rows.iter().any(|row| self.wants(row))
    }

    /// Adds a row if it is asked for.
    pub fn add(&mut self, row: Row) {
        if self.wants(row.id) {
            self.report.add(row);
        }
    }

    /// A sandbox with `size` letters, in a process of its own; one a run.
    pub fn altinn(&mut self) -> Outcome<Rc<Altinn>> {
        if let Some(altinn) = &self.altinn {
            return Ok(Rc::clone(altinn));
        }
        let altinn = Rc::new(Altinn::start(self.work.path(), self.size)?);
        self.altinn = Some(Rc::clone(&altinn));
        Ok(altinn)
    }

    /// A store filled with `size` letters of the corpus, to be read; one a run.
    pub async fn filled(&mut self) -> Outcome<Rc<Filled>> {
        if let Some(filled) = &self.filled {
            return Ok(Rc::clone(filled));
        }
        let filled = Rc::new(Filled::of(&self.kept, self.size).await?);
        self.filled = Some(Rc::clone(&filled));
        Ok(filled)
    }
}
