//! Binary containers: PKCS#1, PKCS#8 with and without password, PKCS#12.

use super::der::{BIT_STRING, INTEGER, OBJECT_ID, OCTET_STRING, SEQUENCE, expect};
use super::{Algorithm, Inside, KeyError, certificate};
use p12_keystore::{Pkcs12Archive, error::Error as Pkcs12Error};
use pkcs8::pkcs5::{EncryptionScheme, pbes2::Kdf};
use zeroize::Zeroizing;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const ELLIPTIC_CURVE: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
/// 1.3.101: X25519, X448, Ed25519 and Ed448 stand below.
const EDWARDS: &[u8] = &[0x2b, 0x65];
/// PKCS#5 and PKCS#12 encryption schemes stand below.
const ENCRYPTION: [&[u8]; 2] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01],
];

/// More rounds than this keep a person waiting for minutes; programs that write keys make thousands.
const MOST_ROUNDS: u32 = 10_000_000;

/// Most memory that scrypt may take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;

/// What a binary file is, by its first elements.
enum Shape<'a> {
    Pkcs1,
    Pkcs8 { algorithm: &'a [u8], key: &'a [u8] },
    EncryptedPkcs8,
    Pkcs12,
    PublicKey,
    Certificate,
}

fn shape(der: &[u8]) -> Option<Shape<'_>> {
    let outer = expect(der, SEQUENCE)?.content;
    if let Some(version) = expect(outer, INTEGER) {
        if let Some(key) = expect(version.rest, SEQUENCE) {
            if version.content == [3] {
                return Some(Shape::Pkcs12);
            }
            let algorithm = expect(key.content, OBJECT_ID)?.content;
            let key = expect(key.rest, OCTET_STRING)?.content;
            return Some(Shape::Pkcs8 { algorithm, key });
        }
        let second = expect(version.rest, INTEGER)?;
        // A public key has two numbers, a private one version and eight.
        return Some(if second.rest.is_empty() {
            Shape::PublicKey
        } else {
            Shape::Pkcs1
        });
    }
    let inner = expect(outer, SEQUENCE)?;
    let Some(algorithm) = expect(inner.content, OBJECT_ID) else {
        return Some(Shape::Certificate);
    };
    if expect(inner.rest, BIT_STRING).is_some() {
        return Some(Shape::PublicKey);
    }
    let is_encrypted = ENCRYPTION
        .iter()
        .any(|id| algorithm.content.starts_with(id));
    (is_encrypted && expect(inner.rest, OCTET_STRING).is_some()).then_some(Shape::EncryptedPkcs8)
}

/// Whether this is binary of a kind that keys come in.
pub(super) fn is_container(bytes: &[u8]) -> bool {
    bytes.first() == Some(&SEQUENCE) && bytes.get(1).is_some_and(|length| *length >= 0x80)
}

/// The `RSAPrivateKey` in a key's own container.
pub(super) fn key(der: &[u8], password: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    match shape(der).ok_or(KeyError::BrokenDer)? {
        Shape::Pkcs1 => Ok(Zeroizing::new(der.to_vec())),
        Shape::Pkcs8 { algorithm, key } => {
            rsa_only(algorithm)?;
            Ok(Zeroizing::new(key.to_vec()))
        }
        Shape::EncryptedPkcs8 => {
            let password = password.ok_or(KeyError::PasswordNeeded)?;
            let encrypted = pkcs8::EncryptedPrivateKeyInfoRef::try_from(der)
                .map_err(|_| KeyError::UnknownEncryption)?;
            if !is_bearable(&encrypted.encryption_algorithm) {
                return Err(KeyError::UnknownEncryption);
            }
            let open = encrypted.decrypt(password).map_err(|error| match error {
                pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::DecryptFailed) => {
                    KeyError::WrongPassword
                }
                pkcs8::Error::Asn1(_) => KeyError::WrongPassword,
                _ => KeyError::UnknownEncryption,
            })?;
            // A wrong password may open it to nonsense.
            match shape(open.as_bytes()) {
                Some(Shape::Pkcs8 { .. }) => key(open.as_bytes(), None),
                _ => Err(KeyError::WrongPassword),
            }
        }
        Shape::PublicKey => Err(KeyError::PublicOnly),
        Shape::Certificate => Err(KeyError::CertificateOnly),
        Shape::Pkcs12 => Err(KeyError::BrokenDer),
    }
}

/// Whether the password can be tried in bearable time and memory; what is not known at all is judged elsewhere.
fn is_bearable(scheme: &EncryptionScheme) -> bool {
    let EncryptionScheme::Pbes2(parameters) = scheme else {
        return true;
    };
    match &parameters.kdf {
        Kdf::Pbkdf2(kdf) => kdf.iteration_count <= MOST_ROUNDS,
        Kdf::Scrypt(kdf) => {
            let block = 128 * u64::from(kdf.block_size);
            kdf.cost_parameter.saturating_mul(block) <= MOST_MEMORY
                && u64::from(kdf.parallelization).saturating_mul(block) <= MOST_MEMORY
        }
        _ => true,
    }
}

fn rsa_only(algorithm: &[u8]) -> Result<(), KeyError> {
    Err(KeyError::NotRsa(match algorithm {
        RSA => return Ok(()),
        RSA_PSS => Algorithm::RsaPss,
        ELLIPTIC_CURVE => Algorithm::EllipticCurve,
        DSA => Algorithm::Dsa,
        other if other.starts_with(EDWARDS) => Algorithm::Edwards,
        _ => Algorithm::Unknown,
    }))
}

/// Reads any of the binary containers.
pub(super) fn read(der: &[u8], password: Option<&str>) -> Result<Inside, KeyError> {
    if matches!(shape(der), Some(Shape::Pkcs12)) {
        return pkcs12(der, password);
    }
    Ok(Inside {
        rsa: key(der, password)?,
        chain: None,
        has_certificates: false,
    })
}

/// A file without password is one with the empty password.
fn pkcs12(der: &[u8], password: Option<&str>) -> Result<Inside, KeyError> {
    let archive = Pkcs12Archive::from_pkcs12(der, password.unwrap_or_default()).map_err(
        |error| match error {
            Pkcs12Error::MacError(_) | Pkcs12Error::UnpadError | Pkcs12Error::Pkcs5Error(_) => {
                match password {
                    None => KeyError::PasswordNeeded,
                    Some(_) => KeyError::WrongPassword,
                }
            }
            Pkcs12Error::UnsupportedEncryptionScheme | Pkcs12Error::UnsupportedMacAlgorithm => {
                KeyError::UnknownEncryption
            }
            _ => KeyError::BrokenPkcs12,
        },
    )?;
    let found = match archive.keys.as_slice() {
        [] => return Err(KeyError::NoPkcs12Key),
        [only] => only,
        _ => return Err(KeyError::ManyPkcs12Keys),
    };
    let rsa = key(found.key.as_der(), None)?;
    let certificates: Vec<Vec<u8>> = archive
        .certs
        .iter()
        .map(|bag| bag.cert.as_der().to_vec())
        .collect();
    Ok(Inside {
        chain: certificate::chain(&certificates, &rsa),
        has_certificates: !certificates.is_empty(),
        rsa,
    })
}
