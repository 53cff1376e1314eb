//! Faults before anybody answers: names, lines, proxies, certificates.

use crate::stage::{Fault, each_gets_its_own_diagnosis, fault};
use mailbox::Network;
use mailbox::view::FindingCode as Code;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use url::Url;

const ISSUER: &[u8] = include_bytes!("tls/issuer.pem");

/// A server of which only its first words matter: what comes back when a client talks to it.
fn saying(words: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(words);
        }
    });
    Url::parse(&url).unwrap()
}

/// A server with this certificate, which answers nothing of use.
fn tls(certificate: &'static [u8]) -> Url {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    Url::parse(&url).unwrap()
}

fn closed() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

trait At {
    /// Altinn is looked for here.
    fn platform(self, url: Url) -> Fault;
    /// Maskinporten is looked for here.
    fn maskinporten(self, url: Url) -> Fault;
    /// Everything goes through this proxy.
    fn proxy(self, url: Url) -> Fault;
    /// The organisation's own issuer is trusted.
    fn trusting(self) -> Fault;
}

impl At for Fault {
    fn platform(self, url: Url) -> Fault {
        self.account(move |config| config.addresses.platform = url)
    }

    fn maskinporten(self, url: Url) -> Fault {
        self.account(move |config| config.addresses.maskinporten = url)
    }

    fn proxy(self, url: Url) -> Fault {
        self.network(Network {
            proxy: Some(url),
            ..Network::default()
        })
    }

    fn trusting(self) -> Fault {
        self.network(Network {
            certificates: vec![ISSUER.to_vec()],
            ..Network::default()
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_gets_its_own_diagnosis() {
    const WANTS_PASSWORD: &[u8] =
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    const FORBIDS: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    each_gets_its_own_diagnosis(vec![
        fault("Altinn’s name is unknown", Code::HostUnknown)
            .platform(url("http://nobody.invalid/")),
        fault("Maskinporten’s name is unknown", Code::HostUnknown)
            .maskinporten(url("http://nobody.invalid/")),
        fault("Altinn’s port is closed", Code::HostUnreachable).platform(closed()),
        fault("Maskinporten’s port is closed", Code::HostUnreachable).maskinporten(closed()),
        fault("the line is cut", Code::LineBroken).platform(saying(b"")),
        fault("an answer that is no HTTP", Code::LineBroken)
            .platform(saying(b"SSH-2.0-OpenSSH\r\n")),
        fault("the proxy wants a password", Code::ProxyPassword)
            .platform(url("http://far.invalid/"))
            .maskinporten(url("http://far.invalid/maskinporten/"))
            .proxy(saying(WANTS_PASSWORD)),
        fault(
            "the proxy wants a password for a tunnel",
            Code::ProxyPassword,
        )
        .platform(url("https://far.invalid/"))
        .maskinporten(url("https://far.invalid/maskinporten/"))
        .proxy(saying(WANTS_PASSWORD)),
        fault("the proxy gives no tunnel", Code::ProxyRefuses)
            .platform(url("https://far.invalid/"))
            .maskinporten(url("https://far.invalid/maskinporten/"))
            .proxy(saying(FORBIDS)),
        fault("an issuer nobody trusts", Code::CertificateIssuer)
            .platform(tls(include_bytes!("tls/good.pem"))),
        fault("a certificate that has run out", Code::CertificateExpired)
            .platform(tls(include_bytes!("tls/expired.pem")))
            .trusting(),
        fault("a certificate of the future", Code::CertificateNotYetValid)
            .platform(tls(include_bytes!("tls/early.pem")))
            .trusting(),
        fault("a certificate of another host", Code::CertificateName)
            .platform(tls(include_bytes!("tls/other-name.pem")))
            .trusting(),
        fault("no TLS where it should be", Code::TlsFailed).platform({
            let mut plain = saying(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            plain.set_scheme("https").unwrap();
            plain
        }),
        fault(
            "a trusted issuer, and nobody of ours behind",
            Code::UnexpectedAnswer,
        )
        .platform(tls(include_bytes!("tls/good.pem")))
        .trusting(),
    ])
    .await;
}
