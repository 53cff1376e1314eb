//! How many calls of one kind a credential may make, and how that number is found. Pure: no clock, no file.
//!
//! Altinn publishes no quota for Correspondence, so one is assumed until an administrator raises it, and corrected by
//! what comes back: it is halved when Altinn asks us to wait, and grows by one call a minute for each ten seconds that go
//! well; five times as fast up to near the height that it fell from, so that of two who share a quota the one that was
//! refused last soon has its part again. A quota that had long been good is tried once at its old height after half a
//! minute: a passing squeeze costs little, and a lasting one few refusals.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A quota counts the calls of any minute, milliseconds; and a little more, for calls that overtake one another.
pub(super) const WINDOW: i64 = 60_000 + 250;
/// The least that is ever left, calls a minute.
const FLOOR: f64 = 6.0;
/// How long it must go well for one more call a minute: near the height it fell from and beyond, and below.
const GROWS_EVERY: i64 = 10_000;
const REGAINS_EVERY: i64 = 2_000;
const NEAR: f64 = 0.85;
/// How long after a cut its old height is tried again, where it had not been cut for so long.
const TRIAL_AFTER: i64 = 30_000;
const LONG: i64 = 600_000;
/// Where no quota is known: calls let through in a minute from which a refusal can be taken for one.
const TELLING: usize = 30;
/// Where no quota is known: calls remembered at most.
const REMEMBERED: usize = 10_000;

/// Who waits for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person, or a letter on its way: goes first and need not be spread out.
    Foreground,
    /// Sync of what somebody may be waiting to see: behind people, yet at once.
    Eager,
    /// The rest of sync: evenly spread, and behind the others.
    Background,
}

/// The calls of one kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Bucket {
    /// Calls a minute; none while no quota is known.
    limit: Option<f64>,
    /// When calls were let through, oldest first.
    log: VecDeque<i64>,
    /// Since when the limit has grown.
    grown_at: i64,
    /// When it was last cut, from where, when that is tried again (0 for never), and when it last was.
    cut_at: i64,
    before: f64,
    trial_at: i64,
    tried_at: i64,
    /// A foreground call waits: until then, background calls do not take its place.
    claimed_until: i64,
}

impl Bucket {
    /// Lets a call through at `now`, or tells when to ask again. `ceiling` is the administrator's quota, calls a minute;
    /// `is_spread` tells that background calls keep even distances.
    pub(super) fn ask(
        &mut self,
        now: i64,
        urgency: Urgency,
        ceiling: Option<u32>,
        is_spread: bool,
    ) -> Result<(), i64> {
        self.prune(now);
        let Some(limit) = self.limit(now, ceiling) else {
            self.note(now);
            return Ok(());
        };
        let limit = whole(limit);
        let is_last = !is_spread && limit > 2;
        let mine = match urgency {
            Urgency::Foreground => limit,
            // Where calls are few, one is kept for people.
            Urgency::Eager | Urgency::Background if is_last => limit - 1,
            Urgency::Eager | Urgency::Background => limit,
        };
        let wait = self.free_at(mine, now).max(match urgency {
            Urgency::Foreground => now,
            Urgency::Background if is_spread => self.next(limit, now).max(self.claimed_until),
            Urgency::Eager | Urgency::Background => self.claimed_until,
        });
        if wait > now {
            if urgency == Urgency::Foreground {
                self.claimed_until = wait + 1_000;
            }
            return Err(wait);
        }
        if urgency == Urgency::Foreground {
            self.claimed_until = 0;
        }
        self.note(now);
        Ok(())
    }

    /// The calls a minute that are allowed; none while no quota is known.
    pub(super) fn allowed(&self, ceiling: Option<u32>) -> Option<f64> {
        let ceiling = ceiling.map(f64::from);
        match (self.limit, ceiling) {
            (Some(limit), Some(ceiling)) => Some(limit.min(ceiling)),
            (limit, ceiling) => limit.or(ceiling),
        }
    }

    /// Altinn refused a call that was let through at `begun`, and wants nothing before `until`.
    pub(super) fn refused(&mut self, now: i64, begun: i64, until: i64, ceiling: Option<u32>) {
        // What was under way when it began is the same trouble, not more of it.
        if begun <= self.cut_at {
            return;
        }
        self.prune(now);
        let was_lately = self.cut_at > 0 && now - self.cut_at < 3 * WINDOW;
        let was_cut = self.cut_at > 0 && now - self.cut_at < LONG;
        self.cut_at = now;
        self.grown_at = now.max(until);
        match self.allowed(ceiling) {
            Some(limit) => {
                let half = (limit / 2.0).max(FLOOR);
                let has_failed = self.tried_at > 0 && now - self.tried_at < 2 * WINDOW;
                // What has just been tried in vain is not where to go back to.
                self.before = if has_failed { half } else { limit };
                self.trial_at = if has_failed || was_cut {
                    0
                } else {
                    now.max(until) + TRIAL_AFTER
                };
                self.limit = Some(half);
            }
            // Refused twice within minutes, and there was much to refuse: what was let through is the quota.
            None if was_lately && self.log.len() >= TELLING => {
                self.limit = Some(count(self.log.len()));
            }
            None => {}
        }
    }

    fn limit(&mut self, now: i64, ceiling: Option<u32>) -> Option<f64> {
        let mut limit = self.limit?;
        if self.trial_at > 0 && now >= self.trial_at {
            limit = limit.max(self.before);
            (self.trial_at, self.tried_at, self.grown_at) = (0, now, now);
        }
        let every = if limit < NEAR * self.before {
            REGAINS_EVERY
        } else {
            GROWS_EVERY
        };
        let steps = (now - self.grown_at) / every;
        if steps > 0 {
            limit += f64::from(u32::try_from(steps.min(600)).unwrap_or(0));
            self.grown_at += steps * every;
        }
        let ceiling = ceiling.map_or(f64::MAX, f64::from);
        self.limit = Some(limit.min(ceiling));
        self.limit
    }

    /// Puts the administrator's quota in place, where nothing has been learned yet.
    pub(super) fn know(&mut self, now: i64, ceiling: Option<u32>) {
        if self.limit.is_none()
            && let Some(ceiling) = ceiling
        {
            self.limit = Some(f64::from(ceiling));
            self.grown_at = now;
        }
    }

    /// When fewer than `limit` calls lie in the window.
    fn free_at(&self, limit: usize, now: i64) -> i64 {
        let over = (self.log.len() + 1).checked_sub(limit.max(1));
        match over.filter(|over| *over > 0) {
            Some(over) => self.log.get(over - 1).map_or(now, |at| at + WINDOW),
            None => now,
        }
    }

    /// When the next of evenly spread calls is due: what is free of the window is spread over what is left of it.
    fn next(&self, limit: usize, now: i64) -> i64 {
        let (Some(first), Some(last)) = (self.log.front(), self.log.back()) else {
            return now;
        };
        let free = limit.saturating_sub(self.log.len()).max(1);
        let left = (first + WINDOW - now).max(0);
        let even = span(WINDOW, limit.max(1)).max(span(left, free));
        last + even
    }

    fn note(&mut self, now: i64) {
        if self.log.len() >= REMEMBERED {
            self.log.pop_front();
        }
        self.log.push_back(now);
    }

    fn prune(&mut self, now: i64) {
        while self.log.front().is_some_and(|at| at + WINDOW <= now) {
            self.log.pop_front();
        }
        // A clock that was set back must not stop us for longer than a window.
        while self.log.back().is_some_and(|at| *at > now) {
            self.log.pop_back();
        }
        self.claimed_until = self.claimed_until.min(now + WINDOW);
        if self.cut_at > now {
            (self.cut_at, self.grown_at, self.trial_at) = (now, now, 0);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most ten thousand")]
fn count(n: usize) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between the floor and a ceiling of 32 bits"
)]
fn whole(limit: f64) -> usize {
    limit.max(1.0) as usize
}

fn span(time: i64, parts: usize) -> i64 {
    time / i64::try_from(parts).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
#[path = "bucket_test.rs"]
mod tests;
