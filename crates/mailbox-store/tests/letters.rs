//! Letters: stored as Altinn describes them, found by their words, counted by folder.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{
    Column, IntentKind, Level, MessagePut, Order, PartyRow, Predicate, Role, Scope, StatusRow,
    Writer, message_id,
};
use proptest::prelude::*;
use support::{DAY, Desk, file, letter};

fn text(text: &str) -> Predicate {
    Predicate::Text {
        column: None,
        text: text.into(),
        is_prefix: true,
    }
}

/// Titles of the letters of account `a` for which `predicate` holds, newest first.
async fn found(desk: &Desk, predicate: Predicate) -> Vec<String> {
    desk.store
        .read(move |r| r.list_page("a", &predicate, Order::Newest, 0, 100))
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.title)
        .collect()
}

#[tokio::test]
async fn words_are_found_as_typed_with_norwegian_letters_kept() {
    let desk = Desk::open().await;
    desk.put(letter(1, "Årsmøte i Ås", "Saksliste")).await;
    desk.put(letter(2, "Arsmote i As", "Uten ringer")).await;
    desk.put(letter(3, "Allé og kafé", "Søknad om skjenkebevilling"))
        .await;
    desk.put(letter(4, "Æsops sløyd", "På høring")).await;
    for (words, expected) in [
        ("årsmøte", vec!["Årsmøte i Ås"]),
        ("ÅRS", vec!["Årsmøte i Ås"]),
        ("a\u{30a}rsmøte", vec!["Årsmøte i Ås"]),
        ("arsmote", vec!["Arsmote i As"]),
        ("alle", vec!["Allé og kafé"]),
        ("kafé", vec!["Allé og kafé"]),
        ("cafe", vec![]),
        ("søk", vec!["Allé og kafé"]),
        ("knad", vec![]),
        ("æ", vec!["Æsops sløyd"]),
        ("sløyd", vec!["Æsops sløyd"]),
        ("sloyd", vec![]),
    ] {
        assert_eq!(found(&desk, text(words)).await, expected, "{words}");
    }
}

#[tokio::test]
async fn words_are_found_in_the_part_that_is_asked_about() {
    let desk = Desk::open().await;
    let mut one = letter(1, "Gebyr", "Vedtak om vann");
    one.attachments = vec![file("f1", "a\u{30a}rsrapport-2025.pdf")];
    one.message_sender = "Etat for brann".into();
    desk.put(one).await;
    desk.put(letter(2, "Vann", "Gebyr for brann")).await;
    for (column, word, expected) in [
        (Column::Title, "gebyr", vec!["Gebyr"]),
        (Column::Body, "gebyr", vec!["Vann"]),
        (Column::Sender, "brann", vec!["Gebyr"]),
        (Column::Sender, "974760673", vec!["Vann", "Gebyr"]),
        (Column::Recipient, "991825827", vec!["Vann", "Gebyr"]),
        (Column::Reference, "ref-1", vec!["Gebyr"]),
        (Column::File, "årsrapport", vec!["Gebyr"]),
        (Column::File, "2025", vec!["Gebyr"]),
    ] {
        let asked = Predicate::Text {
            column: Some(column),
            text: word.into(),
            is_prefix: false,
        };
        assert_eq!(found(&desk, asked).await, expected, "{column:?} {word}");
    }
    let phrase = |words: &str| Predicate::Text {
        column: None,
        text: words.into(),
        is_prefix: false,
    };
    assert_eq!(
        found(&desk, phrase("om vann")).await,
        vec!["Gebyr"],
        "in this order"
    );
    assert_eq!(
        found(&desk, phrase("vann om")).await,
        Vec::<String>::new(),
        "and no other"
    );
    assert_eq!(
        found(
            &desk,
            Predicate::All(vec![
                text("brann"),
                Predicate::Not(Box::new(text("vedtak")))
            ])
        )
        .await,
        vec!["Vann"],
        "without"
    );
    assert_eq!(
        found(&desk, Predicate::Not(Box::new(text("vedtak")))).await,
        vec!["Vann"],
        "only without"
    );
    assert_eq!(
        found(
            &desk,
            Predicate::Any(vec![text("vedtak"), Predicate::Attachment, text("xyz")])
        )
        .await,
        vec!["Gebyr"],
        "either, whatever answers it"
    );
}

#[tokio::test]
async fn a_name_learnt_later_finds_letters_stored_before() {
    let desk = Desk::open().await;
    let one = letter(1, "Brev", "x");
    let urn = one.sender.clone();
    desk.put(one).await;
    assert_eq!(
        found(&desk, text("digdir")).await,
        Vec::<String>::new(),
        "no name yet"
    );
    desk.store
        .write(move |tx| {
            assert_eq!(
                tx.unnamed_parties("a", 10)?.len(),
                2,
                "both parties are to be asked about"
            );
            tx.put_party(&PartyRow {
                urn,
                name: "Digdir".into(),
                place: None,
                is_deleted: false,
                is_known: true,
                checked_at: 2,
            })
        })
        .await
        .unwrap();
    assert_eq!(
        found(&desk, text("digdir")).await,
        vec!["Brev"],
        "by the new name"
    );
}

#[tokio::test]
async fn the_same_letter_twice_is_one_letter() {
    let desk = Desk::open().await;
    let mut one = letter(1, "Tittel", "Innhold");
    one.attachments = vec![file("f1", "a.pdf")];
    one.statuses = vec![StatusRow {
        status: "Published".into(),
        text: String::new(),
        at: 5,
        is_local: false,
    }];
    let key = desk.put(one.clone()).await;
    let before = desk
        .store
        .read(move |r| {
            Ok((
                r.message_by_key(key)?,
                r.attachments(key)?,
                r.statuses(key)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(desk.put(one).await, key, "it keeps its key");
    let after = desk
        .store
        .read(move |r| {
            Ok((
                r.message_by_key(key)?,
                r.attachments(key)?,
                r.statuses(key)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(after, before, "applying twice is a no-op");
    assert_eq!(
        found(&desk, text("innhold")).await.len(),
        1,
        "also in the index"
    );
}

#[tokio::test]
async fn what_altinn_blanks_and_what_the_user_did_here_is_kept() {
    let desk = Desk::open().await;
    let mut sent = letter(1, "Vår tittel", "Vår tekst");
    sent.role = Role::Sent;
    let key = desk.put(sent.clone()).await;
    desk.store
        .write(move |tx| {
            tx.set_archived(key, Some(7))?;
            tx.set_opened(key, Some(8))
        })
        .await
        .unwrap();
    sent.title = String::new();
    sent.snippet = String::new();
    sent.body = None;
    sent.published_at = Some(9);
    sent.read_at = Some(10);
    desk.put(sent.clone()).await;
    sent.read_at = None;
    desk.put(sent).await;
    let (row, body) = desk
        .store
        .read(move |r| Ok((r.message_by_key(key)?.unwrap(), r.body(key)?.unwrap())))
        .await
        .unwrap();
    assert_eq!(
        (row.title.as_str(), body.body.as_str()),
        ("Vår tittel", "Vår tekst"),
        "the sender's view is blank after publication"
    );
    assert_eq!((row.archived_at, row.opened_at), (Some(7), Some(8)), "ours");
    assert_eq!(row.read_at, Some(10), "what happened has happened");
    assert_eq!(
        found(&desk, text("tekst")).await,
        vec!["Vår tittel"],
        "still found"
    );
}

#[tokio::test]
async fn one_letter_between_two_accounts_is_two_letters() {
    let desk = Desk::open().await;
    let mut sent = letter(1, "Mellom oss", "x");
    sent.role = Role::Sent;
    let id = sent.correspondence.clone();
    desk.put(sent).await;
    let mut received = letter(1, "Mellom oss", "x");
    received.account = "b".into();
    desk.put(received).await;
    let (by_id, exact) = desk
        .store
        .read(move |r| {
            Ok((
                r.message(&id)?.unwrap(),
                r.message(&message_id("a", Role::Sent, &id))?.unwrap(),
            ))
        })
        .await
        .unwrap();
    assert_eq!(by_id.account, "b", "Altinn's id opens the received one");
    assert_eq!(exact.role, Role::Sent, "the window's id opens just that");
}

/// Puts letters in every drawer; the time is `DAY`.
async fn full_desk() -> Desk {
    let desk = Desk::open().await;
    let now = DAY;
    let at = |id, title: &str, change: &dyn Fn(&mut mailbox_store::MessagePut)| {
        let mut one = letter(id, title, "x");
        one.at = now - i64::from(id);
        change(&mut one);
        one
    };
    let letters = vec![
        at(1, "ulest", &|_| {}),
        at(2, "lest", &|m| m.read_at = Some(1)),
        at(3, "bekreft", &|m| {
            m.is_confirmation_needed = true;
            m.due_at = Some(now + 1);
        }),
        at(4, "for sent", &|m| {
            m.is_confirmation_needed = true;
            m.due_at = Some(now - 1);
        }),
        at(5, "frist forbi, ikke bedt om svar", &|m| {
            m.due_at = Some(now - 1)
        }),
        at(6, "lang frist", &|m| m.due_at = Some(now + 30 * DAY)),
        at(7, "bekreftet", &|m| {
            m.is_confirmation_needed = true;
            m.due_at = Some(now + 1);
            m.confirmed_at = Some(2);
            m.read_at = Some(2);
        }),
        at(8, "arkivert", &|_| {}),
        at(9, "slettet", &|m| m.gone_at = Some(3)),
        at(10, "sendt", &|m| m.role = Role::Sent),
        at(11, "planlagt", &|m| {
            m.role = Role::Sent;
            m.at = now + DAY;
        }),
        at(12, "feilet", &|m| {
            m.role = Role::Sent;
            m.failed_at = Some(4);
        }),
        at(13, "annen konto", &|m| m.account = "b".into()),
    ];
    for one in letters {
        let is_archived = one.title == "arkivert";
        let key = desk.put(one).await;
        if is_archived {
            desk.store
                .write(move |tx| tx.set_archived(key, Some(5)))
                .await
                .unwrap();
        }
    }
    desk.store
        .write(|tx| {
            tx.probe_messages(
                "a",
                Role::Received,
                "taushet",
                true,
                DAY - 50,
                1,
                &["11111111-0000-4000-8000-000000000001".into()],
            )?;
            tx.probe_messages(
                "a",
                Role::Received,
                "tjeneste",
                false,
                DAY - 60,
                1,
                &["11111111-0000-4000-8000-000000000002".into()],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    desk
}

#[tokio::test]
async fn every_folder_counts_what_it_lists() {
    let desk = full_desk().await;
    let (now, until) = (DAY, 8 * DAY);
    let totals = desk
        .store
        .read(move |r| r.folder_totals("a", now, until))
        .await
        .unwrap();
    let titles = [
        (Scope::Inbox, totals.inbox, 8),
        (Scope::Unread, totals.unread, 6),
        (Scope::NeedsConfirmation, totals.needs_confirmation, 2),
        (Scope::DueSoon { now, until }, totals.due_soon, 2),
        (Scope::Confidential, totals.confidential, 1),
        (Scope::Archive, totals.archive, 1),
        (Scope::Sent { now }, totals.sent, 1),
        (Scope::Scheduled { now }, totals.scheduled, 1),
        (Scope::Failed, totals.failed, 1),
    ];
    for (scope, counted, expected) in titles {
        let listed = found(&desk, Predicate::In(scope.clone())).await;
        assert_eq!(counted, expected, "{scope:?} lists {listed:?}");
        assert_eq!(
            listed.len(),
            usize::try_from(expected).unwrap(),
            "{scope:?}: the number beside a folder is the length of its list: {listed:?}"
        );
    }
    assert_eq!(totals.overdue, 1, "passed, and confirmation is asked for");
    assert_eq!(totals.sealed, 1, "a confidential letter nobody opened");
    assert_eq!(
        found(&desk, Predicate::In(Scope::Everywhere)).await.len(),
        8 + 1 + 3,
        "all but the deleted and the one that is only an id"
    );
    let services = desk.store.read(|r| r.service_totals("a")).await.unwrap();
    let services: Vec<_> = services
        .iter()
        .map(|service| (service.resource.as_str(), service.total, service.unread))
        .collect();
    assert_eq!(
        services,
        vec![("tjeneste", 8, 6), ("taushet", 1, 1)],
        "received letters by service, archived ones too"
    );
}

#[tokio::test]
async fn a_wish_moves_a_letter_at_once() {
    let desk = full_desk().await;
    let key = desk
        .store
        .read(|r| {
            let page = r.list_page(
                "a",
                &Predicate::In(Scope::NeedsConfirmation),
                Order::Oldest,
                0,
                1,
            )?;
            Ok(page.first().unwrap().key)
        })
        .await
        .unwrap();
    desk.store
        .write(move |tx| {
            tx.set_confirm_asked(key, Some(9))?;
            tx.add_intent("a", key, IntentKind::Confirm, 9)?;
            tx.add_intent("a", key, IntentKind::Confirm, 10)
        })
        .await
        .unwrap();
    let (totals, intents) = desk
        .store
        .read(move |r| Ok((r.folder_totals("a", DAY, 8 * DAY)?, r.intents(key)?)))
        .await
        .unwrap();
    assert_eq!(
        totals.needs_confirmation, 1,
        "nothing waits for the network"
    );
    assert_eq!(intents.len(), 1, "asking twice is one wish");
    assert_eq!(intents.first().unwrap().created_at, 9, "the first");
}

#[tokio::test]
async fn a_gone_letter_is_remembered_and_not_shown() {
    let desk = Desk::open().await;
    let key = desk.put(letter(1, "Borte", "x")).await;
    desk.store
        .write(move |tx| tx.set_gone(key, 5))
        .await
        .unwrap();
    assert_eq!(
        found(&desk, Predicate::In(Scope::Everywhere)).await,
        Vec::<String>::new(),
        "in no folder"
    );
    let spine = desk
        .store
        .read(|r| r.spine("a", "tjeneste", Role::Received))
        .await
        .unwrap();
    assert_eq!(
        spine
            .iter()
            .map(|row| (row.level, row.is_gone))
            .collect::<Vec<_>>(),
        vec![(Level::Gone, true)],
        "the plan must know it, never to ask again"
    );
}

#[tokio::test]
async fn a_list_is_new_after_every_commit() {
    let desk = Desk::open().await;
    let everywhere = || Predicate::In(Scope::Everywhere);
    for n in 1..=20u32 {
        desk.put(letter(n, &format!("Brev {n}"), "x")).await;
        for _ in 0..3 {
            assert_eq!(
                found(&desk, everywhere()).await.len(),
                usize::try_from(n).unwrap(),
                "a kept answer must not outlive a commit"
            );
        }
    }
    let page = desk
        .store
        .read(move |r| r.list_page("a", &everywhere(), Order::Newest, 5, 3))
        .await
        .unwrap();
    assert_eq!(
        page.iter()
            .map(|row| row.title.as_str())
            .collect::<Vec<_>>(),
        vec!["Brev 15", "Brev 14", "Brev 13"],
        "a page is a part of the whole"
    );
}

#[tokio::test]
async fn many_hits_and_few_give_the_same_answer() {
    let desk = Desk::open().await;
    desk.store
        .write(|tx| {
            for n in 0..900u32 {
                let body = if n % 2 == 0 {
                    "felles partall"
                } else {
                    "felles oddetall"
                };
                let mut one = letter(n, &format!("{n}"), body);
                if n % 3 == 0 {
                    one.read_at = Some(1);
                }
                tx.put_message(&one)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let ask = |word: &str| {
        Predicate::All(vec![
            Predicate::In(Scope::Inbox),
            Predicate::Unread,
            text(word),
        ])
    };
    let count = async |predicate: Predicate| {
        desk.store
            .read(move |r| Ok(r.list("a", &predicate, Order::Newest)?.len()))
            .await
            .unwrap()
    };
    assert_eq!(count(ask("felles")).await, 600, "all words, walked");
    assert_eq!(count(ask("partall")).await, 300, "half of them, walked");
    let late = (800..900).filter(|n| n % 2 == 0 && n % 3 != 0).count();
    assert_eq!(
        count(Predicate::All(vec![
            ask("partall"),
            text("felles"),
            Predicate::At {
                from: Some(DAY + 800),
                to: None
            }
        ]))
        .await,
        late,
        "and within a span of time"
    );
}

/// What can happen to a letter.
#[derive(Debug, Clone)]
enum Happens {
    Put(Box<MessagePut>),
    Probed(u32, bool),
    Gone(u32),
    Opened(u32, bool),
    Archived(u32, bool),
    Purged(u32, bool),
    ConfirmAsked(u32, bool),
    MarkedUnread(u32, bool),
    Marks(u32, [bool; 4]),
}

fn put() -> impl Strategy<Value = MessagePut> {
    let sides = prop_oneof![Just(Role::Received), Just(Role::Sent)];
    let levels = prop_oneof![
        Just(Level::Probed),
        Just(Level::Overview),
        Just(Level::Gone)
    ];
    (
        0..4u32,
        sides,
        levels,
        any::<[bool; 7]>(),
        0..6i64,
        "[xy]",
        proptest::option::of(1..8i64),
    )
        .prop_map(
            |(id, role, level, [a, b, c, d, e, f, has_body], hours, resource, due_at)| MessagePut {
                role,
                level,
                resource,
                at: hours * 1_800_000,
                due_at,
                is_confidential: a,
                is_confirmation_needed: b,
                read_at: c.then_some(1),
                confirmed_at: d.then_some(2),
                failed_at: e.then_some(3),
                gone_at: f.then_some(4),
                body: has_body.then(|| mailbox_store::MessageBody {
                    body: format!("**{id}**"),
                    plain: id.to_string(),
                }),
                ..letter(id, "Tittel", "Tekst")
            },
        )
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => put().prop_map(|put| Happens::Put(Box::new(put))),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::Probed(id, is)),
        1 => (0..4u32).prop_map(Happens::Gone),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::Opened(id, is)),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::Archived(id, is)),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::Purged(id, is)),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::ConfirmAsked(id, is)),
        1 => (0..4u32, any::<bool>()).prop_map(|(id, is)| Happens::MarkedUnread(id, is)),
        1 => (0..4u32, any::<[bool; 4]>()).prop_map(|(id, is)| Happens::Marks(id, is)),
    ]
}

fn perform(tx: &Writer<'_>, happens: &Happens) -> mailbox_store::Result<()> {
    let of = |id: u32| -> mailbox_store::Result<Option<i64>> {
        let correspondence = letter(id, "", "").correspondence;
        Ok(tx.message(&correspondence)?.map(|row| row.key))
    };
    let at = |is: bool| is.then_some(9);
    let (id, act): (u32, Box<dyn Fn(i64) -> mailbox_store::Result<()>>) = match *happens {
        Happens::Put(ref put) => return tx.put_message(put).map(drop),
        Happens::Probed(id, is) => {
            let ids = [letter(id, "", "").correspondence];
            return tx
                .probe_messages("a", Role::Received, "x", is, 5, 5, &ids)
                .map(drop);
        }
        Happens::Gone(id) => (id, Box::new(|key| tx.set_gone(key, 9))),
        Happens::Opened(id, is) => (id, Box::new(move |key| tx.set_opened(key, at(is)))),
        Happens::Archived(id, is) => (id, Box::new(move |key| tx.set_archived(key, at(is)))),
        Happens::Purged(id, is) => (id, Box::new(move |key| tx.set_purge_asked(key, at(is)))),
        Happens::ConfirmAsked(id, is) => {
            (id, Box::new(move |key| tx.set_confirm_asked(key, at(is))))
        }
        Happens::MarkedUnread(id, is) => (id, Box::new(move |key| tx.set_marked_unread(key, is))),
        Happens::Marks(id, [a, b, c, d]) => (
            id,
            Box::new(move |key| tx.set_marks(key, at(a), at(b), at(c), at(d))),
        ),
    };
    of(id)?.map_or(Ok(()), act)
}

/// Every row of a question, as text.
fn rows(sql: &rusqlite::Connection, question: &str) -> Vec<String> {
    let mut statement = sql.prepare(question).unwrap();
    let width = statement.column_count();
    statement
        .query_map([], |row| {
            (0..width)
                .map(|at| row.get::<_, rusqlite::types::Value>(at))
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .unwrap()
        .map(|row| format!("{:?}", row.unwrap()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever happens to letters: the numbers kept beside them are those that counting gives, the hours add up to the
    /// list, and a new letter was placed where the trigger puts it.
    #[test]
    fn what_is_kept_beside_letters_is_what_counting_gives(all in proptest::collection::vec(happens(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::open().await;
            desk.store
                .write(move |tx| all.iter().try_for_each(|one| perform(tx, one)))
                .await
                .unwrap();
            let raw = support::raw(&desk.path());
            let placed = "SELECT key, place, is_unread, is_sealed, is_awaiting FROM message ORDER BY key";
            let before = rows(&raw, placed);
            raw.execute_batch("UPDATE message SET is_marked_unread = is_marked_unread").unwrap();
            prop_assert_eq!(before, rows(&raw, placed), "placed as the trigger does");
            prop_assert_eq!(
                rows(&raw, "SELECT account, place, service, total, unread, awaiting, awaiting_due, confidential, sealed
                    FROM message_tally WHERE total <> 0 OR unread <> 0 OR awaiting <> 0 OR awaiting_due <> 0
                      OR confidential <> 0 OR sealed <> 0
                    ORDER BY 1, 2, 3"),
                rows(&raw, "SELECT account, place, service, count(*), sum(is_unread), sum(is_awaiting),
                    sum(is_awaiting AND due_at IS NOT NULL), sum(is_confidential), sum(is_sealed) FROM message GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
                "tallies"
            );
            prop_assert_eq!(
                rows(&raw, "SELECT account, place, hour, total, unread, awaiting FROM message_hour
                    WHERE total <> 0 OR unread <> 0 OR awaiting <> 0 ORDER BY 1, 2, 3"),
                rows(&raw, "SELECT account, place, at / 3600000, count(*), sum(is_unread), sum(is_awaiting)
                    FROM message GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
                "hours"
            );
            for order in [Order::Newest, Order::Oldest] {
                let soon = Scope::DueSoon { now: 3, until: 6 };
                for scope in [Scope::Inbox, Scope::Everywhere, Scope::Unread, Scope::NeedsConfirmation, soon, Scope::Service("x".into())] {
                    let all = Predicate::In(scope.clone());
                    let (list, pages, hours) = desk
                        .store
                        .read(move |r| {
                            // Before the list is made, so that pages are not cut from it.
                            let mut pages = Vec::new();
                            for offset in 0..6 {
                                pages.extend(r.list_page("a", &all, order, offset, 1)?);
                            }
                            let hours = r.hours("a", &all, order)?;
                            Ok((r.list("a", &all, order)?, pages, hours))
                        })
                        .await
                        .unwrap();
                    let keys: Vec<i64> = list.iter().take(6).map(|(key, _)| *key).collect();
                    let paged: Vec<i64> = pages.iter().map(|row| row.key).collect();
                    prop_assert_eq!(keys, paged, "pages of {:?} in order", scope);
                    if let Some(hours) = hours {
                        let total: u32 = hours.iter().map(|(_, count)| count).sum();
                        prop_assert_eq!(total as usize, list.len(), "hours add up to the list");
                    }
                }
            }
            Ok(())
        })?;
    }
}
