//! Halving against the search of the reference, over letters that are never fetched.

use super::*;
use crate::sync::window::{FULL, Walk};
use proptest::prelude::*;

/// 1 January 2010, and some afternoon 17 years on; microseconds.
const FROM: i64 = 1_262_304_000_000_000;
const NOW: i64 = FROM + 17 * 365 * DAY + 14 * 60 * MINUTE;

fn search(server: &[(i64, Uuid)], window: Window) -> Vec<Uuid> {
    let mut rows: Vec<_> = server.iter().filter(|(at, _)| window.holds(*at)).collect();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.iter().take(FULL).map(|(_, id)| *id).collect()
}

fn letters(times: impl IntoIterator<Item = i64>) -> Vec<(i64, Uuid)> {
    let ids = (1..).map(Uuid::from_u128);
    times.into_iter().zip(ids).collect()
}

/// Times by id, the windows they rest on, and the lists it took.
fn date(server: &[(i64, Uuid)]) -> (HashMap<Uuid, i64>, HashMap<Uuid, Window>, u32) {
    let mut walk = Walk::new(Window::all(), (FROM, NOW + DAY));
    let mut dating = Dating::new(FROM, NOW);
    while let Some(window) = walk.ask() {
        let ids = search(server, window);
        let fresh = walk.answer(&ids);
        dating.name(window, &fresh, &ids);
        walk.settle(None);
    }
    dating.begin();
    let mut lists = 0;
    while let Some(window) = dating.ask() {
        dating.answer(&search(server, window));
        lists += 1;
        assert!(lists <= BUDGET, "the budget holds");
    }
    let windows = dating
        .settled
        .iter()
        .chain(&dating.open)
        .flat_map(|group| group.ids.iter().map(|id| (*id, group.window)))
        .collect();
    (dating.times().into_iter().collect(), windows, lists)
}

fn day(at: i64) -> chrono::NaiveDate {
    date_of(at.div_euclid(1000))
}

#[test]
fn a_few_letters_get_their_day_and_todays_their_minute() {
    let ages = [40 * MINUTE, 9 * 60 * MINUTE, 3 * DAY, 400 * DAY];
    let server = letters(ages.map(|age| NOW - age));
    let (times, _, lists) = date(&server);
    for (at, id) in &server {
        assert_eq!(
            day(*at),
            date_of(times[id]),
            "the day is right after {lists} lists"
        );
        if NOW - at < DAY {
            let off = times[id] * 1000 - at;
            assert!(
                (-1000..=MINUTE).contains(&off),
                "the minute of today's letter is right: {off} us off"
            );
        }
    }
}

#[test]
fn what_the_budget_does_not_reach_keeps_its_order() {
    let server = letters((0..300).map(|n| NOW - (1 + n * 7) * DAY));
    let (times, _, lists) = date(&server);
    assert_eq!(lists, BUDGET, "300 letters take more than there is");
    let newest = &server[..4];
    assert!(
        newest.iter().all(|(at, id)| day(*at) == date_of(times[id])),
        "the newest come first"
    );
    let told: Vec<i64> = server.iter().map(|(_, id)| times[id]).collect();
    assert!(
        told.is_sorted_by(|newer, older| newer >= older),
        "no letter stands above a newer one"
    );
    assert!(
        told.last().unwrap() < &(NOW / 1000 - 365 * DAY / 1000),
        "the oldest do not stand on top of the inbox"
    );
}

#[test]
fn no_letters_take_no_list() {
    let (times, _, lists) = date(&[]);
    assert_eq!((times.len(), lists), (0, 0), "there is nothing to date");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_letter_lies_in_its_window_and_never_after_its_time(
        bursts in prop::collection::vec((0_i64..6200, 0_i64..DAY, 1_usize..500), 0..8),
    ) {
        let times = bursts.iter().flat_map(|(days, within, count)| {
            (0..*count).map(move |n| NOW - days * DAY - within - i64::try_from(n).unwrap() * 7)
        });
        let server = letters(times);
        let (times, windows, _) = date(&server);
        prop_assert_eq!(times.len(), server.len(), "every letter has a time");
        for (at, id) in &server {
            prop_assert!(windows[id].holds(*at), "a letter published at {at} is not in {:?}", windows[id]);
            prop_assert!(times[id] >= at.div_euclid(1000), "no letter stands below its own time");
            prop_assert!(times[id] <= NOW / 1000, "or in the future");
        }
    }
}
