//! The same questions asked of what is only here: drafts and letters on their way. There are few, so no index is needed.

use super::date;
use super::operator::Operator;
use super::parse::{Expr, Leaf};
use mailbox_store::{fold, words};

/// A draft or outbox item as a search sees it.
#[derive(Debug)]
pub(crate) struct Local<'a> {
    pub(crate) title: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) text: &'a str,
    pub(crate) at: i64,
    pub(crate) is_failed: bool,
    pub(crate) has_files: bool,
}

impl Local<'_> {
    /// Whether `expr` holds of it at the time `now`.
    pub(crate) fn holds(&self, expr: &Expr, now: i64) -> bool {
        match expr {
            Expr::All(parts) => parts.iter().all(|part| self.holds(part, now)),
            Expr::Any(parts) => parts.iter().any(|part| self.holds(part, now)),
            Expr::Not(inner) => !self.holds(inner, now),
            Expr::Leaf(leaf) => self.leaf(leaf, now),
        }
    }

    fn leaf(&self, leaf: &Leaf, now: i64) -> bool {
        let anywhere = |text: &str, is_prefix| {
            [self.title, self.recipient, self.text]
                .iter()
                .any(|hay| contains(hay, text, is_prefix))
        };
        match leaf {
            Leaf::Words(text) => anywhere(text, true),
            Leaf::Phrase(text) => anywhere(text, false),
            Leaf::Organisation(number) | Leaf::Person(number) => anywhere(number, false),
            Leaf::Field { operator, value } => match operator {
                Operator::To => contains(self.recipient, value, true),
                Operator::Subject => contains(self.title, value, true),
                Operator::Is => {
                    matches!(value.to_lowercase().as_str(), "feilet" | "feila" | "failed")
                        && self.is_failed
                }
                Operator::Has => {
                    matches!(value.to_lowercase().as_str(), "vedlegg" | "attachment")
                        && self.has_files
                }
                Operator::Before => date::span(value, now, false)
                    .and_then(|span| span.from)
                    .is_some_and(|from| self.at < from),
                Operator::After => date::span(value, now, false)
                    .and_then(|span| span.from)
                    .is_some_and(|from| self.at >= from),
                Operator::In => true,
                Operator::From
                | Operator::Due
                | Operator::Status
                | Operator::Reference
                | Operator::Resource
                | Operator::File => false,
            },
        }
    }
}

fn contains(hay: &str, needle: &str, is_prefix: bool) -> bool {
    let needle = fold(needle);
    let needle: Vec<_> = words(&needle).map(|(_, word)| word).collect();
    let hay: Vec<_> = words(hay).map(|(_, word)| word).collect();
    let Some((last, before)) = needle.split_last() else {
        return true;
    };
    hay.windows(needle.len()).any(|part| {
        part.split_last().is_some_and(|(end, start)| {
            start == before
                && if is_prefix {
                    end.starts_with(last.as_ref())
                } else {
                    end == last
                }
        })
    })
}
