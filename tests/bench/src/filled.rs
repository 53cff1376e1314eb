//! A store with the corpus in it, filled through the store's own insert path.
//!
//! Kept under `target/bench/` by size, schema and corpus, so that a million letters are not loaded for every row. Rows
//! that only read take it as it is; one that writes takes a copy.

use crate::Outcome;
use crate::anchor::insert::{Loader, Prefixes};
use crate::corpus::{self, Corpus};
use altinn_client::Overview;
use mailbox::Mailbox;
use mailbox_store::{MessagePut, Store, StoreKey};
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Id of the account that the letters are to.
pub const ACCOUNT: &str = "310812345";
/// Letters in one write, as a first sync makes them.
pub const BATCH: usize = 1000;
const KEY: [u8; 32] = [7; 32];
/// Pages of the store.
const PAGE: &str = "PRAGMA cipher_page_size = 8192; PRAGMA cipher_hmac_algorithm = HMAC_SHA256";
/// Pages of a plain file: as the library has them.
pub const PLAIN_PAGE: &str = "";

/// A filled store, closed.
pub struct Filled {
    pub path: PathBuf,
    pub letters: usize,
    /// Bytes that the same letters are as JSON.
    pub json_bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Facts {
    json_bytes: u64,
}

/// The key of every filled store.
pub fn key() -> StoreKey {
    StoreKey::new(KEY)
}

impl Filled {
    /// The store of so many letters; made when it is not there.
    pub async fn of(dir: &Path, letters: usize) -> Outcome<Self> {
        let mut hash = DefaultHasher::new();
        include_str!("../../../crates/mailbox-store/schema.sql").hash(&mut hash);
        corpus::VERSION.hash(&mut hash);
        let name = format!("filled-{letters}-{:016x}", hash.finish());
        let (path, facts) = (
            dir.join(format!("{name}.db")),
            dir.join(format!("{name}.json")),
        );
        if !facts.exists() {
            // Unfinished or of an older schema.
            for entry in std::fs::read_dir(dir)?.flatten() {
                let old = entry.file_name().to_string_lossy().into_owned();
                if old.starts_with(&format!("filled-{letters}-")) {
                    std::fs::remove_file(entry.path())?;
                }
            }
            eprintln!("filling a store with {letters} letters");
            let store = Store::open(&path, &key())?;
            let json_bytes = fill(&store, ACCOUNT, letters).await?;
            drop(store);
            std::fs::write(&facts, serde_json::to_vec(&Facts { json_bytes })?)?;
        }
        let Facts { json_bytes } = serde_json::from_slice(&std::fs::read(&facts)?)?;
        Ok(Self {
            path,
            letters,
            json_bytes,
        })
    }

    /// The store.
    pub fn store(&self) -> Outcome<Store> {
        Ok(Store::open(&self.path, &key())?)
    }

    /// The engine over the store, with no line to Altinn.
    pub async fn mailbox(&self) -> Outcome<Mailbox> {
        Ok(Mailbox::open(mailbox::Options {
            store: self.store()?,
            accounts: Vec::new(),
            network: mailbox::Network::default(),
            clock: Arc::new(mailbox::SystemClock),
            ids: Arc::new(mailbox::SystemIds),
            is_key_temporary: false,
        })
        .await?)
    }

    /// The file as SQLite alone sees it: for anchors that ask it past the store.
    pub fn raw(&self) -> Outcome<rusqlite::Connection> {
        raw(&self.path, PAGE)
    }

    /// Copies the store to `to`, for a row that writes.
    pub fn copy(&self, to: &Path) -> Outcome {
        std::fs::copy(&self.path, to)?;
        Ok(())
    }
}

/// An encrypted file with the key of the filled stores, past the store; its pages as `page` has them.
pub fn raw(path: &Path, page: &str) -> Outcome<rusqlite::Connection> {
    let sql = rusqlite::Connection::open(path)?;
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    sql.execute_batch(&format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{key}'\"; {page}; PRAGMA temp_store = memory;
         PRAGMA cache_size = -16000;"
    ))?;
    Ok(sql)
}

/// The same letters in a file of the plain loader, with every index that FTS5 could use; made when it is not there.
pub fn plain(dir: &Path, letters: usize) -> Outcome<rusqlite::Connection> {
    let mut hash = DefaultHasher::new();
    include_str!("anchor/insert.rs").hash(&mut hash);
    corpus::VERSION.hash(&mut hash);
    let begins = format!("plain-{letters}-");
    let path = dir.join(format!("{begins}{:016x}.db", hash.finish()));
    if !path.exists() {
        for entry in std::fs::read_dir(dir)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&begins) {
                std::fs::remove_file(entry.path())?;
            }
        }
        eprintln!("filling a plain file with {letters} letters");
        let unfinished = dir.join(format!("{begins}unfinished.db"));
        let (corpus, mut loader) = (Corpus::new(), Loader::new(&unfinished, Prefixes::All)?);
        for first in (0..letters).step_by(BATCH) {
            let batch: Vec<String> = (first..letters.min(first + BATCH))
                .map(|number| corpus.overview(number))
                .collect();
            loader.load(&batch)?;
        }
        loader.optimize()?;
        drop(loader);
        std::fs::rename(&unfinished, &path)?;
    }
    raw(&path, PLAIN_PAGE)
}

/// Puts the first `letters` letters of the corpus into a store, and the names of their senders. Returns their size as
/// JSON.
pub async fn fill(store: &Store, account: &str, letters: usize) -> Outcome<u64> {
    let corpus = Corpus::new();
    begin(store, &corpus, account).await?;
    let (mut json_bytes, started) = (0, Instant::now());
    for first in (0..letters).step_by(BATCH) {
        let batch: Vec<String> = (first..letters.min(first + BATCH))
            .map(|number| corpus.overview(number))
            .collect();
        json_bytes += batch.iter().map(|json| json.len() as u64).sum::<u64>();
        let batch = batch
            .iter()
            .map(|json| parsed(account, json))
            .collect::<Outcome<Vec<_>>>()?;
        store
            .write_batch(move |tx| {
                batch
                    .iter()
                    .try_for_each(|letter| tx.put_message(letter).map(drop))
            })
            .await?;
        if first % 100_000 == 0 && first > 0 {
            eprintln!(
                "  {first} letters, {:.0} s",
                started.elapsed().as_secs_f64()
            );
        }
    }
    store.tidied().await?;
    Ok(json_bytes)
}

/// Puts in whom the letters are to and the names of those who send them.
pub async fn begin(store: &Store, corpus: &Corpus, account: &str) -> Outcome {
    let (row, parties) = (Corpus::account(account), corpus.parties());
    store
        .write(move |tx| {
            tx.put_account(&row)?;
            parties.iter().try_for_each(|party| tx.put_party(party))
        })
        .await?;
    Ok(())
}

/// What the store keeps of an overview.
pub fn parsed(account: &str, json: &str) -> Outcome<MessagePut> {
    let overview: Overview = serde_json::from_str(json)?;
    let (resource, at) = (overview.resource_id.clone(), 1_795_000_000_000);
    Ok(mailbox::sync::stored(
        account, &resource, false, overview, at,
    ))
}
