//! One file a command.

pub(crate) mod account;
pub(crate) mod bulk;
pub(crate) mod doctor;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod search;
pub(crate) mod send;
pub(crate) mod show;
pub(crate) mod sync;

use chrono_tz::Europe::Oslo;
use mailbox::view::Row;

/// A day and time of the row, in Norway.
fn time(at: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .with_timezone(&Oslo)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// One line a row.
fn line(row: &Row) -> String {
    let mark = if row.is_unread { '*' } else { ' ' };
    let (counterpart, title) = if row.is_sealed {
        ("—", "(confidential, sealed)")
    } else {
        (row.counterpart.as_str(), row.title.as_str())
    };
    format!(
        "{mark} {}  {}  {counterpart}: {title}",
        row.id,
        time(row.at)
    )
}

/// Prints rows as lines or as JSON.
fn print_rows(total: u32, rows: &[Row], json: bool) {
    if json {
        println!("{}", serde_json::json!({ "total": total, "rows": rows }));
        return;
    }
    for row in rows {
        println!("{}", line(row));
    }
    println!("{} of {total}", rows.len());
}
