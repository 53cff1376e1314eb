//! `Retry-After` in both of its forms (RFC 9110, section 10.2.3).

use chrono::{DateTime, NaiveDateTime, Utc};
use std::time::Duration;

/// Longest wait that is obeyed; more is a fault of the server or an attack.
pub(crate) const LONGEST: Duration = Duration::from_secs(3600);

/// The wait a header asks for: seconds or an HTTP date, clamped to one hour. Nonsense, zero, negative numbers and
/// past dates count as no header, so that the caller's own backoff applies.
pub(crate) fn parse(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = header.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a u64 holds still means "long".
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        (date(text)? - now).to_std().ok()?
    };
    (!wait.is_zero()).then(|| wait.min(LONGEST))
}

/// An HTTP date: IMF-fixdate, RFC 850 or asctime.
pub(crate) fn date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.with_timezone(&Utc));
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_the_header_is_understood_or_ignored() {
        let now = date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let seconds = |n| Some(Duration::from_secs(n));
        for (header, expected) in [
            ("7", seconds(7)),
            (" 120 ", seconds(120)),
            ("3600", seconds(3600)),
            ("3601", seconds(3600)),
            ("1000000000", seconds(3600)),
            ("99999999999999999999999999", seconds(3600)),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("Sun, 06 Nov 1994 08:50:07 GMT", seconds(30)),
            ("Sunday, 06-Nov-94 08:50:07 GMT", seconds(30)),
            ("Sun Nov  6 08:50:07 1994", seconds(30)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", None),
            ("Sat, 06 Nov 2094 08:49:07 GMT", seconds(3600)),
        ] {
            assert_eq!(parse(header, now), expected, "header {header:?}");
        }
    }
}
