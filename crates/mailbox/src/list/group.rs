//! Headings of a list, by day, week and month in the time of Europe/Oslo.

use crate::search::{date_of, midnight, monday};
use crate::view::{Group, GroupKind};
use chrono::{Datelike, Days, Months, NaiveDate};

/// A heading and the times that stand under it; the end is not included.
struct Run {
    kind: GroupKind,
    from: i64,
    to: i64,
}

/// The headings of rows, given as times and how many have each, in that order; counts add up to their number. Rows of one
/// hour may be given together: headings begin at midnight, and the clocks of Oslo are whole hours from UTC.
pub(crate) fn groups(times: &[(i64, u32)], now: i64) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    let mut run: Option<Run> = None;
    for (at, count) in times {
        match &run {
            Some(run) if (run.from..run.to).contains(at) => {
                if let Some(group) = out.last_mut() {
                    group.count += count;
                }
            }
            _ => {
                let next = heading(*at, now);
                match out.last_mut() {
                    // The present month before and after these days, with nothing in between.
                    Some(group) if group.kind == next.kind => group.count += count,
                    _ => out.push(Group {
                        kind: next.kind.clone(),
                        count: *count,
                    }),
                }
                run = Some(next);
            }
        }
    }
    out
}

fn heading(at: i64, now: i64) -> Run {
    let date = date_of(at);
    let today = date_of(now);
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let monday = monday(today);
    let span = |kind, from: NaiveDate, to: NaiveDate| Run {
        kind,
        from: midnight(from),
        to: midnight(to),
    };
    if date == today {
        return span(GroupKind::Today, today, tomorrow);
    }
    if date == yesterday {
        return span(GroupKind::Yesterday, yesterday, today);
    }
    if date >= monday && date < yesterday {
        return span(GroupKind::ThisWeek, monday, yesterday);
    }
    let first = date.with_day(1).unwrap_or(date);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(date);
    // The present month is cut by the days above.
    let (from, to) = if date > today {
        (first.max(tomorrow), next)
    } else {
        (first, next.min(monday.min(yesterday)))
    };
    span(
        GroupKind::Month {
            year: date.year(),
            month: date.month(),
        },
        from,
        to,
    )
}
