//! A sandbox with a small world, the people who call it, and what they say.

use std::time::Duration;

use crate::document;
use altinn_sandbox::{Options, Sandbox, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Owner of every resource but one.
pub const OWNER: &str = "991825827";
/// Another service owner.
pub const OTHER_OWNER: &str = "310702640";
/// An organisation that receives, with somebody in charge.
pub const ORG: &str = "986252932";
/// An organisation with nobody in any role.
pub const ROLELESS_ORG: &str = "312585065";
/// Not in the register.
pub const UNKNOWN_ORG: &str = "999999999";
/// A person who receives.
pub const PERSON: &str = "07827199405";
/// A reserved person.
pub const RESERVED: &str = "08900499559";

/// Scope of a sender.
pub const WRITE: &str = "altinn:correspondence.write";
/// Scope of a recipient.
pub const READ: &str = "altinn:correspondence.read";
/// Scopes of a service owner.
pub const OWNER_SCOPES: &str = "altinn:serviceowner altinn:correspondence.write";

/// A sandbox and a way to call it.
pub struct Stage {
    pub sandbox: Sandbox,
    http: reqwest::Client,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
}

fn world() -> Value {
    let resource = |id: &str, more: Value| {
        let mut resource = json!({
            "id": id, "owner": OWNER, "type": "CorrespondenceService", "minimum_auth_level": 0,
            "title": { "nb": id, "nn": id, "en": id },
        });
        for (name, value) in more.as_object().unwrap() {
            resource[name] = value.clone();
        }
        resource
    };
    json!({
        "name": "stage",
        // Longer than any test: what happens by timers happens when a test moves the clock.
        "timers": { "publish_poll_ms": 60_000, "scan_ms": 60_000, "confirm_delay_ms": 4_000, "fetched_debounce_ms": 15_000 },
        "service_owners": [
            { "org": "digdir", "orgnr": OWNER, "name": { "nb": "Digdir", "nn": "Digdir", "en": "Digdir" } },
            { "org": "ttd", "orgnr": OTHER_OWNER, "name": { "nb": "Testdep", "nn": "Testdep", "en": "Testdep" } },
        ],
        "resources": [
            resource("letters", json!({})),
            resource("other-letters", json!({})),
            resource("level3", json!({ "minimum_auth_level": 3 })),
            resource("level4", json!({ "minimum_auth_level": 4 })),
            resource("bypass", json!({ "scan": "bypass" })),
            resource("confidential", json!({ "access_packages": ["post-til-virksomheten-med-taushetsbelagt-innhold"] })),
            resource("explicit", json!({ "access_packages": ["eksplisitt"] })),
            resource("generic", json!({ "type": "GenericAccessResource" })),
            resource("broker", json!({ "type": "BrokerService" })),
            resource("app_digdir_case", json!({ "type": "AltinnApp" })),
            resource("elsewhere", json!({ "owner": OTHER_OWNER })),
            resource("ownerless", json!({ "owner": null })),
        ],
        "register": {
            "default": "known",
            "unknown": [UNKNOWN_ORG],
            "organizations": [
                { "orgnr": ORG, "name": "FJORDVIK KOMMUNE", "roles": ["daglig-leder"] },
                { "orgnr": ROLELESS_ORG, "name": "UROLEG HUND DA", "roles": [] },
            ],
            "people": [
                { "nin": PERSON, "name": "AKSEL SYNTETISK-NORDMANN" },
                { "nin": RESERVED, "name": "DINA RESERVERT" },
            ],
        },
        "reservations": { "reserved": [RESERVED], "available": true },
    })
}

impl Stage {
    /// A stage with the usual world.
    pub async fn set() -> Self {
        Self::set_with(|_| ()).await
    }

    /// A stage with the usual world changed a little.
    pub async fn set_with(change: impl FnOnce(&mut Value)) -> Self {
        let mut world = world();
        change(&mut world);
        let world = World::from_json(&world.to_string()).expect("the stage's world is well formed");
        let options = Options {
            world,
            letters: Some(0),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options)
            .await
            .expect("loopback has a free port");
        // Another test of this run may have installed it: then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client can be made");
        Self { sandbox, http }
    }

    /// A token of an organisation.
    pub async fn organisation(&self, number: &str, scopes: &str) -> String {
        self.test_token(
            "GetEnterpriseToken",
            &[("orgNo", number), ("scopes", scopes)],
        )
        .await
    }

    /// A token of a person.
    pub async fn person(&self, number: &str, scopes: &str) -> String {
        self.test_token("GetPersonalToken", &[("pid", number), ("scopes", scopes)])
            .await
    }

    pub async fn test_token(&self, function: &str, parameters: &[(&str, &str)]) -> String {
        let url = format!("{}/api/{function}", self.sandbox.base());
        let request = self
            .http
            .get(url)
            .query(&[("env", "tt02")])
            .query(parameters);
        let answer = request.send().await.expect("the generator answers");
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "the generator gives a token"
        );
        answer.text().await.expect("the token is text")
    }

    /// A raw Maskinporten token of a client of the world that has a practice key.
    pub async fn raw_token(&self, client: &str, scope: &str) -> String {
        let ready = json!(self.sandbox.ready());
        let accounts = ready["accounts"].as_array().unwrap();
        let of_client = accounts
            .iter()
            .find(|account| account["client_id"] == client);
        let jwk = &of_client.expect("the client is an account")["private_jwk"];
        let now = chrono::Utc::now().timestamp();
        let claims = json!({
            "aud": self.sandbox.ready().maskinporten, "iss": client, "scope": scope,
            "iat": now, "exp": now + 100, "jti": uuid::Uuid::new_v4(),
        });
        let assertion = crate::platform_stage::signed(jwk, jwk["kid"].as_str(), &claims);
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", &assertion),
        ];
        let request = self.at(Method::POST, "/maskinporten/token", "").form(&form);
        let answer = self.send(request).await;
        answer.is_ok("Maskinporten gives a token");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A request below the API's prefix.
    pub fn request(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        self.at(method, &format!("/correspondence/api/v1/{path}"), token)
    }

    /// A request anywhere on the origin.
    pub fn at(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base());
        let request = self.http.request(method, url);
        if token.is_empty() {
            request
        } else {
            request.bearer_auth(token)
        }
    }

    /// Sends a request. The answer must be of a kind that the OpenAPI document tells of.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, url) = (request.method().clone(), request.url().clone());
        let sent = self.http.execute(request).await;
        let response = sent.expect("the sandbox answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response
            .bytes()
            .await
            .expect("the answer is whole")
            .to_vec();
        let answer = Answer {
            status,
            headers,
            bytes,
        };
        let document = document::document(&self.http, self.sandbox.base()).await;
        document::check(document, &method, &url, &answer);
        answer
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::GET, path, token)).await
    }

    pub async fn post(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::POST, path, token)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(self.request(Method::DELETE, path, token)).await
    }

    pub async fn post_json(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path, token).json(body))
            .await
    }

    pub async fn upload(&self, id: &str, token: &str, bytes: Vec<u8>) -> Answer {
        let request = self.request(Method::POST, &format!("attachment/{id}/upload"), token);
        self.send(
            request
                .header("content-type", "application/octet-stream")
                .body(bytes),
        )
        .await
    }

    /// Lets background work of the usual kinds happen.
    pub fn publish(&self) {
        self.sandbox.advance(Duration::from_secs(61));
    }

    /// A letter that its recipient can read, and its id.
    pub async fn published(&self, letter: &Value) -> String {
        let id = self.sent(letter).await;
        self.publish();
        id
    }

    /// A letter that has been taken, and its id.
    pub async fn sent(&self, letter: &Value) -> String {
        let token = self.organisation(OWNER, WRITE).await;
        let answer = self.post_json("correspondence", &token, letter).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "the letter is taken: {}",
            answer.text()
        );
        answer.json()["correspondences"][0]["correspondenceId"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// An attachment with bytes, scanned and published, and its id.
    pub async fn attachment(&self, change: impl FnOnce(&mut Value), bytes: &[u8]) -> String {
        let token = self.organisation(OWNER, WRITE).await;
        let mut body = attachment();
        change(&mut body);
        let answer = self.post_json("attachment", &token, &body).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "the attachment is taken: {}",
            answer.text()
        );
        let id = answer.json().as_str().expect("an id").to_owned();
        let answer = self.upload(&id, &token, bytes.to_vec()).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "the bytes are taken: {}",
            answer.text()
        );
        self.publish();
        id
    }

    /// The statuses in a letter's history, as its owner sees them.
    pub async fn history(&self, id: &str) -> Vec<String> {
        let token = self.organisation(OWNER, OWNER_SCOPES).await;
        let answer = self
            .get(&format!("correspondence/{id}/details"), &token)
            .await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "the owner sees details: {}",
            answer.text()
        );
        let rows = answer.json()["statusHistory"]
            .as_array()
            .expect("a history")
            .clone();
        rows.iter()
            .map(|row| row["status"].as_str().expect("a name").to_owned())
            .collect()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// It is a refusal by this rule.
    #[track_caller]
    pub fn is_refused(&self, status: u16, code: u16, why: &str) {
        let found = serde_json::from_slice::<Value>(&self.bytes)
            .ok()
            .and_then(|body| body["errorCode"].as_u64());
        assert_eq!(
            (self.status.as_u16(), found),
            (status, Some(u64::from(code))),
            "{why}: {}",
            self.text()
        );
        assert_eq!(
            self.json()["code"],
            format!("CORR-{code:05}"),
            "{why}: the padded code agrees"
        );
    }

    /// It is a validation problem that concerns this key.
    #[track_caller]
    pub fn is_invalid(&self, key: &str, why: &str) {
        assert_eq!(
            self.status,
            StatusCode::BAD_REQUEST,
            "{why}: {}",
            self.text()
        );
        let body = self.json();
        assert_eq!(body["code"], "STD-00000", "{why}: {body}");
        assert!(
            body.get("errorCode").is_none(),
            "{why}: validation has no error number"
        );
        assert!(
            body["errors"].get(key).is_some(),
            "{why}: {key} is complained about: {body}"
        );
    }

    /// It worked.
    #[track_caller]
    pub fn is_ok(&self, why: &str) {
        assert_eq!(self.status, StatusCode::OK, "{why}: {}", self.text());
    }
}

/// A letter that can be sent, to one organisation.
pub fn letter() -> Value {
    json!({
        "recipients": [format!("urn:altinn:organization:identifier-no:{ORG}")],
        "correspondence": {
            "resourceId": "letters",
            "sendersReference": "ref-1",
            "content": { "language": "nb", "messageTitle": "Vedtak", "messageSummary": "Kort", "messageBody": "# Hei\n\nBrødtekst" },
        },
    })
}

/// The usual letter, changed.
pub fn letter_with(change: impl FnOnce(&mut Value)) -> Value {
    let mut letter = letter();
    change(&mut letter);
    letter
}

/// An attachment that can be described.
pub fn attachment() -> Value {
    json!({ "resourceId": "letters", "fileName": "vedtak.pdf", "sendersReference": "file-1" })
}

/// A time so many seconds from the sandbox's start, on the machine's clock; for tests that have not moved the sandbox's.
pub fn in_seconds(seconds: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::seconds(seconds)).to_rfc3339()
}
