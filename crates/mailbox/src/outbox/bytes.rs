//! The bytes of a file on their way: read once, sent and hashed side by side, in constant memory.

use super::state::{Sums, file_problem};
use crate::beside;
use crate::files::modified_at;
use crate::view::{ErrorCode, Problem};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use mailbox_store::{Store, UploadRow};
use md5::Md5;
use sha2::Sha256;
use std::io;
use std::path::Path;
use std::pin::Pin;
use tokio::io::AsyncReadExt;
use tokio::task::JoinHandle;

/// Bytes read at a time from a file that is referred to by path.
const PIECE: usize = 256 * 1024;

/// Pieces of a file.
pub(super) type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The bytes of a file, from the store or, when it is too large to be copied, from where the user has it.
///
/// # Errors
/// When the file is gone, or is not the one that was attached.
pub(super) async fn open(store: &Store, upload: &UploadRow) -> Result<Pieces, Problem> {
    if let Some(blob) = upload.blob {
        return Ok(Box::pin(stored(store.clone(), blob)));
    }
    is_as_attached(upload).await?;
    let path = upload.path.as_deref().unwrap_or_default();
    let file = tokio::fs::File::open(Path::new(path))
        .await
        .map_err(|_| changed(upload))?;
    Ok(Box::pin(from_disk(file)))
}

/// Holds a file that is referred to by path against what it was when it was attached: by size and time.
///
/// # Errors
/// When it is gone or another one.
pub(super) async fn is_as_attached(upload: &UploadRow) -> Result<(), Problem> {
    let Some(path) = upload.path.as_deref() else {
        return upload.blob.map(drop).ok_or_else(|| changed(upload));
    };
    match tokio::fs::metadata(Path::new(path)).await {
        Ok(meta) if meta.len() == upload.size && modified_at(&meta) == upload.modified_at => Ok(()),
        _ => Err(changed(upload)),
    }
}

fn changed(upload: &UploadRow) -> Problem {
    file_problem(ErrorCode::FileRefused, &upload.name)
}

fn stored(store: Store, blob: i64) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((store, 0_u64), move |(store, position)| async move {
        let chunk = store
            .blob_chunk(blob, position)
            .await
            .map_err(|error| io::Error::other(error.to_string()))?;
        Ok(chunk.map(|chunk| (Bytes::from(chunk), (store, position + 1))))
    })
}

fn from_disk(file: tokio::fs::File) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = bytes::BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}

/// The hashes of a stream of pieces, to be had once it has ended.
#[derive(Debug)]
pub(super) struct Hashing {
    md5: JoinHandle<String>,
    sha256: JoinHandle<String>,
}

impl Hashing {
    /// The hashes of all that has passed; none when a thread broke.
    pub(super) async fn sums(self) -> Option<Sums> {
        Some(Sums {
            md5: self.md5.await.ok()?,
            sha256: self.sha256.await.ok()?,
        })
    }
}

/// Passes pieces on and hashes them beside, each hash on a thread of its own: MD5 alone takes longer than a fast network.
pub(super) fn hashed(pieces: Pieces) -> (Pieces, Hashing) {
    let (to_md5, md5) = beside::hasher::<Md5>();
    let (to_sha256, sha256) = beside::hasher::<Sha256>();
    // At the end the state is dropped, and the threads know that this was all.
    let passed = stream::unfold(
        (pieces, to_md5, to_sha256),
        |(mut pieces, to_md5, to_sha256)| async move {
            let piece = pieces.next().await?;
            if let Ok(bytes) = &piece {
                // A thread that broke is found out at the end.
                let _ = to_md5.send(bytes.clone()).await;
                let _ = to_sha256.send(bytes.clone()).await;
            }
            Some((piece, (pieces, to_md5, to_sha256)))
        },
    );
    (Box::pin(passed), Hashing { md5, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Digest;

    #[tokio::test]
    async fn what_passes_is_hashed() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let pieces: Vec<_> = bytes
            .chunks(PIECE)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let (mut passed, hashing) = hashed(Box::pin(stream::iter(pieces)));
        let mut arrived = Vec::new();
        while let Some(piece) = passed.next().await {
            arrived.extend_from_slice(&piece.unwrap());
        }
        let sums = hashing.sums().await.unwrap();
        assert_eq!(arrived, bytes, "not a byte is changed on the way");
        assert_eq!(sums.md5, crate::files::hex(&Md5::digest(&bytes)), "MD5");
        assert_eq!(
            sums.sha256,
            crate::files::hex(&Sha256::digest(&bytes)),
            "SHA-256"
        );
    }

    #[tokio::test]
    async fn a_stream_that_is_dropped_midway_leaves_no_thread_behind() {
        let pieces = stream::repeat_with(|| Ok(Bytes::from_static(b"more")));
        let (mut passed, hashing) = hashed(Box::pin(pieces));
        passed.next().await.unwrap().unwrap();
        drop(passed);
        let sums = hashing.sums().await.unwrap();
        assert_eq!(
            sums.md5,
            crate::files::hex(&Md5::digest(b"more")),
            "the threads end with the stream"
        );
    }
}
