//! The texts of letters, compressed.
//!
//! Body, its plain form and the rest of the overview lie in one zstd frame: what the second and third repeat of the
//! first costs next to nothing, and so do the names of JSON members. Letters to one mailbox resemble each other, so the
//! first [`SAMPLES`] of a store make a dictionary for all that follow. Each row names the dictionary it needs.

use crate::error::{Result, StoreError};
use crate::message::MessageBody;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zstd::bulk::{Compressor, Decompressor};

/// Letters from which the dictionary is made.
const SAMPLES: u32 = 1_000;
/// Bytes of a dictionary.
const DICTIONARY: usize = 64 * 1024;
/// Of zstd: higher ones take longer than the search index does and save little more on texts of this length.
const LEVEL: i32 = 3;

/// Texts of one letter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Text {
    /// None: only the rest is here.
    pub(crate) body: Option<MessageBody>,
    pub(crate) extra_json: String,
}

/// Dictionaries in use, by number; none for text packed before there was one. A number is made from the dictionary's
/// bytes, so what a rolled back transaction left here is never another's.
#[derive(Default)]
pub(crate) struct Dictionaries(Mutex<HashMap<Option<i64>, Arc<Mutex<Codec>>>>);

impl std::fmt::Debug for Dictionaries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dictionaries")
    }
}

/// Both directions with one dictionary.
struct Codec {
    pack: Compressor<'static>,
    unpack: Decompressor<'static>,
    /// What was unpacked last: a list unpacks a letter for each of its rows.
    whole: Vec<u8>,
}

impl Codec {
    fn of(dictionary: &[u8]) -> std::io::Result<Self> {
        let mut pack = Compressor::with_dictionary(LEVEL, dictionary)?;
        // The row says which dictionary it needs.
        pack.set_parameter(zstd::zstd_safe::CParameter::DictIdFlag(false))?;
        Ok(Self {
            pack,
            unpack: Decompressor::with_dictionary(dictionary)?,
            whole: Vec::new(),
        })
    }

    fn unpack(&mut self, bytes: &[u8], size: usize) -> std::io::Result<&[u8]> {
        self.whole.clear();
        self.whole.reserve(size);
        self.unpack.decompress_to_buffer(bytes, &mut self.whole)?;
        Ok(&self.whole)
    }
}

/// How the texts of a letter lie in one.
struct Cut {
    size: usize,
    body_size: Option<usize>,
    plain_size: usize,
}

impl Cut {
    fn of(text: &Text) -> Self {
        let body = text.body.as_ref();
        let [body_size, plain_size] = [
            body.map(|body| body.body.len()),
            body.map(|body| body.plain.len()),
        ];
        Self {
            size: body_size.unwrap_or(0) + plain_size.unwrap_or(0) + text.extra_json.len(),
            body_size,
            plain_size: plain_size.unwrap_or(0),
        }
    }

    /// Body, plain form and the rest.
    fn pieces<'a>(&self, whole: &'a [u8]) -> Option<[&'a [u8]; 3]> {
        let (body, rest) = whole.split_at_checked(self.body_size.unwrap_or(0))?;
        let (plain, extra) = rest.split_at_checked(self.plain_size)?;
        Some([body, plain, extra])
    }
}

impl Reader<'_> {
    /// The body of a letter, when it is here.
    pub fn body(&self, message: i64) -> Result<Option<MessageBody>> {
        Ok(self.text(message)?.and_then(|text| text.body))
    }

    /// What an overview told beside what the tables have columns for; JSON as the engine wrote it.
    pub fn extra_json(&self, message: i64) -> Result<Option<String>> {
        Ok(self.text(message)?.map(|text| text.extra_json))
    }

    /// The body of a letter without markup, when it is here.
    pub fn plain(&self, message: i64) -> Result<Option<String>> {
        let plain = self.unpacked(message, |whole, cut| {
            let [_, plain, _] = cut.pieces(whole)?;
            Some(match cut.body_size {
                Some(_) => Some(owned(plain)?),
                None => None,
            })
        })?;
        Ok(plain.flatten())
    }

    pub(crate) fn text(&self, message: i64) -> Result<Option<Text>> {
        self.unpacked(message, |whole, cut| {
            let [body, plain, extra] = cut.pieces(whole)?;
            Some(Text {
                body: match cut.body_size {
                    Some(_) => Some(MessageBody {
                        body: owned(body)?,
                        plain: owned(plain)?,
                    }),
                    None => None,
                },
                extra_json: owned(extra)?,
            })
        })
    }

    /// What `read` makes of the texts of a letter; none of it means that they are damaged.
    fn unpacked<T>(
        &self,
        message: i64,
        read: impl FnOnce(&[u8], &Cut) -> Option<T>,
    ) -> Result<Option<T>> {
        let mut find = self.sql.prepare_cached(
            "SELECT dictionary, size, body_size, plain_size, bytes FROM message_text WHERE message = ?1",
        )?;
        let mut rows = find.query([message])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let cut = Cut {
            size: row.get(1)?,
            body_size: row.get(2)?,
            plain_size: row.get(3)?,
        };
        let bytes = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
        let codec = self.codec(row.get(0)?)?;
        let mut codec = held(&codec);
        let whole = codec.unpack(bytes, cut.size);
        let whole = whole.map_err(|_| StoreError::Corrupt)?;
        read(whole, &cut).map(Some).ok_or(StoreError::Corrupt)
    }

    fn codec(&self, dictionary: Option<i64>) -> Result<Arc<Mutex<Codec>>> {
        if let Some(codec) = held(&self.dictionaries.0).get(&dictionary) {
            return Ok(Arc::clone(codec));
        }
        let bytes: Vec<u8> = match dictionary {
            None => Vec::new(),
            Some(id) => one(
                self.sql,
                "SELECT bytes FROM dictionary WHERE id = ?1",
                [id],
                |row| row.get(0),
            )?
            .ok_or(StoreError::Corrupt)?,
        };
        let codec = Codec::of(&bytes).map_err(|_| StoreError::Corrupt)?;
        let codec = Arc::new(Mutex::new(codec));
        held(&self.dictionaries.0).insert(dictionary, Arc::clone(&codec));
        Ok(codec)
    }
}

impl Writer<'_> {
    /// Stores the texts of a letter; a body that is here stays when none comes.
    pub(crate) fn put_text(&self, message: i64, mut text: Text) -> Result<()> {
        if text.body.is_none() {
            text.body = self.text(message)?.and_then(|old| old.body);
        }
        let dictionary = self.dictionary(message)?;
        let cut = Cut::of(&text);
        let bytes = held(&*self.codec(dictionary)?)
            .pack
            .compress(&joined(&text))
            .map_err(|error| StoreError::Unusable(error.kind()))?;
        run(
            self.sql,
            "INSERT INTO message_text (message, dictionary, size, body_size, plain_size, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (message) DO UPDATE SET dictionary = excluded.dictionary, size = excluded.size,
               body_size = excluded.body_size, plain_size = excluded.plain_size, bytes = excluded.bytes",
            (
                message,
                dictionary,
                cut.size,
                cut.body_size,
                cut.plain_size,
                bytes,
            ),
        )?;
        Ok(())
    }

    /// The newest dictionary. The first is made when a letter comes in whose number says that there may be texts enough.
    fn dictionary(&self, message: i64) -> Result<Option<i64>> {
        let newest = one(
            self.sql,
            "SELECT id FROM dictionary ORDER BY made_at DESC LIMIT 1",
            [],
            |row| row.get(0),
        )?;
        if newest.is_some() || message % i64::from(SAMPLES) != 0 {
            return Ok(newest);
        }
        let keys: Vec<i64> = many(
            self.sql,
            "SELECT message FROM message_text WHERE body_size > 0 ORDER BY message DESC LIMIT ?1",
            [SAMPLES],
            |row| row.get(0),
        )?;
        let mut samples = Vec::new();
        for key in keys {
            samples.extend(self.text(key)?.map(|text| joined(&text)));
        }
        // Too few or too short: the next one whose number is round asks again.
        let Ok(bytes) = zstd::dict::from_samples(&samples, DICTIONARY) else {
            return Ok(None);
        };
        let id = number(&bytes);
        run(
            self.sql,
            "INSERT INTO dictionary (id, made_at, bytes) VALUES (?1, ?2, ?3)",
            (id, chrono::Utc::now().timestamp_millis(), bytes),
        )?;
        Ok(Some(id))
    }
}

fn number(dictionary: &[u8]) -> i64 {
    let hash = Sha256::digest(dictionary);
    hash.iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | i64::from(*byte))
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // A codec resets itself before each frame.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn joined(text: &Text) -> Vec<u8> {
    let body = text.body.as_ref();
    [
        body.map_or("", |body| body.body.as_str()),
        body.map_or("", |body| body.plain.as_str()),
        &text.extra_json,
    ]
    .concat()
    .into_bytes()
}

fn owned(text: &[u8]) -> Option<String> {
    std::str::from_utf8(text).ok().map(str::to_owned)
}

/// A text without dictionary, for the migration that compresses what older versions kept plain.
pub(crate) fn packed_alone(whole: &str) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(whole.as_bytes(), LEVEL)
}
