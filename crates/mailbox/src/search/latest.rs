//! One search at a time: what is typed next takes the place of what was being looked for.

use crate::{Error, Result};
use std::future::Future;
use tokio::sync::watch;

/// The text that was last searched for.
#[derive(Debug)]
pub(crate) struct Searches(watch::Sender<String>);

impl Default for Searches {
    fn default() -> Self {
        Self(watch::Sender::new(String::new()))
    }
}

impl Searches {
    /// The answer about `text`, unless another text is asked about meanwhile: then the question is dropped, and with it
    /// the statement that was looking. Lists without a search are nobody's rivals.
    pub(crate) async fn unless_superseded<T>(
        &self,
        text: &str,
        answer: impl Future<Output = mailbox_store::Result<T>> + Send,
    ) -> Result<T> {
        if text.trim().is_empty() {
            return Ok(answer.await?);
        }
        self.0.send_if_modified(|latest| {
            let is_new = latest != text;
            if is_new {
                text.clone_into(latest);
            }
            is_new
        });
        let mut latest = self.0.subscribe();
        tokio::select! {
            answer = answer => Ok(answer?),
            _ = latest.wait_for(|latest| latest != text) => {
                Err(Error::internal("another search took the place of this one"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_search_drops_the_one_before_and_no_list() {
        let searches = Searches::default();
        let never = std::future::pending::<mailbox_store::Result<()>>;
        let (first, second, list) = tokio::join!(
            searches.unless_superseded("v", never()),
            searches.unless_superseded("ve", async { Ok(2) }),
            searches.unless_superseded("", async { Ok(3) }),
        );
        assert!(first.is_err(), "nobody waits for it any more");
        assert_eq!(second, Ok(2), "the latest is answered");
        assert_eq!(list, Ok(3), "a list has no part in it");
    }
}
