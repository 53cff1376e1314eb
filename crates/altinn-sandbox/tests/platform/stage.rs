//! A practice sandbox, and a caller that can sign grants.

use altinn_sandbox::{Options, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Response, StatusCode};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::{Value, json};

/// The municipality.
pub const FJORDVIK: &str = "359797117";
/// The enterprise.
pub const BERGET: &str = "371049746";
/// Scope of a recipient.
pub const READ: &str = "altinn:correspondence.read";
/// Scope of a sender.
pub const WRITE: &str = "altinn:correspondence.write";

/// A sandbox and a way to call it.
pub struct Stage {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

/// A client that makes no attempt to be clever.
pub fn client() -> reqwest::Client {
    // Another test of this run may have installed it: then there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(30))
        .build()
        .expect("a client can be made")
}

impl Stage {
    /// A practice sandbox without letters.
    pub async fn empty() -> Self {
        Self::with(Options {
            letters: Some(0),
            ..Options::default()
        })
        .await
    }

    /// A sandbox as told.
    pub async fn with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.expect("a sandbox starts");
        Self {
            sandbox,
            http: client(),
        }
    }

    /// An address on the origin.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base())
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Response {
        let request = self.http.get(self.url(path));
        request.send().await.expect("the sandbox answers")
    }

    /// Gets JSON, which must be there.
    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path} is there");
        response.json().await.expect("it is JSON")
    }

    /// Gets JSON of Correspondence with a token.
    pub async fn correspondence(&self, path: &str, token: &str) -> Value {
        let url = self.url(&format!("/correspondence/api/v1/{path}"));
        let response = self.http.get(url).bearer_auth(token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path} can be read");
        response.json().await.expect("it is JSON")
    }

    /// Posts JSON to control.
    pub async fn control(&self, method: Method, path: &str, body: &Value) -> Response {
        let url = self.url(&format!("/_sandbox/{path}"));
        let request = self.http.request(method, url).json(body);
        request.send().await.expect("control answers")
    }

    /// A test token.
    pub async fn token(&self, orgnr: &str, scopes: &str) -> String {
        let query = [("env", "tt02"), ("orgNo", orgnr), ("scopes", scopes)];
        let url = self.url("/api/GetEnterpriseToken");
        let response = self.http.get(url).query(&query).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "the generator answers");
        response.text().await.unwrap()
    }

    /// The account of the ready file with a name.
    pub fn account(&self, name: &str) -> Value {
        let ready = json!(self.sandbox.ready());
        let accounts = ready["accounts"].as_array().unwrap().clone();
        accounts
            .into_iter()
            .find(|account| account["name"] == name)
            .expect("the account is there")
    }

    /// The claims of a grant that Maskinporten accepts, for Fjordvik.
    pub fn claims(&self) -> Value {
        let now = self.now();
        json!({
            "aud": self.sandbox.ready().maskinporten, "iss": self.account("Fjordvik kommune")["client_id"],
            "scope": "altinn:serviceowner altinn:correspondence.write",
            "iat": now, "exp": now + 100, "jti": uuid::Uuid::new_v4(),
        })
    }

    /// The sandbox's time in Unix seconds.
    pub fn now(&self) -> i64 {
        chrono::Utc::now().timestamp()
    }

    /// Asks for a token with a grant signed by Fjordvik's key.
    pub async fn grant(&self, claims: &Value) -> Response {
        let key = self.account("Fjordvik kommune")["private_jwk"].clone();
        let assertion = signed(&key, key["kid"].as_str(), claims);
        self.ask("/maskinporten/token", &assertion).await
    }

    /// Posts an assertion.
    pub async fn ask(&self, path: &str, assertion: &str) -> Response {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion),
        ];
        let request = self.http.post(self.url(path)).form(&form);
        request.send().await.expect("Maskinporten answers")
    }

    /// A raw Maskinporten token with claims changed.
    pub async fn raw_token(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims();
        change(&mut claims);
        let answer: Value = self.grant(&claims).await.json().await.unwrap();
        answer["access_token"].as_str().expect("a token").to_owned()
    }
}

/// A compact token.
pub fn signed(jwk: &Value, kid: Option<&str>, claims: &Value) -> String {
    let mut header = json!({ "alg": "RS256" });
    if let Some(kid) = kid {
        header["kid"] = json!(kid);
    }
    signed_with(jwk, &header, claims)
}

/// A compact token with a header of one's own; the signature is RS256 whatever it says.
pub fn signed_with(jwk: &Value, header: &Value, claims: &Value) -> String {
    signed_as(&RSA_PKCS1_SHA256, jwk, header, claims)
}

/// A compact token with a header and a signature of one's own.
pub fn signed_as(
    encoding: &'static dyn RsaEncoding,
    jwk: &Value,
    header: &Value,
    claims: &Value,
) -> String {
    let part = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(jwk[name].as_str().expect("the member is there"))
            .expect("it is base64")
    };
    let pair = RsaKeyPair::from_components(&KeyPairComponents {
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
    .expect("the key is whole");
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encoded(header), encoded(claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        encoding,
        &SystemRandom::new(),
        input.as_bytes(),
        &mut signature,
    )
    .expect("it can be signed");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token, unverified.
pub fn claims_of(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
