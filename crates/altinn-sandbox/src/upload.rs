//! Bytes on their way in: kept piece by piece, with their MD5 reckoned as they pass.

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use md5::{Digest as _, Md5};

use crate::scan::Scan;
use crate::state::Data;

/// Pieces smaller than this are joined, so that a body sent byte by byte does not cost a row for each.
const SMALLEST_PIECE: usize = 16 * 1024;

/// Bytes that are arriving.
#[derive(Default)]
pub struct Arriving {
    data: Data,
    small: Vec<u8>,
    md5: Md5,
    scan: Scan,
    /// All when none.
    kept_bytes: Option<u64>,
    taken: u64,
}

/// Bytes that have arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The bytes.
    pub data: Data,
    /// Their MD5 in lower-case hex.
    pub md5: String,
}

impl Arriving {
    /// Of a file with more than so many bytes, none is kept.
    #[must_use]
    pub fn keeping(kept_bytes: Option<u64>) -> Self {
        Self {
            kept_bytes,
            ..Self::default()
        }
    }

    /// Takes a piece.
    pub fn push(&mut self, piece: Bytes) {
        self.md5.update(&piece);
        self.scan.look(&piece);
        self.taken += piece.len() as u64;
        if self.kept_bytes.is_some_and(|kept| self.taken > kept) {
            self.data.pieces.clear();
            self.small.clear();
            return;
        }
        if piece.len() >= SMALLEST_PIECE {
            self.flush();
            self.data.pieces.push(piece);
            return;
        }
        self.small.extend_from_slice(&piece);
        if self.small.len() >= SMALLEST_PIECE {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.small.is_empty() {
            self.data
                .pieces
                .push(Bytes::from(std::mem::take(&mut self.small)));
        }
    }

    /// All has been taken.
    #[must_use]
    pub fn finish(mut self) -> Arrived {
        self.flush();
        self.data.length = self.taken;
        self.data.is_malicious = self.scan.found();
        Arrived {
            data: self.data,
            md5: hex(&self.md5.finalize()),
        }
    }
}

/// The sender went away before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// Receives a whole body; of one with more than `kept_bytes`, its length and checksum.
///
/// # Errors
/// When the connection ends before the body does.
pub async fn receive(body: Body, kept_bytes: Option<u64>) -> Result<Arrived, Interrupted> {
    let mut arriving = Arriving::keeping(kept_bytes);
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        arriving.push(piece.map_err(|_| Interrupted)?);
    }
    Ok(arriving.finish())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_file_too_large_to_keep_length_and_sum_are_kept() {
        let mut arriving = Arriving::keeping(Some(100_000));
        let all = vec![7; 150_000];
        for piece in all.chunks(40_000) {
            arriving.push(Bytes::copy_from_slice(piece));
        }
        let arrived = arriving.finish();
        assert!(arrived.data.pieces.is_empty(), "its bytes are let go");
        assert_eq!(arrived.data.len(), 150_000, "its length is known");
        assert_eq!(arrived.md5, hex(&Md5::digest(&all)), "and so is its sum");
    }

    #[test]
    fn pieces_large_and_small_make_one_file() {
        let mut arriving = Arriving::default();
        let all: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
        arriving.push(Bytes::copy_from_slice(&all[..10]));
        arriving.push(Bytes::copy_from_slice(&all[10..50_000]));
        for byte in &all[50_000..] {
            arriving.push(Bytes::copy_from_slice(&[*byte]));
        }
        let arrived = arriving.finish();
        let joined: Vec<u8> = arrived.data.pieces.concat();
        assert_eq!(joined, all, "no byte is lost or moved");
        assert!(arrived.data.pieces.len() < 10, "single bytes are joined");
        assert_eq!(
            arrived.md5,
            hex(&Md5::digest(&all)),
            "the sum is that of the whole"
        );
    }
}
