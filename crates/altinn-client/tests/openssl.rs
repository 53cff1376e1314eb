//! Keys as the OpenSSL of this machine makes them today, in every length and every coat that it has: all are the same key to us,
//! or are told apart for what they are (Platform reference, section 2.5).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use altinn_client::{Algorithm, KeyError, Secret, SigningKey};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const PASSWORD: &str = "hemmelig";

/// Runs OpenSSL in `folder`.
fn openssl(folder: &Path, command: &str) {
    let output = Command::new("openssl")
        .current_dir(folder)
        .args(command.split_whitespace())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {command}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn read(folder: &Path, file: &str, password: Option<&str>) -> Result<SigningKey, KeyError> {
    let bytes = std::fs::read(folder.join(file)).unwrap();
    let password = password.map(|text| Secret::new(text.to_owned()));
    SigningKey::read(&bytes, password.as_ref(), Some("k"))
}

/// Coats of a key without a password: what makes `out` of `key.pem`.
const OPEN: &[&str] = &[
    "rsa -in key.pem -traditional -out out",
    "rsa -in key.pem -traditional -outform DER -out out",
    "pkcs8 -topk8 -nocrypt -in key.pem -out out",
    "pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out out",
    "pkey -in key.pem -text -out out",
    "pkcs12 -export -inkey key.pem -nocerts -out out -passout pass:",
    "pkcs12 -export -inkey key.pem -in certificate.pem -keypbe NONE -certpbe NONE -nomac -out out -passout pass:",
];

/// Coats with a password, of today and of before.
const SHUT: &[&str] = &[
    "pkcs8 -topk8 -in key.pem -v2 aes-128-cbc -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 aes-192-cbc -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 aes-256-cbc -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 aes-256-cbc -outform DER -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 aes-256-cbc -v2prf hmacWithSHA1 -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 aes-256-cbc -v2prf hmacWithSHA512 -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -v2 des3 -out out -passout pass:hemmelig",
    "pkcs8 -topk8 -in key.pem -scrypt -out out -passout pass:hemmelig",
    "pkcs12 -export -inkey key.pem -in certificate.pem -out out -passout pass:hemmelig",
    "pkcs12 -export -inkey key.pem -nocerts -out out -passout pass:hemmelig",
    "pkcs12 -export -inkey key.pem -in certificate.pem -keypbe AES-128-CBC -certpbe AES-128-CBC -macalg sha512 -out out -passout pass:hemmelig",
    "pkcs12 -export -inkey key.pem -in certificate.pem -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out out -passout pass:hemmelig",
    "pkcs12 -export -legacy -inkey key.pem -in certificate.pem -out out -passout pass:hemmelig",
];

/// Coats that are refused, each for its own reason.
fn refused() -> Vec<(&'static str, KeyError)> {
    vec![
        (
            "rsa -in key.pem -traditional -aes256 -out out -passout pass:hemmelig",
            KeyError::OldEncryption,
        ),
        (
            "pkcs8 -topk8 -in key.pem -v1 PBE-MD5-DES -provider legacy -provider default -out out -passout pass:hemmelig",
            KeyError::UnknownEncryption,
        ),
        ("rsa -in key.pem -pubout -out out", KeyError::PublicOnly),
        (
            "rsa -in key.pem -RSAPublicKey_out -out out",
            KeyError::PublicOnly,
        ),
        (
            "rsa -in key.pem -pubout -outform DER -out out",
            KeyError::PublicOnly,
        ),
        (
            "x509 -in certificate.pem -out out",
            KeyError::CertificateOnly,
        ),
        (
            "x509 -in certificate.pem -outform DER -out out",
            KeyError::CertificateOnly,
        ),
        (
            "req -new -key key.pem -subj /CN=x -out out",
            KeyError::CertificateRequest,
        ),
        (
            "pkcs12 -export -nokeys -in certificate.pem -out out -passout pass:hemmelig",
            KeyError::NoPkcs12Key,
        ),
        (
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out out",
            KeyError::NotRsa(Algorithm::EllipticCurve),
        ),
        (
            "ecparam -name secp384r1 -genkey -noout -out out",
            KeyError::NotRsa(Algorithm::EllipticCurve),
        ),
        (
            "genpkey -algorithm ED25519 -out out",
            KeyError::NotRsa(Algorithm::Edwards),
        ),
        (
            "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out out",
            KeyError::NotRsa(Algorithm::RsaPss),
        ),
        (
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out out",
            KeyError::TooShort { bits: 1024 },
        ),
    ]
}

/// A folder with a key of this length and its certificate.
fn made(bits: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(
        at,
        &format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -out key.pem"),
    );
    openssl(
        at,
        "req -x509 -new -key key.pem -subj /CN=Fjordvik -days 30 -out certificate.pem",
    );
    folder
}

#[test]
fn every_coat_of_a_key_is_the_same_key() {
    for bits in [2048, 3072, 4096] {
        let folder = made(bits);
        let at = folder.path();
        let own = read(at, "key.pem", None).unwrap().public_jwk();
        for coat in OPEN {
            openssl(at, coat);
            let key = read(at, "out", None)
                .unwrap_or_else(|error| panic!("{bits} bits by `{coat}`: {error}"));
            assert_eq!(key.public_jwk(), own, "{bits} bits by `{coat}`");
        }
        for coat in SHUT {
            openssl(at, coat);
            let key = read(at, "out", Some(PASSWORD))
                .unwrap_or_else(|error| panic!("{bits} bits by `{coat}`: {error}"));
            assert_eq!(key.public_jwk(), own, "{bits} bits by `{coat}`");
            assert_eq!(
                read(at, "out", None).map(|_| ()),
                Err(KeyError::PasswordNeeded),
                "without its password: `{coat}`"
            );
            assert_eq!(
                read(at, "out", Some("feil")).map(|_| ()),
                Err(KeyError::WrongPassword),
                "with a wrong one: `{coat}`"
            );
        }
        let kept = read(at, "key.pem", None).unwrap().to_keep().unwrap();
        let jwk: serde_json::Value = serde_json::from_str(kept.expose()).unwrap();
        let set = json!({ "keys": [jwk] }).to_string();
        let pem = std::fs::read(at.join("key.pem")).unwrap();
        for text in [
            kept.expose().to_owned(),
            set,
            BASE64_STANDARD.encode(kept.expose()),
            BASE64_STANDARD.encode(&pem),
        ] {
            let key = SigningKey::parse(&text, Some("k")).unwrap();
            assert_eq!(key.public_jwk(), own, "{bits} bits as JWK, set and base64");
        }
    }
}

#[test]
fn what_else_it_makes_is_told_apart() {
    let folder = made(2048);
    for (coat, expected) in refused() {
        openssl(folder.path(), coat);
        let found = read(folder.path(), "out", Some(PASSWORD)).map(|_| ());
        assert_eq!(found, Err(expected), "by `{coat}`");
    }
}
