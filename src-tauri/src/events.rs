//! Commits of the engine, told to the window as one event, at most some twenty times a second.

use mailbox::view::Change;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::Instant;

/// Name of the event; its payload is `Change[]`.
pub const MAILBOX_CHANGED: &str = "mailbox_changed";

/// Commits within this time of the first are told together.
const PAUSE: Duration = Duration::from_millis(50);

/// Hears commits until the engine ends and passes them on in batches. `everything` is told when commits were missed.
pub async fn relay(
    mut commits: Receiver<Vec<Change>>,
    everything: Vec<Change>,
    tell: impl Fn(&[Change]),
) {
    while let Some(batch) = next_batch(&mut commits, &everything).await {
        tell(&batch);
    }
}

/// Waits for a commit and gathers those that follow shortly; none when the engine has ended.
async fn next_batch(
    commits: &mut Receiver<Vec<Change>>,
    everything: &[Change],
) -> Option<Vec<Change>> {
    let mut batch = Vec::new();
    match commits.recv().await {
        Ok(changes) => merge(&mut batch, changes),
        Err(RecvError::Lagged(_)) => merge(&mut batch, everything.to_vec()),
        Err(RecvError::Closed) => return None,
    }
    let end = Instant::now() + PAUSE;
    while let Ok(heard) = tokio::time::timeout_at(end, commits.recv()).await {
        match heard {
            Ok(changes) => merge(&mut batch, changes),
            Err(RecvError::Lagged(_)) => merge(&mut batch, everything.to_vec()),
            Err(RecvError::Closed) => break,
        }
    }
    Some(batch)
}

/// Adds what is not there yet; a batch is small, so looking through it is cheap.
fn merge(batch: &mut Vec<Change>, changes: Vec<Change>) {
    for change in changes {
        if !batch.contains(&change) {
            batch.push(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::broadcast;

    fn message(id: &str) -> Change {
        Change::Message { id: id.to_owned() }
    }

    #[tokio::test(start_paused = true)]
    async fn commits_close_in_time_are_told_once() {
        let (sender, mut commits) = broadcast::channel(8);
        sender.send(vec![message("a"), Change::Status]).unwrap();
        sender.send(vec![message("b"), Change::Status]).unwrap();
        let batch = next_batch(&mut commits, &[]).await.unwrap();
        assert_eq!(
            batch,
            [message("a"), Change::Status, message("b")],
            "each change is told once, in the order of the commits"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_commit_after_the_pause_is_a_batch_of_its_own() {
        let (sender, mut commits) = broadcast::channel(8);
        sender.send(vec![message("a")]).unwrap();
        let first = next_batch(&mut commits, &[]).await.unwrap();
        sender.send(vec![message("a")]).unwrap();
        let second = next_batch(&mut commits, &[]).await.unwrap();
        assert_eq!(
            (first.len(), second.len()),
            (1, 1),
            "a later commit is told although it names the same letter"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn missed_commits_make_everything_new() {
        let (sender, mut commits) = broadcast::channel(1);
        sender.send(vec![message("a")]).unwrap();
        sender.send(vec![message("b")]).unwrap();
        let batch = next_batch(&mut commits, &[Change::Accounts]).await.unwrap();
        assert_eq!(
            batch,
            [Change::Accounts, message("b")],
            "what was missed is replaced by everything"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn ends_with_the_engine() {
        let (sender, commits) = broadcast::channel::<Vec<Change>>(1);
        drop(sender);
        relay(commits, Vec::new(), |_| panic!("nothing was committed")).await;
    }
}
