//! Whose certificates are trusted: those of the system's issuers, and the organisation's own. A refusal names the issuer,
//! so that a person can see whose proxy opens the traffic.

use crate::auth::CertificateFacts;
use crate::client::ClientError;
use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// A certificate that was not accepted, and why.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(crate) struct Untrusted {
    /// What the verifier said.
    pub(crate) error: CertificateError,
    /// Who issued the certificate, by its own words; empty where it cannot be read.
    pub(crate) issuer: String,
}

/// A certificate to trust besides the system's, as it is read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedCertificate {
    /// SHA-256 of its DER, hexadecimal.
    pub id: String,
    /// As PEM, without what else stood in the file.
    pub pem: String,
    /// What it says of itself.
    pub facts: CertificateFacts,
}

impl TrustedCertificate {
    /// Every certificate of a file, PEM or DER; none when it holds none, or one that cannot be read.
    pub fn read_all(bytes: &[u8]) -> Option<Vec<Self>> {
        let mut all = Vec::new();
        for der in CertificateDer::pem_slice_iter(bytes) {
            all.push(Self::read(&der.ok()?)?);
        }
        if all.is_empty() {
            all.push(Self::read(bytes)?);
        }
        Some(all)
    }

    fn read(der: &[u8]) -> Option<Self> {
        let facts = CertificateFacts::read(der)?;
        let hash = ring::digest::digest(&ring::digest::SHA256, der);
        Some(Self {
            id: hash
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            pem: format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                BASE64_STANDARD.encode(der)
            ),
            facts,
        })
    }
}

/// TLS that trusts the system's issuers and those in `pem`.
///
/// # Errors
/// When a text holds no certificate, or none can be had from the system.
pub(crate) fn config(pem: &[Vec<u8>]) -> Result<ClientConfig, ClientError> {
    let mut own = Vec::new();
    for pem in pem {
        let before = own.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            own.push(certificate.map_err(|_| ClientError::no_certificate())?);
        }
        if own.len() == before {
            return Err(ClientError::no_certificate());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let inner = Verifier::new_with_extra_roots(own, provider.clone()).map_err(ClientError::tls)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(ClientError::tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Naming(inner)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Judges as the platform does, and adds the issuer to what it says.
#[derive(Debug)]
struct Naming(Verifier);

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| match error {
                Error::InvalidCertificate(error) => {
                    let issuer = CertificateFacts::read(end_entity)
                        .map(|facts| facts.issuer)
                        .unwrap_or_default();
                    let named = Arc::new(Untrusted { error, issuer });
                    Error::InvalidCertificate(CertificateError::Other(OtherError(named)))
                }
                other => other,
            })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
