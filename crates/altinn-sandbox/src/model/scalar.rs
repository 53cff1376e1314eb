//! Single values as the service's framework reads them from text and writes them: GUIDs, enum names, times, lengths
//! (Correspondence reference, section 2.1).

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, Utc};
use uuid::Uuid;

/// A GUID from text: the 36-character form, or any common form where the framework is lenient.
#[must_use]
pub fn guid_of(text: &str, lenient: bool) -> Option<Uuid> {
    if !lenient && text.len() != 36 {
        return None;
    }
    Uuid::try_parse(text.trim().trim_matches(['(', ')'])).ok()
}

/// The number of an enum name in any case, or a number written as text.
#[must_use]
pub fn choice_of(text: &str, names: &[&str]) -> Option<i64> {
    let text = text.trim();
    names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text))
        .and_then(|position| i64::try_from(position).ok())
        .or_else(|| text.parse().ok())
}

/// ISO 8601 extended; without an offset it is UTC. Years have four digits.
#[must_use]
pub fn strict_time(text: &str) -> Option<DateTime<Utc>> {
    iso_time(text).filter(has_four_digit_year)
}

fn has_four_digit_year(time: &DateTime<Utc>) -> bool {
    (1..=9999).contains(&time.year())
}

fn iso_time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    for layout in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, layout) {
            return Some(time.and_utc());
        }
    }
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z")
        .map(|time| time.to_utc())
        .ok()
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(0, 0, 0)
                .map(|time| time.and_utc())
        })
}

/// What query and form bind as a date-time: ISO 8601 with `T` or a space, and the invariant culture's month-first layouts.
#[must_use]
pub fn lenient_time(text: &str) -> Option<DateTime<Utc>> {
    any_time(text.trim()).filter(has_four_digit_year)
}

fn any_time(text: &str) -> Option<DateTime<Utc>> {
    if let Some(time) = strict_time(text) {
        return Some(time);
    }
    for layout in [
        "%Y-%m-%d %H:%M:%S%.f%:z",
        "%Y-%m-%d %H:%M:%S%.f %:z",
        "%m/%d/%Y %H:%M:%S %:z",
    ] {
        if let Ok(time) = DateTime::parse_from_str(text, layout) {
            return Some(time.to_utc());
        }
    }
    if let Ok(time) = DateTime::parse_from_rfc2822(text) {
        return Some(time.to_utc());
    }
    for layout in [
        "%Y-%m-%d %H:%M:%S%.fZ",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%m/%d/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M",
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, layout) {
            return Some(time.and_utc());
        }
    }
    ["%m/%d/%Y", "%Y/%m/%d"]
        .iter()
        .find_map(|layout| NaiveDate::parse_from_str(text, layout).ok())
        .and_then(|date| date.and_hms_opt(0, 0, 0))
        .map(|time| time.and_utc())
}

/// A time as the service writes it: offset `+00:00`, never `Z`, no idle zeros in the fraction.
#[must_use]
pub fn time_text(time: DateTime<Utc>) -> String {
    let whole = time.format("%Y-%m-%dT%H:%M:%S").to_string();
    let micros = time.timestamp_subsec_micros();
    if micros == 0 {
        return format!("{whole}+00:00");
    }
    let fraction = format!("{micros:06}");
    format!("{whole}.{}+00:00", fraction.trim_end_matches('0'))
}

/// Length as the service counts it.
#[must_use]
pub fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_1_times_are_read_in_any_offset_and_written_in_one() {
        let time = strict_time("2026-03-01T14:00:00.1200000+02:00").unwrap();
        assert_eq!(
            time_text(time),
            "2026-03-01T12:00:00.12+00:00",
            "converted to UTC, idle zeros dropped"
        );
        assert_eq!(
            strict_time("2026-03-01T12:00:00"),
            strict_time("2026-03-01T12:00:00Z"),
            "no offset means UTC"
        );
        assert_eq!(strict_time("03/01/2026"), None, "JSON takes ISO 8601 only");
        assert!(
            lenient_time("03/01/2026").is_some(),
            "queries take month-first dates"
        );
        assert_eq!(
            lenient_time("2026-03-01T12:00:00 02:00"),
            None,
            "a plus that was not encoded is a space, and no time"
        );
    }
}
