//! A small town for tests: a municipality that sends, a company that receives, and the sandbox between them.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

use altinn_client::{
    Addresses, Client, InitializeCorrespondences, NewContent, NewCorrespondence, Search,
    SearchRole, SignIn, SigningKey,
};
use altinn_sandbox::{Options, ReadyAccount, Sandbox, World};
use mailbox::view::{Change, Draft, DraftFileState, DraftText, Environment, SendOutcome};
use mailbox::{AccountConfig, Clock, Mailbox, SystemClock, SystemIds};
use mailbox_store::{MessageRow, Role, SpineRow, Store, StoreKey};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

/// The municipality that sends.
pub const FJORDVIK: &str = "359797117";
/// The company that receives.
pub const BERGET: &str = "371049746";
/// A service of the municipality whose letters the company reads.
pub const DECISIONS: &str = "fjordvik-vedtak-og-svar";
/// A service of the municipality whose letters are confidential.
pub const SEALED: &str = "fjordvik-taushetsbelagt";
/// Nothing here takes longer than this.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Altinn, and a place for mailboxes.
pub struct Town {
    pub altinn: Sandbox,
    folder: TempDir,
}

/// A mailbox and the store below it.
pub struct House {
    pub mailbox: Mailbox,
    pub store: Store,
    pub account: String,
    folder: PathBuf,
}

/// The clock of the machine, but waits are over as soon as somebody leaps to their end.
#[derive(Debug, Default)]
pub struct Leaping(AtomicI64);

impl Leaping {
    /// Time has passed until then, if it had not.
    pub fn leap_to(&self, time: i64) {
        self.0
            .fetch_add((time - self.now()).max(1), Ordering::SeqCst);
    }
}

impl Clock for Leaping {
    fn now(&self) -> i64 {
        SystemClock.now() + self.0.load(Ordering::SeqCst)
    }
}

impl Town {
    /// A town without letters, where nothing takes long.
    pub async fn new() -> Self {
        Self::with_letters(0).await
    }

    /// The same with letters at the start.
    pub async fn with_letters(letters: usize) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), letters, None).await
    }

    /// The same where nobody knows these organisations.
    pub async fn without(unknown: Vec<String>) -> Self {
        let mut world = World::practice();
        world.register.unknown = unknown;
        Self::of(world, SocketAddr::from(([127, 0, 0, 1], 0)), 0, None).await
    }

    /// The same with a quota, as the sandbox reads it.
    pub async fn with_quota(letters: usize, quota: &str) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let town = Self::at(listen, letters, None).await;
        town.set_quota(quota);
        town
    }

    /// Another quota from now on.
    pub fn set_quota(&self, quota: &str) {
        self.altinn.set_quota(quota.parse().unwrap());
    }

    /// The same at a certain address.
    pub async fn at(listen: SocketAddr, letters: usize, state: Option<PathBuf>) -> Self {
        Self::of(World::practice(), listen, letters, state).await
    }

    async fn of(
        mut world: World,
        listen: SocketAddr,
        letters: usize,
        state: Option<PathBuf>,
    ) -> Self {
        world.timers.publish_poll = Duration::from_millis(20);
        world.timers.scan = Duration::from_millis(20);
        world.timers.confirm_delay = Duration::from_millis(200);
        let altinn = Sandbox::start(Options {
            listen,
            world,
            letters: Some(letters),
            state: state.map(|path| altinn_sandbox::StateFile { path, key: None }),
            ..Options::default()
        })
        .await
        .unwrap();
        Self {
            altinn,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A folder that lasts as long as the town.
    pub fn folder(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    /// The mailbox of an organisation; opened again, it is the same one.
    pub async fn mailbox(&self, organisation: &str) -> House {
        self.open(self.config(organisation)).await
    }

    /// The same by another clock.
    pub async fn mailbox_by(&self, organisation: &str, clock: Arc<dyn Clock>) -> House {
        self.open_by(self.config(organisation), clock).await
    }

    /// The mailbox of an account.
    pub async fn open(&self, config: AccountConfig) -> House {
        self.open_by(config, Arc::new(SystemClock)).await
    }

    async fn open_by(&self, config: AccountConfig, clock: Arc<dyn Clock>) -> House {
        let key = StoreKey::new([7; 32]);
        let path = self.folder.path().join(format!("{}.db", config.id));
        let store = Store::open(&path, &key).unwrap();
        let account = config.id.clone();
        let mailbox = Mailbox::open(mailbox::Options {
            store: store.clone(),
            accounts: vec![config],
            network: mailbox::Network::default(),
            clock,
            ids: Arc::new(SystemIds),
            is_key_temporary: true,
        })
        .await
        .unwrap();
        House {
            mailbox,
            store,
            account,
            folder: self.folder.path().to_owned(),
        }
    }

    /// A confidential letter of the municipality to the company.
    pub async fn sealed_letter(&self, title: &str) -> Uuid {
        self.letter_with(title, |letter| {
            SEALED.clone_into(&mut letter.resource_id);
            letter.is_confidential = true;
        })
        .await
    }

    /// A line of one's own to Altinn, to do what other systems of an organisation do.
    pub fn client(&self, organisation: &str) -> Client {
        let config = self.config(organisation);
        Client::new(
            config.addresses,
            config.sign_in,
            altinn_client::Options::default(),
        )
        .unwrap()
    }

    /// The account of an organisation.
    pub fn config(&self, organisation: &str) -> AccountConfig {
        let ready = self.altinn.ready();
        let is_meant = |account: &&ReadyAccount| account.orgnr == organisation;
        let account = ready.accounts.iter().find(is_meant).unwrap();
        let url = |text: &str| Url::parse(text).unwrap();
        AccountConfig {
            id: format!("practice-{organisation}"),
            name: account.name.clone(),
            organisation_number: organisation.to_owned(),
            environment: Environment::Practice,
            addresses: Addresses {
                platform: url(&ready.platform),
                maskinporten: url(&ready.maskinporten),
                brreg: url(&ready.brreg),
                orgs: url(&ready.orgs),
            },
            sign_in: SignIn::Maskinporten {
                client_id: account.client_id.clone(),
                key: SigningKey::parse(&account.private_jwk.to_string(), Some(&account.key_id))
                    .unwrap(),
                system_user: None,
                sends_raw: false,
            },
            read_resources: account.read_resources.clone(),
            write_resources: account.write_resources.clone(),
            system_id: None,
            key_posted_at: None,
            pace: altinn_client::Pace::default(),
        }
    }

    /// The municipality's other system sends the company a letter, and it is published.
    pub async fn letter(&self, title: &str) -> Uuid {
        self.letter_with(title, |_| {}).await
    }

    /// The same, changed before it is sent.
    pub async fn letter_with(
        &self,
        title: &str,
        change: impl FnOnce(&mut NewCorrespondence),
    ) -> Uuid {
        let id = self.letter_of(&self.client(FJORDVIK), title, change).await;
        self.pass();
        id
    }

    /// The same by a line that is there already; it is published when time passes.
    pub async fn letter_of(
        &self,
        sender: &Client,
        title: &str,
        change: impl FnOnce(&mut NewCorrespondence),
    ) -> Uuid {
        let mut correspondence = NewCorrespondence {
            resource_id: DECISIONS.to_owned(),
            senders_reference: "sak-1".to_owned(),
            content: NewContent {
                language: "nb".to_owned(),
                message_title: title.to_owned(),
                message_summary: None,
                message_body: format!("# {title}\n\nHer er *svaret*."),
            },
            ..NewCorrespondence::default()
        };
        change(&mut correspondence);
        let letters = InitializeCorrespondences {
            correspondence,
            recipients: vec![format!("urn:altinn:organization:identifier-no:{BERGET}")],
            existing_attachments: Vec::new(),
            idempotent_key: None,
        };
        let sent = sender.initialize(&letters).await.unwrap();
        sent.correspondences[0].correspondence_id
    }

    /// Time passes at Altinn: what was sent is published, what was uploaded is scanned.
    pub fn pass(&self) {
        self.altinn.advance(Duration::from_secs(30));
    }

    /// Orders a fault.
    pub fn fault(&self, order: serde_json::Value) {
        self.altinn.faults().add(&order).unwrap();
    }

    /// The number of a person who has reserved against digital post.
    pub fn reserved(&self) -> String {
        World::practice().reservations.reserved[0].clone()
    }

    /// Every letter Altinn has on a service.
    pub async fn at_altinn(&self, resource: &str) -> Vec<Uuid> {
        let search = Search::new(resource, SearchRole::Sender);
        self.client(FJORDVIK).search(&search).await.unwrap()
    }

    /// Altinn and the folder, each for itself.
    pub fn part(self) -> (Sandbox, TempDir) {
        (self.altinn, self.folder)
    }

    /// How many overviews have been asked for, and of how many different letters.
    pub fn overviews(&self) -> (usize, usize) {
        let paths: Vec<String> = self.calls("GET", "/correspondence/api/v1/correspondence/");
        let ids: std::collections::HashSet<&String> = paths.iter().collect();
        (paths.len(), ids.len())
    }

    /// Paths of the calls so far with this method and beginning, without those that go deeper.
    pub fn calls(&self, method: &str, begins: &str) -> Vec<String> {
        let is_meant = |path: &str| {
            path.strip_prefix(begins)
                .is_some_and(|rest| !rest.contains('/'))
        };
        let ledger = self.altinn.ledger();
        let meant = ledger
            .into_iter()
            .filter(|entry| entry.method == method && is_meant(&entry.path));
        meant.map(|entry| entry.path).collect()
    }
}

/// A letter to be sent by the window.
pub struct Letter {
    text: DraftText,
    files: Vec<(String, Vec<u8>)>,
}

impl Letter {
    /// To the company.
    pub fn new(title: &str) -> Self {
        let text = DraftText {
            resource: Some(DECISIONS.to_owned()),
            recipients: vec![BERGET.to_owned()],
            title: title.to_owned(),
            summary: String::new(),
            body: "Dette er **svaret**.".to_owned(),
            language: "nb".to_owned(),
            reference: String::new(),
            message_sender: String::new(),
            due_at: None,
            needs_confirmation: false,
            publish_at: None,
            alert: None,
            ignore_reservation: false,
            is_confidential: false,
        };
        Self {
            text,
            files: Vec::new(),
        }
    }

    /// With these files.
    pub fn files(mut self, files: &[(&str, Vec<u8>)]) -> Self {
        self.files = files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()))
            .collect();
        self
    }

    /// To someone else.
    pub fn to(mut self, recipient: &str) -> Self {
        self.text.recipients = vec![recipient.to_owned()];
        self
    }

    /// To one more.
    pub fn also_to(mut self, recipient: &str) -> Self {
        self.text.recipients.push(recipient.to_owned());
        self
    }

    /// With a due date.
    pub fn due(mut self, due_at: i64) -> Self {
        self.text.due_at = Some(due_at);
        self
    }

    /// With a reference.
    pub fn reference(mut self, reference: &str) -> Self {
        reference.clone_into(&mut self.text.reference);
        self
    }

    /// Published at this time.
    pub fn at(mut self, publish_at: i64) -> Self {
        self.text.publish_at = Some(publish_at);
        self
    }
}

/// Lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl House {
    /// Writes a letter as the window does, and sends it; the ids of its items.
    pub async fn send(&self, town: &Town, letter: Letter) -> Vec<String> {
        self.send_from(town.folder.path(), letter).await
    }

    /// The same with files below a folder.
    pub async fn send_from(&self, folder: &Path, letter: Letter) -> Vec<String> {
        let draft = self.draft_from(folder, letter).await;
        match self
            .mailbox
            .send_draft(draft.id, draft.version)
            .await
            .unwrap()
        {
            SendOutcome::Queued { receipt } => receipt.items,
            SendOutcome::Refused { problems } => panic!("the draft is refused: {problems:?}"),
        }
    }

    /// Writes a letter and leaves it a draft.
    pub async fn draft(&self, letter: Letter) -> Draft {
        let folder = self.folder.clone();
        self.draft_from(&folder, letter).await
    }

    async fn draft_from(&self, folder: &Path, letter: Letter) -> Draft {
        let draft = self.mailbox.new_draft(self.account.clone()).await.unwrap();
        let mut draft = self
            .mailbox
            .save_draft(draft.id, draft.version, letter.text)
            .await
            .unwrap();
        let folder = folder.join(&draft.id);
        std::fs::create_dir_all(&folder).unwrap();
        let mut paths = Vec::new();
        for (name, bytes) in &letter.files {
            std::fs::write(folder.join(name), bytes).unwrap();
            paths.push(folder.join(name));
        }
        if !paths.is_empty() {
            draft = self.mailbox.add_files(draft.id, paths).await.unwrap();
        }
        let id = draft.id.clone();
        self.wait_for("the files are read", || async {
            let draft = self.mailbox.draft(id.clone()).await.unwrap();
            draft
                .files
                .iter()
                .all(|file| file.state == DraftFileState::Ready)
        })
        .await;
        self.mailbox.draft(id).await.unwrap()
    }

    /// Altinn has the letter.
    pub async fn is_accepted(&self, item: &str) {
        let shown = self.mailbox.outbox_item(item.to_owned()).await;
        assert_eq!(
            shown,
            Err(mailbox::Error::NotFound),
            "an accepted letter has left the outbox"
        );
    }

    /// Our copies.
    pub async fn sent(&self) -> Vec<MessageRow> {
        let mut rows = Vec::new();
        for row in self.spine(DECISIONS, Role::Sent).await {
            rows.push(
                self.message(Role::Sent, row.correspondence.parse().unwrap())
                    .await
                    .unwrap(),
            );
        }
        rows
    }

    /// A round as a person asks for it.
    pub async fn sync(&self) -> mailbox::SyncReport {
        let round = self.mailbox.sync_to(&self.account, mailbox::Depth::Marks);
        round.await.unwrap()
    }

    /// A round as the clock asks for it.
    pub async fn poll(&self) -> mailbox::SyncReport {
        self.mailbox.sync_once(&self.account).await.unwrap()
    }

    /// What is known of received letters.
    pub async fn spine(&self, resource: &str, role: Role) -> Vec<SpineRow> {
        let (account, resource) = (self.account.clone(), resource.to_owned());
        self.store
            .read(move |reader| reader.spine(&account, &resource, role))
            .await
            .unwrap()
    }

    /// A letter that was received.
    pub async fn received(&self, id: Uuid) -> MessageRow {
        self.message(Role::Received, id).await.unwrap()
    }

    /// A letter, if it is here.
    pub async fn message(&self, role: Role, id: Uuid) -> Option<MessageRow> {
        let (account, id) = (self.account.clone(), id.to_string());
        self.store
            .read(move |reader| reader.message_of(&account, role, &id))
            .await
            .unwrap()
    }

    /// Waits for a change after which `is_so`.
    pub async fn wait_for<F: Future<Output = bool>>(&self, what: &str, is_so: impl Fn() -> F) {
        let mut changes = self.mailbox.changes();
        let waiting = async {
            while !is_so().await {
                // A lagging listener has missed nothing that asking again does not tell.
                let _: Result<Vec<Change>, _> = changes.recv().await;
            }
        };
        assert!(
            tokio::time::timeout(DEADLINE, waiting).await.is_ok(),
            "{what} within a minute"
        );
    }
}
