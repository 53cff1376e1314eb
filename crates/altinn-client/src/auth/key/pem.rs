//! Keys in PEM, with or without the certificates that go with them.

use super::{Algorithm, Inside, KeyError, base64, certificate, container};
use zeroize::Zeroizing;

/// A block between its BEGIN and END lines.
struct Block<'a> {
    label: &'a str,
    body: &'a str,
}

/// Reads the private key, wherever it stands among the blocks, and every certificate.
pub(super) fn read(text: &str, password: Option<&str>) -> Result<Inside, KeyError> {
    let blocks = blocks(text)?;
    let mut certificates = Vec::new();
    let mut key = None;
    let mut instead = KeyError::NoPemKey;
    for block in &blocks {
        match block.label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" if key.is_none() => {
                if block.body.contains("Proc-Type") {
                    return Err(KeyError::OldEncryption);
                }
                let der = base64(block.body).ok_or(KeyError::BrokenPem)?;
                key = Some(container::key(&der, password)?);
            }
            "CERTIFICATE" => {
                certificates.push(base64(block.body).ok_or(KeyError::BrokenPem)?.to_vec());
                instead = KeyError::CertificateOnly;
            }
            "EC PRIVATE KEY" => return Err(KeyError::NotRsa(Algorithm::EllipticCurve)),
            "DSA PRIVATE KEY" => return Err(KeyError::NotRsa(Algorithm::Dsa)),
            "OPENSSH PRIVATE KEY" => return Err(KeyError::OpenSsh),
            label if label.starts_with("PGP ") => return Err(KeyError::Pgp),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "SSH2 PUBLIC KEY" => instead = KeyError::PublicOnly,
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => {
                instead = KeyError::CertificateRequest;
            }
            _ => {}
        }
    }
    let rsa: Zeroizing<Vec<u8>> = key.ok_or(instead)?;
    Ok(Inside {
        chain: certificate::chain(&certificates, &rsa),
        has_certificates: !certificates.is_empty(),
        rsa,
    })
}

fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyError> {
    text.split("-----BEGIN ")
        .skip(1)
        .map(|part| {
            let (label, rest) = part.split_once("-----").ok_or(KeyError::BrokenPem)?;
            let (body, _) = rest.split_once("-----END").ok_or(KeyError::NoPemEnd)?;
            Ok(Block { label, body })
        })
        .collect()
}
