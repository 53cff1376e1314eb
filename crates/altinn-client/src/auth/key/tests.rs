use super::*;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

const JWK: &str = include_str!("../../../tests/keys/private.jwk.json");
const PKCS1: &str = include_str!("../../../tests/keys/pkcs1.pem");
const PKCS8: &str = include_str!("../../../tests/keys/pkcs8.pem");
const PUBLIC: &str = include_str!("../../../tests/keys/public.pem");
const ELLIPTIC: &str = include_str!("../../../tests/keys/ec.pem");

fn jwk() -> Value {
    serde_json::from_str(JWK).unwrap()
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    decode(&body).unwrap()
}

#[test]
fn every_form_of_the_key_is_the_same_key() {
    let public = SigningKey::parse(JWK, None).unwrap().public_key();
    let set = serde_json::json!({ "keys": [{ "kty": "RSA", "kid": "public-half", "n": "AQAB", "e": "AQAB" }, jwk()] });
    let coded = base64::prelude::BASE64_STANDARD.encode(JWK);
    let url_coded = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(JWK);
    // Altinn writes its own keys in the standard alphabet (Platform reference, section 1.3).
    let standard = JWK
        .replace('-', "+")
        .replace('_', "/")
        .replace("test+key+1", "test-key-1");
    let texts = [
        &set.to_string(),
        &coded,
        &url_coded,
        &standard,
        &format!("\u{feff} {JWK}\n"),
    ];
    for text in texts {
        let key = SigningKey::parse(text, None).unwrap();
        assert_eq!(key.public_key(), public, "the same numbers in another coat");
        assert_eq!(key.key_id(), "test-key-1", "the key id stands inside");
    }
    for pem in [PKCS1, PKCS8] {
        let key = SigningKey::parse(pem, Some("given")).unwrap();
        assert_eq!(key.public_key(), public, "PEM holds the same key");
        assert_eq!(key.key_id(), "given", "PEM has no key id of its own");
    }
}

#[test]
fn the_written_der_is_that_of_openssl() {
    let numbers: Vec<_> = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        .map(|name| Zeroizing::new(decode(jwk()[name].as_str().unwrap()).unwrap()))
        .into();
    assert_eq!(*pkcs1(&numbers), der(PKCS1), "a key has one DER only");
}

#[test]
fn a_signature_verifies_with_the_public_half() {
    let key = SigningKey::parse(JWK, None).unwrap();
    let signature = key.sign(b"message").unwrap();
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
fn keys_that_cannot_sign_are_told_apart() {
    let without = |name: &str| {
        let mut jwk = jwk();
        jwk.as_object_mut().unwrap().remove(name);
        jwk.to_string()
    };
    let with = |name: &str, value: &str| {
        let mut jwk = jwk();
        jwk[name] = value.into();
        jwk.to_string()
    };
    let encrypted = PKCS8.replace("PRIVATE", "ENCRYPTED PRIVATE");
    for (text, expected) in [
        (without("d"), KeyError::PublicOnly),
        (without("qi"), KeyError::Incomplete),
        (without("kid"), KeyError::NoKeyId),
        (without("kty"), KeyError::Malformed),
        (with("kty", "EC"), KeyError::NotRsa),
        (with("p", "AQAB"), KeyError::Unsound),
        (with("p", "!"), KeyError::Malformed),
        (PUBLIC.to_owned(), KeyError::PublicOnly),
        (ELLIPTIC.to_owned(), KeyError::NotRsa),
        (encrypted, KeyError::Encrypted),
        ("{\"keys\":[]}".to_owned(), KeyError::Malformed),
        ("hello".to_owned(), KeyError::Malformed),
        (String::new(), KeyError::Malformed),
    ] {
        let key_id = text.starts_with("-----").then_some("given");
        let error = SigningKey::parse(&text, key_id).map(|_| ()).unwrap_err();
        assert_eq!(error, expected, "for {}", text.get(..24).unwrap_or(&text));
    }
    assert_eq!(
        SigningKey::parse(PKCS8, None).map(|_| ()),
        Err(KeyError::NoKeyId),
        "PEM needs a key id"
    );
}

#[test]
fn nothing_of_a_key_is_shown() {
    let shown = format!("{:?}", SigningKey::parse(JWK, None).unwrap());
    assert_eq!(
        shown, "SigningKey { key_id: \"test-key-1\", .. }",
        "the key id is public, the rest is not"
    );
}
