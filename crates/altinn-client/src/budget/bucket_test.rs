//! Buckets against a quota of the kind that a gateway keeps, in minutes that pass at once.

use super::*;

/// A quota over a sliding minute, as the sandbox and APIM count it: a refused call does not count.
struct Gateway {
    quota: usize,
    taken: VecDeque<i64>,
}

impl Gateway {
    fn new(quota: usize) -> Self {
        Self {
            quota,
            taken: VecDeque::new(),
        }
    }

    /// None, or the seconds to wait.
    fn call(&mut self, now: i64) -> Option<i64> {
        while self.taken.front().is_some_and(|at| at + 60_000 <= now) {
            self.taken.pop_front();
        }
        if self.taken.len() < self.quota {
            self.taken.push_back(now);
            return None;
        }
        let free = self.taken[self.taken.len() - self.quota] + 60_000;
        Some(((free - now + 999) / 1000).max(1))
    }
}

/// A client that always has something to fetch.
struct Engine {
    bucket: Bucket,
    ceiling: Option<u32>,
    next_at: i64,
    blocked_until: i64,
    served: Vec<i64>,
    refused: usize,
    noise: i64,
}

impl Engine {
    fn new(ceiling: Option<u32>, begins: i64) -> Self {
        let mut bucket = Bucket::default();
        bucket.know(begins, ceiling);
        Self {
            bucket,
            ceiling,
            next_at: begins,
            blocked_until: 0,
            served: Vec::new(),
            refused: 0,
            noise: begins % 2_147_483_648,
        }
    }

    /// No two calls take equally long.
    fn answer_time(&mut self) -> i64 {
        self.noise = (self.noise * 1_103_515_245 + 12_345) % 2_147_483_648;
        5 + self.noise / 65_536 % 115
    }

    /// One turn at `now`, which must be `next_at`.
    fn turn(&mut self, now: i64, gateway: &mut Gateway) {
        if now < self.blocked_until {
            self.next_at = self.blocked_until;
            return;
        }
        match self
            .bucket
            .ask(now, Urgency::Background, self.ceiling, true)
        {
            Err(later) => self.next_at = later,
            Ok(()) => match gateway.call(now) {
                None => {
                    self.served.push(now);
                    self.next_at = now + self.answer_time();
                }
                Some(wait) => {
                    self.refused += 1;
                    self.blocked_until = now + wait * 1000;
                    self.bucket
                        .refused(now, now, self.blocked_until, self.ceiling);
                    self.next_at = self.blocked_until;
                }
            },
        }
    }

    fn between(&self, from: i64, to: i64) -> usize {
        let is_in = |at: &&i64| (from..to).contains(*at);
        self.served.iter().filter(is_in).count()
    }
}

fn run(
    engines: &mut [Engine],
    gateway: &mut Gateway,
    until: i64,
    mut change: impl FnMut(i64, &mut Gateway),
) {
    loop {
        let now = engines.iter().map(|engine| engine.next_at).min().unwrap();
        if now >= until {
            return;
        }
        change(now, gateway);
        let engine = engines
            .iter_mut()
            .find(|engine| engine.next_at == now)
            .unwrap();
        engine.turn(now, gateway);
    }
}

/// The most calls in any minute.
fn densest(served: &[i64]) -> usize {
    (0..served.len())
        .map(|n| {
            served[n..]
                .iter()
                .take_while(|at| **at < served[n] + 60_000)
                .count()
        })
        .max()
        .unwrap_or(0)
}

const MINUTE: i64 = 60_000;
const BEGIN: i64 = 1_700_000_000_000;

#[test]
fn a_quota_that_is_known_is_used_and_never_exceeded() {
    let mut gateway = Gateway::new(120);
    let mut engines = [Engine::new(Some(120), BEGIN)];
    run(&mut engines, &mut gateway, BEGIN + 15 * MINUTE, |_, _| {});
    let [engine] = engines;
    assert_eq!(engine.refused, 0, "what is kept to is never refused");
    assert!(
        densest(&engine.served) <= 120,
        "no minute holds more than the quota"
    );
    let used = engine.served.len() * 1000 / (15 * 120);
    assert!(used >= 985, "{used} per thousand of the quota are used");
}

#[test]
fn a_quota_halved_for_a_minute_costs_little() {
    let mut gateway = Gateway::new(120);
    let mut engines = [Engine::new(Some(120), BEGIN)];
    let halved = BEGIN + 5 * MINUTE..BEGIN + 6 * MINUTE;
    run(
        &mut engines,
        &mut gateway,
        BEGIN + 15 * MINUTE,
        |now, gateway| {
            gateway.quota = if halved.contains(&now) { 60 } else { 120 };
        },
    );
    let [engine] = engines;
    // Fourteen whole minutes and a half one, as a gateway counts.
    let used = engine.served.len() * 1000 / (14 * 120 + 60);
    assert!(
        used >= 970,
        "{used} per thousand of what was allowed are used"
    );
    assert!(
        engine.refused * 200 <= engine.served.len(),
        "{} refusals",
        engine.refused
    );
    let after = engine.between(halved.end + 5_000, halved.end + 65_000);
    assert!(
        after >= 115,
        "five seconds later it runs as before: {after} in a minute"
    );
}

#[test]
fn a_quota_that_stays_halved_is_accepted() {
    let mut gateway = Gateway::new(60);
    let mut engines = [Engine::new(Some(120), BEGIN)];
    run(&mut engines, &mut gateway, BEGIN + 30 * MINUTE, |_, _| {});
    let [engine] = engines;
    assert!(
        engine.refused <= 40,
        "{} refusals in half an hour",
        engine.refused
    );
    assert!(
        engine.served.len() >= 30 * 60 * 7 / 10,
        "{} calls",
        engine.served.len()
    );
}

#[test]
fn a_quota_nobody_told_of_is_found() {
    let mut gateway = Gateway::new(120);
    let mut engines = [Engine::new(None, BEGIN)];
    run(&mut engines, &mut gateway, BEGIN + 15 * MINUTE, |_, _| {});
    let [engine] = engines;
    let used = engine.served.len() * 1000 / (15 * 120);
    assert!(used >= 780, "{used} per thousand of the quota are used");
    assert!(
        engine.refused * 100 <= engine.served.len(),
        "{} refusals",
        engine.refused
    );
}

#[test]
fn two_machines_on_one_quota_come_to_share_it() {
    for lead in [0, 20_000, 90_000, 300_000] {
        let mut gateway = Gateway::new(120);
        let mut engines = [
            Engine::new(Some(120), BEGIN),
            Engine::new(Some(120), BEGIN + lead),
        ];
        let from = BEGIN + lead + 3 * MINUTE;
        run(&mut engines, &mut gateway, from + 10 * MINUTE, |_, _| {});
        let [first, second] = &engines;
        let (first, second) = (
            first.between(from, from + 10 * MINUTE),
            second.between(from, from + 10 * MINUTE),
        );
        let share = first * 100 / (first + second);
        assert!(
            (40..=60).contains(&share),
            "three minutes after the second began {lead} ms later: {first} and {second}"
        );
    }
}

#[test]
fn a_person_waits_a_moment_and_goes_first() {
    let mut bucket = Bucket::default();
    bucket.know(BEGIN, Some(120));
    let mut now = BEGIN;
    // Sync runs at the full quota for two minutes.
    while now < BEGIN + 2 * MINUTE {
        match bucket.ask(now, Urgency::Background, Some(120), true) {
            Ok(()) => now += 1,
            Err(later) => now = later,
        }
    }
    let begun = now;
    while let Err(later) = bucket.ask(now, Urgency::Foreground, Some(120), true) {
        assert!(
            bucket
                .ask(now, Urgency::Background, Some(120), true)
                .is_err(),
            "sync never takes the place of one who waits"
        );
        now = later;
    }
    assert!(now - begun <= 1_000, "{} ms", now - begun);
}

#[test]
fn the_first_letters_come_at_once_and_the_rest_evenly() {
    let mut bucket = Bucket::default();
    bucket.know(BEGIN, Some(120));
    for n in 0..50 {
        assert_eq!(
            bucket.ask(BEGIN + n, Urgency::Eager, Some(120), true),
            Ok(()),
            "letter {n}"
        );
    }
    let mut served: Vec<i64> = (0..50).map(|n| BEGIN + n).collect();
    let mut now = BEGIN + 50;
    while now < BEGIN + 3 * MINUTE {
        match bucket.ask(now, Urgency::Background, Some(120), true) {
            Ok(()) => {
                served.push(now);
                now += 1;
            }
            Err(later) => now = later,
        }
    }
    assert!(densest(&served) <= 120, "the quota holds in every minute");
    let longest = served[50..]
        .windows(2)
        .map(|two| two[1] - two[0])
        .max()
        .unwrap();
    assert!(
        longest < 2_000,
        "after a burst there is no silence: {longest} ms"
    );
}

#[test]
fn of_few_calls_one_is_kept_for_people() {
    let mut bucket = Bucket::default();
    bucket.know(BEGIN, Some(10));
    for n in 0..9 {
        assert_eq!(
            bucket.ask(BEGIN + n, Urgency::Background, Some(10), false),
            Ok(()),
            "list {n}"
        );
    }
    assert!(
        bucket
            .ask(BEGIN + 9, Urgency::Background, Some(10), false)
            .is_err(),
        "the tenth is not for sync"
    );
    assert_eq!(
        bucket.ask(BEGIN + 9, Urgency::Foreground, Some(10), false),
        Ok(()),
        "but for a person"
    );
}

#[test]
fn a_clock_set_back_does_not_stop_us() {
    let mut bucket = Bucket::default();
    bucket.know(BEGIN, Some(10));
    for n in 0..10 {
        bucket
            .ask(BEGIN + n, Urgency::Foreground, Some(10), false)
            .unwrap();
    }
    let back = BEGIN - 3_600_000;
    assert_eq!(
        bucket.ask(back, Urgency::Foreground, Some(10), false),
        Ok(()),
        "an hour earlier is now"
    );
}
