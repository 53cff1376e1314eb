//! Sections 4.10 and 4.11: the recipient's downloads, one and all.

use std::io::Read as _;

use crate::stage::*;
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn section_4_10_one_file_comes_with_its_name_and_length() {
    let stage = Stage::set().await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 253) as u8).collect();
    let recipient = stage.organisation(ORG, READ).await;
    for (name, kind, disposition) in [
        (
            "vedtak på nynorsk.pdf",
            "application/pdf",
            "inline; filename*=UTF-8''vedtak%20p%C3%A5%20nynorsk.pdf",
        ),
        (
            "liste.csv",
            "text/csv; charset=utf-8",
            "attachment; filename=\"liste.csv\"; filename*=UTF-8''liste.csv",
        ),
        (
            "rapport.docx",
            "application/octet-stream",
            "attachment; filename=\"rapport.docx\"; filename*=UTF-8''rapport.docx",
        ),
        (
            "bilde.PNG",
            "image/png",
            "inline; filename*=UTF-8''bilde.PNG",
        ),
    ] {
        let file = stage
            .attachment(|it| it["fileName"] = json!(name), &bytes)
            .await;
        let id = stage
            .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
            .await;
        let answer = stage
            .get(
                &format!("correspondence/{id}/attachment/{file}/download"),
                &recipient,
            )
            .await;
        answer.is_ok(name);
        assert_eq!(answer.bytes, bytes, "{name}: whole");
        assert_eq!(answer.header("content-type"), kind, "{name}: its type");
        assert_eq!(
            answer.header("content-disposition"),
            disposition,
            "{name}: its name"
        );
        assert_eq!(
            answer.header("content-length"),
            "200000",
            "{name}: its length"
        );
    }
}

#[tokio::test]
async fn section_4_10_downloads_are_checked_in_order_and_recorded() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
        .await;
    let recipient = stage.organisation(ORG, READ).await;
    let nobodys = "77777777-7777-4777-8777-777777777777";
    let path = format!("correspondence/{id}/attachment/{file}/download");
    stage
        .get(
            &format!("correspondence/{nobodys}/attachment/{file}/download"),
            &recipient,
        )
        .await
        .is_refused(404, 1001, "unknown letter");
    stage
        .get(
            &format!("correspondence/{id}/attachment/{nobodys}/download"),
            &recipient,
        )
        .await
        .is_refused(404, 2001, "not on this letter");
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    stage
        .get(&path, &stranger)
        .await
        .is_refused(401, 4001, "another's");
    let writes_too = stage.organisation(OWNER, &format!("{READ} {WRITE}")).await;
    stage
        .get(&path, &writes_too)
        .await
        .is_refused(401, 4001, "a sender is no recipient");
    let sender = stage.organisation(OWNER, WRITE).await;
    assert_eq!(
        stage.get(&path, &sender).await.status,
        StatusCode::FORBIDDEN,
        "nor does its token hold the scope"
    );
    let waiting = letter_with(|it| {
        it["existingAttachments"] = json!([file]);
        it["correspondence"]["requestedPublishTime"] = json!(in_seconds(7200));
    });
    let waiting = stage.sent(&waiting).await;
    stage
        .get(
            &format!("correspondence/{waiting}/attachment/{file}/download"),
            &recipient,
        )
        .await
        .is_refused(404, 1001, "not out");
    for _ in 0..2 {
        stage.get(&path, &recipient).await.is_ok("the recipient's");
    }
    let owner = stage
        .organisation(OWNER, &format!("altinn:serviceowner {READ}"))
        .await;
    stage
        .get(&path, &owner)
        .await
        .is_ok("a service owner that reads");
    let details = stage
        .get(&format!("correspondence/{id}/details"), &recipient)
        .await
        .json();
    let rows: Vec<_> = details["statusHistory"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "AttachmentsDownloaded")
        .collect();
    assert_eq!(rows.len(), 3, "a row for each call");
    assert_eq!(
        rows[0]["statusText"],
        format!("Attachment {file} has been downloaded"),
        "which names the attachment"
    );
    let portal = stage.person(PERSON, "altinn:portal/enduser").await;
    stage.get(&path, &portal).await.is_refused(
        401,
        4001,
        "the portal's scope passes the policy, not the decision",
    );
}

#[tokio::test]
async fn section_4_11_all_files_come_as_a_stored_zip() {
    let stage = Stage::set().await;
    let mut files = Vec::new();
    for (name, bytes) in [
        ("a.txt", &b"first"[..]),
        ("A.txt", b"second"),
        ("c.pdf", &[9; 100_000]),
    ] {
        files.push(
            stage
                .attachment(|it| it["fileName"] = json!(name), bytes)
                .await,
        );
    }
    let body = letter_with(|it| {
        it["existingAttachments"] = json!(files);
        it["correspondence"]["content"]["messageTitle"] = json!("Vedtak 2026: søknad");
    });
    let id = stage.published(&body).await;
    let recipient = stage.organisation(ORG, READ).await;
    let answer = stage
        .get(
            &format!("correspondence/{id}/attachments/downloadall"),
            &recipient,
        )
        .await;
    answer.is_ok("zipped");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename*=UTF-8''vedtak-2026-sknad.zip",
        "called after the letter"
    );
    assert_eq!(
        answer.header("content-length"),
        answer.bytes.len().to_string(),
        "the length was told"
    );
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes)).expect("a zip");
    for (name, bytes) in [
        ("a.txt", &b"first"[..]),
        ("A(1).txt", b"second"),
        ("c.pdf", &[9; 100_000]),
    ] {
        let mut entry = archive.by_name(name).expect(name);
        assert_eq!(
            entry.compression(),
            zip::CompressionMethod::Stored,
            "{name}: stored"
        );
        let mut found = Vec::new();
        entry.read_to_end(&mut found).expect("readable");
        assert_eq!(found, bytes, "{name}: whole");
    }
    let history = stage
        .get(&format!("correspondence/{id}/details"), &recipient)
        .await
        .json()["statusHistory"]
        .clone();
    let rows: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["status"] == "AttachmentsDownloaded")
        .collect();
    assert_eq!(
        (rows.len(), &rows[0]["statusText"]),
        (1, &json!("All attachments downloaded")),
        "one row for all"
    );
}

#[tokio::test]
async fn section_4_11_one_bad_file_spoils_the_zip() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    let nobodys = "correspondence/77777777-7777-4777-8777-777777777777/attachments/downloadall";
    stage
        .get(nobodys, &recipient)
        .await
        .is_refused(404, 1001, "unknown");
    let bare = stage.published(&letter()).await;
    stage
        .get(
            &format!("correspondence/{bare}/attachments/downloadall"),
            &stranger,
        )
        .await
        .is_refused(401, 4001, "another's");
    stage
        .get(
            &format!("correspondence/{bare}/attachments/downloadall"),
            &recipient,
        )
        .await
        .is_refused(404, 2001, "nothing to zip");
    let lasting = stage.attachment(|_| (), b"x").await;
    let brief = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"y")
        .await;
    let waiting = letter_with(|it| {
        it["existingAttachments"] = json!([lasting]);
        it["correspondence"]["requestedPublishTime"] = json!(in_seconds(7200));
    });
    let waiting = stage.sent(&waiting).await;
    stage
        .get(
            &format!("correspondence/{waiting}/attachments/downloadall"),
            &recipient,
        )
        .await
        .is_refused(404, 1001, "not out");
    let id = stage
        .published(&letter_with(|it| {
            it["existingAttachments"] = json!([lasting, brief])
        }))
        .await;
    stage
        .get(
            &format!("correspondence/{id}/attachments/downloadall"),
            &recipient,
        )
        .await
        .is_ok("in time");
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(25 * 3600));
    let recipient = stage.organisation(ORG, READ).await;
    stage
        .get(
            &format!("correspondence/{id}/attachments/downloadall"),
            &recipient,
        )
        .await
        .is_refused(400, 2020, "one has expired");
}

#[tokio::test]
async fn section_4_10_purging_the_last_letter_takes_the_bytes() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
        .await;
    let recipient = stage.organisation(ORG, READ).await;
    stage
        .delete(&format!("correspondence/{id}/purge"), &recipient)
        .await
        .is_ok("purged");
    stage
        .get(
            &format!("correspondence/{id}/attachment/{file}/download"),
            &recipient,
        )
        .await
        .is_refused(400, 2019, "the file went with it");
    stage
        .get(
            &format!("correspondence/{id}/attachments/downloadall"),
            &recipient,
        )
        .await
        .is_refused(404, 1001, "availability comes first here");
}

/// Sections 4.10 and 4.11: the right is asked for on the attachment's own resource.
#[tokio::test]
async fn section_4_10_a_file_of_a_stricter_resource_needs_its_right() {
    let stage = Stage::set().await;
    let owner = stage.organisation(OWNER, OWNER_SCOPES).await;
    let recipient = stage.organisation(ORG, READ).await;
    let mut described = attachment();
    described["resourceId"] = json!("level4");
    let file = stage
        .post_json("attachment", &owner, &described)
        .await
        .json();
    let file = file.as_str().unwrap().to_owned();
    stage
        .upload(&file, &owner, b"x".to_vec())
        .await
        .is_ok("uploaded");
    stage.publish();
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
        .await;
    let path = format!("correspondence/{id}");
    stage
        .get(&path, &recipient)
        .await
        .is_ok("the letter itself may be read");
    for file_path in [
        format!("{path}/attachment/{file}/download"),
        format!("{path}/attachments/downloadall"),
    ] {
        stage.get(&file_path, &recipient).await.is_refused(
            401,
            4001,
            "the level is too low for the file's resource",
        );
    }
}

#[tokio::test]
async fn section_4_10_types_and_dispositions_follow_the_ending() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let cases = [
        ("pdf", "application/pdf", "inline"),
        ("png", "image/png", "inline"),
        ("jpg", "image/jpeg", "inline"),
        ("jpeg", "image/jpeg", "inline"),
        ("gif", "image/gif", "inline"),
        ("bmp", "image/bmp", "inline"),
        ("txt", "text/plain; charset=utf-8", "attachment"),
        ("csv", "text/csv; charset=utf-8", "attachment"),
        ("html", "text/html; charset=utf-8", "attachment"),
        ("json", "application/json", "attachment"),
        ("xml", "application/xml", "attachment"),
        ("dcm", "application/dicom", "attachment"),
        ("dicom", "application/dicom", "attachment"),
        ("docx", "application/octet-stream", "attachment"),
        ("xlsx", "application/octet-stream", "attachment"),
        ("zip", "application/octet-stream", "attachment"),
        ("pps", "application/octet-stream", "attachment"),
    ];
    let mut files = Vec::new();
    for (ending, _, _) in cases {
        let name = format!("fil.{ending}");
        files.push(
            stage
                .attachment(|it| it["fileName"] = json!(name), b"0123456789")
                .await,
        );
    }
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!(files)))
        .await;
    for ((ending, kind, disposition), file) in cases.into_iter().zip(&files) {
        let path = format!("correspondence/{id}/attachment/{file}/download");
        let answer = stage.get(&path, &recipient).await;
        assert_eq!(answer.header("content-type"), kind, "{ending}");
        let told = answer.header("content-disposition");
        assert!(told.starts_with(disposition), "{ending}: {told}");
    }
    let path = format!("correspondence/{id}/attachment/{}/download", files[0]);
    let part = stage
        .request(reqwest::Method::GET, &path, &recipient)
        .header("range", "bytes=2-4");
    let answer = stage.send(part).await;
    assert_eq!(
        (answer.status, answer.bytes.as_slice()),
        (StatusCode::OK, &b"0123456789"[..]),
        "ranges are not served: the whole comes"
    );
    let history = stage.history(&id).await;
    assert!(
        !history.contains(&"Fetched".to_owned()) && !history.contains(&"Read".to_owned()),
        "section 10: a download is neither a fetch nor a read: {history:?}"
    );
}

/// Sections 4.11 and 9.2: a purge that the highest status hides leaves the letter available, and its files gone.
#[tokio::test]
async fn section_4_11_a_purged_file_spoils_the_zip() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
        .await;
    let recipient = stage.organisation(ORG, READ).await;
    let all = format!("correspondence/{id}/attachments/downloadall");
    stage.get(&all, &recipient).await.is_ok("all are there");
    let purge = format!("correspondence/{id}/purge");
    stage.delete(&purge, &recipient).await.is_ok("purged");
    stage
        .get(&all, &recipient)
        .await
        .is_refused(400, 2019, "its file is purged");
}
