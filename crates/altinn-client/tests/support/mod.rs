//! A server that answers with the bytes a test gives it, for shapes no proper server sends.
#![allow(dead_code, reason = "each test file uses its part")]

use altinn_client::{Addresses, Client, Options, SignIn, Timeouts};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Heard {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Answers every request by a function; records what it heard.
pub struct Server {
    pub base: Url,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (heard.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (record, answer) = (record.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &record, &*answer));
            }
        });
        Self { base, heard }
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Requests whose path starts so.
    pub fn heard_at(&self, path: &str) -> Vec<Heard> {
        self.heard()
            .into_iter()
            .filter(|heard| heard.path.starts_with(path))
            .collect()
    }

    pub fn addresses(&self) -> Addresses {
        Addresses {
            platform: self.base.clone(),
            maskinporten: self.base.join("maskinporten/").unwrap(),
            brreg: self.base.join("enhetsregisteret/api/").unwrap(),
            orgs: self.base.join("orgs/altinn-orgs.json").unwrap(),
        }
    }

    /// A client with a test token from this server.
    pub fn client(&self) -> Client {
        self.client_at(&Time::default())
    }

    pub fn client_at(&self, time: &Time) -> Client {
        Client::new(self.addresses(), self.test_token(), options(time)).unwrap()
    }

    pub fn test_token(&self) -> SignIn {
        SignIn::TestToken {
            generator: self.base.join("api/").unwrap(),
            organisation: "991825827".to_owned(),
        }
    }
}

/// Short time limits, so that a test of one ends soon.
pub fn options(time: &Time) -> Options {
    let time = time.clone();
    Options {
        user_agent: "Brevdue/0.0-test".to_owned(),
        timeouts: Timeouts {
            connect: Duration::from_secs(5),
            idle: Duration::from_millis(700),
            total: Duration::from_secs(20),
        },
        now: Arc::new(move || time.now()),
        ..Options::default()
    }
}

/// A clock that the test moves.
#[derive(Clone, Default)]
pub struct Time(Arc<AtomicI64>);

impl Time {
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }

    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<Heard>>, answer: &dyn Fn(&Heard) -> Vec<u8>) {
    let Some(request) = read(&stream) else { return };
    heard.lock().unwrap().push(request.clone());
    let _ = stream.write_all(&answer(&request));
    let _ = stream.flush();
    let _ = stream.shutdown(std::net::Shutdown::Both);
}

fn read(stream: &TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    Some(Heard {
        method,
        path,
        headers,
        body,
    })
}

/// An answer with a length.
pub fn answer(status: u16, media_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer_with(status, &[("Content-Type", media_type)], body)
}

pub fn answer_with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub fn json_answer(status: u16, body: &Value) -> Vec<u8> {
    answer(status, "application/json", body.to_string())
}

/// A token that says so much of itself; nobody here checks its signature. `tag` makes it unlike others.
pub fn token(life: i64, tag: &str) -> String {
    let issued = Utc::now().timestamp();
    let claims = json!({ "iat": issued, "exp": issued + life, "jti": tag });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.c2ln",
        part(&json!({ "alg": "RS256" })),
        part(&claims)
    )
}

/// A JWT of these claims; nobody here checks its signature.
pub fn jwt(claims: &Value) -> String {
    format!(
        "h.{}.c2ln",
        BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())
    )
}

/// The first of the answers, then the second, and so on; the last for ever.
pub fn in_turn(answers: Vec<Vec<u8>>) -> impl Fn() -> Vec<u8> {
    let next = AtomicI64::new(0);
    move || {
        let at = usize::try_from(next.fetch_add(1, Ordering::SeqCst)).unwrap();
        answers[at.min(answers.len() - 1)].clone()
    }
}

/// A date as HTTP writes it.
pub fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Gives tokens at the generator's path and else answers by `answer`.
pub fn with_token(answer_rest: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::start(move |heard| {
        if heard.path.starts_with("/api/GetEnterpriseToken") {
            return answer(200, "text/plain", token(1800, "t"));
        }
        answer_rest(heard)
    })
}

/// A letter with every member, as the reference lists them.
pub fn overview(id: uuid::Uuid) -> Value {
    json!({
        "correspondenceId": id,
        "recipient": "urn:altinn:organization:identifier-no:986252932",
        "sender": "urn:altinn:organization:identifier-no:991825827",
        "messageSender": "",
        "resourceId": "conf-letters",
        "sendersReference": "ref-1",
        "content": {
            "language": "nb", "messageTitle": "Vedtak", "messageSummary": "", "messageBody": "**Hei** <b>der</b>",
            "attachments": [{
                "id": "11111111-1111-4111-8111-111111111111", "fileName": "brev.pdf", "displayName": null,
                "isEncrypted": false, "checksum": "", "sendersReference": "a", "dataLocationType":
                "AltinnCorrespondenceAttachment", "dataType": "application/pdf", "status": "Published",
                "statusText": "Published", "statusChanged": "2026-01-02T03:04:05.678901+00:00",
                "created": "2026-01-02T03:04:05+00:00", "expirationTime": null, "expirationInDays": null
            }]
        },
        "created": "2026-01-02T03:04:05.678901+00:00",
        "requestedPublishTime": "2026-01-02T03:04:05.678901+00:00",
        "published": "2026-01-02T03:04:06+00:00",
        "read": null,
        "dueDateTime": null,
        "status": "AttachmentsDownloaded",
        "statusText": "",
        "statusChanged": "2026-01-03T03:04:05+00:00",
        "externalReferences": [{ "referenceValue": "x", "referenceType": "DialogportenDialogId" }],
        "replyOptions": [{ "linkURL": "https://example.no", "linkText": "Svar" }],
        "propertyList": { "caseNumber": "1" },
        "notification": null,
        "notifications": [{ "notificationOrderId": null, "isReminder": false }],
        "ignoreReservation": false,
        "isConfirmationNeeded": true,
        "isConfidential": false,
        "allowForwarding": false,
        "altinn2CorrespondenceId": null
    })
}
