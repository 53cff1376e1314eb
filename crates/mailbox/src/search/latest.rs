//! Search as somebody types: the same question with other words takes the place of the one before.

use crate::view::ListQuery;
use crate::{Error, Result};
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What is asked of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its length and headings.
    Shape,
    /// Its rows, at most so many.
    Rows(u32),
}

/// A question but for its words, and the words that were last asked about. Someone else's questions (the list under the
/// field in which somebody types) differ in more than words, so they are left alone.
#[derive(Debug)]
struct Lane {
    asked: Asked,
    list: ListQuery,
    words: watch::Sender<String>,
}

/// Searches that are being answered.
#[derive(Debug, Default)]
pub(crate) struct Searches(Mutex<Vec<Lane>>);

impl Searches {
    /// The answer, unless the same is asked about other words meanwhile: then this question is dropped, and with it the
    /// statement that was looking. Lists without a search have no rivals.
    pub(crate) async fn unless_superseded<T>(
        &self,
        asked: Asked,
        query: &ListQuery,
        answer: impl Future<Output = mailbox_store::Result<T>> + Send,
    ) -> Result<T> {
        if query.search.trim().is_empty() {
            return Ok(answer.await?);
        }
        let mut latest = self.enter(asked, query);
        tokio::select! {
            answer = answer => Ok(answer?),
            _ = latest.wait_for(|words| *words != query.search) => {
                Err(Error::internal("another search took the place of this one"))
            }
        }
    }

    fn enter(&self, asked: Asked, query: &ListQuery) -> watch::Receiver<String> {
        let list = ListQuery {
            search: String::new(),
            ..query.clone()
        };
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.retain(|lane| lane.words.receiver_count() > 0);
        if let Some(lane) = lanes
            .iter()
            .find(|lane| lane.asked == asked && lane.list == list)
        {
            lane.words.send_replace(query.search.clone());
            return lane.words.subscribe();
        }
        let (words, latest) = watch::channel(query.search.clone());
        lanes.push(Lane { asked, list, words });
        latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Filters, Place, Sort};

    fn everywhere(search: &str) -> ListQuery {
        ListQuery {
            account: "a".into(),
            place: Place::Everywhere,
            search: search.into(),
            filters: Filters {
                unread: false,
                needs_confirmation: false,
                attachments: false,
                due: false,
            },
            sort: Sort::Newest,
        }
    }

    #[tokio::test]
    async fn other_words_drop_the_question_before_and_nothing_else() {
        let searches = Searches::default();
        let never = std::future::pending::<mailbox_store::Result<()>>;
        let (rows, shape) = (Asked::Rows(5), Asked::Shape);
        let (v, ve, list) = (everywhere("v"), everywhere("ve"), everywhere(""));
        let beside = searches.unless_superseded(shape, &v, async {
            tokio::task::yield_now().await;
            Ok(1)
        });
        let (first, beside, second, again, list) = tokio::join!(
            searches.unless_superseded(rows, &v, never()),
            beside,
            searches.unless_superseded(rows, &ve, async {
                tokio::task::yield_now().await;
                Ok(2)
            }),
            searches.unless_superseded(rows, &ve, async { Ok(3) }),
            searches.unless_superseded(rows, &list, async { Ok(4) }),
        );
        assert!(first.is_err(), "nobody waits for it any more");
        assert_eq!(beside, Ok(1), "the shape of a list is another question");
        assert_eq!(second, Ok(2), "the latest is answered");
        assert_eq!(again, Ok(3), "as often as it is asked");
        assert_eq!(list, Ok(4), "a list has no part in it");
        searches.enter(rows, &v);
        assert_eq!(
            searches.0.lock().unwrap().len(),
            1,
            "what is answered is not kept"
        );
    }
}
