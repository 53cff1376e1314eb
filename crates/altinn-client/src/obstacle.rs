//! What stood between us and an answer.

use crate::tls::Untrusted;
use rustls::CertificateError;
use std::error::Error;

/// Why there was no answer, as far as the network tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The host's name leads nowhere.
    Name,
    /// Nobody answers at the address, or there is no way to it.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The line broke off.
    BrokenOff,
    /// The proxy wants a user and a password, or other ones.
    ProxyPassword,
    /// The proxy did not let the call through.
    Proxy,
    /// The certificate is not to be trusted.
    Certificate {
        /// What is wrong with it.
        fault: CertificateFault,
        /// Who issued it, by its own words; empty where it cannot be read.
        issuer: String,
    },
    /// TLS failed in another way.
    Tls,
    /// The address itself cannot be used.
    Address,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// Its issuer is unknown here: a proxy that looks into the traffic, or somebody else.
    Issuer,
    /// It has run out.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// It belongs to another host.
    Name,
    /// Something else.
    Other,
}

impl Obstacle {
    /// What a failure of the HTTP library comes from.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let mut cause = error.source();
        let mut has_tls = false;
        let mut is_broken = false;
        let mut words = String::new();
        while let Some(one) = cause {
            if let Some(found) = in_tls(one) {
                return found;
            }
            has_tls |= holds::<rustls::Error>(one).is_some();
            is_broken |= is_cut(one);
            words.push_str(&one.to_string());
            words.push('\n');
            cause = one.source();
        }
        // The library has no types for these.
        if words.contains("proxy authorization required") {
            Self::ProxyPassword
        } else if words.contains("dns error") {
            Self::Name
        } else if words.contains("tunnel error") {
            Self::Proxy
        } else if error.is_timeout() {
            Self::TimedOut
        } else if has_tls {
            Self::Tls
        } else if error.is_builder() {
            Self::Address
        } else if error.is_connect() && !is_broken {
            Self::Unreachable
        } else {
            Self::BrokenOff
        }
    }
}

/// The line was there and was cut.
fn is_cut(error: &(dyn Error + 'static)) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let Some(error) = error.downcast_ref::<std::io::Error>() else {
        return false;
    };
    matches!(
        error.kind(),
        BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
    ) || error.get_ref().is_some_and(|inner| is_cut(inner))
}

/// An error of this type: itself, or what an input error was made of, which is not among its sources.
fn holds<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    error.downcast_ref().or_else(|| {
        let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
        holds(inner)
    })
}

fn in_tls(error: &(dyn Error + 'static)) -> Option<Obstacle> {
    let rustls::Error::InvalidCertificate(error) = holds::<rustls::Error>(error)? else {
        return None;
    };
    let CertificateError::Other(other) = error else {
        return Some(certificate(error, String::new()));
    };
    let named = other.0.downcast_ref::<Untrusted>()?;
    Some(certificate(&named.error, named.issuer.clone()))
}

fn certificate(error: &CertificateError, issuer: String) -> Obstacle {
    let fault = match error {
        CertificateError::UnknownIssuer => CertificateFault::Issuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::Name
        }
        _ => CertificateFault::Other,
    };
    Obstacle::Certificate { fault, issuer }
}
