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

/// Tries cases until there have been enough: some thousand, or as many as fit into `BREVDUE_FUZZ_SECONDS`.
pub fn campaign(name: &str, mut case: impl FnMut(&mut StdRng, u64) -> u16) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("BREVDUE_FUZZ_SEED").unwrap_or(1);
    let seconds = number("BREVDUE_FUZZ_SECONDS").map(Duration::from_secs);
    let mut rng = StdRng::seed_from_u64(seed);
    let mut answers: BTreeMap<u16, u64> = BTreeMap::new();
    let started = Instant::now();
    let mut cases = 0;
    while seconds.map_or(cases < CASES, |limit| started.elapsed() < limit) {
        *answers.entry(case(&mut rng, cases)).or_default() += 1;
        cases += 1;
    }
    let spent = started.elapsed().as_secs();
    println!("{name}: {cases} cases in {spent} s, seed {seed}; answers by status: {answers:?}");
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

fn letter() -> Value {
    json!({
        "recipients": ["urn:altinn:organization:identifier-no:371049746"],
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
            "notification": {
                "notificationTemplate": "CustomMessage", "notificationChannel": "EmailPreferred", "sendReminder": true,
                "emailSubject": "s", "emailBody": "b", "smsBody": "m", "reminderEmailSubject": "s",
                "reminderEmailBody": "b", "reminderSmsBody": "m", "emailContentType": 1,
                "customRecipients": [{ "emailAddress": "a@b.no" }],
                "customNotificationRecipients": [{ "recipientToOverride": "x", "recipients": [{ "mobileNumber": "+4799999999" }] }],
            },
            "ignoreReservation": true, "isConfirmationNeeded": true, "isConfidential": false, "allowForwarding": false,
        },
    })
}

fn sender(wire: &mut Wire) -> String {
    let token = wire.token(OWNER, "altinn:correspondence.write");
    format!("Bearer {token}")
}

#[test]
fn initialise_by_json() {
    let mut wire = Wire::practice();
    let token = sender(&mut wire);
    let headers = [
        ("Authorization", &*token),
        ("Content-Type", "application/json"),
    ];
    let whole = wire.ask(&request(
        "POST",
        API,
        &headers,
        letter().to_string().as_bytes(),
    ));
    assert_eq!(whole.status, 200, "the letter is good: {}", whole.text());
    campaign("initialise JSON", |rng, case| {
        let mut letter = letter();
        mutate::structure(rng, &mut letter);
        let mut body = letter.to_string().into_bytes();
        if rng.random_range(0..5) == 0 {
            mutate::bytes(rng, &mut body);
        }
        if case % 500 == 0 {
            wire.advance();
        }
        is_known(&wire.ask(&request("POST", API, &headers, &body)), &body)
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

fn form(rng: &mut StdRng, model: &Value) -> Vec<u8> {
    let mut values = Vec::new();
    fields(model, String::new(), &mut values);
    let mut body = Vec::new();
    for (mut name, value) in values {
        if rng.random_range(0..20) == 0 {
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
    for _ in 0..*[1, 1, 1, 0, 2, 5].choose(rng).unwrap() {
        let field = ["attachments", "attachments", "Attachments", "x"]
            .choose(rng)
            .unwrap();
        let file = match rng.random_range(0..4) {
            0 => mutate::text(rng),
            _ => "a.pdf".to_owned(),
        };
        let kind = ["text/plain", "", "\u{7f}"].choose(rng).unwrap();
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend(
            head.bytes()
                .chain(mutate::text(rng).bytes())
                .chain(*b"\r\n"),
        );
    }
    body.extend(*b"--edge--\r\n");
    body
}

#[test]
fn initialise_by_form() {
    let mut wire = Wire::practice();
    let token = sender(&mut wire);
    campaign("multipart", |rng, _| {
        let mut letter = letter();
        letter["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a.pdf", "sendersReference": "1" }]);
        if rng.random_range(0..3) > 0 {
            mutate::structure(rng, &mut letter);
        }
        let mut body = form(rng, &letter);
        if rng.random_range(0..3) == 0 {
            mutate::bytes(rng, &mut body);
        }
        let edges = [
            "edge",
            "edge",
            "edge",
            "\"edge\"",
            "",
            "e",
            "edge; charset=x",
            "\"edge",
        ];
        let kind = format!(
            "multipart/form-data; boundary={}",
            edges.choose(rng).unwrap()
        );
        let headers = [("Authorization", &*token), ("Content-Type", &kind)];
        let path = format!("{API}/upload");
        is_known(&wire.ask(&request("POST", &path, &headers, &body)), &body)
    });
}

#[test]
fn search() {
    let mut wire = Wire::practice();
    let token = wire.token(OWNER, "altinn:correspondence.read");
    let token = format!("Bearer {token}");
    let names = [
        "resourceId",
        "role",
        "status",
        "from",
        "to",
        "onBehalfOf",
        "sendersReference",
        "idempotentKey",
        "altinn2CorrespondenceId",
        "RESOURCEID",
        "x",
        "",
    ];
    campaign("search query", |rng, _| {
        let mut query = String::from("resourceId=fvm-vedtak-og-svar&role=Recipient");
        for _ in 0..rng.random_range(1..6) {
            let name = names.choose(rng).unwrap();
            let value = match mutate::value(rng) {
                Value::String(text) => text,
                other => other.to_string().chars().take(3000).collect(),
            };
            let value = if rng.random_range(0..4) == 0 {
                // What a request line can bear, not encoded.
                value
                    .chars()
                    .filter(|letter| letter.is_ascii_graphic() && *letter != '#')
                    .collect()
            } else {
                utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string()
            };
            let join = ["&", "&", "&", ";", "&&", "?", ""].choose(rng).unwrap();
            let pair = format!("{join}{name}={value}");
            if query.len() + pair.len() < 60_000 {
                query = if rng.random() {
                    query + &pair
                } else {
                    format!("{}&{query}", &pair[join.len()..])
                };
            }
        }
        let path = format!("{API}?{query}");
        let asked = request("GET", &path, &[("Authorization", &*token)], b"");
        is_known(&wire.ask(&asked), &asked)
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
    campaign("Maskinporten grant", |rng, case| {
        let now = chrono::Utc::now().timestamp();
        let mut claims = json!({
            "aud": ready["maskinporten"], "iss": account["client_id"], "scope": "altinn:correspondence.read",
            "iat": now, "exp": now + 100, "jti": format!("{case}"),
            "authorization_details": [{
                "type": "urn:altinn:systemuser", "externalRef": "x",
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:359797117" },
            }],
        });
        if rng.random() {
            claims
                .as_object_mut()
                .unwrap()
                .remove("authorization_details");
        }
        let mut header = json!({ "alg": "RS256", "kid": account["key_id"] });
        match rng.random_range(0..8) {
            0 => {}
            1 => mutate::structure(rng, &mut header),
            _ => mutate::structure(rng, &mut claims),
        }
        let mut claims = claims.to_string().into_bytes();
        if rng.random_range(0..6) == 0 {
            mutate::bytes(rng, &mut claims);
        }
        let assertion = signed(&pair, &header, &claims);
        let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        let mut body = format!("{grant}&assertion={assertion}").into_bytes();
        if rng.random_range(0..6) == 0 {
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
        reply.status
    });
}
