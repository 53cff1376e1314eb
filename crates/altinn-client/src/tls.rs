//! Whose certificates are trusted: those of the system's issuers, and the organisation's own. A refusal names the issuer,
//! so that a person can see whose proxy opens the traffic.

use crate::auth::CertificateFacts;
use crate::client::ClientError;
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
