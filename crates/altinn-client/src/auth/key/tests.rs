//! Keys in every form that OpenSSL writes, and everything that is none (Platform reference, section 2.5).

use super::*;
use proptest::prelude::*;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/keys/", $name))
    };
}

const JWK: &[u8] = fixture!("private.jwk.json");
const PKCS1: &[u8] = fixture!("pkcs1.pem");
const PKCS8: &[u8] = fixture!("pkcs8.pem");
const PUBLIC: &[u8] = fixture!("public.pem");
const ELLIPTIC: &[u8] = fixture!("ec.pem");
const CERTIFICATE: &[u8] = fixture!("certificate.pem");
const ISSUER: &[u8] = fixture!("issuer.pem");
const ENCRYPTED: &[u8] = fixture!("encrypted.pem");
const MODERN: &[u8] = fixture!("modern.p12");

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn jwk() -> Value {
    serde_json::from_slice(JWK).unwrap()
}

fn der_of(pem: &[u8]) -> Vec<u8> {
    let body: String = text(pem)
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    base64(&body).unwrap().to_vec()
}

fn password() -> Secret {
    Secret::new("hemmelig".to_owned())
}

fn public() -> Vec<u8> {
    SigningKey::read(JWK, None, None).unwrap().public_key()
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn every_form_of_the_key_is_the_same_key() {
    let set = json!({ "keys": [{ "kty": "RSA", "kid": "public-half", "n": "AQAB", "e": "AQAB" }, jwk()] }).to_string();
    let coded = BASE64_STANDARD.encode(JWK);
    let url_coded = BASE64_URL_SAFE_NO_PAD.encode(JWK);
    // Altinn writes its own keys in the standard alphabet (Platform reference, section 1.3).
    let standard = text(JWK)
        .replace('-', "+")
        .replace('_', "/")
        .replace("test+key+1", "test-key-1");
    let settings =
        json!({ "ClientId": "x", "EncodedJwk": coded, "Environment": "test" }).to_string();
    let newer = json!({ "Authority": "x", "JwkBase64": coded }).to_string();
    let windows: Vec<u8> = std::iter::once(0xfeff)
        .chain(text(JWK).encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [
        JWK,
        set.as_bytes(),
        coded.as_bytes(),
        url_coded.as_bytes(),
        standard.as_bytes(),
        settings.as_bytes(),
        newer.as_bytes(),
        json!(coded).to_string().as_bytes(),
        json!([jwk()]).to_string().as_bytes(),
        format!("\u{feff} {}\n", text(JWK)).as_bytes(),
        &windows,
    ] {
        let key = SigningKey::read(bytes, None, None).unwrap();
        assert_eq!(
            key.public_key(),
            public(),
            "the same numbers in another coat"
        );
        assert_eq!(key.key_id(), Some("test-key-1"), "the key id stands inside");
    }
    let base64_of_container = BASE64_STANDARD.encode(MODERN);
    let with_attributes = join(&[
        b"Bag Attributes\n    friendlyName: x\nKey Attributes: <No Attributes>\n",
        PKCS8,
    ]);
    for (bytes, password) in [
        (PKCS1, None),
        (PKCS8, None),
        (&der_of(PKCS1)[..], None),
        (&der_of(PKCS8)[..], None),
        (with_attributes.as_slice(), None),
        (ENCRYPTED, Some(password())),
        (&der_of(ENCRYPTED)[..], Some(password())),
        (MODERN, Some(password())),
        (fixture!("legacy.p12"), Some(password())),
        (fixture!("no-password.p12"), None),
        (base64_of_container.as_bytes(), Some(password())),
    ] {
        let key = SigningKey::read(bytes, password.as_ref(), Some("given")).unwrap();
        assert_eq!(key.public_key(), public(), "the same key");
        assert_eq!(
            key.key_id(),
            Some("given"),
            "these hold no key id of their own"
        );
    }
}

#[test]
fn a_certificate_stands_in_for_the_key_id() {
    let leaf = der_of(CERTIFICATE);
    let pem = join(&[ISSUER, PKCS8, CERTIFICATE]);
    for (bytes, password) in [
        (pem.as_slice(), None),
        (MODERN, Some(password())),
        (fixture!("legacy.p12"), Some(password())),
    ] {
        let key = SigningKey::read(bytes, password.as_ref(), None).unwrap();
        assert_eq!(key.key_id(), None, "no kid beside x5c");
        let Name::Chain(chain) = key.name() else {
            panic!("the certificate tells the key")
        };
        assert_eq!(
            **chain,
            [leaf.clone(), der_of(ISSUER)],
            "the whole chain, leaf first"
        );
        let kept =
            SigningKey::read(key.to_keep().unwrap().expose().as_bytes(), None, None).unwrap();
        assert!(
            matches!(kept.name(), Name::Chain(same) if same == chain),
            "the keychain keeps it"
        );
        assert_eq!(kept.public_key(), public(), "with the key");
    }
    let facts = SigningKey::read(&pem, None, None)
        .unwrap()
        .certificate()
        .unwrap();
    assert!(
        facts.subject.contains("Test enterprise") && facts.issuer.contains("Test issuer"),
        "whose it is, and by whom: {facts:?}"
    );
    assert_eq!(
        (facts.until - facts.from).num_days(),
        36_500,
        "as long as OpenSSL was told"
    );
    assert!(
        facts.until.format("%Y").to_string().as_str() > "2050",
        "in four digits where two are too few"
    );
    let by_id = SigningKey::read(&pem, None, Some("k")).unwrap();
    assert_eq!(by_id.certificate(), None, "not beside a key id");
    let foreign = join(&[PKCS8, ISSUER]);
    assert_eq!(
        SigningKey::read(&foreign, None, None).map(|_| ()),
        Err(KeyError::ForeignCertificate),
        "somebody else's certificate does not"
    );
}

#[test]
fn the_written_der_is_that_of_openssl() {
    let numbers = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        .map(|name| base64(jwk()[name].as_str().unwrap()).unwrap());
    let der = der_of(PKCS1);
    assert_eq!(
        *der::rsa_private_key(&numbers),
        der,
        "a key has one DER only"
    );
    let read = der::rsa_numbers(&der).unwrap();
    assert!(
        read.iter()
            .zip(&numbers)
            .all(|(read, written)| *read == written.as_slice()),
        "and reads as it was written"
    );
}

#[tokio::test]
async fn a_signature_verifies_with_the_public_half() {
    let key = SigningKey::read(JWK, None, None).unwrap();
    let signature = key.sign(b"message").await.unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key());
    assert!(
        public.verify(b"message", &signature).is_ok(),
        "RS256 over the message"
    );
    assert!(
        public.verify(b"massage", &signature).is_err(),
        "and over nothing else"
    );
}

#[test]
fn a_new_key_is_kept_and_registered() {
    let key = SigningKey::generate("brevdue-20261122").unwrap();
    let jwk = key.public_jwk();
    let mut names: Vec<&String> = jwk.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        ["alg", "e", "kid", "kty", "n", "use"],
        "what self-service needs, and nothing private"
    );
    assert_eq!(
        (&jwk["kid"], &jwk["e"]),
        (&json!("brevdue-20261122"), &json!("AQAB")),
        "its id and exponent"
    );
    assert_eq!(
        base64(jwk["n"].as_str().unwrap()).unwrap().len(),
        256,
        "2048 bits"
    );
    let kept = SigningKey::read(key.to_keep().unwrap().expose().as_bytes(), None, None).unwrap();
    assert_eq!(
        kept.public_key(),
        key.public_key(),
        "what is kept is the same key"
    );
    assert_eq!(kept.key_id(), Some("brevdue-20261122"), "with its id");
    let other = SigningKey::generate("brevdue-20261122").unwrap();
    assert_ne!(other.public_key(), key.public_key(), "each is new");
    let error = SigningKey::generate("brev due").map(|_| ()).unwrap_err();
    assert_eq!(
        error,
        KeyError::BadKeyId,
        "self-service would refuse the id"
    );
}

/// Inputs that are no usable key, and what is said to each.
fn broken() -> Vec<(Vec<u8>, KeyError)> {
    let without = |name: &str| {
        let mut jwk = jwk();
        jwk.as_object_mut().unwrap().remove(name);
        jwk.to_string().into_bytes()
    };
    let with = |name: &str, value: Value| {
        let mut jwk = jwk();
        jwk[name] = value;
        jwk.to_string().into_bytes()
    };
    let set = |keys: Value| json!({ "keys": keys }).to_string().into_bytes();
    let named = |id: &str| {
        let mut jwk = jwk();
        jwk["kid"] = json!(id);
        jwk
    };
    let public_jwk = SigningKey::read(JWK, None, None).unwrap().public_jwk();
    let cut = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let pem = |label: &str| {
        format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n").into_bytes()
    };
    vec![
        (vec![], KeyError::Empty),
        (b" \r\n\t".to_vec(), KeyError::Empty),
        (vec![b'A'; LARGEST + 1], KeyError::TooLarge),
        (b"hello".to_vec(), KeyError::Unknown),
        (b"hello, world!".to_vec(), KeyError::Unknown),
        (vec![0, 159, 146, 150], KeyError::Unknown),
        (b"<!doctype html><title>502".to_vec(), KeyError::WebPage),
        (
            b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln".to_vec(),
            KeyError::Token,
        ),
        (
            b"a909502dd82ae41433e6f83886b00d4277a32a7b".to_vec(),
            KeyError::Thumbprint,
        ),
        (
            b"A9 09 50 2D D8 2A E4 14 33 E6 F8 38 86 B0 0D 42 77 A3 2A 7B".to_vec(),
            KeyError::Thumbprint,
        ),
        (pem("OPENSSH PRIVATE KEY"), KeyError::OpenSsh),
        (
            b"PuTTY-User-Key-File-3: ssh-rsa\n".to_vec(),
            KeyError::Putty,
        ),
        (pem("PGP PRIVATE KEY BLOCK"), KeyError::Pgp),
        (
            b"ssh-rsa AAAAB3NzaC1yc2E= me@here".to_vec(),
            KeyError::PublicOnly,
        ),
        (
            vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2],
            KeyError::JavaKeyStore,
        ),
        (cut(JWK), KeyError::BrokenJson { line: 0, column: 0 }),
        (b"{}".to_vec(), KeyError::NoKeyType),
        (without("kty"), KeyError::NoKeyType),
        (set(json!([])), KeyError::EmptySet),
        (b"[]".to_vec(), KeyError::EmptySet),
        (set(json!([public_jwk])), KeyError::PublicOnly),
        (set(json!([named("a"), named("b")])), KeyError::Ambiguous),
        (without("d"), KeyError::PublicOnly),
        (public_jwk.to_string().into_bytes(), KeyError::PublicOnly),
        (without("qi"), KeyError::Incomplete(vec!["qi"])),
        (
            json!({ "kty": "RSA", "d": "AQAB", "kid": "k", "n": "AQAB", "e": "AQAB" })
                .to_string()
                .into_bytes(),
            KeyError::Incomplete(vec!["p", "q", "dp", "dq", "qi"]),
        ),
        (with("p", json!("!")), KeyError::BadNumber("p")),
        (with("n", json!(17)), KeyError::BadNumber("n")),
        (with("d", json!("")), KeyError::BadNumber("d")),
        (with("use", json!("enc")), KeyError::NotForSigning),
        (with("alg", json!("RSA-OAEP")), KeyError::OtherAlgorithm),
        (
            with("kty", json!("EC")),
            KeyError::NotRsa(Algorithm::EllipticCurve),
        ),
        (
            with("kty", json!("OKP")),
            KeyError::NotRsa(Algorithm::Edwards),
        ),
        (
            json!({ "kty": "oct", "k": "c2VjcmV0" })
                .to_string()
                .into_bytes(),
            KeyError::NotRsa(Algorithm::Symmetric),
        ),
        (
            with("kty", json!("AKP")),
            KeyError::NotRsa(Algorithm::Unknown),
        ),
        (with("p", json!("AQAB")), KeyError::Unsound),
        (with("n", json!("AQAB")), KeyError::TooShort { bits: 17 }),
        (
            with("n", json!("w".repeat(1366))),
            KeyError::TooLong { bits: 8192 },
        ),
        (without("kid"), KeyError::NoKeyId),
        (with("kid", json!("")), KeyError::NoKeyId),
        (with("kid", json!("my key")), KeyError::BadKeyId),
        (PUBLIC.to_vec(), KeyError::PublicOnly),
        (der_of(PUBLIC), KeyError::PublicOnly),
        (CERTIFICATE.to_vec(), KeyError::CertificateOnly),
        (der_of(CERTIFICATE), KeyError::CertificateOnly),
        (
            fixture!("request.pem").to_vec(),
            KeyError::CertificateRequest,
        ),
        (
            ELLIPTIC.to_vec(),
            KeyError::NotRsa(Algorithm::EllipticCurve),
        ),
        (
            pem("EC PRIVATE KEY"),
            KeyError::NotRsa(Algorithm::EllipticCurve),
        ),
        (pem("DSA PRIVATE KEY"), KeyError::NotRsa(Algorithm::Dsa)),
        (
            fixture!("ed25519.pem").to_vec(),
            KeyError::NotRsa(Algorithm::Edwards),
        ),
        (
            fixture!("pss.pem").to_vec(),
            KeyError::NotRsa(Algorithm::RsaPss),
        ),
        (PKCS8.to_vec(), KeyError::NoKeyId),
        (cut(PKCS8), KeyError::NoPemEnd),
        (
            text(PKCS8).replace('M', "!").into_bytes(),
            KeyError::BrokenPem,
        ),
        (pem("PRIVATE KEY"), KeyError::BrokenDer),
        (pem("X509 CRL"), KeyError::NoPemKey),
        (cut(&der_of(PKCS8)), KeyError::BrokenDer),
        (ENCRYPTED.to_vec(), KeyError::PasswordNeeded),
        (fixture!("proc-type.pem").to_vec(), KeyError::OldEncryption),
        (MODERN.to_vec(), KeyError::PasswordNeeded),
        (join(&[PKCS8, ISSUER]), KeyError::ForeignCertificate),
    ]
}

/// Bytes, the password and the key id given with them, and what is said to it.
type Refused = (Vec<u8>, Option<Secret>, Option<&'static str>, KeyError);

/// Keys that do not fit the password or the id given with them.
fn unfitting() -> Vec<Refused> {
    let password = Secret::new("feil".to_owned());
    let mut other = jwk();
    other["kid"] = json!("other");
    let set = json!({ "keys": [jwk(), other] }).to_string().into_bytes();
    vec![
        (
            ENCRYPTED.to_vec(),
            Some(password),
            Some("k"),
            KeyError::WrongPassword,
        ),
        (set, None, Some("another"), KeyError::NotInSet),
    ]
}

#[test]
fn what_cannot_be_used_is_told_apart() {
    let alone = broken()
        .into_iter()
        .map(|(bytes, expected)| (bytes, None, None, expected));
    for (bytes, password, key_id, expected) in alone.chain(unfitting()) {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(32)]).into_owned();
        let Err(found) = SigningKey::read(&bytes, password.as_ref(), key_id) else {
            panic!("{expected:?} expected for {shown:?}");
        };
        match expected {
            // Where it breaks depends on the file.
            KeyError::BrokenJson { .. } => {
                assert!(
                    matches!(found, KeyError::BrokenJson { line: 1.., .. }),
                    "{found:?} for {shown:?}"
                );
            }
            expected => assert_eq!(found, expected, "for {shown:?}"),
        }
    }
}

/// Every name of [`KeyError::name`], as it stands in the source: none can be forgotten here.
fn names() -> Vec<&'static str> {
    let source = include_str!("error.rs");
    let (_, names) = source.split_once("pub fn name(&self)").unwrap();
    names
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.strip_suffix("\","))
        .collect()
}

#[test]
fn each_reason_has_a_sentence_of_its_own_in_every_language() {
    let names = names();
    assert!(names.len() > 50, "they were found: {}", names.len());
    let mut found: std::collections::BTreeSet<&str> =
        broken().iter().map(|(_, error)| error.name()).collect();
    found.extend(unfitting().iter().map(|(.., error)| error.name()));
    assert!(
        found.len() >= 40,
        "{} reasons among the broken inputs",
        found.len()
    );
    for language in ["nb", "nn", "en"] {
        let path = format!(
            "{}/../../ui/src/i18n/{language}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let texts: std::collections::BTreeMap<String, String> =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut sentences = std::collections::BTreeMap::new();
        for name in &names {
            let text = texts
                .get(&format!("doctor.key.{name}"))
                .unwrap_or_else(|| panic!("{language} has no words for {name}"));
            if let Some(other) = sentences.insert(text, name) {
                panic!("{language} says the same of {name} and {other}");
            }
        }
        let known = texts
            .keys()
            .filter_map(|key| key.strip_prefix("doctor.key."));
        for name in known {
            assert!(
                names.contains(&name),
                "{language} has words for {name}, which nobody says"
            );
        }
    }
}

#[test]
fn a_password_is_judged() {
    let wrong = Secret::new("feil".to_owned());
    let read = |bytes: &[u8], password: &Secret, key_id| {
        SigningKey::read(bytes, Some(password), key_id).map(|_| ())
    };
    for bytes in [
        ENCRYPTED,
        MODERN,
        fixture!("legacy.p12"),
        fixture!("no-password.p12"),
    ] {
        assert_eq!(
            read(bytes, &wrong, Some("k")),
            Err(KeyError::WrongPassword),
            "it does not open"
        );
    }
    assert_eq!(
        read(fixture!("encrypted-old.pem"), &password(), Some("k")),
        Err(KeyError::UnknownEncryption),
        "DES and MD5 are too old"
    );
    assert_eq!(
        read(fixture!("slow.pem"), &password(), Some("k")),
        Err(KeyError::UnknownEncryption),
        "twenty million rounds are an attack or a mistake"
    );
    assert_eq!(
        read(fixture!("certificates.p12"), &password(), Some("k")),
        Err(KeyError::NoPkcs12Key),
        "no key in it"
    );
    assert_eq!(
        read(&MODERN[..MODERN.len() - 100], &password(), Some("k")),
        Err(KeyError::BrokenDer),
        "a file that breaks off"
    );
    assert_eq!(
        read(fixture!("short.pem"), &password(), Some("k")),
        Err(KeyError::TooShort { bits: 1024 }),
        "too short"
    );
    let set = json!({ "keys": [jwk(), jwk()] }).to_string();
    assert_eq!(
        read(set.as_bytes(), &password(), Some("other")),
        Err(KeyError::NotInSet),
        "not in the set"
    );
    assert_eq!(
        read(PKCS8, &password(), Some("not an id")),
        Err(KeyError::BadKeyId),
        "no id"
    );
}

#[test]
fn nothing_of_a_key_is_shown() {
    let shown = format!("{:?}", SigningKey::read(JWK, None, None).unwrap());
    assert_eq!(
        shown, "SigningKey { key_id: Some(\"test-key-1\"), .. }",
        "the key id is public, the rest is not"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_fall(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = SigningKey::read(&bytes, None, Some("k"));
        let der: Vec<u8> = [&[0x30, 0x82][..], &bytes].concat();
        let _ = SigningKey::read(&der, Some(&password()), None);
    }

    #[test]
    fn no_damage_makes_the_reader_fall(which in 0usize..6, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = match which {
            0 => JWK.to_vec(),
            1 => PKCS8.to_vec(),
            2 => der_of(PKCS1),
            3 => der_of(ENCRYPTED),
            4 => MODERN.to_vec(),
            _ => join(&[PKCS8, CERTIFICATE]),
        };
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = SigningKey::read(&bytes, Some(&password()), None).map(|key| key.certificate());
    }
}
