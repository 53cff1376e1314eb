//! Keys in a token (PKCS#11), with SoftHSM standing in for the hardware: made there, brought there, refused each for its own
//! reason, and a letter sent with one.

use crate::session::{Session, altinn};
use crate::set_up::wrong;
use serde_json::Value;
use std::path::Path;

const DRIVER: &str = "/usr/lib/softhsm/libsofthsm2.so";
const TOKEN: &str = "Fjordvik HSM";
const PIN: &str = "kanari-pin-7741";

impl Session {
    /// A session with a token that has been set up.
    fn with_token() -> Self {
        let mut session = Self::new();
        session.start_keychain(true);
        let home = session.folder.path().join("home");
        std::fs::create_dir(home.join("tokens")).unwrap();
        session.configure("");
        std::fs::write(session.pin_file(), format!("{PIN}\n")).unwrap();
        session.init_token();
        session
    }

    /// A token more, of the same label and PIN.
    fn init_token(&self) {
        self.tool(
            "softhsm2-util",
            &[
                "--init-token",
                "--free",
                "--label",
                TOKEN,
                "--so-pin",
                "12345678",
                "--pin",
                PIN,
            ],
        );
    }

    /// Writes the token's settings, with a line more.
    fn configure(&self, more: &str) {
        let home = self.folder.path().join("home");
        let config = home.join(".config/softhsm2");
        std::fs::create_dir_all(&config).unwrap();
        let tokens = home.join("tokens");
        std::fs::write(
            config.join("softhsm2.conf"),
            format!("directories.tokendir = {}\n{more}", tokens.display()),
        )
        .unwrap();
    }

    fn pin_file(&self) -> std::path::PathBuf {
        self.folder.path().join("home/pin")
    }

    fn tool(&self, program: &str, args: &[&str]) {
        let output = self.command(program).args(args).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {args:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Makes a key in the token, of `kind` as OpenSC writes it.
    fn make(&self, kind: &str, label: &str, id: &str, more: &[&str]) {
        let mut args = vec![
            "--module",
            DRIVER,
            "--token-label",
            TOKEN,
            "--login",
            "--pin",
            PIN,
            "--keypairgen",
            "--key-type",
            kind,
            "--label",
            label,
            "--id",
            id,
        ];
        args.extend(more);
        self.tool("pkcs11-tool", &args);
    }

    fn take(&self, more: &[&str]) -> Value {
        let pin = self.pin_file();
        let mut args = vec![
            "account",
            "take-token-key",
            DRIVER,
            "--token",
            TOKEN,
            "--pin-file",
            pin.to_str().unwrap(),
            "--key-id",
            "hsm-1",
        ];
        args.extend(more);
        self.json(&args)
    }
}

fn reason(answer: &Value) -> &str {
    assert_eq!(answer["error"]["code"], "keyUnusable", "it said: {answer}");
    answer["error"]["params"]["reason"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_sent_with_a_key_that_never_leaves_its_token() {
    let altinn = altinn().await;
    let session = Session::with_token();
    session.make("rsa:2048", "maskinporten", "a1b2", &[]);
    let pin = session.pin_file();
    let listed = session.json(&["account", "tokens", DRIVER]);
    assert_eq!(
        listed["tokens"],
        serde_json::json!([TOKEN]),
        "the token is seen"
    );
    let keys = session.json(&[
        "account",
        "tokens",
        DRIVER,
        "--token",
        TOKEN,
        "--pin-file",
        pin.to_str().unwrap(),
    ]);
    assert_eq!(
        keys["keys"],
        serde_json::json!([{ "label": "maskinporten", "id": "a1b2", "bits": 2048 }]),
        "and its key"
    );
    let taken = session.take(&["--id", "a1b2"]);
    std::fs::remove_file(&pin).unwrap();
    session.register_key(&altinn, &taken);
    session.add_municipality(&altinn, &taken, &[]);
    assert_eq!(
        wrong(&session.json(&["doctor"])),
        Vec::<Value>::new(),
        "Maskinporten takes what the token signs"
    );
    session.send();
    assert_eq!(
        session.secrets_at_rest(&[PIN]),
        Vec::<String>::new(),
        "the PIN rests in the keychain alone"
    );

    let tokens = session.folder.path().join("home/tokens");
    let away = session.folder.path().join("home/away");
    std::fs::rename(&tokens, &away).unwrap();
    std::fs::create_dir(&tokens).unwrap();
    assert!(
        session.run(&["list"]).status.success(),
        "without the token the letters are still there"
    );
    let found: Vec<String> = wrong(&session.json(&["doctor"]))
        .iter()
        .flat_map(|check| check["findings"].as_array().cloned().unwrap_or_default())
        .map(|finding| finding["code"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(
        found.iter().any(|code| code == "keyCannotSign"),
        "and the doctor says why nothing can be sent: {found:?}"
    );
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_length_are_taken_made_in_the_token_or_brought_to_it() {
    let session = Session::with_token();
    for (bits, id) in [("2048", "01"), ("3072", "02"), ("4096", "03")] {
        session.make(&format!("rsa:{bits}"), &format!("made {bits}"), id, &[]);
        let label = format!("made {bits}");
        let by_label = session.take(&["--label", &label]);
        let by_id = session.take(&["--id", id]);
        assert_eq!(
            by_label["view"]["publicJwk"], by_id["view"]["publicJwk"],
            "found by label or id: {bits}"
        );
        let jwk: Value =
            serde_json::from_str(by_id["view"]["publicJwk"].as_str().unwrap()).unwrap();
        let digits = jwk["n"].as_str().unwrap().len();
        assert_eq!(
            digits,
            (bits.parse::<usize>().unwrap() / 8 * 4).div_ceil(3),
            "of its whole length: {bits}"
        );
    }
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../altinn-client/tests/keys");
    session.tool(
        "softhsm2-util",
        &[
            "--import",
            keys.join("pkcs8.pem").to_str().unwrap(),
            "--token",
            TOKEN,
            "--pin",
            PIN,
            "--label",
            "brought",
            "--id",
            "0A",
        ],
    );
    let brought = session.take(&["--label", "brought", "--id", "0a"]);
    let own: Value =
        serde_json::from_slice(&std::fs::read(keys.join("private.jwk.json")).unwrap()).unwrap();
    let jwk: Value = serde_json::from_str(brought["view"]["publicJwk"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&jwk["n"], &jwk["e"]),
        (&own["n"], &own["e"]),
        "one that OpenSSL made is the same key in the token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_a_token_from_signing_is_told_apart() {
    let session = Session::with_token();
    session.make("rsa:1024", "short", "01", &[]);
    session.make("EC:prime256v1", "elliptic", "02", &[]);
    session.make("rsa:2048", "twin", "03", &[]);
    session.make("rsa:2048", "twin", "04", &[]);
    assert_eq!(reason(&session.take(&["--label", "short"])), "tooShort");
    for (args, expected) in [
        (["--label", "elliptic"], "tokenKeyMissing"),
        (["--label", "nobody"], "tokenKeyMissing"),
        (["--id", "no hex"], "tokenKeyMissing"),
        (["--label", "twin"], "tokenKeyAmbiguous"),
    ] {
        assert_eq!(reason(&session.take(&args)), expected, "for {args:?}");
    }
    session.configure("slots.mechanisms = CKM_RSA_PKCS,CKM_SHA1_RSA_PKCS\n");
    assert_eq!(
        reason(&session.take(&["--id", "03"])),
        "tokenKeyNotForSigning",
        "the token lacks RS256"
    );
    session.configure("");
    let pin = session.pin_file();
    let with = |driver: &str, token: &str| {
        session.json(&[
            "account",
            "tokens",
            driver,
            "--token",
            token,
            "--pin-file",
            pin.to_str().unwrap(),
        ])
    };
    assert_eq!(
        reason(&with("/nowhere/driver.so", TOKEN)),
        "tokenDriverMissing"
    );
    assert_eq!(reason(&with("/etc/passwd", TOKEN)), "tokenDriver");
    assert_eq!(reason(&with(DRIVER, "another")), "tokenMissing");
    std::fs::write(&pin, "wrong-pin").unwrap();
    assert_eq!(reason(&with(DRIVER, TOKEN)), "pinWrong");
    assert_eq!(
        reason(&session.take(&["--label", "twin"])),
        "pinWrong",
        "nothing is taken without it"
    );
    let keys = session.json(&["account", "keys"]);
    assert_eq!(
        keys["keys"],
        serde_json::json!([]),
        "nothing of it was kept"
    );
    session.init_token();
    std::fs::write(&pin, PIN).unwrap();
    assert_eq!(reason(&with(DRIVER, TOKEN)), "tokenAmbiguous");
}
