//! Days as people type them, in the time of Europe/Oslo.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone};
use chrono_tz::Europe::Oslo;

/// A span of time, UTC milliseconds; the end is not included. An end that is missing is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
}

/// What was typed, apart from the time it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// `2026-11-03`, `3.11.2026`.
    Date(NaiveDate),
    /// `3.11` of the present year.
    InYear(u32, u32),
    /// `2026-11`.
    Month(NaiveDate),
    /// `2026`.
    Year(NaiveDate),
    Today,
    Yesterday,
    Tomorrow,
    Week,
    LastWeek,
    ThisMonth,
    LastMonth,
    ThisYear,
    LastYear,
    /// `7d`: so many days from now, back or ahead by operator.
    Away(u32),
}

/// Whether `text` is a day or a range of days.
pub(crate) fn is_date(text: &str) -> bool {
    match text.split_once("..") {
        Some((from, to)) => {
            (from.is_empty() || day(from).is_some())
                && (to.is_empty() || day(to).is_some())
                && text.len() > 2
        }
        None => day(text).is_some(),
    }
}

/// The span of a day or a range; `is_ahead` tells which way `7d` counts.
pub(crate) fn span(text: &str, now: i64, is_ahead: bool) -> Option<Span> {
    let one = |text: &str| day(text).and_then(|day| day.span(now, is_ahead));
    match text.split_once("..") {
        Some((from, to)) => {
            let from = if from.is_empty() {
                None
            } else {
                Some(one(from)?)
            };
            let to = if to.is_empty() { None } else { Some(one(to)?) };
            Some(Span {
                from: from.and_then(|span| span.from),
                to: to.and_then(|span| span.to),
            })
        }
        None => one(text),
    }
}

/// Midnight in Oslo, UTC milliseconds.
pub(crate) fn midnight(date: NaiveDate) -> i64 {
    date.and_hms_opt(0, 0, 0)
        .and_then(|midnight| Oslo.from_local_datetime(&midnight).earliest())
        .map_or(0, |time| time.timestamp_millis())
}

/// The day in Oslo of a time.
pub(crate) fn date_of(at: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .with_timezone(&Oslo)
        .date_naive()
}

/// The Monday of the week of a day.
pub(crate) fn monday(date: NaiveDate) -> NaiveDate {
    date - Days::new(u64::from(date.weekday().num_days_from_monday()))
}

fn day(text: &str) -> Option<Day> {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "i-dag" | "idag" | "today" => return Some(Day::Today),
        "i-går" | "igår" | "yesterday" => return Some(Day::Yesterday),
        "i-morgen" | "imorgen" | "i-morgon" | "tomorrow" => return Some(Day::Tomorrow),
        "uke" | "veke" | "week" => return Some(Day::Week),
        "forrige-uke" | "førre-veke" | "last-week" => return Some(Day::LastWeek),
        "måned" | "månad" | "month" => return Some(Day::ThisMonth),
        "forrige-måned" | "førre-månad" | "last-month" => return Some(Day::LastMonth),
        "år" | "year" => return Some(Day::ThisYear),
        "i-fjor" | "last-year" => return Some(Day::LastYear),
        _ => {}
    }
    if let Some(days) = text.strip_suffix('d') {
        return days
            .parse()
            .ok()
            .filter(|days| *days <= 36_500)
            .map(Day::Away);
    }
    let number = |text: Option<&&str>| text.and_then(|text| text.parse::<u32>().ok());
    let dashed: Vec<&str> = text.split('-').collect();
    let dotted: Vec<&str> = text.trim_end_matches('.').split('.').collect();
    let year = |text: Option<&&str>| {
        number(text)
            .filter(|year| (1900..=9999).contains(year))
            .and_then(|year| i32::try_from(year).ok())
    };
    match (dashed.len(), dotted.len()) {
        (3, 1) => NaiveDate::from_ymd_opt(
            year(dashed.first())?,
            number(dashed.get(1))?,
            number(dashed.get(2))?,
        )
        .map(Day::Date),
        (2, 1) => NaiveDate::from_ymd_opt(year(dashed.first())?, number(dashed.get(1))?, 1)
            .map(Day::Month),
        (1, 3) => NaiveDate::from_ymd_opt(
            year(dotted.get(2))?,
            number(dotted.get(1))?,
            number(dotted.first())?,
        )
        .map(Day::Date),
        (1, 2) => {
            let (day, month) = (number(dotted.first())?, number(dotted.get(1))?);
            // A leap year, so that the last of February may be typed in any year.
            NaiveDate::from_ymd_opt(2000, month, day).map(|_| Day::InYear(day, month))
        }
        (1, 1) => NaiveDate::from_ymd_opt(year(dashed.first())?, 1, 1).map(Day::Year),
        _ => None,
    }
}

impl Day {
    fn span(self, now: i64, is_ahead: bool) -> Option<Span> {
        let today = date_of(now);
        let (from, to) = match self {
            Self::Date(date) => (date, date.checked_add_days(Days::new(1))?),
            Self::InYear(day, month) => {
                let date = NaiveDate::from_ymd_opt(today.year(), month, day)?;
                (date, date.checked_add_days(Days::new(1))?)
            }
            Self::Month(first) => (first, first.checked_add_months(Months::new(1))?),
            Self::Year(first) => (first, first.checked_add_months(Months::new(12))?),
            Self::Today => (today, today.checked_add_days(Days::new(1))?),
            Self::Yesterday => (today.checked_sub_days(Days::new(1))?, today),
            Self::Tomorrow => (
                today.checked_add_days(Days::new(1))?,
                today.checked_add_days(Days::new(2))?,
            ),
            Self::Week => (monday(today), monday(today).checked_add_days(Days::new(7))?),
            Self::LastWeek => (monday(today).checked_sub_days(Days::new(7))?, monday(today)),
            Self::ThisMonth => {
                let first = today.with_day(1)?;
                (first, first.checked_add_months(Months::new(1))?)
            }
            Self::LastMonth => {
                let first = today.with_day(1)?;
                (first.checked_sub_months(Months::new(1))?, first)
            }
            Self::ThisYear | Self::LastYear => {
                let this = NaiveDate::from_ymd_opt(today.year(), 1, 1)?;
                let first = if self == Self::ThisYear {
                    this
                } else {
                    this.checked_sub_months(Months::new(12))?
                };
                (first, first.checked_add_months(Months::new(12))?)
            }
            Self::Away(days) => {
                let days = i64::from(days) * 86_400_000;
                return Some(if is_ahead {
                    Span {
                        from: Some(now),
                        to: Some(now + days),
                    }
                } else {
                    Span {
                        from: Some(now - days),
                        to: Some(now),
                    }
                });
            }
        };
        Some(Span {
            from: Some(midnight(from)),
            to: Some(midnight(to)),
        })
    }
}
