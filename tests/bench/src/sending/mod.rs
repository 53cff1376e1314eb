//! Sending and receiving files, letters to many, and how soon a letter is safe: A33 to A35, A37 to A41.
//!
//! The world is of one sender whose files are not scanned, so that what is measured is the way and not the wait.

mod files;
mod list;
mod many;
mod memory;
mod safe;
mod slow;

use crate::Outcome;
use crate::altinn::Altinn;
use crate::part::{Measuring, Part};
use mailbox::view::{DraftFileState, DraftText, Environment, SendOutcome};
use mailbox::{AccountConfig, Mailbox, SystemClock, SystemIds};
use mailbox_store::{Store, StoreKey};
use serde_json::json;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const PART: Part = Part {
    name: "sending",
    rows: &["A33", "A34", "A35", "A37", "A38", "A39", "A40", "A41"],
    measure: |bench| -> Measuring<'_> {
        Box::pin(async move {
            let place = Place::make(bench.work.path())?;
            if bench.wants_any(&["A33", "A37"]) {
                files::measure(bench, &place).await?;
            }
            if bench.wants("A34") {
                slow::measure(bench, &place).await?;
            }
            if bench.wants("A35") {
                memory::measure(bench, &place).await?;
            }
            if bench.wants_any(&["A38", "A39"]) {
                many::measure(bench, &place).await?;
            }
            if bench.wants("A40") {
                list::measure(bench)?;
            }
            if bench.wants("A41") {
                safe::measure(bench, &place).await?;
            }
            Ok(())
        })
    },
};

const SENDER: &str = "991825827";
const RECIPIENT: &str = "986252932";
const RESOURCE: &str = "letters";
/// Bytes of the file that goes both ways.
const LARGE: u64 = 1 << 30;
const MB: f64 = 1_000_000.0;

/// A sender, a recipient, and the sandbox between them.
struct Place {
    altinn: Altinn,
    dir: PathBuf,
    http: reqwest::Client,
}

impl Place {
    fn make(dir: &Path) -> Outcome<Self> {
        let dir = dir.join("sending");
        std::fs::create_dir_all(&dir)?;
        let name = json!({ "nb": "Etaten", "nn": "Etaten", "en": "The agency" });
        let world = json!({
            "environment": "test", "timers": { "publish_poll_ms": 50 }, "kept_bytes": 2 * LARGE,
            "service_owners": [{ "org": "digdir", "orgnr": SENDER, "name": name }],
            "resources": [{ "id": RESOURCE, "owner": SENDER, "type": "CorrespondenceService", "title": name,
                "scan": "bypass" }],
        });
        let path = dir.join("world.json");
        std::fs::write(&path, world.to_string())?;
        Ok(Self {
            altinn: Altinn::start_in(&dir, &["--world", &path.to_string_lossy()])?,
            dir,
            http: reqwest::Client::new(),
        })
    }

    /// The mailbox of an organisation in a store of its own.
    async fn mailbox(&self, organisation: &str, name: &str) -> Outcome<(Mailbox, Store)> {
        self.mailbox_over(self.altinn.base(), &[], organisation, name)
            .await
    }

    /// The same where the sandbox is reached at another address.
    async fn mailbox_over(
        &self,
        base: &str,
        certificates: &[&[u8]],
        organisation: &str,
        name: &str,
    ) -> Outcome<(Mailbox, Store)> {
        let at = |path: &str| -> Outcome<reqwest::Url> { Ok(format!("{base}/{path}").parse()?) };
        let store = Store::open(&self.dir.join(name), &StoreKey::new([7; 32]))?;
        let config = AccountConfig {
            id: organisation.to_owned(),
            name: organisation.to_owned(),
            organisation_number: organisation.to_owned(),
            environment: Environment::Practice,
            addresses: altinn_client::Addresses {
                platform: at("")?,
                maskinporten: at("maskinporten/")?,
                brreg: at("enhetsregisteret/api/")?,
                orgs: at("orgs/altinn-orgs.json")?,
            },
            sign_in: altinn_client::SignIn::TestToken {
                generator: at("api/")?,
                organisation: organisation.to_owned(),
            },
            pace: altinn_client::Pace::default(),
            read_resources: vec![RESOURCE.to_owned()],
            write_resources: vec![RESOURCE.to_owned()],
            system_id: None,
            key_posted_at: None,
        };
        let mailbox = Mailbox::open(mailbox::Options {
            store: store.clone(),
            accounts: vec![config],
            network: mailbox::Network {
                certificates: certificates.iter().map(|pem| pem.to_vec()).collect(),
                ..mailbox::Network::default()
            },
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            is_key_temporary: true,
        })
        .await?;
        Ok((mailbox, store))
    }

    async fn token(&self, organisation: &str, right: &str) -> Outcome<String> {
        let url = format!(
            "{}/api/GetEnterpriseToken?env=tt02&scopes=altinn:correspondence.{right}&orgNo={organisation}",
            self.altinn.base()
        );
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(answer.text().await?)
    }

    fn api(&self, path: &str) -> String {
        format!("{}/correspondence/api/v1/{path}", self.altinn.base())
    }
}

/// A letter of the sender, to `recipients` and with `files`, as a draft that can be sent.
async fn draft(
    mailbox: &Mailbox,
    recipients: Vec<String>,
    files: Vec<PathBuf>,
) -> Outcome<(String, u32)> {
    let draft = mailbox.new_draft(SENDER).await?;
    let text = DraftText {
        resource: Some(RESOURCE.to_owned()),
        recipients,
        title: "Vedtak".to_owned(),
        summary: String::new(),
        body: "Se vedlegget.".to_owned(),
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
    let mut draft = mailbox.save_draft(draft.id, draft.version, text).await?;
    if !files.is_empty() {
        let mut changes = mailbox.changes();
        draft = mailbox.add_files(draft.id, files).await?;
        while draft
            .files
            .iter()
            .any(|file| matches!(file.state, DraftFileState::Reading { .. }))
        {
            let _ = changes.recv().await;
            draft = mailbox.draft(draft.id).await?;
        }
        if let Some(file) = draft
            .files
            .iter()
            .find(|file| matches!(file.state, DraftFileState::Refused { .. }))
        {
            return Err(format!("a file is refused: {:?}", file.state).into());
        }
    }
    Ok((draft.id, draft.version))
}

/// Attaches a file and sends it, until Altinn has the letter.
async fn send_file(mailbox: &Mailbox, file: &Path) -> Outcome {
    let (id, version) = draft(mailbox, vec![RECIPIENT.to_owned()], vec![file.to_owned()]).await?;
    let SendOutcome::Queued { receipt } = mailbox.send_draft(id, version).await? else {
        return Err("the letter is refused".into());
    };
    mailbox.drain_outbox().await?;
    match mailbox.outbox_item(receipt.items[0].clone()).await {
        Err(mailbox::Error::NotFound) => Ok(()),
        left => Err(format!("the letter has not gone: {left:?}").into()),
    }
}

fn random_file(path: &Path, length: u64) -> Outcome {
    let mut file = File::create(path)?;
    let mut random = File::open("/dev/urandom")?;
    std::io::copy(&mut std::io::Read::take(&mut random, length), &mut file)?;
    file.sync_all()?;
    Ok(())
}

/// The most memory since it was begun, over what there was.
struct Peak {
    before: f64,
}

impl Peak {
    fn begin() -> Outcome<Self> {
        // Five forgets the highest mark (proc(5)).
        std::fs::write("/proc/self/clear_refs", "5")?;
        Ok(Self {
            before: Self::status("VmRSS:")?,
        })
    }

    fn growth(&self) -> Outcome<f64> {
        Ok((Self::status("VmHWM:")? - self.before).max(0.0))
    }

    /// Bytes.
    fn status(name: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or("no such line")?.parse::<f64>()? * 1024.0)
    }
}
