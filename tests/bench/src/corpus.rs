//! Made-up letters, the same in every run: overviews as Altinn would send them, of the size and unevenness of real mail.
//!
//! Words come from a vocabulary of 50,000 whose frequencies fall as those of a language do (Zipf), the frequent ones
//! short; a letter is about 3.7 kB of JSON with 2.6 kB of text. Letter 0 is the newest, so that loading them in order is
//! what a first sync does.

use mailbox_store::{AccountRow, PartyRow};
use serde_json::{Value, json};

/// Changes when the letters do, so that a filled store of others is not taken for one of these.
pub const VERSION: u32 = 1;
/// Number of words known.
const WORDS: usize = 50_000;
/// Services that letters come from.
const SERVICES: u64 = 12;
/// Organisations that send them.
const SENDERS: u64 = 300;
/// When the newest was published, and how far apart they lie, milliseconds.
const NEWEST: i64 = 1_790_000_000_000;
const APART: i64 = 47_000;

const SYLLABLES: &[&str] = &[
    "kom", "mu", "ne", "av", "gift", "ved", "tak", "søk", "nad", "år", "møte", "sko", "le", "vann",
    "bygg", "sak", "frist", "tjen", "este", "råd", "for", "valt", "ning", "øk", "ons", "et", "er",
    "lig", "het", "ær", "land", "bruk", "rett", "i", "på", "til", "om", "de", "som", "en",
];

/// The letters.
pub struct Corpus {
    words: Vec<String>,
}

/// A sequence of draws, the same for the same seed.
pub struct Draw(u64);

impl Draw {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number under `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

impl Corpus {
    /// Makes the vocabulary.
    pub fn new() -> Self {
        let mut draw = Draw(1);
        let mut words = std::collections::BTreeSet::new();
        while words.len() < WORDS {
            let syllables = 1 + draw.below(5);
            let word: String = (0..syllables)
                .map(|_| SYLLABLES[draw.below(SYLLABLES.len() as u64) as usize])
                .collect();
            words.insert(word);
        }
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort_by_key(String::len);
        Self { words }
    }

    /// The word of a rank; 0 is the most frequent.
    pub fn word(&self, rank: usize) -> &str {
        &self.words[rank % WORDS]
    }

    /// The account that gets the letters.
    pub fn account(id: &str) -> AccountRow {
        AccountRow {
            id: id.to_owned(),
            name: "Fjordby kommune".to_owned(),
            organisation_number: "310812345".to_owned(),
            environment: "practice".to_owned(),
            added_at: 0,
        }
    }

    /// Names of all who send.
    pub fn parties(&self) -> Vec<PartyRow> {
        (0..SENDERS)
            .map(|number| PartyRow {
                urn: sender(number),
                name: self.text(&mut Draw(number), 3),
                place: Some("Fjordby".to_owned()),
                is_deleted: false,
                is_known: true,
                checked_at: 0,
            })
            .collect()
    }

    /// The overview of letter `number`, as JSON.
    pub fn overview(&self, number: usize) -> String {
        let mut draw = Draw(number as u64);
        let resource = draw.below(SERVICES);
        let at = NEWEST - APART * number as i64 - draw.below(APART as u64) as i64;
        let day = 86_400_000;
        let is_read = number.is_multiple_of(8) || draw.below(100) >= 14;
        let read = is_read.then(|| time(at + day));
        let due = draw.below(10) == 0;
        let files = draw.below(5).saturating_sub(2);
        let (words, title_words) = (draw.below(760) as usize + 40, 4 + draw.below(5) as usize);
        let files: Vec<Value> = (0..files).map(|_| self.file(&mut draw, at)).collect();
        let status = if is_read { "Read" } else { "Published" };
        json!({
            "correspondenceId": uuid(&mut draw),
            "recipient": "urn:altinn:organization:identifier-no:310812345",
            "sender": sender(draw.below(SENDERS)),
            "messageSender": "",
            "resourceId": format!("tjeneste-{resource}"),
            "sendersReference": format!("{}/{}-{}", 2020 + number % 7, draw.below(9000), draw.below(20)),
            "content": {
                "language": "nb",
                "messageTitle": self.text(&mut draw, title_words),
                "messageSummary": if draw.below(3) == 0 { self.text(&mut draw, 12) } else { String::new() },
                "messageBody": self.body(&mut draw, words),
                "attachments": files,
            },
            "created": time(at - 40_000),
            "requestedPublishTime": time(at),
            "published": time(at),
            "read": read,
            "dueDateTime": due.then(|| time(at + 21 * day)),
            "status": status,
            "statusText": status,
            "statusChanged": read.clone().unwrap_or_else(|| time(at)),
            "externalReferences": [
                { "referenceType": "DialogportenDialogId", "referenceValue": uuid(&mut draw) }
            ],
            "replyOptions": [],
            "propertyList": {},
            "notification": null,
            "notifications": [],
            "ignoreReservation": false,
            "isConfirmationNeeded": draw.below(20) == 0,
            "isConfidential": false,
            "allowForwarding": false,
            "altinn2CorrespondenceId": null,
        })
        .to_string()
    }

    fn file(&self, draw: &mut Draw, at: i64) -> Value {
        json!({
            "id": uuid(draw),
            "fileName": format!("{}.pdf", self.drawn(draw)),
            "displayName": null,
            "isEncrypted": false,
            "checksum": format!("{:016x}{:016x}", draw.bits(), draw.bits()),
            "sendersReference": format!("vedlegg-{}", draw.below(1000)),
            "dataLocationType": "AltinnCorrespondenceAttachment",
            "dataType": "application/pdf",
            "status": "Published",
            "statusText": "Published",
            "statusChanged": time(at),
            "created": time(at),
            "expirationTime": null,
            "expirationInDays": null,
        })
    }

    /// Paragraphs of markdown.
    fn body(&self, draw: &mut Draw, words: usize) -> String {
        let mut text = String::new();
        let mut left = words;
        while left > 0 {
            let count = (20 + draw.below(80) as usize).min(left);
            left -= count;
            if draw.below(4) == 0 {
                text.push_str("## ");
                text.push_str(&self.text(draw, 3));
                text.push_str("\n\n");
            }
            text.push_str(&self.text(draw, count));
            text.push_str(".\n\n");
        }
        text
    }

    fn text(&self, draw: &mut Draw, words: usize) -> String {
        let mut text = String::new();
        let mut begins = true;
        for at in 0..words {
            if at > 0 {
                let ends = draw.below(12) == 0;
                text.push_str(if ends { ". " } else { " " });
                begins = ends;
            }
            let word = self.drawn(draw);
            let mut letters = word.chars();
            match letters.next() {
                Some(first) if begins => {
                    text.extend(first.to_uppercase());
                    text.push_str(letters.as_str());
                }
                _ => text.push_str(word),
            }
        }
        text
    }

    /// A word, the first of the vocabulary far more often than the last.
    fn drawn(&self, draw: &mut Draw) -> &str {
        let rank = (draw.share() * (WORDS as f64).ln()).exp();
        self.word(rank as usize - 1)
    }
}

fn sender(number: u64) -> String {
    format!(
        "urn:altinn:organization:identifier-no:{}",
        910_000_000 + number
    )
}

fn uuid(draw: &mut Draw) -> String {
    let (high, low) = (draw.bits(), draw.bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFF,
        low >> 52,
        low & 0xFFFF_FFFF_FFFF
    )
}

/// Milliseconds as Altinn writes a time.
fn time(at: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339()
}
