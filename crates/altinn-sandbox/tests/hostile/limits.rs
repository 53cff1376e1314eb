//! Section 2 of the Correspondence reference at its edges, and what HTTP itself can be bent to.

use std::io::Write as _;
use std::net::Shutdown;

use serde_json::{Value, json};

use crate::wire::{Reply, Wire, exchange, receive, request};

const API: &str = "/correspondence/api/v1";
const OWNER: &str = "359797117";
const RESOURCE: &str = "fjordvik-vedtak-og-svar";

/// A sandbox, and the header of a sender.
fn stage() -> (Wire, String) {
    let mut wire = Wire::practice();
    let token = wire.token(OWNER, "altinn:correspondence.write");
    (wire, format!("Bearer {token}"))
}

fn post(wire: &mut Wire, token: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
    let headers = [("Authorization", token), ("Content-Type", kind)];
    wire.ask(&request("POST", &format!("{API}/{path}"), &headers, body))
}

fn initialise(wire: &mut Wire, token: &str, body: &[u8]) -> Reply {
    post(wire, token, "correspondence", "application/json", body)
}

fn letter() -> Value {
    json!({
        "recipients": ["urn:altinn:organization:identifier-no:371049746"],
        "correspondence": {
            "resourceId": RESOURCE, "sendersReference": "ref",
            "content": { "language": "nb", "messageTitle": "T", "messageBody": "B" },
        },
    })
}

/// The sandbox goes on answering.
fn still_serves(wire: &mut Wire, after: &str) {
    let reply = wire.ask(&request("GET", "/orgs/altinn-orgs.json", &[], b""));
    assert_eq!(reply.status, 200, "it still serves after {after}");
}

#[test]
fn section_2_bodies_that_are_no_json_are_validation_problems() {
    let (mut wire, token) = stage();
    let deep = [vec![b'['; 200_000], vec![b']'; 200_000]].concat();
    let unclosed = vec![b'{'; 100_000];
    let whole = letter().to_string();
    let bodies: [&[u8]; 12] = [
        b"",
        b" ",
        b"{",
        b"nul",
        b"\xff\xfe{\x00}\x00",
        b"{\"recipients\":[\"\xc3\x28\"]}",
        b"{} {}",
        b"{\"a\":1,}",
        b"{\"a\":\"\\ud800\"}",
        &whole.as_bytes()[..whole.len() - 1],
        &deep,
        &unclosed,
    ];
    for body in bodies {
        let reply = initialise(&mut wire, &token, body);
        let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(reply.status, 400, "{start}: {}", reply.text());
        let problem = reply.json();
        assert_eq!(problem["code"], "STD-00000", "{start}");
        assert!(problem["errors"].get("$").is_some(), "{start}: {problem}");
        assert!(
            problem["errors"].get("request").is_some(),
            "{start}: {problem}"
        );
    }
    let marked = [b"\xef\xbb\xbf", whole.as_bytes()].concat();
    let reply = initialise(&mut wire, &token, &marked);
    assert_eq!(reply.status, 200, "a byte order mark is none of these");
}

#[test]
fn section_2_bodies_of_the_wrong_kind_are_validation_problems() {
    let (mut wire, token) = stage();
    for body in ["null", "1", "\"x\"", "[]", "[{}]", "true"] {
        let reply = initialise(&mut wire, &token, body.as_bytes());
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        assert_eq!(reply.json()["code"], "STD-00000", "{body}");
    }
}

#[test]
fn section_2_huge_arrays_are_refused_at_once() {
    let (mut wire, token) = stage();
    let element = "urn:altinn:organization:identifier-no:371049746";
    let mut body = letter();
    body["recipients"] = json!(vec![element; 200_000]);
    let reply = initialise(&mut wire, &token, body.to_string().as_bytes());
    assert_eq!(reply.status, 400, "more than 500 recipients");
    assert!(
        reply.json()["errors"].get("Recipients").is_some(),
        "{}",
        reply.text()
    );
    let mut body = letter();
    body["existingAttachments"] = json!(vec![uuid::Uuid::nil(); 200_000]);
    let reply = initialise(&mut wire, &token, body.to_string().as_bytes());
    assert_eq!(
        reply.json()["errorCode"],
        1007,
        "none of them is known: {}",
        reply.text()
    );
}

#[test]
fn section_2_forms_that_are_broken_are_validation_problems() {
    let (mut wire, token) = stage();
    let field = |name: &str, value: &str| {
        format!("--e\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let many: String = (0..1025)
        .map(|n| field(&format!("Recipients[{n}]"), "x"))
        .collect();
    let long = field(
        "Correspondence.SendersReference",
        &"x".repeat(5 * 1024 * 1024),
    );
    let endless = format!("--e\r\n{}", "X: y\r\n".repeat(100_000));
    let bodies = [
        String::new(),
        "--e".to_owned(),
        "--e--\r\n".to_owned(),
        "no edge at all".to_owned(),
        "--e\r\n\r\nno headers\r\n--e--\r\n".to_owned(),
        "--e\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--e--\r\n".to_owned(),
        "--e\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx".to_owned(),
        field("Correspondence", "cut off here"),
        format!("{many}--e--\r\n"),
        format!("{long}--e--\r\n"),
        endless,
    ];
    for body in bodies {
        for kind in [
            "multipart/form-data; boundary=e",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=other",
        ] {
            let reply = post(
                &mut wire,
                &token,
                "correspondence/upload",
                kind,
                body.as_bytes(),
            );
            let start: String = body.chars().take(60).collect();
            assert_eq!(reply.status, 400, "{kind}, {start}: {}", reply.text());
            assert_eq!(reply.json()["code"], "STD-00000", "{kind}, {start}");
        }
    }
}

#[test]
fn section_2_headers_beyond_measure_are_refused() {
    let mut wire = Wire::practice();
    let long = "x".repeat(10 * 1024 * 1024);
    let many: String = (0..5000).map(|n| format!("X-{n}: y\r\n")).collect();
    for (what, extra) in [
        ("one of 10 MB", format!("X: {long}\r\n")),
        (
            "a token of 10 MB",
            format!("Authorization: Bearer {long}\r\n"),
        ),
        ("five thousand", many),
    ] {
        let asked = format!("GET {API}/correspondence HTTP/1.1\r\nHost: x\r\n{extra}\r\n");
        let mut stream = wire.connect();
        // It stops reading early; if the rest overtakes the answer, there is none to be had.
        let reply = exchange(&mut stream, asked.as_bytes());
        let status = reply.map_or(431, |reply| reply.status);
        assert_eq!(status, 431, "{what}");
        still_serves(&mut wire, what);
    }
    let address = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(200_000));
    let reply = exchange(&mut wire.connect(), address.as_bytes());
    let status = reply.map_or(414, |reply| reply.status);
    assert!(
        [414, 431].contains(&status),
        "an address beyond measure: {status}"
    );
}

#[test]
fn tokens_that_are_no_text_are_no_tokens() {
    let mut wire = Wire::practice();
    for token in [
        &b"Bearer \xff\xfe"[..],
        b"Bearer",
        b"Bearer ",
        b"bearer ..",
        b"Bearer e30.e30.",
        b"Bearer eyJhbGciOiJub25lIn0.e30.",
        b"Basic eDp5",
    ] {
        let path = format!("GET {API}/attachment/x HTTP/1.1\r\nHost: x\r\nAuthorization: ");
        let asked = [path.as_bytes(), token, b"\r\n\r\n"].concat();
        let reply = wire.ask(&asked);
        assert_eq!(
            (reply.status, reply.body.len()),
            (401, 0),
            "{token:?}: 401, empty"
        );
    }
}

#[test]
fn section_2_requests_that_are_no_http_are_answered_or_hung_up_on() {
    let mut wire = Wire::practice();
    let asked: [&[u8]; 9] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnot frames at all, whatever comes here",
        b"POST /correspondence/api/v1/correspondence HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /correspondence/api/v1/correspondence HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST /correspondence/api/v1/correspondence HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
    ];
    for bytes in asked {
        let mut stream = wire.connect();
        // The other side may have hung up at the first byte, and what is written after that may fail.
        let _ = stream
            .write_all(bytes)
            .and_then(|()| stream.shutdown(Shutdown::Write));
        let start = String::from_utf8_lossy(bytes).into_owned();
        if let Some(reply) = receive(&mut stream) {
            assert!(
                (400..500).contains(&reply.status),
                "{start}: {}",
                reply.status
            );
        }
        still_serves(&mut wire, &start);
    }
}

/// The head of an upload to a new attachment.
fn upload(wire: &mut Wire, token: &str, length: &str) -> (String, Vec<u8>) {
    let body = json!({ "resourceId": RESOURCE, "fileName": "a.pdf", "sendersReference": "1" });
    let reply = post(
        wire,
        token,
        "attachment",
        "application/json",
        body.to_string().as_bytes(),
    );
    let id = reply.json().as_str().expect("an id").to_owned();
    let head = format!(
        "POST {API}/attachment/{id}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\
         Content-Type: application/octet-stream\r\n{length}\r\n\r\n"
    );
    (id, head.into_bytes())
}

fn status_of(wire: &mut Wire, token: &str, id: &str) -> (Value, Value) {
    let path = format!("{API}/attachment/{id}");
    let view = wire
        .ask(&request("GET", &path, &[("Authorization", token)], b""))
        .json();
    (view["status"].clone(), view["statusText"].clone())
}

/// Section 4.14: a client that goes away leaves the attachment Failed.
#[test]
fn section_4_14_a_length_that_promises_too_much_is_an_interrupted_upload() {
    let (mut wire, token) = stage();
    let (id, head) = upload(&mut wire, &token, "Content-Length: 1000");
    let mut stream = wire.connect();
    stream.write_all(&head).unwrap();
    stream.write_all(b"only this").unwrap();
    drop(stream);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while status_of(&mut wire, &token, &id).0 != "Failed" {
        assert!(std::time::Instant::now() < deadline, "it is noticed");
        std::thread::yield_now();
    }
    assert_eq!(
        status_of(&mut wire, &token, &id).1,
        "Upload interrupted",
        "as section 8.5 words it"
    );
}

#[test]
fn section_4_14_a_length_that_promises_too_little_ends_the_body_there() {
    let (mut wire, token) = stage();
    let (id, head) = upload(&mut wire, &token, "Content-Length: 4");
    let mut stream = wire.connect();
    stream.write_all(&head).unwrap();
    stream
        .write_all(b"bodyand more that is no request\r\n\r\n")
        .unwrap();
    let reply = receive(&mut stream).expect("the upload is answered");
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(
        reply.json()["checksum"],
        "841a2d689ad86bd1611447453c22c6fc",
        "of four bytes"
    );
    if let Some(reply) = receive(&mut stream) {
        assert_eq!(reply.status, 400, "what follows is no request");
    }
    assert_eq!(
        status_of(&mut wire, &token, &id).0,
        "UploadProcessing",
        "it is whole"
    );
}

/// Section 2: slow bodies are waited for, and nobody waits with them.
#[test]
fn section_2_a_slow_body_is_waited_for_and_holds_nobody_up() {
    let (mut wire, token) = stage();
    let mut slow = Vec::new();
    for _ in 0..50 {
        let (id, head) = upload(&mut wire, &token, "Content-Length: 6");
        let mut stream = wire.connect();
        stream.write_all(&head).unwrap();
        stream.write_all(b"sl").unwrap();
        slow.push((id, stream));
    }
    let mut unfinished = wire.connect();
    unfinished.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    let reply = initialise(&mut wire, &token, letter().to_string().as_bytes());
    assert_eq!(reply.status, 200, "others are served meanwhile");
    for (id, mut stream) in slow {
        for byte in *b"owly" {
            stream.write_all(&[byte]).unwrap();
        }
        let reply = receive(&mut stream).expect("it is answered in the end");
        assert_eq!(reply.status, 200, "{id}: {}", reply.text());
    }
}

/// The platform's services read bodies of bounded size.
#[test]
fn a_grant_beyond_measure_is_refused() {
    let mut wire = Wire::practice();
    let body = format!("assertion={}", "x".repeat(1024 * 1024));
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let asked = request("POST", "/maskinporten/token", &kind, body.as_bytes());
    // It stops reading early; if the rest overtakes the answer, there is none to be had.
    let reply = exchange(&mut wire.connect(), &asked);
    assert_eq!(reply.map_or(413, |reply| reply.status), 413, "too large");
    still_serves(&mut wire, "a large grant");
}
