//! No statement about letters may walk through all of them: what a question costs is what it finds.

use crate::attachment::AttachmentPut;
use crate::error::Result;
use crate::intent::IntentKind;
use crate::key::StoreKey;
use crate::list::{Order, page_sql};
use crate::message::{Level, MessageBody, MessagePut, Role};
use crate::party::PartyRow;
use crate::pool::{Store, Writer};
use crate::predicate::{Predicate, Scope};
use crate::status::StatusRow;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Tables that grow with the letters, by the names that statements have for them.
const LARGE: &[&str] = &[
    "message",
    "m",
    "message_text",
    "message_history",
    "attachment",
];
/// Indexes that hold few rows however many letters there are.
const SMALL: &[&str] = &["attachment_wanted", "attachment_blob"];

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn note(event: TraceEvent<'_>) {
    if let TraceEvent::Stmt(statement, _) = event {
        SEEN.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(statement.sql().to_string());
    }
}

fn letter(n: u32) -> MessagePut {
    MessagePut {
        account: "a".into(),
        role: Role::Received,
        correspondence: n.to_string(),
        letter: None,
        resource: "tjeneste".into(),
        level: Level::Overview,
        sender: "urn:en".into(),
        recipient: "urn:to".into(),
        message_sender: String::new(),
        reference: String::new(),
        title: "Tittel".into(),
        summary: String::new(),
        snippet: String::new(),
        language: "nb".into(),
        at: i64::from(n),
        created_at: None,
        requested_publish_at: Some(i64::from(n)),
        published_at: None,
        due_at: Some(5),
        is_confirmation_needed: true,
        is_confidential: false,
        status: String::new(),
        status_text: String::new(),
        status_at: None,
        read_at: None,
        confirmed_at: None,
        failed_at: None,
        gone_at: None,
        reply_links_json: "[]".into(),
        extra_json: "{}".into(),
        checked_at: None,
        seen_at: 1,
        body: Some(MessageBody {
            body: "Tekst".into(),
            plain: "Tekst".into(),
        }),
        attachments: vec![AttachmentPut {
            id: "f".into(),
            name: "f.pdf".into(),
            ..AttachmentPut::default()
        }],
        statuses: vec![StatusRow {
            status: "Published".into(),
            text: String::new(),
            at: 1,
            is_local: false,
        }],
    }
}

/// What the engine asks and does about letters.
fn everything(tx: &Writer<'_>) -> Result<()> {
    tx.probe_messages("a", Role::Received, "tjeneste", true, 1, 1, &["9".into()])?;
    for n in [1, 2, 1] {
        tx.put_message(&letter(n))?;
    }
    let key = tx.message("1")?.map_or(0, |row| row.key);
    tx.message("r.a.1")?;
    tx.message_of("a", Role::Received, "1")?;
    tx.messages_of_letter("x")?;
    tx.spine("a", "tjeneste", Role::Received)?;
    tx.body(key)?;
    tx.statuses(key)?;
    tx.attachments(key)?;
    tx.attachment(key, "f")?;
    tx.wanted_attachments()?;
    tx.sweep_blobs()?;
    tx.intents(key)?;
    tx.add_intent("a", key, IntentKind::Confirm, 1)?;
    tx.set_gone(key, 1)?;
    tx.set_checked(key, 1)?;
    tx.set_opened(key, Some(1))?;
    tx.set_confirm_asked(key, Some(1))?;
    tx.set_purge_asked(key, None)?;
    tx.set_archived(key, None)?;
    tx.set_marked_unread(key, true)?;
    tx.set_marks(key, Some(1), None, None, None)?;
    tx.unnamed_parties("a", 10)?;
    tx.put_party(&PartyRow {
        urn: "urn:en".into(),
        name: "En".into(),
        place: None,
        is_deleted: false,
        is_known: true,
        checked_at: 1,
    })?;
    tx.folder_totals("a", 1, 10)?;
    tx.service_totals("a")?;
    for scope in [
        Scope::Inbox,
        Scope::Unread,
        Scope::NeedsConfirmation,
        Scope::DueSoon { now: 1, until: 10 },
        Scope::Confidential,
        Scope::Archive,
        Scope::Sent { now: 1 },
        Scope::Scheduled { now: 1 },
        Scope::Failed,
        Scope::Service("tjeneste".into()),
        Scope::Everywhere,
    ] {
        let all = Predicate::In(scope);
        for order in [Order::Newest, Order::Oldest] {
            tx.list("a", &all, order)?;
            tx.list_page("a", &all, order, 0, 50)?;
            tx.list_page("a", &all, order, 5_000, 50)?;
            tx.hours("a", &all, order)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_statement_walks_through_all_letters() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("a.db"), &StoreKey::new([1; 32])).unwrap();
    let walks = store
        .write(|tx| {
            tx.put_account(&crate::AccountRow {
                id: "a".into(),
                name: "A".into(),
                organisation_number: String::new(),
                environment: String::new(),
                added_at: 0,
            })?;
            let stop = TraceEventCodes::empty();
            tx.sql
                .trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note));
            let done = everything(tx);
            tx.sql.trace_v2(stop, None);
            done?;
            let mut walks = Vec::new();
            for sql in SEEN.lock().unwrap().iter() {
                for step in steps(tx, sql)? {
                    let words: Vec<&str> = step.split(' ').collect();
                    let is_small = SMALL.iter().any(|index| words.contains(index));
                    if words[0] == "SCAN" && LARGE.contains(&words[1]) && !is_small {
                        walks.push(format!("{step}: {sql}"));
                    }
                }
            }
            assert!(SEEN.lock().unwrap().len() > 60, "the statements were seen");
            Ok(walks)
        })
        .await
        .unwrap();
    assert_eq!(walks, Vec::<String>::new());
}

#[tokio::test]
async fn first_pages_are_read_in_order_and_never_sorted() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("a.db"), &StoreKey::new([1; 32])).unwrap();
    store
        .write(|tx| {
            for scope in [
                Scope::Inbox,
                Scope::Unread,
                Scope::NeedsConfirmation,
                Scope::Confidential,
                Scope::Sent { now: 1 },
                Scope::Scheduled { now: 1 },
                Scope::Service("tjeneste".into()),
                Scope::Everywhere,
            ] {
                let sql = page_sql(&Predicate::In(scope.clone()), Order::Newest);
                let steps = steps(tx, &sql)?;
                assert!(
                    !steps.iter().any(|step| step.contains("TEMP B-TREE")),
                    "{scope:?} is sorted whole for its first page: {steps:?}"
                );
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// How SQLite answers a statement.
fn steps(tx: &Writer<'_>, sql: &str) -> Result<Vec<String>> {
    let Ok(mut plan) = tx.sql.prepare(&format!("EXPLAIN QUERY PLAN {sql}")) else {
        // The index's own, which it prepares for itself.
        return Ok(Vec::new());
    };
    let steps = plan
        .raw_query()
        .mapped(|row| row.get(3))
        .collect::<rusqlite::Result<_>>();
    Ok(steps?)
}
