//! A33 and A37: a gibibyte there and back.

use super::{LARGE, MB, Peak, Place, RECIPIENT, RESOURCE, SENDER, random_file, send_file};
use crate::Outcome;
use crate::part::Bench;
use crate::report::Row;
use mailbox::Mailbox;
use mailbox_store::{Role, Store};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub async fn measure(bench: &mut Bench, place: &Place) -> Outcome {
    let path = place.dir.join("large.zip");
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
            &json!({ "resourceId": RESOURCE, "fileName": "large.zip", "sendersReference": "anchor",
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
