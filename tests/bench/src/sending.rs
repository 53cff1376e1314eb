//! Sending and receiving files, letters to many, and how soon a letter is safe: A33, A35, A37 to A41.
//!
//! The world is of one sender whose files are not scanned, so that what is measured is the way and not the wait.

use crate::Outcome;
use crate::altinn::Altinn;
use crate::part::{Bench, Measuring, Part};
use crate::report::{Row, quantile};
use mailbox::bulk::{BulkOutcome, Line};
use mailbox::identity::Identity;
use mailbox::view::{DraftFileState, DraftText, Environment, SendOutcome};
use mailbox::{AccountConfig, Mailbox, SystemClock, SystemIds};
use mailbox_store::{Role, Store, StoreKey};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const PART: Part = Part {
    name: "sending",
    rows: &["A33", "A35", "A37", "A38", "A39", "A40", "A41"],
    measure,
};

const SENDER: &str = "991825827";
const RECIPIENT: &str = "986252932";
const RESOURCE: &str = "letters";
/// Bytes of the file that goes both ways.
const LARGE: u64 = 1 << 30;
/// Bytes of a file that no memory holds.
const HUGE: u64 = 50_000_000_000;
const MB: f64 = 1_000_000.0;
/// Recipients of a letter to many.
const MANY: usize = 10_000;
/// Rows of a list.
const ROWS: u32 = 1_000_000;
/// Letters that are made safe.
const SAFE: usize = 1_000;

fn measure(bench: &mut Bench) -> Measuring<'_> {
    Box::pin(async move {
        let place = Place::make(bench.work.path())?;
        if bench.wants_any(&["A33", "A37"]) {
            files(bench, &place).await?;
        }
        if bench.wants("A35") {
            memory(bench, &place).await?;
        }
        if bench.wants_any(&["A38", "A39"]) {
            many(bench, &place).await?;
        }
        if bench.wants("A40") {
            list(bench)?;
        }
        if bench.wants("A41") {
            safe(bench, &place).await?;
        }
        Ok(())
    })
}

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
        let at = |path: &str| -> Outcome<reqwest::Url> {
            Ok(format!("{}/{path}", self.altinn.base()).parse()?)
        };
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
            network: mailbox::Network::default(),
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

/// Seconds that a command takes.
fn seconds(command: &mut Command) -> Outcome<f64> {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() {
        Ok(started.elapsed().as_secs_f64())
    } else {
        Err(format!("{command:?} failed").into())
    }
}

/// A33 and A37: a gibibyte there and back.
async fn files(bench: &mut Bench, place: &Place) -> Outcome {
    let path = place.dir.join("large.bin");
    random_file(&path, LARGE)?;
    let md5 = seconds(Command::new("md5sum").arg(&path))?;
    let curl = curl_upload(place, &path).await?;
    let (sender, _) = place.mailbox(SENDER, "files.db").await?;
    let started = Instant::now();
    send_file(&sender, &path).await?;
    let ours = started.elapsed().as_secs_f64();
    bench.add(Row::at_most(
        "A33",
        format!("1 GiB attached and sent, MD5 and SHA-256 on the way; md5sum {md5:.2} s, curl -T to the same sandbox {curl:.2} s"),
        "s",
        (ours, md5.max(curl)),
        1.05,
    ));
    if !bench.wants("A37") {
        return Ok(());
    }
    let (recipient, store) = place.mailbox(RECIPIENT, "received.db").await?;
    let letter = received(&recipient, &store).await?;
    let message = recipient.message(&letter.id).await?;
    let attachment = message.attachments.first().ok_or("a letter with a file")?;
    let curl = {
        let token = place.token(RECIPIENT, "read").await?;
        let url = place.api(&format!(
            "correspondence/{}/attachment/{}/download",
            letter.correspondence, attachment.id
        ));
        seconds(
            Command::new("curl")
                .args(["-sSf", "-o"])
                .arg(place.dir.join("by-curl.bin"))
                .args(["-H", &format!("Authorization: Bearer {token}"), &url]),
        )?
    };
    let folder = place.dir.join("saved");
    std::fs::create_dir_all(&folder)?;
    let peak = Peak::begin()?;
    let started = Instant::now();
    recipient
        .save_attachment(letter.id, attachment.id.clone(), &folder)
        .await?;
    let ours = started.elapsed().as_secs_f64();
    bench.add(Row::at_most(
        "A37",
        format!(
            "1 GiB saved to the disk, MD5 verified on the way, {:.1} MB more memory; md5sum {md5:.2} s, curl -o {curl:.2} s",
            peak.growth()? / MB
        ),
        "s",
        (ours, md5.max(curl)),
        1.05,
    ));
    Ok(())
}

/// Uploads by `curl -T` to an attachment of its own.
async fn curl_upload(place: &Place, path: &Path) -> Outcome<f64> {
    let token = place.token(SENDER, "write").await?;
    let announced = place
        .http
        .post(place.api("attachment"))
        .bearer_auth(&token)
        .json(
            &json!({ "resourceId": RESOURCE, "fileName": "large.bin", "sendersReference": "anchor",
            "isEncrypted": false }),
        )
        .send()
        .await?
        .error_for_status()?;
    let id: String = announced.json().await?;
    seconds(
        Command::new("curl")
            .args(["-sSf", "-X", "POST", "-H", "Expect:", "-T"])
            .arg(path)
            .args(["-H", "Content-Type: application/octet-stream"])
            .args(["-H", &format!("Authorization: Bearer {token}")])
            .arg(place.api(&format!("attachment/{id}/upload"))),
    )
}

/// The one letter of the recipient, once it is published.
async fn received(mailbox: &Mailbox, store: &Store) -> Outcome<mailbox_store::MessageRow> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        mailbox.sync_once(RECIPIENT).await?;
        let row = store
            .read(|reader| {
                let spine = reader.spine(RECIPIENT, RESOURCE, Role::Received)?;
                match spine.first() {
                    Some(first) => {
                        reader.message_of(RECIPIENT, Role::Received, &first.correspondence)
                    }
                    None => Ok(None),
                }
            })
            .await?;
        if let Some(row) = row {
            return Ok(row);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the letter was not published".into())
}

fn random_file(path: &Path, length: u64) -> Outcome {
    let mut file = File::create(path)?;
    let mut random = File::open("/dev/urandom")?;
    std::io::copy(&mut std::io::Read::take(&mut random, length), &mut file)?;
    file.sync_all()?;
    Ok(())
}

/// A35: what a file costs of memory, by its size.
async fn memory(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "memory.db").await?;
    let mut growths = Vec::new();
    // The first send sets up connections, pools and caches.
    for (name, length) in [
        ("first", 1_000),
        ("1 KB", 1_000),
        ("50 MB", 50_000_000),
        ("1 GB", 1_000_000_000),
        ("50 GB", HUGE),
    ] {
        let path = place.dir.join("sparse.bin");
        File::create(&path)?.set_len(length)?;
        let peak = Peak::begin()?;
        send_file(&sender, &path).await?;
        if name != "first" {
            growths.push((name, peak.growth()? / MB));
        }
    }
    let most = growths
        .iter()
        .map(|(_, growth)| *growth)
        .fold(0.0, f64::max);
    let by_size: Vec<String> = growths
        .iter()
        .map(|(name, growth)| format!("{name} {growth:.1}"))
        .collect();
    let slope = growths[3].1 - growths[2].1;
    bench.add(Row {
        id: "A35",
        what: format!(
            "memory while a file is attached and sent, over idle, in MB: {}; from 1 GB to 50 GB {slope:+.1}",
            by_size.join(", ")
        ),
        unit: "MB",
        ours: most,
        anchor: 8.0,
        ratio: most / 8.0,
        goal: "≤ 8 MB, and flat within 1 MB".into(),
        pass: most <= 8.0 && slope <= 1.0,
    });
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

/// So many organisations, by their numbers.
fn organisations(first: u32, count: usize) -> Vec<Line> {
    (first..)
        .filter_map(|number| Identity::parse(&number.to_string()).ok())
        .take(count)
        .zip(1..)
        .map(|(recipient, number)| Line { number, recipient })
        .collect()
}

/// A38 and A39: ten thousand in calls of five hundred, beside the bare calls.
async fn many(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "many.db").await?;
    let (id, version) = draft(&sender, Vec::new(), Vec::new()).await?;
    let lines = organisations(300_000_000, MANY);
    let calls = place.submits().await?;
    // Signed in, as the bare calls are.
    sender.sync_once(SENDER).await?;
    let BulkOutcome::Queued(id) = sender.send_bulk(id, version, lines).await? else {
        return Err("the letter is refused".into());
    };
    let started = Instant::now();
    let worker = sender.clone();
    let running = tokio::spawn(async move { worker.run_bulk().await });
    while sender.bulks(SENDER).await?[0].waiting > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let handed_over = started.elapsed().as_secs_f64();
    running.await??;
    let kept = started.elapsed().as_secs_f64();
    let (report, _) = sender.bulk(id).await?;
    let ours = place.submits().await? - calls;
    let anchor = MANY.div_ceil(500);
    bench.add(Row {
        id: "A38",
        what: format!("calls for {} valid recipients", report.accepted),
        unit: "POST",
        ours: ours as f64,
        anchor: anchor as f64,
        ratio: ours as f64 / anchor as f64,
        goal: "as many as there must be".into(),
        pass: ours == anchor && report.accepted as usize == MANY,
    });
    let bare = bare_calls(place).await?;
    let overhead = (handed_over - bare) / anchor as f64 * 1000.0;
    bench.add(Row {
        id: "A39",
        what: format!(
            "{MANY} recipients handed over in {handed_over:.2} s, all copies under Sent after {kept:.2} s; the bare calls {bare:.2} s; more for each call"
        ),
        unit: "ms",
        ours: overhead,
        anchor: 5.0,
        ratio: overhead / 5.0,
        goal: "≤ 5 ms for each call".into(),
        pass: overhead <= 5.0,
    });
    Ok(())
}

impl Place {
    /// Letters handed over so far, by the ledger.
    async fn submits(&self) -> Outcome<usize> {
        let url = format!("{}/_sandbox/ledger", self.altinn.base());
        let ledger: serde_json::Value = self.http.get(url).send().await?.json().await?;
        let entries = ledger.as_array().or(ledger["entries"].as_array());
        let is_submit = |entry: &&serde_json::Value| {
            entry["method"] == "POST" && entry["path"] == "/correspondence/api/v1/correspondence"
        };
        Ok(entries.map_or(0, |all| all.iter().filter(is_submit).count()))
    }
}

/// The same calls to others, one after the other, with nothing around them.
async fn bare_calls(place: &Place) -> Outcome<f64> {
    let token = place.token(SENDER, "write").await?;
    let lines = organisations(400_000_000, MANY);
    let started = Instant::now();
    for part in lines.chunks(500) {
        let recipients: Vec<String> = part.iter().map(|line| line.recipient.urn()).collect();
        let body = json!({
            "correspondence": {
                "resourceId": RESOURCE, "sendersReference": "anchor",
                "content": { "language": "nb", "messageTitle": "Vedtak", "messageBody": "Se vedlegget." },
            },
            "recipients": recipients,
        });
        let call = place
            .http
            .post(place.api("correspondence"))
            .bearer_auth(&token);
        call.json(&body)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;
    }
    Ok(started.elapsed().as_secs_f64())
}

/// A40: a list of a million, judged, beside the bare reading of it.
fn list(bench: &mut Bench) -> Outcome {
    let path = bench.work.path().join("list.csv");
    let mut out = std::io::BufWriter::new(File::create(&path)?);
    writeln!(out, "saksnummer;navn;orgnr;adresse;poststed;merknad")?;
    let valid = (300_000_000_u32..).filter(|number| Identity::parse(&number.to_string()).is_ok());
    for (row, number) in (0..ROWS).zip(valid) {
        writeln!(
            out,
            "2026/{row:07};Virksomhet nummer {row} AS;{number};Storgata {}, oppgang B, tredje etasje;4{:03} STEDET;til orientering, se saken i arkivet",
            row % 300,
            row % 1000
        )?;
    }
    out.flush()?;
    drop(out);
    let size = std::fs::metadata(&path)?.len() as f64 / MB;
    let read = || -> Outcome<f64> {
        let started = Instant::now();
        let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_path(&path)?;
        let (mut record, mut count) = (csv::ByteRecord::new(), 0);
        while rows.read_byte_record(&mut record)? {
            count += 1;
        }
        assert_eq!(count, ROWS, "the list is whole");
        Ok(started.elapsed().as_secs_f64())
    };
    read()?;
    let bare = read()?;
    let peak = Peak::begin()?;
    let started = Instant::now();
    let mut first = None;
    let summary = mailbox::bulk::import::read(File::open(&path)?, None, |line, _| {
        if line == 100 {
            first = Some(started.elapsed());
        }
        std::ops::ControlFlow::Continue(())
    })?;
    let ours = started.elapsed().as_secs_f64();
    let growth = peak.growth()? / MB;
    let mut row = Row::at_most(
        "A40",
        format!(
            "a list of {ROWS} rows, {size:.0} MB, judged and held against itself; {growth:.0} MB of memory, 100 rows after {:.1} ms; bare reading {bare:.2} s",
            first.unwrap_or_default().as_secs_f64() * 1000.0
        ),
        "s",
        (ours, bare),
        2.0,
    );
    row.goal = "≤ 2 × bare, ≤ 60 MB, 100 rows ≤ 100 ms".into();
    row.pass &= growth <= 60.0
        && first.is_some_and(|first| first <= Duration::from_millis(100))
        && summary.sound == ROWS;
    bench.add(row);
    Ok(())
}

/// A41: from the press of Send until the letter survives everything, beside a write that the disk has confirmed.
async fn safe(bench: &mut Bench, place: &Place) -> Outcome {
    let (sender, _) = place.mailbox(SENDER, "safe.db").await?;
    let mut drafts = Vec::new();
    for _ in 0..SAFE {
        drafts.push(draft(&sender, vec![RECIPIENT.to_owned()], Vec::new()).await?);
    }
    let mut file = File::create(place.dir.join("confirmed.bin"))?;
    let (mut ours, mut confirmed) = (Vec::new(), Vec::new());
    for (id, version) in drafts {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        confirmed.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        let SendOutcome::Queued { .. } = sender.send_draft(id, version).await? else {
            return Err("the letter is refused".into());
        };
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let p95 = quantile(&mut ours, 0.95);
    let limit = quantile(&mut confirmed, 0.95);
    bench.add(Row::at_most(
        "A41",
        format!(
            "Send pressed until the letter is safe, p95 of {SAFE}; median {:.2} ms beside {:.2} ms of a confirmed write",
            quantile(&mut ours, 0.5),
            quantile(&mut confirmed, 0.5)
        ),
        "ms",
        (p95, limit),
        3.0,
    ));
    Ok(())
}
