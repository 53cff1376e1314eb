//! The letters as they are written: texts with slots, in the files beside this one.
//!
//! A file holds letters divided by `===`. Each is a head of `name: value` lines, a line `---`, and the body. A first
//! line `@ resource` says which resource it is sent with; otherwise the file's name does.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::draw::Draw;
use super::words::{self, Language};

/// The files: which resource, and the text.
const FILES: [(&str, &str); 11] = [
    ("nmk-tilsyn", include_str!("letters/nmk-tilsyn.txt")),
    ("fvm-vedtak-og-svar", include_str!("letters/fvm.txt")),
    ("avern-tilsyn", include_str!("letters/avern-tilsyn.txt")),
    (
        "stk-rapportering",
        include_str!("letters/stk-rapportering.txt"),
    ),
    (
        "vreg-kvittering",
        include_str!("letters/vreg-kvittering.txt"),
    ),
    ("skole-tilskudd", include_str!("letters/skole-tilskudd.txt")),
    ("vegst-veg", include_str!("letters/vegst-veg.txt")),
    ("avgift-vedtak", include_str!("letters/avgift-vedtak.txt")),
    ("khv-kyst", include_str!("letters/khv-kyst.txt")),
    ("nuf-grants", include_str!("letters/nuf-grants.txt")),
    (
        "fjordvik-vedtak-og-svar",
        include_str!("letters/fjordvik.txt"),
    ),
];

/// What a slot stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    LongDate(i64),
    DayAndDate(i64),
    ShortDate(i64),
    Year(i32),
    Month(i64),
    Quarter(i64),
    Due,
    Recipient,
    Reference,
    Case,
    CaseForFileNames,
    Amount(u64),
    Number(u64, u64),
    Word(usize, bool),
}

#[derive(Debug, Clone, Copy)]
enum Piece {
    Text(&'static str),
    Slot(Slot),
}

/// A text with slots.
#[derive(Debug, Clone, Default)]
pub struct Pattern(Vec<Piece>);

/// A letter as it is written.
#[derive(Debug)]
pub struct Template {
    /// Its resource in the practice world.
    pub resource: &'static str,
    /// Which of the two accounts may get it.
    pub receivers: [bool; 2],
    /// Its place among the newest of each account, from 1; 0 for none.
    pub newest: [usize; 2],
    /// It comes a third as often as others.
    pub is_rare: bool,
    /// It comes once in a mailbox.
    pub is_single: bool,
    /// Its language.
    pub language: Language,
    /// For confidential resources.
    pub is_confidential: bool,
    /// Days until the deadline.
    pub due_days: Option<i64>,
    /// The recipient is asked to confirm.
    pub asks_confirmation: bool,
    /// The recipient was alerted by e-mail.
    pub alerts: bool,
    /// Title.
    pub title: Pattern,
    /// Summary.
    pub summary: Pattern,
    /// Body.
    pub body: Pattern,
    /// File names.
    pub attachments: Vec<Pattern>,
    /// Where to answer, and what the link is called.
    pub reply: Option<(&'static str, &'static str)>,
}

/// What the slots of one letter say.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The letter's own seed.
    pub letter: u64,
    /// The seed of its kind.
    pub kind: u64,
    /// How often its kind has come before.
    pub round: u64,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Its deadline.
    pub due: Option<NaiveDate>,
    /// Name of the recipient.
    pub recipient: &'a str,
    /// `2026/1184`.
    pub case: String,
    /// `2026/1184-7`.
    pub reference: String,
    /// Language of dates and amounts.
    pub language: Language,
}

impl Pattern {
    fn parse(text: &'static str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inside, behind)) = after.split_once('}') else {
                break;
            };
            pieces.push(Piece::Text(before));
            match slot(inside) {
                Some(slot) => pieces.push(Piece::Slot(slot)),
                None => tracing::error!(slot = inside, "a letter has a slot nobody can fill"),
            }
            rest = behind;
        }
        pieces.push(Piece::Text(rest));
        Self(pieces)
    }

    /// The text for one letter.
    pub fn fill(&self, facts: &Facts<'_>) -> String {
        let mut out = String::with_capacity(self.0.len() * 48);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot(slot) => out.push_str(&facts.value(*slot)),
            }
        }
        // There may be a million of them: what was reserved and not needed would be a gigabyte.
        out.shrink_to_fit();
        out
    }
}

/// A slot's name with an offset or divisor: `dato+14`, `beløp/3`, `tall:2:9`, `sted2`.
fn slot(inside: &str) -> Option<Slot> {
    if let Some(bounds) = inside.strip_prefix("tall:") {
        let (low, high) = bounds.split_once(':')?;
        return Some(Slot::Number(low.parse().ok()?, high.parse().ok()?));
    }
    if let Some(divisor) = inside.strip_prefix("beløp/") {
        return Some(Slot::Amount(divisor.parse().ok()?));
    }
    let place = inside.find(['+', '-']).unwrap_or(inside.len());
    let (name, offset) = inside.split_at_checked(place)?;
    let offset: i64 = if offset.is_empty() {
        0
    } else {
        offset.parse().ok()?
    };
    Some(match name {
        "dato" => Slot::LongDate(offset),
        "dag" => Slot::DayAndDate(offset),
        "kort" => Slot::ShortDate(offset),
        "år" => Slot::Year(i32::try_from(offset).ok()?),
        "måned" => Slot::Month(offset),
        "kvartal" => Slot::Quarter(offset),
        "frist" => Slot::Due,
        "mottaker" => Slot::Recipient,
        "ref" => Slot::Reference,
        "saksnr" => Slot::Case,
        "saksfil" => Slot::CaseForFileNames,
        "beløp" => Slot::Amount(1),
        name => {
            let (plain, second) = match name.strip_suffix('2') {
                Some(plain) => (plain, true),
                None => (name, false),
            };
            let list = words::LISTS.iter().position(|(list, _)| *list == plain)?;
            Slot::Word(list, second)
        }
    })
}

impl Facts<'_> {
    fn value(&self, slot: Slot) -> String {
        let date = |offset| words::working_day(self.at, offset);
        match slot {
            Slot::LongDate(offset) => words::long_date(date(offset), self.language),
            Slot::DayAndDate(offset) => words::day_and_date(date(offset), self.language),
            Slot::ShortDate(offset) => date(offset).format("%d.%m.%Y").to_string(),
            Slot::Year(offset) => (self.at.year() + offset).to_string(),
            Slot::Month(offset) => words::month_name(self.at, offset, self.language).to_owned(),
            Slot::Quarter(offset) => words::quarter(self.at, offset, self.language),
            Slot::Due => {
                let due = self.due.unwrap_or_else(|| date(14));
                words::long_date(due, self.language)
            }
            Slot::Recipient => self.recipient.to_owned(),
            Slot::Reference => self.reference.clone(),
            Slot::Case => self.case.clone(),
            Slot::CaseForFileNames => self.case.replace('/', "-"),
            Slot::Amount(divisor) => {
                // A multiple of 60 000, so that every divisor used in the letters leaves whole kroner.
                let steps = 5 + Draw::new(self.letter, &[1001]).below(96);
                let kroner = (steps * 60_000).checked_div(divisor).unwrap_or(0);
                words::amount(kroner, self.language)
            }
            Slot::Number(low, high) => {
                let span = high.saturating_sub(low) + 1;
                (low + Draw::new(self.letter, &[1002, low, high]).below(span)).to_string()
            }
            Slot::Word(list, second) => words::word(list, second, self.kind, self.round).to_owned(),
        }
    }
}

/// Every letter there is.
pub fn all() -> Vec<Template> {
    let mut all = Vec::new();
    for (resource, text) in FILES {
        all.extend(
            text.split("\n===\n")
                .filter_map(|letter| parse(resource, letter)),
        );
    }
    all
}

fn parse(resource: &'static str, letter: &'static str) -> Option<Template> {
    let letter = letter.trim_start();
    let (resource, letter) = match letter.strip_prefix("@ ") {
        Some(named) => named.split_once('\n')?,
        None => (resource, letter),
    };
    let (head, body) = letter.split_once("\n---\n")?;
    let field = |name: &str| {
        head.lines().find_map(|line| {
            let (given, value) = line.split_once(": ")?;
            (given == name).then_some(value.trim())
        })
    };
    let place = |name| {
        field(name)
            .and_then(|place| place.parse().ok())
            .unwrap_or(0)
    };
    let receivers = field("til").unwrap_or("kb");
    Some(Template {
        resource,
        receivers: [receivers.contains('k'), receivers.contains('b')],
        newest: [place("nyest"), place("nyest-b")],
        is_rare: field("sjelden").is_some(),
        is_single: field("én").is_some(),
        language: match field("språk") {
            Some("nn") => Language::Nn,
            Some("en") => Language::En,
            _ => Language::Nb,
        },
        is_confidential: field("fortrolig").is_some(),
        due_days: field("frist").and_then(|days| days.parse().ok()),
        asks_confirmation: field("bekreft").is_some(),
        alerts: field("varsel").is_some(),
        title: Pattern::parse(field("tittel")?),
        summary: Pattern::parse(field("sammendrag").unwrap_or_default()),
        body: Pattern::parse(body.trim_end()),
        attachments: field("vedlegg")
            .into_iter()
            .flat_map(|names| names.split(';'))
            .map(|name| Pattern::parse(name.trim()))
            .collect(),
        reply: field("svar").and_then(|link| link.split_once(" | ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_in_every_letter_can_be_filled() {
        for (resource, text) in FILES {
            for inside in text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
            {
                assert!(
                    slot(inside.0).is_some(),
                    "{resource} has the slot {{{}}}",
                    inside.0
                );
            }
            let letters = text.split("\n===\n").count();
            let read = text
                .split("\n===\n")
                .filter_map(|one| parse(resource, one))
                .count();
            assert_eq!(
                read, letters,
                "every letter of {resource} has a head and a body"
            );
        }
    }

    #[test]
    fn a_deadline_named_in_a_letter_is_set() {
        for (resource, text) in FILES {
            for one in text.split("\n===\n").filter(|one| one.contains("{frist}")) {
                let template = parse(resource, one).unwrap();
                assert!(
                    template.due_days.is_some(),
                    "{resource} names a deadline it does not set: {}",
                    one.lines().next().unwrap_or_default()
                );
            }
        }
    }
}
