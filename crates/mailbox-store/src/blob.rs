//! Bytes of files, in encrypted chunks, so that a file of any size passes through constant memory.

use crate::error::{Result, StoreError};
use crate::pool::{Reader, Store, Writer, begin};
use crate::row::{one, run};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Bytes in every chunk but the last.
pub const BLOB_CHUNK: usize = 256 * 1024;

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRow {
    /// Of the row.
    pub id: i64,
    /// Bytes stored so far.
    pub size: u64,
    /// Lower-case hex, when complete.
    pub sha256: Option<String>,
    /// Lower-case hex, when complete and the writer gave it.
    pub md5: Option<String>,
}

/// A file on its way into the store. Bytes are committed as they come; until a row names the blob, the next start drops
/// them. Dropping the handle leaves that to the next start, [`BlobHandle::abandon`] does it at once.
#[derive(Debug)]
pub struct BlobHandle {
    store: Store,
    id: i64,
    position: i64,
    pending: Vec<u8>,
    size: u64,
    hash: Sha256,
}

impl BlobHandle {
    /// Begins a file.
    ///
    /// # Errors
    /// `DiskFull`, and the store's others.
    pub async fn create(store: &Store, now: i64) -> Result<Self> {
        let id = store
            .write_batch(move |tx| {
                tx.sql
                    .prepare_cached("INSERT INTO blob (created_at) VALUES (?1)")?
                    .insert([now])
                    .map_err(StoreError::from)
            })
            .await?;
        Ok(Self {
            store: store.clone(),
            id,
            position: 0,
            pending: Vec::new(),
            size: 0,
            hash: Sha256::new(),
        })
    }

    /// Number of the blob, to be named by a row once [`BlobHandle::finish`] has returned.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes, of any length.
    ///
    /// # Errors
    /// `DiskFull`, and the store's others.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = BLOB_CHUNK.saturating_sub(self.pending.len());
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.pending.extend_from_slice(now);
            bytes = later;
            if self.pending.len() == BLOB_CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Stores the rest and the hashes; `md5` is lower-case hex where the caller computed it. The commit is on the disk.
    ///
    /// # Errors
    /// `DiskFull`, and the store's others.
    pub async fn finish(mut self, md5: Option<String>) -> Result<BlobRow> {
        if !self.pending.is_empty() {
            self.flush().await?;
        }
        let sha256 = hex(&self.hash.finalize());
        let row = BlobRow {
            id: self.id,
            size: self.size,
            sha256: Some(sha256),
            md5,
        };
        let stored = row.clone();
        self.store
            .write(move |tx| {
                run(
                    tx.sql,
                    "UPDATE blob SET size = ?2, sha256 = ?3, md5 = ?4 WHERE id = ?1",
                    (stored.id, stored.size, &stored.sha256, &stored.md5),
                )?;
                Ok(())
            })
            .await?;
        Ok(row)
    }

    /// Drops the bytes again.
    ///
    /// # Errors
    /// The store's.
    pub async fn abandon(self) -> Result<()> {
        let id = self.id;
        self.store.write(move |tx| tx.drop_blob(id)).await
    }

    async fn flush(&mut self) -> Result<()> {
        let (id, position, size) = (self.id, self.position, self.size);
        let bytes = std::mem::take(&mut self.pending);
        self.store
            .write_batch(move |tx| {
                tx.pass_bytes(|| {
                    run(
                        tx.sql,
                        "INSERT INTO blob_chunk (blob, position, bytes) VALUES (?1, ?2, ?3)",
                        (id, position, bytes),
                    )?;
                    run(
                        tx.sql,
                        "UPDATE blob SET size = ?2 WHERE id = ?1",
                        (id, size),
                    )?;
                    Ok(())
                })
            })
            .await?;
        self.position += 1;
        Ok(())
    }
}

impl Store {
    /// Chunk `position` (from 0) of a blob; none past the end. Byte `n` lies in chunk `n / BLOB_CHUNK`.
    ///
    /// # Errors
    /// The store's.
    pub async fn blob_chunk(&self, id: i64, position: u64) -> Result<Option<Vec<u8>>> {
        self.read_bytes(move |reader| {
            one(
                reader.sql,
                "SELECT bytes FROM blob_chunk WHERE blob = ?1 AND position = ?2",
                (id, position),
                |row| row.get(0),
            )
        })
        .await
    }
}

impl Reader<'_> {
    /// What is stored of a blob.
    pub fn blob(&self, id: i64) -> Result<Option<BlobRow>> {
        one(
            self.sql,
            "SELECT id, size, sha256, md5 FROM blob WHERE id = ?1",
            [id],
            |row| {
                Ok(BlobRow {
                    id: row.get(0)?,
                    size: row.get(1)?,
                    sha256: row.get(2)?,
                    md5: row.get(3)?,
                })
            },
        )
    }
}

impl Writer<'_> {
    /// Drops a blob and its bytes; refused by the store while a row names it.
    pub fn drop_blob(&self, id: i64) -> Result<()> {
        run(self.sql, "DELETE FROM blob WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Drops bytes that no row names any more. Only when no import or download is under way: their bytes come first.
    pub fn sweep_blobs(&self) -> Result<usize> {
        unnamed(self.sql)
    }
}

/// Drops bytes that no row names: what a crash left of an import or a download.
pub(crate) fn sweep(connection: &mut Connection) -> Result<usize> {
    let transaction = begin(connection)?;
    let dropped = unnamed(&transaction)?;
    transaction.commit()?;
    Ok(dropped)
}

fn unnamed(connection: &Connection) -> Result<usize> {
    run(
        connection,
        "DELETE FROM blob WHERE id NOT IN (SELECT blob FROM attachment WHERE blob IS NOT NULL)
           AND id NOT IN (SELECT blob FROM draft_file WHERE blob IS NOT NULL)
           AND id NOT IN (SELECT blob FROM upload WHERE blob IS NOT NULL)",
        [],
    )
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
