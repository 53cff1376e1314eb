//! Which letter goes to whom, and when: two years of office hours with busy days, and a newest day worth opening.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};

use super::draw::Draw;
use super::resource_for;
use super::template::Template;
use crate::world::World;

/// How far back letters go, in days.
const DAYS: f64 = 730.0;
/// How many minutes ago the newest letters of each account came, newest first.
const NEWEST_MINUTES: [&[i64]; 2] = [
    &[17, 92, 132, 173, 214, 251, 365, 398],
    &[38, 121, 205, 333, 480, 1520, 1730],
];
/// Of a hundred letters, how many the second account gets.
const SECOND_OF_HUNDRED: usize = 32;
/// One letter in so many comes on a busy day.
const BUSY: u64 = 4;
/// Letters for each busy day, roughly times [`BUSY`].
const LETTERS_PER_BUSY_DAY: usize = 60;

/// One letter to be written.
#[derive(Debug, Clone, Copy)]
pub struct Planned {
    /// Which template.
    pub template: usize,
    /// Which recipient.
    pub recipient: usize,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// Its own place in what is drawn: what it says does not depend on where it is sorted to.
    pub number: u64,
    /// How often its template has come before, about: words are taken in turn.
    pub round: u64,
    /// How many newer letters the same recipient has.
    pub age: usize,
    /// How many letters the same recipient has in all.
    pub of: usize,
}

/// Plans letters, newest first.
pub fn letters(
    world: &World,
    templates: &[Template],
    recipients: usize,
    count: usize,
    seed: u64,
    now: DateTime<Utc>,
) -> Vec<Planned> {
    let mut planned: Vec<Planned> = Vec::with_capacity(count);
    let to_second = if recipients > 1 {
        count * SECOND_OF_HUNDRED / 100
    } else {
        0
    };
    for (recipient, of) in [count - to_second, to_second].into_iter().enumerate() {
        if recipient < recipients {
            mailbox(world, templates, recipient, of, seed, now, &mut planned);
        }
    }
    planned.sort_by_key(|letter| std::cmp::Reverse((letter.at, letter.number)));
    let mut seen = [0_usize; 2];
    for letter in &mut planned {
        if let Some(seen) = seen.get_mut(letter.recipient) {
            letter.age = *seen;
            *seen += 1;
        }
    }
    planned
}

fn mailbox(
    world: &World,
    templates: &[Template],
    recipient: usize,
    of: usize,
    seed: u64,
    now: DateTime<Utc>,
    planned: &mut Vec<Planned>,
) {
    let fitting: Vec<usize> = (0..templates.len())
        .filter(|place| {
            templates.get(*place).is_some_and(|template| {
                template.receivers.get(recipient) == Some(&true)
                    && resource_for(world, template, 0).is_some()
            })
        })
        .collect();
    if fitting.is_empty() {
        return;
    }
    let newest = newest(templates, &fitting, recipient);
    let busy_days = (of / LETTERS_PER_BUSY_DAY).max(8) as u64;
    let offset = (recipient as u64) << 32;
    let mut times: Vec<DateTime<Utc>> = (newest.len()..of)
        .map(|place| {
            let mut draw = Draw::new(seed, &[offset + place as u64, 1]);
            office_time(now, seed, busy_days, &mut draw)
        })
        .collect();
    // Newest first, so that letters of one kind, which take turns, do not come close together.
    times.sort_unstable_by(|a, b| b.cmp(a));
    let soonest = newest
        .iter()
        .map(|(template, minutes)| (*template, now - TimeDelta::seconds(minutes * 60 + 29), 0));
    let others = times
        .into_iter()
        .zip(in_turn(templates, &fitting, of, seed ^ offset))
        .map(|(at, (template, round))| (template, at, round));
    for (place, (template, at, round)) in soonest.chain(others).take(of).enumerate() {
        planned.push(Planned {
            template,
            recipient,
            at,
            number: offset + place as u64,
            round,
            age: 0,
            of,
        });
    }
}

/// The letters of the newest day, in order, with how many minutes ago each came.
fn newest(templates: &[Template], fitting: &[usize], recipient: usize) -> Vec<(usize, i64)> {
    let minutes = NEWEST_MINUTES.get(recipient).copied().unwrap_or_default();
    minutes
        .iter()
        .enumerate()
        .filter_map(|(place, minutes)| {
            let template = fitting.iter().copied().find(|template| {
                let template = templates.get(*template);
                template.and_then(|template| template.newest.get(recipient).copied())
                    == Some(place + 1)
            })?;
            Some((template, *minutes))
        })
        .collect()
}

/// Templates with their rounds: each as often as any other, in an order of its own each time round; a rare one every
/// third time, a single one in the second round only.
fn in_turn(
    templates: &[Template],
    fitting: &[usize],
    count: usize,
    seed: u64,
) -> Vec<(usize, u64)> {
    let is_rare = |template: usize| {
        templates
            .get(template)
            .is_some_and(|template| template.is_rare)
    };
    let is_single = |template: usize| {
        templates
            .get(template)
            .is_some_and(|template| template.is_single)
    };
    let repeated: Vec<usize> = fitting
        .iter()
        .copied()
        .filter(|template| !is_single(*template))
        .collect();
    let common: Vec<usize> = repeated
        .iter()
        .copied()
        .filter(|template| !is_rare(*template))
        .collect();
    let mut turns = Vec::with_capacity(count + fitting.len());
    let mut round = 0_u64;
    while turns.len() < count {
        round += 1;
        let these = match round {
            2 => fitting,
            _ if common.is_empty() => fitting,
            _ if round % 3 == 2 => &repeated,
            _ => &common,
        };
        turns.extend((0..these.len()).filter_map(|place| {
            let place = shuffled(place, these.len(), seed ^ round);
            Some((these.get(place).copied()?, round))
        }));
    }
    turns
}

/// Where a place comes to lie when a round is shuffled: a step that has no factor in common with the length.
fn shuffled(place: usize, length: usize, seed: u64) -> usize {
    let mut draw = Draw::new(seed, &[2]);
    let start = usize::try_from(draw.below(length as u64)).unwrap_or(0);
    let mut step = 1 + usize::try_from(draw.below(length as u64)).unwrap_or(0);
    while common_factor(step, length) != 1 {
        step += 1;
    }
    (start + place * step) % length
}

fn common_factor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_factor(b, a % b) }
}

/// A time in office hours on a working day of the last two years; more lately than long ago, and some on busy days.
fn office_time(now: DateTime<Utc>, seed: u64, busy_days: u64, draw: &mut Draw) -> DateTime<Utc> {
    let busy = draw.once_in(BUSY).then(|| draw.below(busy_days));
    let (mut which, minute_span) = match busy {
        Some(day) => (Draw::new(seed, &[3, day]), 25),
        None => (draw.clone(), 540),
    };
    #[allow(clippy::cast_possible_truncation)] // at most 730
    let days_ago = 1 + ((DAYS - 1.0) * which.unit().powf(1.7)) as i64;
    let first_minute = if busy.is_some() {
        390 + i64::try_from(which.below(500)).unwrap_or(0)
    } else {
        390
    };
    let date = now.date_naive() - TimeDelta::days(days_ago);
    let back = match date.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    let mut within = Draw::new(draw.bits(), &[4]);
    let mut drawn = |end: u64| i64::try_from(within.below(end)).unwrap_or(0);
    let in_day = TimeDelta::minutes(first_minute + drawn(minute_span))
        + TimeDelta::seconds(drawn(60))
        + TimeDelta::microseconds(drawn(1_000_000));
    let at = (date - TimeDelta::days(back))
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        + in_day;
    at.min(now - TimeDelta::hours(9))
}
