//! A store in a temporary folder, and letters to put in it.
#![allow(dead_code, reason = "each test file uses a part")]

use mailbox_store::{
    AccountRow, AttachmentPut, Level, MessageBody, MessagePut, Role, Store, StoreError, StoreKey,
};
use std::path::PathBuf;
use tempfile::TempDir;

pub const KEY: [u8; 32] = [7; 32];
pub const DAY: i64 = 86_400_000;

pub struct Desk {
    pub folder: TempDir,
    pub store: Store,
}

pub fn key() -> StoreKey {
    StoreKey::new(KEY)
}

impl Desk {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("mailbox.db")
    }

    /// An empty store with the accounts `a` and `b`.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("mailbox.db"), &key()).unwrap();
        store
            .write(|tx| {
                for id in ["a", "b"] {
                    tx.put_account(&AccountRow {
                        id: id.into(),
                        name: format!("Account {id}"),
                        organisation_number: "991825827".into(),
                        environment: "practice".into(),
                        added_at: 0,
                    })?;
                }
                Ok(())
            })
            .await
            .unwrap();
        Self { folder, store }
    }

    pub async fn put(&self, letter: MessagePut) -> i64 {
        self.store
            .write(move |tx| tx.put_message(&letter))
            .await
            .unwrap()
    }
}

/// A store's file past the store.
pub fn raw(path: &std::path::Path) -> rusqlite::Connection {
    let sql = raw_old(path);
    sql.execute_batch("PRAGMA cipher_page_size = 8192; PRAGMA cipher_hmac_algorithm = HMAC_SHA256")
        .unwrap();
    sql
}

/// The same of a file of the first versions.
pub fn raw_old(path: &std::path::Path) -> rusqlite::Connection {
    // As the store does: a connection opened while another thread sets the library up would fail.
    static READY: std::sync::Once = std::sync::Once::new();
    READY.call_once(|| drop(rusqlite::Connection::open_in_memory()));
    let sql = rusqlite::Connection::open(path).unwrap();
    sql.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "07".repeat(32)))
        .unwrap();
    sql
}

/// Waits until the store's threads have closed the file: until then a copy on the disk may lag behind its log.
pub fn closed(path: &std::path::Path) {
    let log = path.with_extension("db-wal");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while log.exists() {
        assert!(
            std::time::Instant::now() < deadline,
            "the last connection removes the log when it closes"
        );
        std::thread::yield_now();
    }
}

/// A received letter with title and body; change what a test is about.
pub fn letter(id: u32, title: &str, body: &str) -> MessagePut {
    MessagePut {
        account: "a".into(),
        role: Role::Received,
        correspondence: format!("00000000-0000-4000-8000-{id:012}"),
        letter: None,
        resource: "tjeneste".into(),
        level: Level::Overview,
        sender: "urn:altinn:organization:identifier-no:974760673".into(),
        recipient: "urn:altinn:organization:identifier-no:991825827".into(),
        message_sender: String::new(),
        reference: format!("ref-{id}"),
        title: title.into(),
        summary: String::new(),
        snippet: body.into(),
        language: "nb".into(),
        at: DAY + i64::from(id),
        created_at: None,
        requested_publish_at: None,
        published_at: None,
        due_at: None,
        is_confirmation_needed: false,
        is_confidential: false,
        status: "Published".into(),
        status_text: String::new(),
        status_at: None,
        read_at: None,
        confirmed_at: None,
        failed_at: None,
        gone_at: None,
        reply_links_json: "[]".into(),
        extra_json: "{}".into(),
        checked_at: Some(1),
        seen_at: 1,
        body: Some(MessageBody {
            body: body.into(),
            plain: body.into(),
        }),
        attachments: Vec::new(),
        statuses: Vec::new(),
    }
}

pub fn file(id: &str, name: &str) -> AttachmentPut {
    AttachmentPut {
        id: id.into(),
        name: name.into(),
        ..AttachmentPut::default()
    }
}

pub fn refused<T>(result: Result<T, StoreError>) -> StoreError {
    match result {
        Ok(_) => panic!("must be refused"),
        Err(error) => error,
    }
}
