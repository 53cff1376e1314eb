//! What the index finds is what reading every letter would find.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{Column, MessageBody, Order, Predicate, Scope, words};
use proptest::prelude::*;
use support::{Desk, file, letter};

/// Words that begin alike, are each other's beginnings, and stand in many letters.
const WORDS: &[&str] = &[
    "å",
    "år",
    "års",
    "årsmøte",
    "Årsmøtet",
    "møte",
    "møter",
    "på",
    "påle",
    "pålegg",
    "vei",
    "Veien",
    "veiene",
    "idé",
    "ide",
    "x",
    "12",
    "123",
    "1234",
    "b",
    "ba",
    "bar",
];

/// A letter's columns, as a reader of it sees them.
#[derive(Debug, Clone)]
struct Page {
    title: String,
    summary: String,
    body: String,
    file: String,
}

fn text(most: usize) -> impl Strategy<Value = String> {
    let separators = prop::sample::select(vec![" ", ", ", "-", ". "]);
    prop::collection::vec((prop::sample::select(WORDS), separators), 0..most).prop_map(|words| {
        words
            .into_iter()
            .map(|(word, end)| format!("{word}{end}"))
            .collect()
    })
}

fn page() -> impl Strategy<Value = Page> {
    (text(4), text(3), text(30), text(2)).prop_map(|(title, summary, body, file)| Page {
        title,
        summary,
        body,
        file,
    })
}

fn phrase() -> impl Strategy<Value = Predicate> {
    let column = prop::sample::select(vec![
        None,
        None,
        None,
        Some(Column::Title),
        Some(Column::Body),
        Some(Column::File),
        Some(Column::Sender),
    ]);
    let words = prop::collection::vec(prop::sample::select(WORDS), 1..4);
    (column, words, any::<bool>()).prop_map(|(column, words, is_prefix)| Predicate::Text {
        column,
        text: words.join(" "),
        is_prefix,
    })
}

fn question() -> impl Strategy<Value = Predicate> {
    phrase().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Predicate::All),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Predicate::Any),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

fn cut(text: &str) -> Vec<String> {
    words(text).map(|(_, word)| word.into_owned()).collect()
}

impl Page {
    fn holds(&self, predicate: &Predicate) -> bool {
        match predicate {
            Predicate::All(parts) => parts.iter().all(|part| self.holds(part)),
            Predicate::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Predicate::Not(inner) => !self.holds(inner),
            Predicate::Text {
                column,
                text,
                is_prefix,
            } => {
                let body = format!("{} {}", self.summary, self.body);
                [
                    (Column::Title, self.title.as_str()),
                    (Column::Body, &body),
                    (Column::File, &self.file),
                ]
                .iter()
                .filter(|(of, _)| column.is_none_or(|column| column == *of))
                .any(|(_, column)| stands(&cut(column), &cut(text), *is_prefix))
            }
            other => panic!("not asked here: {other:?}"),
        }
    }
}

fn stands(column: &[String], phrase: &[String], is_prefix: bool) -> bool {
    let (last, first) = phrase.split_last().unwrap();
    column.windows(phrase.len()).any(|words| {
        let end = &words[first.len()];
        words[..first.len()] == *first
            && if is_prefix {
                end.starts_with(last)
            } else {
                end == last
            }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_index_finds_what_reading_finds(
        first in prop::collection::vec(page(), 1..40),
        changed in prop::collection::vec(page(), 0..10),
        questions in prop::collection::vec(question(), 20..40),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let desk = Desk::open().await;
            let mut pages: Vec<(i64, Page)> = Vec::new();
            for (at, page) in first.iter().chain(&changed).enumerate() {
                // Letters that are stored once more, with other words.
                let at = at % first.len();
                let number = u32::try_from(at).unwrap();
                let mut put = letter(number, &page.title, &page.body);
                put.reference = String::new();
                put.summary.clone_from(&page.summary);
                put.body = Some(MessageBody { body: page.body.clone(), plain: page.body.clone() });
                put.attachments = vec![file("f", &page.file)];
                let key = desk.put(put).await;
                let mut page = page.clone();
                if let Some((_, old)) = pages.iter().find(|(old, _)| *old == key) {
                    // What Altinn blanks stays.
                    for (new, old) in [(&mut page.title, &old.title), (&mut page.summary, &old.summary)] {
                        if new.is_empty() {
                            new.clone_from(old);
                        }
                    }
                }
                pages.retain(|(old, _)| *old != key);
                pages.push((key, page));
            }
            pages.sort_by_key(|(key, _)| *key);
            for question in questions {
                let expected: Vec<i64> = pages
                    .iter()
                    .filter(|(_, page)| page.holds(&question))
                    .map(|(key, _)| *key)
                    .collect();
                let asked = Predicate::All(vec![Predicate::In(Scope::Everywhere), question.clone()]);
                let (mut list, mut newest) = desk
                    .store
                    .read(move |r| {
                        let newest = r.list_page("a", &asked, Order::Newest, 0, 50)?;
                        let list = r.list("a", &asked, Order::Oldest)?;
                        Ok((
                            list.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
                            newest.iter().map(|row| row.key).collect::<Vec<_>>(),
                        ))
                    })
                    .await
                    .unwrap();
                list.sort_unstable();
                newest.sort_unstable();
                assert_eq!(list, expected, "the list of {question:?}");
                assert_eq!(newest, expected, "the first page of {question:?}");
            }
        });
    }
}
