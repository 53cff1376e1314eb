//! The journeys of the product against the sandbox: a second, independent reading of the reference.
use altinn_client::{
    Addresses, ApiError, AttachmentStatus, Client, CorrespondenceStatus, InitializeCorrespondences,
    NewAttachment, NewContent, NewCorrespondence, NewForward, Options, Retry, Role, Search,
    SearchRole, SignIn, SigningKey,
};
use altinn_sandbox::Sandbox;
use bytes::Bytes;
use futures_util::stream;
use md5::{Digest, Md5};
use serde_json::json;
use std::future::Future;
use std::io;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Longest wait for a job of the sandbox.
const DEADLINE: Duration = Duration::from_secs(30);

/// The practice world, and a client of each account: the sender and the recipient.
struct Stage {
    sandbox: Sandbox,
    sender: Client,
    recipient: Client,
    service: String,
    recipient_number: String,
}

impl Stage {
    async fn set() -> Self {
        let sandbox = Sandbox::start(altinn_sandbox::Options {
            letters: Some(20),
            ..Default::default()
        })
        .await
        .unwrap();
        let ready = serde_json::to_value(sandbox.ready()).unwrap();
        let accounts = ready["accounts"].as_array().unwrap();
        let sends = |account: &&serde_json::Value| {
            !account["write_resources"].as_array().unwrap().is_empty()
        };
        let sender = accounts.iter().find(sends).unwrap();
        let recipient = accounts
            .iter()
            .find(|account| account["orgnr"] != sender["orgnr"])
            .unwrap();
        let client = |account: &serde_json::Value| {
            let address = |name: &str| ready[name].as_str().unwrap().parse().unwrap();
            let addresses = Addresses {
                platform: address("platform"),
                maskinporten: address("maskinporten"),
                brreg: address("brreg"),
                orgs: address("orgs"),
            };
            let sign_in = SignIn::Maskinporten {
                client_id: account["client_id"].as_str().unwrap().to_owned(),
                key: SigningKey::parse(&account["private_jwk"].to_string(), None).unwrap(),
                system_user: None,
                sends_raw: false,
            };
            Client::new(addresses, sign_in, Options::default()).unwrap()
        };
        let own = Client::clone(&client(sender));
        let mut service = None;
        for id in sender["write_resources"].as_array().unwrap() {
            let id = id.as_str().unwrap().to_owned();
            if !own
                .policy(&id)
                .await
                .unwrap()
                .unwrap_or_default()
                .demands_confidential()
            {
                service.get_or_insert(id);
            }
        }
        Self {
            sender: own,
            recipient: client(recipient),
            service: service.expect("the practice world has a service for ordinary letters"),
            recipient_number: recipient["orgnr"].as_str().unwrap().to_owned(),
            sandbox,
        }
    }

    fn letter(&self, attachments: Vec<Uuid>, key: Uuid) -> InitializeCorrespondences {
        InitializeCorrespondences {
            correspondence: NewCorrespondence {
                resource_id: self.service.clone(),
                senders_reference: "ref".to_owned(),
                content: NewContent {
                    language: "nb".to_owned(),
                    message_title: "Prøvebrev".to_owned(),
                    message_summary: None,
                    message_body: "Hei **der**".to_owned(),
                },
                due_date_time: Some(chrono::Utc::now() + chrono::TimeDelta::days(30)),
                is_confirmation_needed: true,
                ..NewCorrespondence::default()
            },
            recipients: vec![format!(
                "urn:altinn:organization:identifier-no:{}",
                self.recipient_number
            )],
            existing_attachments: attachments,
            idempotent_key: Some(key),
        }
    }

    async fn attach(&self, name: &str, bytes: &[u8]) -> Uuid {
        let checksum: String = Md5::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let id = self
            .sender
            .initialize_attachment(&NewAttachment {
                resource_id: self.service.clone(),
                file_name: name.to_owned(),
                display_name: None,
                is_encrypted: false,
                checksum: Some(checksum),
                senders_reference: "ref".to_owned(),
                expiration_in_days: None,
            })
            .await
            .unwrap();
        let pieces: Vec<_> = bytes
            .chunks(64 * 1024)
            .map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece)))
            .collect();
        self.sender
            .upload(id, bytes.len() as u64, stream::iter(pieces), |_| {})
            .await
            .unwrap();
        id
    }

    async fn scanned(&self, id: Uuid) -> AttachmentStatus {
        eventually("the scan is done", || async {
            let status = self.sender.attachment(id).await.unwrap().status;
            (status != AttachmentStatus::UploadProcessing).then_some(status)
        })
        .await
    }

    async fn arrived(&self, id: Uuid) -> altinn_client::Overview {
        eventually("the letter is published", || async {
            match self.recipient.overview(Role::Recipient, id).await {
                Ok(letter) => Some(letter),
                Err(error) => {
                    assert_eq!(
                        error.code(),
                        Some(1001),
                        "unpublished looks unknown to the recipient"
                    );
                    None
                }
            }
        })
        .await
    }
}

async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_a_file_goes_from_account_to_account() {
    let stage = Stage::set().await;
    let bytes: Vec<u8> = (0..1_000_000u32).map(|n| (n * 7 % 253) as u8).collect();
    let attachment = stage.attach("blåbær.pdf", &bytes).await;
    assert_eq!(
        stage.scanned(attachment).await,
        AttachmentStatus::Published,
        "clean"
    );
    let taken = stage
        .sender
        .initialize(&stage.letter(vec![attachment], Uuid::new_v4()))
        .await
        .unwrap();
    let id = taken.correspondences[0].correspondence_id;
    let letter = stage.arrived(id).await;
    assert_eq!(
        letter.content.message_body, "Hei **der**",
        "the body as written"
    );
    let listed = stage
        .recipient
        .search(&Search::new(&stage.service, SearchRole::Recipient))
        .await
        .unwrap();
    assert!(listed.contains(&id), "the recipient's list has it");

    let mut download = stage
        .recipient
        .download(id, letter.content.attachments[0].id)
        .await
        .unwrap();
    assert_eq!(
        download.name.as_deref(),
        Some("blåbær.pdf"),
        "the name survives"
    );
    let mut received = Vec::new();
    while let Some(piece) = download.chunk().await.unwrap() {
        received.extend_from_slice(&piece);
    }
    assert!(received == bytes, "the bytes arrive as they left");

    stage.recipient.mark_as_read(id).await.unwrap();
    let again = stage.recipient.mark_as_read(id).await.unwrap_err();
    assert_eq!(again.code(), Some(1040), "already read");
    let early = stage
        .recipient
        .purge(Role::Recipient, id)
        .await
        .unwrap_err();
    assert_eq!(early.code(), Some(1026), "confirmation first");
    stage.recipient.confirm(id).await.unwrap();
    eventually("the confirmation is stored", || async {
        let history = stage
            .recipient
            .details(Role::Recipient, id)
            .await
            .unwrap()
            .status_history;
        history
            .iter()
            .any(|row| row.status == CorrespondenceStatus::Confirmed)
            .then_some(())
    })
    .await;
    stage.recipient.purge(Role::Recipient, id).await.unwrap();
    let gone = stage
        .recipient
        .overview(Role::Recipient, id)
        .await
        .unwrap_err();
    assert_eq!(
        (gone.status(), gone.code(), gone.retry()),
        (Some(404), Some(1001), Retry::Never),
        "purged"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_found_again_by_its_key() {
    let stage = Stage::set().await;
    let key = Uuid::new_v4();
    let letter = stage.letter(vec![], key);
    let order = json!({ "match": { "method": "POST", "path": "/correspondence/api/v1/correspondence" },
        "fault": { "drop_response": true }, "times": 1 });
    stage.sandbox.faults().add(&order).unwrap();
    let error = stage.sender.initialize(&letter).await.unwrap_err();
    assert_eq!(
        error.retry(),
        Retry::Unsure,
        "sent, and no answer: {error:?}"
    );
    let error = stage.sender.initialize(&letter).await.unwrap_err();
    assert_eq!(
        (error.status(), error.code()),
        (Some(409), Some(1034)),
        "it had been taken"
    );
    let search = Search {
        idempotent_key: Some(key),
        ..Search::new(&stage.service, SearchRole::Sender)
    };
    let found = stage.sender.search(&search).await.unwrap();
    assert_eq!(found.len(), 1, "exactly once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_run_out_is_renewed_in_the_middle() {
    let stage = Stage::set().await;
    let search = Search::new(&stage.service, SearchRole::Recipient);
    stage.recipient.search(&search).await.unwrap();
    // To us no time passes: only the server knows that the token is old.
    stage.sandbox.advance(Duration::from_secs(2 * 3600));
    stage.recipient.search(&search).await.unwrap();
    let refused = stage
        .sandbox
        .ledger()
        .iter()
        .filter(|entry| entry.status == 401)
        .count();
    assert_eq!(refused, 1, "one refusal, one renewal, no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malicious_file_is_told_apart_from_a_failed_upload() {
    let stage = Stage::set().await;
    // In two pieces, so that this file itself is not taken for one.
    let eicar = concat!(
        "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-",
        "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    );
    let id = stage.attach("ok.txt", eicar.as_bytes()).await;
    assert_eq!(
        stage.scanned(id).await,
        AttachmentStatus::Failed,
        "stopped by the scan"
    );
    let overview = stage.sender.attachment(id).await.unwrap();
    assert!(
        overview.status_text.starts_with("Malware scan failed:"),
        "and says so: {}",
        overview.status_text
    );
    let second = stage
        .sender
        .upload(
            id,
            1,
            stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"x"))]),
            |_| {},
        )
        .await;
    assert_eq!(second.unwrap_err().code(), Some(2005), "the id is burnt");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_services_come_from_the_registers() {
    let stage = Stage::set().await;
    let entry = stage
        .sender
        .organisation(&stage.recipient_number)
        .await
        .unwrap()
        .unwrap();
    assert!(
        !entry.name.is_empty() && entry.place().is_some(),
        "a practice organisation has a name and a place"
    );
    let resource = stage.sender.resource(&stage.service).await.unwrap();
    assert_eq!(resource.resource_type, "CorrespondenceService", "ours");
    let own = stage
        .sender
        .resources_of(&resource.has_competent_authority.organization)
        .await
        .unwrap();
    assert!(
        own.iter().any(|one| one.identifier == stage.service),
        "found among the owner's"
    );
    assert!(
        stage
            .sender
            .service_owners()
            .await
            .unwrap()
            .iter()
            .any(|owner| !owner.code.is_empty()),
        "owners by code"
    );
    let unknown = stage.sender.resource("no-such-service").await.unwrap_err();
    assert_eq!(unknown.status(), Some(404), "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_is_asked_for_and_heard() {
    let stage = Stage::set().await;
    let order = json!({ "match": { "method": "GET", "path": "/correspondence/api/v1/correspondence" },
        "fault": { "status": 429, "retry_after": 17 }, "times": 1 });
    stage.sandbox.faults().add(&order).unwrap();
    let search = Search::new(&stage.service, SearchRole::Recipient);
    let error = stage.recipient.search(&search).await.unwrap_err();
    assert_eq!(
        error.retry(),
        Retry::Later {
            after: Some(Duration::from_secs(17))
        },
        "as the header says"
    );
    assert!(
        matches!(error, ApiError::Status(_)),
        "an answer, not a broken line"
    );
    let held = stage.recipient.search(&search).await.unwrap_err();
    assert!(
        matches!(held, ApiError::Resting { after } if after <= Duration::from_secs(17)),
        "until then nobody asks again: {held:?}"
    );
    let asked = stage.sandbox.ledger();
    let asked = asked
        .iter()
        .filter(|call| call.path == "/correspondence/api/v1/correspondence")
        .filter(|call| call.method == "GET");
    assert_eq!(asked.count(), 1, "and Altinn hears nothing of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_forwarded_once_it_has_been_read() {
    let stage = Stage::set().await;
    let mut letter = stage.letter(vec![], Uuid::new_v4());
    letter.correspondence.allow_forwarding = true;
    let taken = stage.sender.initialize(&letter).await.unwrap();
    let id = taken.correspondences[0].correspondence_id;
    stage.arrived(id).await;
    let forward = NewForward {
        forward_to: "kari@varsel.example".to_owned(),
        forwarding_text: Some("Til deg".to_owned()),
    };
    let early = stage.recipient.forward(id, &forward).await.unwrap_err();
    assert_eq!(early.code(), Some(1065), "read first");
    stage.recipient.mark_as_read(id).await.unwrap();
    stage.recipient.forward(id, &forward).await.unwrap();
    let twice = stage.recipient.forward(id, &forward).await.unwrap_err();
    assert_eq!(twice.code(), Some(1064), "once for each address");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_files_come_in_one_and_an_own_file_only_until_it_is_sent() {
    let stage = Stage::set().await;
    let attachment = stage.attach("brev.pdf", b"the bytes").await;
    assert_eq!(
        stage.scanned(attachment).await,
        AttachmentStatus::Published,
        "clean"
    );
    let mut own = stage.sender.download_own(attachment).await.unwrap();
    assert_eq!(
        own.chunk().await.unwrap().as_deref(),
        Some(&b"the bytes"[..]),
        "the sender's own"
    );
    let letter = stage.letter(vec![attachment], Uuid::new_v4());
    let taken = stage.sender.initialize(&letter).await.unwrap();
    let id = taken.correspondences[0].correspondence_id;
    stage.arrived(id).await;
    let late = stage.sender.download_own(attachment).await.unwrap_err();
    assert_eq!(late.code(), Some(2016), "it is the recipient's now");
    let mut all = stage.recipient.download_all(id).await.unwrap();
    assert_eq!(
        all.name.as_deref(),
        Some("prvebrev.zip"),
        "named by the title"
    );
    let mut zip = Vec::new();
    while let Some(piece) = all.chunk().await.unwrap() {
        zip.extend_from_slice(&piece);
    }
    assert!(
        zip.starts_with(b"PK") && zip.windows(9).any(|part| part == b"the bytes"),
        "stored, not compressed"
    );
    assert_eq!(all.length, Some(zip.len() as u64), "of the length it says");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_that_no_letter_uses_is_deleted() {
    let stage = Stage::set().await;
    let attachment = stage.attach("brev.pdf", b"x").await;
    stage.scanned(attachment).await;
    stage.sender.delete_attachment(attachment).await.unwrap();
    let details = stage.sender.attachment_details(attachment).await.unwrap();
    assert_eq!(
        details.overview.status,
        AttachmentStatus::Purged,
        "it says so"
    );
    let again = stage
        .sender
        .delete_attachment(attachment)
        .await
        .unwrap_err();
    assert_eq!(again.code(), Some(2006), "already gone");
}
