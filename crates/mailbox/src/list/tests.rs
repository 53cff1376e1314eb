//! Headings, tags and rows.

use super::group::groups;
use crate::search::{date_of, midnight};
use crate::view::{Group, GroupKind};
use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;

fn at(year: i32, month: u32, day: u32, hour: i64) -> i64 {
    midnight(NaiveDate::from_ymd_opt(year, month, day).unwrap()) + hour * HOUR
}

fn one_each(times: &[i64]) -> Vec<(i64, u32)> {
    times.iter().map(|at| (*at, 1)).collect()
}

fn group(kind: GroupKind, count: u32) -> Group {
    Group { kind, count }
}

#[test]
fn headings_follow_the_days_in_oslo() {
    // A Thursday.
    let now = at(2026, 11, 19, 10);
    let times = [
        at(2027, 1, 4, 9),
        at(2026, 11, 20, 9),
        at(2026, 11, 19, 0),
        at(2026, 11, 18, 23),
        at(2026, 11, 17, 12),
        at(2026, 11, 16, 0),
        at(2026, 11, 15, 23),
        at(2026, 11, 1, 0),
        at(2026, 10, 31, 23),
        at(2025, 10, 1, 9),
    ];
    let month = |year, month| GroupKind::Month { year, month };
    assert_eq!(
        groups(&one_each(&times), now),
        vec![
            group(month(2027, 1), 1),
            group(month(2026, 11), 1),
            group(GroupKind::Today, 1),
            group(GroupKind::Yesterday, 1),
            group(GroupKind::ThisWeek, 2),
            group(month(2026, 11), 2),
            group(month(2026, 10), 1),
            group(month(2025, 10), 1),
        ],
        "the week begins on Monday, and what is ahead stands under its month"
    );
}

#[test]
fn on_a_monday_there_is_no_rest_of_the_week() {
    let now = at(2026, 11, 16, 8);
    assert_eq!(
        groups(
            &one_each(&[at(2026, 11, 15, 12), at(2026, 11, 14, 12)]),
            now
        ),
        vec![
            group(GroupKind::Yesterday, 1),
            group(
                GroupKind::Month {
                    year: 2026,
                    month: 11
                },
                1
            )
        ],
        "Sunday is yesterday, Saturday is last week"
    );
}

proptest! {
    /// The headings of a sorted list add up, and each time stands under the heading that it has alone.
    #[test]
    fn headings_add_up(
        now in 1_600_000_000_000i64..1_900_000_000_000,
        mut ages in proptest::collection::vec(-40i64 * 24..800 * 24, 0..200),
        is_newest in any::<bool>(),
    ) {
        ages.sort_unstable();
        if !is_newest {
            ages.reverse();
        }
        let times: Vec<i64> = ages.iter().map(|hours| now - hours * HOUR).collect();
        let groups = groups(&one_each(&times), now);
        let mut by_hour: Vec<(i64, u32)> = Vec::new();
        for at in &times {
            let hour = at.div_euclid(HOUR) * HOUR;
            match by_hour.last_mut() {
                Some((last, count)) if *last == hour => *count += 1,
                _ => by_hour.push((hour, 1)),
            }
        }
        prop_assert_eq!(&super::group::groups(&by_hour, now), &groups, "hours tell the same as letters");
        let total: u32 = groups.iter().map(|group| group.count).sum();
        prop_assert_eq!(total as usize, times.len(), "counts add up");
        prop_assert!(groups.windows(2).all(|pair| pair[0].kind != pair[1].kind), "neighbours differ");
        let mut rest = times.iter();
        for group in groups {
            for time in rest.by_ref().take(group.count as usize) {
                let alone = super::group::groups(&[(*time, 1)], now);
                prop_assert_eq!(&alone[0].kind, &group.kind, "the same heading as alone");
                if let GroupKind::Month { year, month } = group.kind {
                    let date = date_of(*time);
                    prop_assert_eq!((date.year(), date.month()), (year, month), "its own month");
                }
            }
        }
    }
}
