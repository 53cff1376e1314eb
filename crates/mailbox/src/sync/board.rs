//! What a round still has to fetch, between those who list, those who fetch and those who store.

use super::cursor::Cursor;
use super::scope::Page;
use super::window::Window;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// Letters of a round that are wanted at once: a screen of them.
pub(super) const SCREEN: usize = 50;

/// A letter to fetch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) scope: usize,
    pub(super) id: Uuid,
}

/// A page whose oldest letter tells where the next begins: its number, that letter, and its time where it is known.
pub(super) type Unsettled = (usize, Uuid, Option<i64>);

#[derive(Debug)]
struct Queue {
    ids: VecDeque<Uuid>,
    taken: usize,
    /// Publish times of the last letter that came, and of the newest; UTC milliseconds.
    last_at: i64,
    newest: Option<i64>,
    /// While the service is listed for the first time.
    cursor: Option<Cursor>,
}

#[derive(Debug)]
struct Listed {
    scope: usize,
    left: usize,
    newest: i64,
    window: Option<Window>,
}

#[derive(Debug, Default)]
struct State {
    queues: Vec<Queue>,
    pages: Vec<Listed>,
    page_of: HashMap<Uuid, usize>,
    /// Every letter that was wanted in this round: lists overlap, and what is on its way is not stored yet.
    seen: HashSet<Uuid>,
    hidden: Vec<(usize, Uuid)>,
    grown: BTreeSet<usize>,
    total: usize,
    done: usize,
    is_listed: bool,
    is_stopped: bool,
}

#[derive(Debug, Default)]
pub(super) struct Board {
    state: Mutex<State>,
    changed: Notify,
    filled: Notify,
    over: Notify,
}

impl State {
    fn is_over(&self) -> bool {
        self.is_stopped || (self.is_listed && self.queues.iter().all(|queue| queue.ids.is_empty()))
    }

    fn is_filled(&self) -> bool {
        self.done >= SCREEN || self.is_over()
    }

    fn fresh(&mut self, ids: Vec<Uuid>) -> Vec<Uuid> {
        ids.into_iter().filter(|id| self.seen.insert(*id)).collect()
    }

    fn push(&mut self, scope: usize, ids: Vec<Uuid>) {
        self.total += ids.len();
        if let Some(queue) = self.queues.get_mut(scope) {
            queue.ids.extend(ids);
        }
    }

    /// A page of which nothing is left, and whose span is known, is whole.
    fn grow(&mut self, number: usize) {
        if let Some(page) = self.pages.get(number)
            && page.left == 0
            && let Some(window) = page.window
            && let Some(queue) = self.queues.get_mut(page.scope)
            && let Some(cursor) = &mut queue.cursor
        {
            cursor.has_whole(window, super::microseconds(page.newest));
            self.grown.insert(page.scope);
        }
    }
}

impl Board {
    /// For so many services; each with its cursor while it is listed for the first time.
    pub(super) fn new(cursors: impl IntoIterator<Item = Option<Cursor>>) -> Self {
        let queue = |cursor| Queue {
            ids: VecDeque::new(),
            taken: 0,
            last_at: i64::MAX,
            newest: None,
            cursor,
        };
        let board = Self::default();
        board.state().queues = cursors.into_iter().map(queue).collect();
        board
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes who waits for what has come true.
    fn tell(&self, state: &State) {
        if state.is_over() {
            self.over.notify_one();
        }
        if state.is_filled() {
            self.filled.notify_one();
        }
    }

    /// Takes what a list has named.
    pub(super) fn page(&self, scope: usize, page: Page) -> Option<Unsettled> {
        let mut state = self.state();
        let number = state.pages.len();
        let ids = state.fresh(page.fetch);
        state.pages.push(Listed {
            scope,
            left: ids.len(),
            newest: i64::MIN,
            window: page.whole,
        });
        state.page_of.extend(ids.iter().map(|id| (*id, number)));
        state.push(scope, ids);
        state.grow(number);
        drop(state);
        self.changed.notify_one();
        page.oldest.map(|(id, at)| (number, id, at))
    }

    /// Letters to fetch after those of their service that are wanted already.
    pub(super) fn push(&self, scope: usize, ids: Vec<Uuid>) {
        let mut state = self.state();
        let ids = state.fresh(ids);
        state.push(scope, ids);
        drop(state);
        self.changed.notify_one();
    }

    /// Letters to fetch before all others: they came just now, newest first.
    pub(super) fn push_front(&self, scope: usize, ids: Vec<Uuid>) {
        let mut state = self.state();
        let ids = state.fresh(ids);
        state.total += ids.len();
        if let Some(queue) = state.queues.get_mut(scope)
            && !ids.is_empty()
        {
            queue.last_at = i64::MAX;
            ids.into_iter()
                .rev()
                .for_each(|id| queue.ids.push_front(id));
        }
        drop(state);
        self.changed.notify_one();
    }

    /// The next letter: of the service that is least far back.
    pub(super) fn take(&self) -> Option<Taken> {
        let mut state = self.state();
        let (scope, queue) = state
            .queues
            .iter_mut()
            .enumerate()
            .filter(|(_, queue)| !queue.ids.is_empty())
            .max_by_key(|(_, queue)| (queue.last_at, Reverse(queue.taken)))?;
        queue.taken += 1;
        let id = queue.ids.pop_front()?;
        self.tell(&state);
        Some(Taken { scope, id })
    }

    /// Takes a certain letter out of its turn; false when it is not wanted, or on its way.
    pub(super) fn claim(&self, scope: usize, id: Uuid) -> bool {
        let mut state = self.state();
        let Some(queue) = state.queues.get_mut(scope) else {
            return false;
        };
        let place = queue.ids.iter().rposition(|other| *other == id);
        place.is_some_and(|place| queue.ids.remove(place).is_some())
    }

    /// The span of a page is known.
    pub(super) fn complete(&self, number: usize, window: Option<Window>) {
        let mut state = self.state();
        if let Some(page) = state.pages.get_mut(number) {
            page.window = window;
        }
        state.grow(number);
    }

    /// A letter has come, or will not; `at` is its publish time, UTC milliseconds.
    pub(super) fn arrived(&self, scope: usize, id: Uuid, at: Option<i64>, is_hiding: bool) {
        let mut state = self.state();
        state.done += 1;
        self.tell(&state);
        if is_hiding {
            state.hidden.push((scope, id));
        }
        if let (Some(queue), Some(at)) = (state.queues.get_mut(scope), at) {
            queue.last_at = at;
            queue.newest = queue.newest.max(Some(at));
        }
        if let Some(number) = state.page_of.remove(&id) {
            if let Some(page) = state.pages.get_mut(number) {
                page.left = page.left.saturating_sub(1);
                page.newest = page.newest.max(at.unwrap_or(i64::MIN));
            }
            state.grow(number);
        }
    }

    /// Cursors that have grown since they were last asked for.
    pub(super) fn whole(&self) -> Vec<(usize, Cursor)> {
        let mut state = self.state();
        let grown = std::mem::take(&mut state.grown);
        grown
            .into_iter()
            .filter_map(|scope| Some((scope, state.queues.get(scope)?.cursor.clone()?)))
            .collect()
    }

    /// Publish time of the newest letter that has come, UTC milliseconds.
    pub(super) fn newest(&self, scope: usize) -> Option<i64> {
        self.state().queues.get(scope)?.newest
    }

    /// Letters whose status may hide a confirmation, by service.
    pub(super) fn hidden(&self) -> Vec<(usize, Uuid)> {
        self.state().hidden.clone()
    }

    /// Letters done, and known to be wanted; whether more may be named.
    pub(super) fn progress(&self) -> (usize, usize, bool) {
        let state = self.state();
        (state.done, state.total, !state.is_listed)
    }

    /// The lists are done.
    pub(super) fn end_listing(&self) {
        let mut state = self.state();
        state.is_listed = true;
        self.tell(&state);
        drop(state);
        self.changed.notify_one();
    }

    /// No more is done, whatever is left.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        state.is_stopped = true;
        self.tell(&state);
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn is_over(&self) -> bool {
        self.state().is_over()
    }

    /// Waits until there may be more to take, or no more comes. For one at a time.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits until a screen of letters has come, or nothing is left to take. For one at a time.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Waits until nothing is left to take. For one at a time.
    pub(super) async fn over(&self) {
        self.over.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(from: u128, count: u128) -> Vec<Uuid> {
        (from..from + count).map(Uuid::from_u128).collect()
    }

    #[test]
    fn the_service_with_the_newest_letters_goes_first() {
        let board = Board::new([None, None]);
        board.push(0, ids(0, 3));
        board.push(1, ids(10, 3));
        let first = board.take().unwrap();
        let second = board.take().unwrap();
        assert_ne!(
            first.scope, second.scope,
            "each is tried once before it is known"
        );
        board.arrived(0, Uuid::from_u128(0), Some(100), false);
        board.arrived(1, Uuid::from_u128(10), Some(900), false);
        assert_eq!(board.take().unwrap().scope, 1, "the newer one goes on");
        board.arrived(1, Uuid::from_u128(11), Some(50), false);
        assert_eq!(board.take().unwrap().scope, 0, "until the other is newer");
    }

    #[test]
    fn a_page_is_whole_when_its_letters_are_here_and_its_span_is_known() {
        let board = Board::new([Some(Cursor::default())]);
        let page = Page {
            fetch: ids(0, 2),
            oldest: Some((Uuid::from_u128(1), None)),
            whole: None,
        };
        let (number, ..) = board.page(0, page).unwrap();
        assert!(
            board.claim(0, Uuid::from_u128(1)),
            "the oldest is fetched before its turn"
        );
        board.arrived(0, Uuid::from_u128(1), Some(7), false);
        board.complete(number, Some(Window::since(7_999)));
        assert!(board.whole().is_empty(), "one is on its way");
        board.take().unwrap();
        board.arrived(0, Uuid::from_u128(0), Some(9), false);
        let (_, cursor) = board.whole().pop().unwrap();
        assert_eq!(
            cursor.whole,
            vec![(7_999, 9_001)],
            "up to the newest: later ones are not known"
        );
        assert!(board.whole().is_empty(), "it is told once");
    }
}
