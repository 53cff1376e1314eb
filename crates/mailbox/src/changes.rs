//! What the world hears of a commit, after it.

use crate::view::Change;
use tokio::sync::broadcast;

/// A listener that lags behind by more than this many commits is told so by the channel and asks for everything anew.
const BACKLOG: usize = 1024;

/// Where commits are told.
#[derive(Debug, Clone)]
pub struct Changes {
    sender: broadcast::Sender<Vec<Change>>,
}

impl Default for Changes {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(BACKLOG);
        Self { sender }
    }
}

impl Changes {
    /// Tells of a commit; never call it before the commit has returned.
    pub fn tell(&self, changes: Vec<Change>) {
        if !changes.is_empty() {
            // No listener is not an error: the terminal often has none.
            let _ = self.sender.send(changes);
        }
    }

    /// Hears of every commit from now on.
    pub fn listen(&self) -> broadcast::Receiver<Vec<Change>> {
        self.sender.subscribe()
    }
}
