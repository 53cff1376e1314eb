//! Random calls of five kinds: initialise by JSON and by form, search, Maskinporten's grant, and policies (in `policy`).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rand::Rng as _;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::mutate;
use crate::wire::{Reply, Wire, request};

const API: &str = "/correspondence/api/v1/correspondence";
/// Owner of the practice world's resource.
const OWNER: &str = "359797117";

/// How many cases an ordinary run tries of each kind.
const CASES: u64 = 1500;

/// Tries cases until there have been enough: some thousand, or as many as fit into `BREVDUE_FUZZ_SECONDS`. Tells how many
/// came to which end, and asserts that enough of them got past every check: nonsense alone would meet the first only.
pub fn campaign(name: &str, mut case: impl FnMut(&mut StdRng, u64) -> End) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("BREVDUE_FUZZ_SEED").unwrap_or(1);
    let seconds = number("BREVDUE_FUZZ_SECONDS").map(Duration::from_secs);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut ends: BTreeMap<u16, u64> = BTreeMap::new();
    let (mut cases, mut deep) = (0, 0);
    let started = Instant::now();
    while seconds.map_or(cases < CASES, |limit| started.elapsed() < limit) {
        let end = case(&mut rng, cases);
        *ends.entry(end.status).or_default() += 1;
        deep += u64::from(end.is_deep);
        cases += 1;
    }
    let spent = started.elapsed().as_secs();
    let share = deep * 100 / cases.max(1);
    println!(
        "{name}: {cases} cases in {spent} s, seed {seed}; {share} % got to the end; answers by status: {ends:?}"
    );
    assert!(share >= 20, "{name}: only {share} % got to the end");
}

/// What came of a case.
pub struct End {
    pub status: u16,
    /// It got past every check.
    pub is_deep: bool,
}

impl From<u16> for End {
    fn from(status: u16) -> Self {
        let is_deep = (200..300).contains(&status);
        Self { status, is_deep }
    }
}

/// An answer that the reference knows: a success, a refusal with its body, or the one failure it tells of.
fn is_known(reply: &Reply, what: &[u8]) -> u16 {
    let body = reply.json();
    let is_known = match reply.status {
        200 | 204 => true,
        500 => body["title"] == "Internal Server Error" && body.get("errorCode").is_none(),
        400 if reply.body.is_empty() => reply.header("content-length") == "0",
        400..=499 => body["status"] == reply.status || body.is_string() || reply.body.is_empty(),
        _ => false,
    };
    let start = String::from_utf8_lossy(&what[..what.len().min(3000)]).into_owned();
    assert!(is_known, "{}: {}\nto {start}", reply.status, reply.text());
    reply.status
}

/// A letter that is taken, another each time. `files` are attachments that can be on it.
fn letter(rng: &mut StdRng, files: &[String]) -> Value {
    let recipients = [
        json!(["urn:altinn:organization:identifier-no:371049746"]),
        json!(["0192:371049746", "02869326553"]),
        json!(["urn:altinn:person:idporten-email:kari@eksempel.no"]),
        json!([
            "17898040178",
            "urn:altinn:person:legacy-selfidentified:OlaN",
            "0192:384656323"
        ]),
    ];
    let recipients = recipients.choose(rng).unwrap().clone();
    let to_one = recipients.as_array().unwrap().len() == 1;
    let mut letter = json!({
        "recipients": recipients,
        "existingAttachments": [],
        "idempotentKey": null,
        "correspondence": {
            "resourceId": "fjordvik-vedtak-og-svar",
            "sendersReference": "ref",
            "messageSender": "Fjordvik",
            "content": {
                "language": "nb", "messageTitle": "T", "messageSummary": "S", "messageBody": "# B {{recipientName}}",
                "attachments": [],
            },
            "requestedPublishTime": "2026-01-01T00:00:00Z",
            "dueDateTime": "2126-01-01T00:00:00+02:00",
            "externalReferences": [{ "referenceValue": "1", "referenceType": "Generic" }],
            "propertyList": { "a": "b" },
            "replyOptions": [{ "linkURL": "https://example.no", "linkText": "x" }],
            "ignoreReservation": true, "isConfirmationNeeded": true, "isConfidential": false, "allowForwarding": false,
        },
    });
    let channel = [
        "Email",
        "Sms",
        "EmailPreferred",
        "SmsPreferred",
        "EmailAndSms",
    ]
    .choose(rng)
    .unwrap();
    let mut notification = json!({
        "notificationTemplate": "CustomMessage", "notificationChannel": channel, "sendReminder": rng.random::<bool>(),
        "emailSubject": "s", "emailBody": "b", "smsBody": "m", "reminderEmailSubject": "s",
        "reminderEmailBody": "b", "reminderSmsBody": "m", "emailContentType": 1,
    });
    if to_one {
        letter["idempotentKey"] = json!(uuid::Builder::from_random_bytes(rng.random()).into_uuid());
        match rng.random_range(0..3) {
            0 => {
                notification["customRecipients"] =
                    json!([{ "emailAddress": "a@b.no" }, { "mobileNumber": "+4799999999" }])
            }
            1 => {
                notification["customNotificationRecipients"] = json!([{ "recipientToOverride": "x", "recipients": [{ "organizationNumber": "384656323" }] }]);
            }
            _ => {}
        }
    }
    if rng.random() {
        letter["correspondence"]["notification"] = notification;
    }
    if rng.random_range(0..3) == 0 {
        letter["existingAttachments"] = json!(files);
    }
    letter
}

/// Changes a good one: likely to be taken still, or not at all.
fn changed(rng: &mut StdRng, model: &mut Value) {
    match rng.random_range(0..10) {
        0 => {}
        1..=6 => mutate::gently(rng, model),
        _ => mutate::structure(rng, model),
    }
}

/// Attachments that can be on a letter.
fn published_files(wire: &mut Wire, token: &str) -> Vec<String> {
    let json_kind = [
        ("Authorization", token),
        ("Content-Type", "application/json"),
    ];
    let described = json!({ "resourceId": "fjordvik-vedtak-og-svar", "fileName": "a.pdf", "sendersReference": "1" });
    let base = API.replace(
        "correspondence/api/v1/correspondence",
        "correspondence/api/v1/attachment",
    );
    let made = wire.ask(&request(
        "POST",
        &base,
        &json_kind,
        described.to_string().as_bytes(),
    ));
    let id = made.json().as_str().expect("an id").to_owned();
    let bytes_kind = [
        ("Authorization", token),
        ("Content-Type", "application/octet-stream"),
    ];
    let path = format!("{base}/{id}/upload");
    assert_eq!(
        wire.ask(&request("POST", &path, &bytes_kind, b"x")).status,
        200,
        "uploaded"
    );
    wire.advance();
    vec![id]
}

fn sender(wire: &mut Wire) -> String {
    let token = wire.token(OWNER, "altinn:correspondence.write");
    format!("Bearer {token}")
}

#[test]
fn initialise_by_json() {
    let mut wire = Wire::practice();
    let token = sender(&mut wire);
    let files = published_files(&mut wire, &token);
    let headers = [
        ("Authorization", &*token),
        ("Content-Type", "application/json"),
    ];
    campaign("initialise JSON", |rng, case| {
        let mut letter = letter(rng, &files);
        changed(rng, &mut letter);
        let mut body = letter.to_string().into_bytes();
        if rng.random_range(0..8) == 0 {
            mutate::bytes(rng, &mut body);
        }
        if case % 500 == 0 {
            wire.advance();
        }
        is_known(&wire.ask(&request("POST", API, &headers, &body)), &body).into()
    });
}

/// The members of a model as the fields of a form.
fn fields(value: &Value, name: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, it)| {
            let name = if name.is_empty() {
                key.clone()
            } else {
                format!("{name}.{key}")
            };
            fields(it, name, found);
        }),
        Value::Array(elements) => {
            let elements = elements.iter().enumerate().take(30);
            elements.for_each(|(at, it)| fields(it, format!("{name}[{at}]"), found));
        }
        Value::Null => {}
        Value::String(text) => found.push((name, text.clone())),
        other => found.push((name, other.to_string())),
    }
}

/// A form of a letter with one file; odd now and then in names, files and parts when `is_odd`.
fn form(rng: &mut StdRng, model: &Value, is_odd: bool) -> Vec<u8> {
    let mut values = Vec::new();
    fields(model, String::new(), &mut values);
    let prefix = ["", "", "request.", "REQUEST."].choose(rng).unwrap();
    let mut body = Vec::new();
    for (name, value) in values {
        let mut name = format!("{prefix}{name}");
        if rng.random_range(0..4) == 0 {
            name = name.to_uppercase();
        }
        if is_odd && rng.random_range(0..20) == 0 {
            name = format!(
                "{name}{}",
                [".", "[", "]", "[0]", "[-1]", "[99]", ".x.y"]
                    .choose(rng)
                    .unwrap()
            );
        }
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend(head.bytes().chain(value.bytes()).chain(*b"\r\n"));
    }
    let files = if is_odd {
        *[1, 1, 1, 0, 2, 5].choose(rng).unwrap()
    } else {
        1
    };
    for _ in 0..files {
        let field = ["attachments", "Attachments", "ATTACHMENTS", "x"];
        let field = field[..if is_odd { 4 } else { 3 }].choose(rng).unwrap();
        let file = match rng.random_range(0..4) {
            0 if is_odd => mutate::text(rng),
            _ => "a.pdf".to_owned(),
        };
        let kinds = ["text/plain", "application/pdf", "", "\u{7f}"];
        let kind = kinds[..if is_odd { 4 } else { 2 }].choose(rng).unwrap();
        let content = format!("x{}", mutate::text(rng));
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend(head.bytes().chain(content.bytes()).chain(*b"\r\n"));
    }
    body.extend(*b"--edge--\r\n");
    body
}

#[test]
fn initialise_by_form() {
    let mut wire = Wire::practice();
    let token = sender(&mut wire);
    let ready_files = published_files(&mut wire, &token);
    campaign("multipart", |rng, case| {
        let mut letter = letter(rng, &ready_files);
        letter["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a.pdf", "sendersReference": "1" }]);
        changed(rng, &mut letter);
        let is_odd = rng.random_range(0..3) == 0;
        let mut body = form(rng, &letter, is_odd);
        if is_odd && rng.random() {
            mutate::bytes(rng, &mut body);
        }
        let edges = ["edge", "\"edge\"", "", "e", "edge; charset=x", "\"edge"];
        let edge = edges[..if is_odd { 6 } else { 2 }].choose(rng).unwrap();
        let kind = format!("multipart/form-data; boundary={edge}");
        if case % 500 == 0 {
            wire.advance();
        }
        let headers = [("Authorization", &*token), ("Content-Type", &kind)];
        let path = format!("{API}/upload");
        is_known(&wire.ask(&request("POST", &path, &headers, &body)), &body).into()
    });
}

/// Values that search takes, by parameter.
const TAKEN: &[(&str, &[&str])] = &[
    (
        "role",
        &["Recipient", "sender", "RECIPIENTANDSENDER", "0", "1", "2"],
    ),
    ("status", &["Published", "read", "12", "99", "-1", ""]),
    (
        "from",
        &[
            "2026-01-01",
            "01/31/2026 10:00",
            "2026-01-01T00:00:00.1234567+02:00",
            "Sat, 28 Nov 2026 10:00:00 GMT",
        ],
    ),
    (
        "to",
        &["2126-01-01", "9999-12-31T23:59:59.9999999Z", "12/31/2099"],
    ),
    (
        "onBehalfOf",
        &[
            "0192:359797117",
            "urn:altinn:organization:identifier-no:359797117",
            "",
            " ",
        ],
    ),
    ("sendersReference", &["ref", "", "%", "😀", "' or 1=1"]),
    (
        "idempotentKey",
        &[
            "77777777-7777-4777-8777-777777777777",
            "ABCDEF77-7777-4777-8777-777777777777",
        ],
    ),
    ("altinn2CorrespondenceId", &["1", "-1", "2147483647"]),
    ("x", &["y"]),
];

#[test]
fn search() {
    let mut wire = Wire::practice();
    let token = wire.token(OWNER, "altinn:correspondence.read");
    let token = format!("Bearer {token}");
    campaign("search query", |rng, _| {
        let mut pairs = vec![
            ("resourceId", "fvm-vedtak-og-svar".to_owned()),
            ("role", "Recipient".to_owned()),
        ];
        for _ in 0..rng.random_range(0..5) {
            let (name, values) = TAKEN.choose(rng).unwrap();
            pairs.retain(|(known, _)| known != name);
            pairs.push((name, (*values.choose(rng).unwrap()).to_owned()));
        }
        let is_odd = rng.random_range(0..3) == 0;
        if is_odd {
            for _ in 0..rng.random_range(1..5) {
                let name = [TAKEN.choose(rng).unwrap().0, "RESOURCEID", ""]
                    .choose(rng)
                    .unwrap()
                    .to_owned();
                let value = match mutate::value(rng) {
                    Value::String(text) => text,
                    other => other.to_string().chars().take(3000).collect(),
                };
                pairs.insert(rng.random_range(0..=pairs.len()), (name, value));
            }
        }
        let mut query = String::new();
        for (name, value) in pairs {
            let value = if is_odd && rng.random_range(0..4) == 0 {
                // What a request line can bear, not encoded.
                value
                    .chars()
                    .filter(|letter| letter.is_ascii_graphic() && *letter != '#')
                    .collect()
            } else {
                utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string()
            };
            let joins = ["&", "&&", ";", "?", ""];
            let join = if is_odd {
                joins.choose(rng).unwrap()
            } else {
                "&"
            };
            let name = if rng.random() {
                name.to_owned()
            } else {
                name.to_uppercase()
            };
            if query.len() + value.len() < 60_000 {
                query += &format!("{join}{name}={value}");
            }
        }
        let path = format!("{API}?{}", query.trim_start_matches('&'));
        let asked = request("GET", &path, &[("Authorization", &*token)], b"");
        is_known(&wire.ask(&asked), &asked).into()
    });
}

fn key_of(jwk: &Value) -> RsaKeyPair {
    let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents {
            n: part("n"),
            e: part("e"),
        },
        d: part("d"),
        p: part("p"),
        q: part("q"),
        dP: part("dp"),
        dQ: part("dq"),
        qInv: part("qi"),
    })
    .expect("the key is whole")
}

fn signed(pair: &RsaKeyPair, header: &Value, claims: &[u8]) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let input = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        input.as_bytes(),
        &mut signature,
    )
    .expect("it can be signed");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[test]
fn maskinporten_grant() {
    let mut wire = Wire::practice();
    let ready = json!(wire.sandbox.ready());
    let account = &ready["accounts"][0];
    let pair = key_of(&account["private_jwk"]);
    campaign("Maskinporten grant", |rng, _| {
        let now = chrono::Utc::now().timestamp() + rng.random_range(-5..5);
        let scopes = [
            "altinn:correspondence.read",
            "altinn:correspondence.write altinn:serviceowner",
            "altinn:correspondence.write altinn:correspondence.read",
        ];
        let mut claims = json!({
            "aud": ready["maskinporten"], "iss": account["client_id"], "scope": scopes.choose(rng).unwrap(),
            "iat": now, "exp": now + rng.random_range(30..=120),
            "jti": uuid::Builder::from_random_bytes(rng.random()).into_uuid(),
        });
        let members = claims.as_object_mut().unwrap();
        match rng.random_range(0..4) {
            0 => drop(members.remove("jti")),
            1 => drop(members.insert("sub".to_owned(), account["client_id"].clone())),
            2 => drop(members.insert("resource".to_owned(), json!([mutate::text(rng), "b"]))),
            _ => {}
        }
        if rng.random() {
            let details = json!([{
                "type": "urn:altinn:systemuser",
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:359797117" },
            }]);
            members.insert("authorization_details".to_owned(), details);
        }
        let mut header = json!({ "alg": "RS256", "kid": account["key_id"] });
        match rng.random_range(0..8) {
            0..=2 => {}
            3 => mutate::structure(rng, &mut header),
            4 => mutate::gently(rng, &mut header),
            5 => mutate::gently(rng, &mut claims),
            _ => mutate::structure(rng, &mut claims),
        }
        let mut claims = claims.to_string().into_bytes();
        if rng.random_range(0..10) == 0 {
            mutate::bytes(rng, &mut claims);
        }
        let assertion = signed(&pair, &header, &claims);
        let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        let mut body = format!("{grant}&assertion={assertion}").into_bytes();
        if rng.random_range(0..10) == 0 {
            mutate::bytes(rng, &mut body);
        }
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let reply = wire.ask(&request("POST", "/maskinporten/token", &headers, &body));
        let answer = reply.json();
        let is_known = match reply.status {
            200 => answer["access_token"].is_string(),
            400 => answer["error"].is_string() && answer["error_description"].is_string(),
            413 => body.len() > 100_000,
            _ => false,
        };
        assert!(is_known, "{}: {}", reply.status, reply.text());
        reply.status.into()
    });
}
