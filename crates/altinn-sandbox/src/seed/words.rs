//! What the slots of a letter are filled with: names, places, dates and numbers. All of it is invented.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

use super::draw::Draw;

/// Names of slots that are filled from a list, with the list.
pub const LISTS: [(&str, &[&str]); 18] = [
    (
        "sted",
        &[
            "Nordvika",
            "Lyngheim",
            "Åslia",
            "Gamlevik",
            "Ytre Foss",
            "Sørstranda",
            "Kvernhaugen",
            "Furubotn",
            "Tangen",
        ],
    ),
    (
        "skole",
        &[
            "Nordvik skole",
            "Lyngheim barneskole",
            "Åslia oppvekstsenter",
            "Fjordvik ungdomsskole",
            "Kvernhaugen skole",
            "Sørstranda skole",
        ],
    ),
    (
        "barnehage",
        &[
            "Lyngheim barnehage",
            "Tangen barnehage",
            "Solbakken barnehage",
            "Maurtua barnehage",
            "Fjæra barnehage",
        ],
    ),
    (
        "vannverk",
        &[
            "Foss vassverk",
            "Lyngheim vassverk",
            "Nordvika vassverk",
            "Åslia vassverk",
        ],
    ),
    (
        "havn",
        &[
            "Gamlevik kai",
            "Tangen",
            "Nordvika",
            "Sørstranda",
            "Kvalneset",
        ],
    ),
    (
        "gate",
        &[
            "Strandgata 14",
            "Sjøgata 3",
            "Industrivegen 22",
            "Steinbruddvegen 9",
            "Kaia 11",
            "Rådhusgata 6",
            "Sagvegen 17",
            "Åslivegen 41",
        ],
    ),
    (
        "person",
        &[
            "Ingrid Haugland",
            "Sigurd Moldskred",
            "Amina Warsame",
            "Torunn Vikeså",
            "Pål Eidem",
            "Marit Løvås",
            "Jonas Kvernmo",
            "Liv Sørbø",
            "Anders Tveita",
            "Eline Hjertnes",
        ],
    ),
    (
        "tema",
        &[
            "klimatilpasning",
            "barnevern i små kommuner",
            "kvalifisering av flyktninger",
            "beredskap og vannforsyning",
            "kommuneøkonomi",
            "legevakt i distriktene",
        ],
    ),
    (
        "byggesak",
        &[
            "nytt lagerbygg",
            "tilbygg til verksted",
            "åtte rekkehus",
            "garasje og bod",
            "bruksendring fra kontor til bolig",
            "fasadeendring",
        ],
    ),
    (
        "anskaffelse",
        &[
            "rehabilitering av Fjordvik bad",
            "ny gangbru i Nordvika",
            "vedlikehold av kommunale bygg",
            "nytt tak på Lyngheim barneskole",
            "brøyting i nordre rode",
        ],
    ),
    (
        "project",
        &[
            "Green Harbours",
            "Timber Towns",
            "Shared Schools",
            "Clean Fjords",
            "Shore Power for Small Ports",
        ],
    ),
    ("city", &["Tórshavn", "Umeå", "Aalborg", "Oulu", "Akureyri"]),
    (
        "vare",
        &[
            "drivstoff",
            "elektrisk kraft",
            "avfall til forbrenning",
            "emballasje",
            "naturgass",
        ],
    ),
    (
        "ordning",
        &[
            "skolemat",
            "leirskole",
            "svømmeopplæring",
            "skolebibliotek",
            "språktiltak",
        ],
    ),
    (
        "data",
        &[
            "bedriftsdata",
            "sykefravær",
            "energibruk",
            "lønn og arbeidstid",
            "avfall",
        ],
    ),
    (
        "melding",
        &[
            "årsregnskapet",
            "ny aksjonærliste",
            "nytt styre",
            "ny forretningsadresse",
            "endret formål",
            "ny revisor",
        ],
    ),
    (
        "formål",
        &[
            "skoleskyss",
            "flomsikring",
            "frivilligsentral",
            "kulturskole",
            "utstyr til legevakt",
            "universell utforming",
        ],
    ),
    (
        "sak",
        &[
            "budsjettet",
            "eigedomsskatt",
            "skulestruktur",
            "parkering i sentrum",
            "hamneavgift",
            "sal av kommuneskogen",
        ],
    ),
];

/// Language of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
}

impl Language {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
        }
    }
}

/// A date so many days off, moved to a working day: ahead for what is to come, back for what has been.
pub fn working_day(from: DateTime<Utc>, offset: i64) -> NaiveDate {
    let date = from.date_naive();
    let days = Days::new(offset.unsigned_abs());
    let moved = if offset < 0 {
        date.checked_sub_days(days)
    } else {
        date.checked_add_days(days)
    };
    let moved = moved.unwrap_or(date);
    let further = match (moved.weekday(), offset < 0) {
        (Weekday::Sat, false) => 2,
        (Weekday::Sun, false) => 1,
        (Weekday::Sat, true) => -1,
        (Weekday::Sun, true) => -2,
        _ => 0,
    };
    moved
        .checked_add_signed(chrono::TimeDelta::days(further))
        .unwrap_or(moved)
}

fn month(number: u32, language: Language) -> &'static str {
    const NORWEGIAN: [&str; 12] = [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ];
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let months = if language == Language::En {
        &ENGLISH
    } else {
        &NORWEGIAN
    };
    months
        .get(number.saturating_sub(1) as usize)
        .copied()
        .unwrap_or_default()
}

/// `14. desember 2026`.
pub fn long_date(date: NaiveDate, language: Language) -> String {
    let dot = if language == Language::En { "" } else { "." };
    format!(
        "{}{dot} {} {}",
        date.day(),
        month(date.month(), language),
        date.year()
    )
}

/// `mandag 14. desember`.
pub fn day_and_date(date: NaiveDate, language: Language) -> String {
    const NB: [&str; 7] = [
        "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag",
    ];
    const NN: [&str; 7] = [
        "måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "sundag",
    ];
    const EN: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let days = match language {
        Language::Nb => &NB,
        Language::Nn => &NN,
        Language::En => &EN,
    };
    let day = days
        .get(date.weekday().num_days_from_monday() as usize)
        .copied()
        .unwrap_or_default();
    let dot = if language == Language::En { "" } else { "." };
    format!(
        "{day} {}{dot} {}",
        date.day(),
        month(date.month(), language)
    )
}

/// `november`, so many months off.
pub fn month_name(at: DateTime<Utc>, offset: i64, language: Language) -> &'static str {
    let months = i64::from(at.month0()) + offset;
    month(
        u32::try_from(months.rem_euclid(12)).unwrap_or(0) + 1,
        language,
    )
}

/// `3. kvartal 2026`: the quarter last ended, so many quarters off.
pub fn quarter(at: DateTime<Utc>, offset: i64, language: Language) -> String {
    let quarters = i64::from(at.year()) * 4 + i64::from(at.month0() / 3) - 1 + offset;
    let (year, number) = (quarters.div_euclid(4), quarters.rem_euclid(4) + 1);
    if language == Language::En {
        format!("Q{number} {year}")
    } else {
        format!("{number}. kvartal {year}")
    }
}

/// `4 250 000` with spaces that do not break, or `4,250,000` in English.
pub fn amount(kroner: u64, language: Language) -> String {
    let digits = kroner.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(if language == Language::En {
                ','
            } else {
                '\u{a0}'
            });
        }
        out.push(digit);
    }
    out
}

/// A word of a list. Words are taken in turn, round after round, each kind of letter beginning elsewhere; the second
/// choice differs from the first.
pub fn word(list: usize, second: bool, kind: u64, round: u64) -> &'static str {
    let Some((_, words)) = LISTS.get(list) else {
        return "";
    };
    let length = words.len().max(1) as u64;
    let first = Draw::new(kind, &[list as u64]).below(length);
    let further = u64::from(second) * (1 + length / 2).min(length.saturating_sub(1));
    let place = (first + round + further) % length;
    words
        .get(usize::try_from(place).unwrap_or(0))
        .copied()
        .unwrap_or_default()
}
