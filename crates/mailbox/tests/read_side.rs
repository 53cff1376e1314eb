//! Folders, lists, search and letters, from a store that was filled by hand; no network is touched.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use mailbox::view::{
    AttachmentState, ConfirmState, ErrorCode, EventKind, Filters, Folder, GroupKind, Inline,
    ListQuery, Message, Place, ReadState, Row, RowKind, Sort, Tag,
};
use mailbox::{Mailbox, Options, SystemIds, TestClock};
use mailbox_store::{
    AccountRow, AttachmentPut, DraftRow, LetterRow, Level, MessageBody, MessagePut, OutboxRow,
    OutboxState, PartyRow, Role, ServiceRow, StatusRow, Store, StoreKey,
};
use std::sync::Arc;
use tempfile::TempDir;

/// Noon in Oslo on Wednesday 18 November 2026.
const NOW: i64 = 1_794_999_600_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const SENDER: &str = "urn:altinn:organization:identifier-no:974760673";
const US: &str = "urn:altinn:organization:identifier-no:991825827";

struct World {
    store: Store,
    mailbox: Mailbox,
    _folder: TempDir,
}

impl World {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), &StoreKey::new([3; 32])).unwrap();
        store
            .write(|tx| {
                tx.put_account(&AccountRow {
                    id: "a".into(),
                    name: "Fjordby kommune".into(),
                    organisation_number: "991825827".into(),
                    environment: "practice".into(),
                    added_at: 0,
                })?;
                for (urn, name) in [(SENDER, "Statsforvalteren"), (US, "Fjordby kommune")] {
                    tx.put_party(&PartyRow {
                        urn: urn.into(),
                        name: name.into(),
                        place: None,
                        is_deleted: false,
                        is_known: true,
                        checked_at: 0,
                    })?;
                }
                tx.put_service(&ServiceRow {
                    resource: "tilsyn".into(),
                    title_nb: "Tilsyn".into(),
                    title_nn: String::new(),
                    title_en: "Supervision".into(),
                    owner: "974760673".into(),
                    is_confidential: false,
                    takes_confidential: false,
                    minimum_level: 3,
                    checked_at: 0,
                })
            })
            .await
            .unwrap();
        let mailbox = Mailbox::open(Options {
            store: store.clone(),
            accounts: Vec::new(),
            network: mailbox::Network::default(),
            clock: Arc::new(TestClock::at(NOW)),
            ids: Arc::new(SystemIds),
            is_key_temporary: true,
        })
        .await
        .unwrap();
        Self {
            store,
            mailbox,
            _folder: folder,
        }
    }

    async fn receives(&self, letter: MessagePut) -> i64 {
        self.store
            .write(move |tx| tx.put_message(&letter))
            .await
            .unwrap()
    }

    async fn rows(&self, query: ListQuery) -> Vec<Row> {
        let shape = self.mailbox.list_shape(query.clone()).await.unwrap();
        let rows = self.mailbox.list_rows(query, 0, 500).await.unwrap();
        let grouped: u32 = shape.groups.iter().map(|group| group.count).sum();
        assert_eq!(grouped, shape.total, "groups add up to the total");
        assert_eq!(
            rows.len(),
            usize::try_from(shape.total).unwrap(),
            "the shape promises as many rows as there are"
        );
        rows
    }

    async fn titles(&self, search: &str) -> Vec<String> {
        self.rows(everywhere(search))
            .await
            .into_iter()
            .map(|row| row.title)
            .collect()
    }

    async fn badge(&self, folder: Folder) -> (u32, u32, bool) {
        let folders = self.mailbox.folders("a").await.unwrap();
        folders
            .folders
            .iter()
            .find(|count| count.folder == folder)
            .map(|count| (count.total, count.badge, count.urgent))
            .unwrap_or_default()
    }

    async fn shows(&self, id: u32) -> Message {
        self.mailbox.message(&correspondence(id)).await.unwrap()
    }
}

fn correspondence(id: u32) -> String {
    format!("00000000-0000-4000-8000-{id:012}")
}

fn letter(id: u32, title: &str, body: &str) -> MessagePut {
    let plain = mailbox::body::plain(body);
    MessagePut {
        account: "a".into(),
        role: Role::Received,
        correspondence: correspondence(id),
        letter: None,
        resource: "tilsyn".into(),
        level: Level::Overview,
        sender: SENDER.into(),
        recipient: US.into(),
        message_sender: String::new(),
        reference: format!("2026/{id}"),
        title: title.into(),
        summary: String::new(),
        snippet: mailbox::body::snippet("", &plain),
        language: "nb".into(),
        at: NOW - i64::from(id) * HOUR,
        created_at: None,
        requested_publish_at: None,
        published_at: Some(NOW - i64::from(id) * HOUR),
        due_at: None,
        is_confirmation_needed: false,
        is_confidential: false,
        status: "Published".into(),
        status_text: String::new(),
        status_at: Some(NOW - i64::from(id) * HOUR),
        read_at: None,
        confirmed_at: None,
        failed_at: None,
        gone_at: None,
        reply_links_json: "[]".into(),
        extra_json: "{}".into(),
        checked_at: Some(NOW),
        seen_at: NOW,
        body: Some(MessageBody {
            body: body.into(),
            plain,
        }),
        attachments: Vec::new(),
        statuses: Vec::new(),
    }
}

fn list(place: Place, search: &str) -> ListQuery {
    ListQuery {
        account: "a".into(),
        place,
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

fn everywhere(search: &str) -> ListQuery {
    list(Place::Everywhere, search)
}

fn folder(folder: Folder) -> ListQuery {
    list(Place::Folder { folder }, "")
}

#[tokio::test]
async fn the_tag_of_a_row_is_the_first_in_rank() {
    let world = World::open().await;
    for (id, change) in [
        (1, (|_| {}) as fn(&mut MessagePut)),
        (2, |m| m.is_confidential = true),
        (3, |m| m.due_at = Some(NOW + 3 * DAY)),
        (4, |m| {
            m.due_at = Some(NOW + 3 * DAY);
            m.is_confirmation_needed = true;
        }),
        (5, |m| {
            m.due_at = Some(NOW - DAY);
            m.is_confirmation_needed = true;
        }),
        (6, |m| {
            m.due_at = Some(NOW - DAY);
            m.is_confirmation_needed = true;
            m.confirmed_at = Some(NOW - 2 * DAY);
        }),
    ] {
        let mut one = letter(id, "Brev", "x");
        change(&mut one);
        world.receives(one).await;
    }
    let tags: Vec<_> = world
        .rows(folder(Folder::Inbox))
        .await
        .into_iter()
        .map(|row| row.tag)
        .collect();
    assert_eq!(
        tags,
        vec![
            None,
            Some(Tag::Confidential),
            Some(Tag::Due { at: NOW + 3 * DAY }),
            Some(Tag::NeedsConfirmation),
            Some(Tag::Overdue),
            None,
        ],
        "failed, overdue, needs confirmation, due, confidential"
    );
    assert_eq!(
        world.badge(Folder::DueSoon).await,
        (3, 3, true),
        "red, as one has passed"
    );
    assert_eq!(
        world.badge(Folder::Inbox).await,
        (6, 6, false),
        "the number beside the inbox is what is unread"
    );
}

#[tokio::test]
async fn a_list_is_grouped_by_day_and_paged() {
    let world = World::open().await;
    for id in [1, 2, 20, 40, 50, 500, 501] {
        world.receives(letter(id, &format!("{id}"), "x")).await;
    }
    let shape = world
        .mailbox
        .list_shape(folder(Folder::Inbox))
        .await
        .unwrap();
    let groups: Vec<_> = shape
        .groups
        .iter()
        .map(|group| (group.kind.clone(), group.count))
        .collect();
    assert_eq!(
        groups,
        vec![
            (GroupKind::Today, 2),
            (GroupKind::Yesterday, 1),
            (GroupKind::ThisWeek, 2),
            (
                GroupKind::Month {
                    year: 2026,
                    month: 10
                },
                2
            ),
        ],
        "noon on a Wednesday"
    );
    let page = world
        .mailbox
        .list_rows(folder(Folder::Inbox), 2, 3)
        .await
        .unwrap();
    assert_eq!(
        page.iter()
            .map(|row| row.title.as_str())
            .collect::<Vec<_>>(),
        vec!["20", "40", "50"],
        "a page begins where it is asked to"
    );
    let mut oldest = folder(Folder::Inbox);
    oldest.sort = Sort::Oldest;
    assert_eq!(
        world
            .rows(oldest)
            .await
            .first()
            .map(|row| row.title.clone()),
        Some("501".to_owned()),
        "or from the other end"
    );
}

#[tokio::test]
async fn search_finds_marks_and_explains() {
    let world = World::open().await;
    let long = format!(
        "{}møtet er flyttet til torsdag",
        "Innledende ord. ".repeat(60)
    );
    world.receives(letter(1, "Innkalling", &long)).await;
    let mut two = letter(2, "Møteplan 2026", "Se [vedlegget](https://altinn.no).");
    two.attachments = vec![AttachmentPut {
        id: "f".into(),
        name: "Årsplan.pdf".into(),
        ..AttachmentPut::default()
    }];
    two.read_at = Some(NOW);
    world.receives(two).await;
    world.receives(letter(3, "Vedtak", "Ingen ting")).await;
    for (search, expected) in [
        ("møte", vec!["Innkalling", "Møteplan 2026"]),
        ("møte er:ulest", vec!["Innkalling"]),
        ("møte er:lest", vec!["Møteplan 2026"]),
        ("har:vedlegg", vec!["Møteplan 2026"]),
        ("fil:årsplan", vec!["Møteplan 2026"]),
        ("fra:statsforv vedtak", vec!["Vedtak"]),
        ("974760673 vedtak", vec!["Vedtak"]),
        ("974 760 673 -møte", vec!["Vedtak"]),
        ("ref:2026/3", vec!["Vedtak"]),
        ("tjeneste:superv vedtak", vec!["Vedtak"]),
        ("\"flyttet til torsdag\"", vec!["Innkalling"]),
        ("tittel:møte", vec!["Møteplan 2026"]),
        ("vedtak ELLER møteplan", vec!["Møteplan 2026", "Vedtak"]),
        ("etter:i-dag før:i-morgen vedtak", vec!["Vedtak"]),
        ("før:2020", vec![]),
        ("in:arkiv", vec![]),
        ("in:innboks vedtak", vec!["Vedtak"]),
    ] {
        assert_eq!(world.titles(search).await, expected, "{search}");
    }
    let rows = world.rows(everywhere("møte")).await;
    let (first, second) = (&rows[0], &rows[1]);
    assert!(
        first.snippet.starts_with('…') && first.snippet.contains("møtet er flyttet"),
        "the snippet is from around the hit: {}",
        first.snippet
    );
    let mark = first.snippet_marks.first().unwrap();
    let units: Vec<u16> = first.snippet.encode_utf16().collect();
    assert_eq!(
        String::from_utf16(&units[mark.start as usize..mark.end as usize]).unwrap(),
        "møtet",
        "and the hit is marked in it"
    );
    assert_eq!(second.title_marks.len(), 1, "or in the title");
    let shape = world
        .mailbox
        .list_shape(everywhere("frm:nav"))
        .await
        .unwrap();
    assert_eq!(
        shape.hints.first().and_then(|hint| hint.suggestion.clone()),
        Some("fra:".to_owned()),
        "an unknown operator is explained"
    );
    let mut chips = everywhere("møte");
    chips.filters.attachments = true;
    assert_eq!(
        world.rows(chips).await.len(),
        1,
        "chips hold beside the search"
    );
}

#[tokio::test]
async fn a_closed_letter_keeps_its_body_until_somebody_opens_it() {
    let world = World::open().await;
    let mut one = letter(1, "Varsel om tilsyn", "# Hei\n\nVi **kommer**.");
    one.is_confirmation_needed = true;
    one.due_at = Some(NOW + DAY);
    one.attachments = vec![AttachmentPut {
        id: "f".into(),
        name: "Varsel.pdf".into(),
        status: "Published".into(),
        ..AttachmentPut::default()
    }];
    one.reply_links_json = r#"[{"text":null,"url":"https://svar.no/x"}]"#.into();
    let key = world.receives(one).await;
    let closed = world.shows(1).await;
    assert_eq!(closed.body, None, "opening is the reader's choice");
    assert!(closed.is_fetched, "though the text is here");
    assert_eq!(closed.read, ReadState::Unopened, "nobody opened it");
    assert_eq!(
        closed.confirm,
        ConfirmState::Asked,
        "confirmation is asked for"
    );
    assert_eq!(
        closed.abilities.delete_refusal,
        Some(ErrorCode::MustConfirmFirst),
        "the rule is named"
    );
    assert!(
        !closed.abilities.confirm && !closed.abilities.delete && closed.abilities.archive,
        "what may be done with a closed letter"
    );
    assert_eq!(
        (closed.sender.name.as_str(), closed.sender.number.as_str()),
        ("Statsforvalteren", "974 760 673"),
        "name and number"
    );
    assert_eq!(
        closed.service.nn, "Tilsyn",
        "bokmål where nynorsk is missing"
    );
    assert_eq!(
        closed.attachments.first().map(|file| file.state),
        Some(AttachmentState::NotFetched),
        "files are listed and not fetched"
    );
    assert_eq!(
        closed.reply_links.first().map(|link| link.text.clone()),
        Some("svar.no".to_owned()),
        "a link without text shows its host"
    );

    world
        .store
        .write(move |tx| {
            tx.set_opened(key, Some(NOW))?;
            tx.set_confirm_asked(key, Some(NOW))
        })
        .await
        .unwrap();
    let open = world.shows(1).await;
    let body = format!("{:?}", open.body.unwrap());
    assert!(body.contains("Strong") && body.contains("kommer"), "{body}");
    assert_eq!(open.read, ReadState::Pending, "Altinn has not heard of it");
    assert_eq!(open.confirm, ConfirmState::Pending, "nor of that");
    assert_eq!(
        open.timeline
            .iter()
            .map(|entry| (entry.event.clone(), entry.is_local))
            .collect::<Vec<_>>(),
        vec![
            (EventKind::Confirmed, true),
            (EventKind::Read, true),
            (EventKind::Published, false)
        ],
        "newest first, each with its source"
    );

    world
        .store
        .write(move |tx| {
            tx.add_statuses(
                key,
                &[
                    ("Read", NOW + 1),
                    ("Confirmed", NOW + 2),
                    ("Noe nytt", NOW + 3),
                ]
                .map(|(status, at)| StatusRow {
                    status: status.into(),
                    text: status.into(),
                    at,
                    is_local: false,
                }),
            )?;
            tx.set_marks(key, Some(NOW + 1), Some(NOW + 2), None, None)
        })
        .await
        .unwrap();
    let done = world.shows(1).await;
    assert_eq!(
        done.confirm,
        ConfirmState::Done { at: NOW + 2 },
        "told by Altinn"
    );
    assert!(done.abilities.delete, "now it may be deleted");
    assert_eq!(
        done.timeline
            .iter()
            .map(|entry| (entry.event.clone(), entry.is_local))
            .collect::<Vec<_>>(),
        vec![
            (
                EventKind::Other {
                    text: "Noe nytt".into()
                },
                false
            ),
            (EventKind::Confirmed, false),
            (EventKind::Read, false),
            (EventKind::Published, false)
        ],
        "Altinn's word stands in for ours, and an unknown one is shown as it is"
    );
}

#[tokio::test]
async fn a_sealed_letter_shows_nothing_of_itself() {
    let world = World::open().await;
    let mut one = letter(1, "Hemmelig", "Taushetsbelagt innhold");
    one.is_confidential = true;
    one.attachments = vec![AttachmentPut {
        id: "f".into(),
        name: "Hemmelig.pdf".into(),
        ..AttachmentPut::default()
    }];
    one.reference = "Hemmelig ref".into();
    let key = world.receives(one).await;
    let rows = world.rows(folder(Folder::Confidential)).await;
    let shown = format!("{:?} {:?}", rows, world.shows(1).await);
    for word in ["Hemmelig", "innhold", "Statsforvalteren", "974 760"] {
        assert!(!shown.contains(word), "{word} is behind the seal: {shown}");
    }
    assert_eq!(
        world.badge(Folder::Confidential).await,
        (1, 1, false),
        "the folder is there, with what is sealed"
    );
    let found = async || world.rows(everywhere("hemmelig")).await.len();
    assert_eq!(
        found().await,
        0,
        "no word of it can be guessed by searching"
    );
    world
        .store
        .write(move |tx| tx.set_opened(key, Some(NOW)))
        .await
        .unwrap();
    assert_eq!(found().await, 1, "once opened it is a letter like others");
}

fn frozen() -> LetterRow {
    LetterRow {
        id: "l".into(),
        account: "a".into(),
        draft: "d".into(),
        resource: "tilsyn".into(),
        title: "Vår melding".into(),
        summary: String::new(),
        body: "Hei *dere*".into(),
        text_json: "{}".into(),
        request_json: "{}".into(),
        sha256: String::new(),
        publish_at: None,
        created_at: NOW,
    }
}

fn on_its_way(id: &str, state: OutboxState) -> OutboxRow {
    OutboxRow {
        id: id.into(),
        account: "a".into(),
        letter: "l".into(),
        position: 0,
        recipient: "urn:altinn:person:identifier-no:08900499559".into(),
        recipient_name: String::new(),
        state,
        resume: OutboxState::Queued,
        attempts: 0,
        next_at: NOW,
        reason_json: None,
        correspondence: (state == OutboxState::Accepted).then(|| correspondence(9)),
        queued_at: NOW - HOUR,
        publish_at: None,
        changed_at: NOW - HOUR / 2,
        thread: String::new(),
        due_at: None,
    }
}

#[tokio::test]
async fn drafts_and_letters_on_their_way_are_rows_like_others() {
    let world = World::open().await;
    world
        .store
        .write(|tx| {
            tx.insert_draft(&DraftRow {
                id: "d2".into(),
                account: "a".into(),
                version: 1,
                text_json: "{}".into(),
                counterpart: "Fjordby Fisk AS".into(),
                title: "Utkast om kai".into(),
                snippet: "Kaien".into(),
                refusal_json: None,
                created_at: NOW,
                saved_at: NOW - DAY,
                discarded_at: None,
                sent_at: None,
                file_count: 0,
            })?;
            tx.insert_letter(&frozen())?;
            tx.insert_outbox_item(&on_its_way("o1", OutboxState::Queued))?;
            tx.insert_outbox_item(&on_its_way("o2", OutboxState::Stuck))
        })
        .await
        .unwrap();
    let mut failed = letter(7, "Feilet hos Altinn", "x");
    failed.role = Role::Sent;
    failed.failed_at = Some(NOW);
    world.receives(failed).await;

    let kinds = |rows: Vec<Row>| {
        rows.into_iter()
            .map(|row| (row.id, row.kind))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(world.rows(folder(Folder::Drafts)).await),
        vec![("d2".to_owned(), RowKind::Draft)],
        "drafts"
    );
    let outbox = world.rows(folder(Folder::Outbox)).await;
    assert_eq!(
        outbox.first().map(|row| (
            row.counterpart.as_str(),
            row.is_person,
            row.snippet.as_str()
        )),
        Some(("089004 XXXXX", true, "Hei dere")),
        "a person's number is masked"
    );
    assert_eq!(outbox.len(), 2, "the stuck one is still ours to send");
    assert_eq!(
        kinds(world.rows(folder(Folder::Failed)).await),
        vec![
            ("o2".to_owned(), RowKind::Outbox),
            (format!("s.a.{}", correspondence(7)), RowKind::Sent)
        ],
        "stuck here or failed there"
    );
    assert_eq!(world.badge(Folder::Failed).await, (2, 2, true), "in red");
    assert_eq!(
        world.badge(Folder::Outbox).await,
        (2, 2, false),
        "on their way"
    );
    let mut search = folder(Folder::Drafts);
    search.search = "kai to:fjordby".into();
    assert_eq!(
        world.rows(search.clone()).await.len(),
        1,
        "drafts are searched too"
    );
    search.search = "kai -utkast".into();
    assert_eq!(world.rows(search).await.len(), 0, "by the same grammar");
}

#[tokio::test]
async fn a_sent_letter_is_our_copy_whatever_altinn_shows() {
    let world = World::open().await;
    world
        .store
        .write(|tx| {
            tx.insert_letter(&frozen())?;
            tx.insert_outbox_item(&on_its_way("o1", OutboxState::Accepted))
        })
        .await
        .unwrap();
    let mut sent = letter(9, "", "");
    sent.role = Role::Sent;
    sent.letter = Some("l".into());
    sent.sender = US.into();
    sent.recipient = "urn:altinn:person:identifier-no:08900499559".into();
    sent.body = None;
    sent.published_at = None;
    sent.status = "ReadyForPublish".into();
    sent.at = NOW + DAY;
    world.receives(sent.clone()).await;
    let shown = world.shows(9).await;
    assert_eq!(shown.title, "Vår melding", "from the frozen copy");
    assert!(
        format!("{:?}", shown.body).contains("dere"),
        "the body too: {:?}",
        shown.body
    );
    assert!(shown.abilities.undo_send, "publication is ahead");
    assert_eq!(shown.recipient.number, "089004 XXXXX", "masked");
    let events: Vec<_> = shown
        .timeline
        .iter()
        .map(|entry| entry.event.clone())
        .collect();
    assert!(
        events.contains(&EventKind::Queued) && events.contains(&EventKind::Accepted),
        "our own steps are in the history: {events:?}"
    );
    assert_eq!(
        world.badge(Folder::Scheduled).await,
        (1, 1, false),
        "planned"
    );

    sent.published_at = Some(NOW - HOUR);
    sent.at = NOW - HOUR;
    world.receives(sent).await;
    let published = world.shows(9).await;
    assert_eq!(
        published.abilities.delete_refusal,
        Some(ErrorCode::AlreadyPublished),
        "too late"
    );
    assert_eq!(
        world.badge(Folder::Sent).await,
        (1, 0, false),
        "sent, without a number"
    );
}

#[tokio::test]
async fn an_unknown_letter_is_not_found() {
    let world = World::open().await;
    let error = world.mailbox.message("r.a.x").await.unwrap_err();
    assert_eq!(
        error.code(),
        ErrorCode::NotFound,
        "the window has a text for it"
    );
    let preview = world.mailbox.preview("Hei **du**");
    assert!(
        format!("{preview:?}").contains(&format!(
            "{:?}",
            Inline::Strong {
                content: vec![Inline::Text { text: "du".into() }]
            }
        )),
        "a preview is read as the recipient's window reads it: {preview:?}"
    );
}

#[tokio::test]
async fn no_search_text_is_an_error_to_the_index() {
    let world = World::open().await;
    world.receives(letter(1, "Brev", "tekst")).await;
    let many = "ord ".repeat(500);
    let joined = "a-".repeat(2_000);
    let deep = format!("{}brev{}", "(".repeat(300), ")".repeat(300));
    for search in [
        "\"",
        "*",
        "^brev",
        "NEAR(a b)",
        "a AND",
        "AND OR NOT",
        "{title}: x",
        "title : x",
        "a*b",
        "brev +tekst",
        "-",
        "--",
        "-brev -tekst",
        "(-brev ELLER -x)",
        "brev OR -x",
        "'; DROP TABLE message; --",
        "%",
        "\u{0}",
        "½",
        "\u{301}",
        "🗓",
        "a\u{300}",
        &many,
        &joined,
        &deep,
    ] {
        let shape = world.mailbox.list_shape(everywhere(search)).await;
        assert!(shape.is_ok(), "{search:?}: {shape:?}");
        let rows = world.mailbox.list_rows(everywhere(search), 0, 10).await;
        assert!(rows.is_ok(), "{search:?}: {rows:?}");
    }
    assert_eq!(
        world.titles("-x").await,
        vec!["Brev"],
        "only what must not be there is a question too"
    );
}
