//! From an empty profile to a sent letter, with nothing brought along; and what the way leaves on the disk.

use crate::browser::ask;
use crate::session::{Session, altinn, register, states};
use altinn_sandbox::Sandbox;
use serde_json::{Value, json};
use url::Url;

/// A service of the municipality for ordinary letters, and one of its recipients.
const SERVICE: &str = "fjordvik-vedtak-og-svar";
const RECIPIENT: &str = "371049746";

impl Session {
    /// Registers the public half of a kept key for the municipality's client, as self-service would.
    pub fn register_key(&self, altinn: &Sandbox, key: &Value) {
        let public: Value =
            serde_json::from_str(key["view"]["publicJwk"].as_str().unwrap()).unwrap();
        let client = altinn.ready().accounts.remove(0).client_id;
        register(altinn.base(), &client, &json!({ "keys": [public] }));
    }

    /// The municipality with this key; the id of the account.
    pub fn add_municipality(&self, altinn: &Sandbox, key: &Value, more: &[&str]) -> String {
        let more = [&["--write", SERVICE], more].concat();
        let added = self.add(altinn, key, &more);
        added["account"].as_str().unwrap().to_owned()
    }

    /// Sends a letter and tells by which token kinds Altinn was called meanwhile: the paths, without queries.
    pub fn send(&self) -> Value {
        let output = self.run(&[
            "send",
            "--service",
            SERVICE,
            "--to",
            RECIPIENT,
            "--title",
            "canary-title-7f3a",
            "--body",
            "canary-body-51c9",
        ]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "the letter is handed over: {text} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_str(&text).unwrap()
    }
}

/// Paths that the sandbox was asked for since the beginning, with the status of each.
pub async fn asked(altinn: &Sandbox) -> Vec<(String, String, u64)> {
    let ledger = Url::parse(&format!("{}/_sandbox/ledger", altinn.base())).unwrap();
    let answer = tokio::task::spawn_blocking(move || ask(&ledger, "GET", ""))
        .await
        .unwrap();
    let from = answer.find(['[', '{']).unwrap();
    let to = answer.rfind([']', '}']).unwrap();
    let ledger: Value = serde_json::from_str(&answer[from..=to]).unwrap();
    let all = ledger.as_array().or_else(|| ledger["requests"].as_array());
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    all.unwrap()
        .iter()
        .map(|entry| {
            let status = entry["status"].as_u64().unwrap_or_default();
            (text(entry, "method"), text(entry, "path"), status)
        })
        .collect()
}

/// The errors of a checkup, with what was found.
pub fn wrong(checkup: &Value) -> Vec<Value> {
    let steps = checkup["checkup"]["steps"].as_array().unwrap();
    steps
        .iter()
        .flat_map(|step| step["checks"].as_array().unwrap())
        .filter(|check| ["error", "warning", "skipped"].contains(&check["state"].as_str().unwrap()))
        .map(|check| json!({ "check": check["id"], "findings": check["findings"] }))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_profile_comes_to_a_sent_letter_and_leaves_no_secret() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let made = session.json(&["account", "make-key", "brevdue-1"]);
    session.register_key(&altinn, &made);
    session.add_municipality(&altinn, &made, &[]);
    let checkup = session.json(&["doctor"]);
    assert_eq!(wrong(&checkup), Vec::<Value>::new(), "all is in order");
    assert!(
        states(&checkup).contains(&"ok"),
        "and was really looked at: {:?}",
        states(&checkup)
    );
    session.send();
    let sent = asked(&altinn).await;
    assert!(
        sent.iter().any(|(method, path, status)| method == "POST"
            && path == "/correspondence/api/v1/correspondence"
            && *status == 200),
        "Altinn took it"
    );
    let keys = session.json(&["account", "keys"]);
    assert_eq!(
        keys["keys"][0]["accounts"].as_array().unwrap().len(),
        1,
        "the key is known to be in use"
    );
    let name = made["key"].as_str().unwrap();
    assert_eq!(
        session.refusal(&["account", "forget-key", name]),
        "keyInUse",
        "and is not forgotten"
    );

    let planted = session.folder.path().join("tmp/planted");
    for secret in [
        "x eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6IngifQ.c2ln",
        "{\"dp\":\"AQAB\"}",
        "-----BEGIN PRIVATE KEY-----",
    ] {
        std::fs::write(&planted, secret).unwrap();
        assert_eq!(
            session.secrets_at_rest(&[]).len(),
            1,
            "the search must be able to fail: {secret}"
        );
    }
    std::fs::remove_file(&planted).unwrap();
    assert_eq!(
        session.secrets_at_rest(&["canary-title-7f3a", "canary-body-51c9"]),
        Vec::<String>::new(),
        "neither key nor token nor letter rests outside keychain and store"
    );
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_file_is_all_that_is_needed() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let account = altinn.ready().accounts.remove(0);
    let folder = session.folder.path().join("home");
    let key = account.private_jwk.to_string();
    std::fs::write(folder.join("key.jwk"), &key).unwrap();
    let file = |number: &str, key_file: &str| {
        json!({
            "name": "Fjordvik",
            "organisation_number": number,
            "environment": "custom",
            "addresses": { "base": altinn.base() },
            "sign_in": { "maskinporten": { "client_id": account.client_id, "key_file": key_file } },
            "write_resources": [SERVICE],
            "quota": { "get": 60 },
        })
    };
    let path = folder.join("oppsett.json");
    let take = || session.refusal(&["account", "take-file", path.to_str().unwrap()]);
    for (text, code, why) in [
        ("{".to_owned(), "accountFile", "it is no JSON"),
        (
            json!({ "accounts": [file("359797117", "key.jwk"), file("359797117", "key.jwk")] })
                .to_string(),
            "accountInUse",
            "it names one account twice",
        ),
        (
            json!({ "accounts": [file("359797117", "key.jwk"), file("35979711", "key.jwk")] })
                .to_string(),
            "accountFile",
            "its second account has no number",
        ),
        (
            file("359797117", "oppsett.json").to_string(),
            "keyUnusable",
            "its key is none",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(take(), code, "refused: {why}");
        let keys = session.json(&["account", "keys"]);
        assert_eq!(keys["keys"], json!([]), "and no key is left behind: {why}");
    }
    std::fs::write(&path, file(&account.orgnr, "key.jwk").to_string()).unwrap();
    session.json(&["account", "take-file", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(folder.join("key.jwk")).unwrap();
    let kept = session.json(&["account", "list"]);
    assert_eq!(
        kept["accounts"][0]["quota"]["get"], 60,
        "the quota that was agreed is kept"
    );
    assert_eq!(
        wrong(&session.json(&["doctor"])),
        Vec::<Value>::new(),
        "the files are not needed again"
    );
    session.send();
    assert_eq!(take(), "accountFile", "a file that is gone says so");
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_with_maskinportens_own_token_where_the_account_says_so() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let made = session.json(&["account", "make-key", "brevdue-1"]);
    session.register_key(&altinn, &made);
    session.add_municipality(&altinn, &made, &["--raw"]);
    assert_eq!(
        wrong(&session.json(&["doctor"])),
        Vec::<Value>::new(),
        "the doctor knows whose token it is"
    );
    let before = exchanges(&asked(&altinn).await);
    session.send();
    assert_eq!(
        exchanges(&asked(&altinn).await),
        before,
        "nothing is exchanged to send"
    );
    altinn.stop().await;
}

fn exchanges(asked: &[(String, String, u64)]) -> usize {
    asked
        .iter()
        .filter(|(_, path, _)| path.contains("/exchange/"))
        .count()
}
