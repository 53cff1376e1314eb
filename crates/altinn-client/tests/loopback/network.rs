//! The way through an organisation's network: its proxy, and the certificates it has everybody trust.
use crate::support::{Server, json_answer};
use altinn_client::{
    Addresses, ApiError, CertificateFault, Client, Journal, Obstacle, Options, SignIn, Stage,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use url::Url;

const ISSUER: &[u8] = include_bytes!("../keys/issuer.pem");

/// Addresses that are not on this machine.
fn far_away() -> Addresses {
    let far = |path: &str| Url::parse(&format!("http://far.invalid/{path}")).unwrap();
    Addresses {
        platform: far(""),
        maskinporten: far("maskinporten/"),
        brreg: far("brreg/"),
        orgs: far("orgs"),
    }
}

fn nobody() -> SignIn {
    SignIn::TestToken {
        generator: Url::parse("http://far.invalid/api/").unwrap(),
        organisation: "991825827".to_owned(),
    }
}

#[tokio::test]
async fn a_proxy_is_used_with_its_password() {
    let proxy = Server::start(|_| json_answer(200, &json!({ "issuer": "x" })));
    let mut address = proxy.base.clone();
    address.set_username("kari").unwrap();
    address.set_password(Some("hemmelig")).unwrap();
    let options = Options {
        proxy: Some(address),
        ..Options::default()
    };
    assert!(
        !format!("{options:?}").contains("hemmelig"),
        "which is not shown"
    );
    let client = Client::new(far_away(), nobody(), options).unwrap();
    client.altinn_metadata().await.unwrap();
    let heard = &proxy.heard()[0];
    assert!(
        heard.path.starts_with("http://far.invalid/authentication/"),
        "asked for the far address: {}",
        heard.path
    );
    assert!(
        heard
            .header("proxy-authorization")
            .is_some_and(|value| value.starts_with("Basic ")),
        "with its password"
    );
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_apart() {
    let proxy = Server::start(|_| crate::support::answer(407, "text/html", "<html>"));
    let options = Options {
        proxy: Some(proxy.base.clone()),
        ..Options::default()
    };
    let client = Client::new(far_away(), nobody(), options).unwrap();
    let error = client.altinn_metadata().await.unwrap_err();
    assert_eq!(error.status(), Some(407), "the proxy's own status");
    assert_eq!(
        error.retry(),
        altinn_client::Retry::Never,
        "a person must set it"
    );
}

#[tokio::test]
async fn nothing_on_this_machine_goes_through_a_proxy() {
    let proxy = Server::start(|_| vec![]);
    let server = Server::start(|_| json_answer(200, &json!({ "issuer": "x" })));
    let options = Options {
        proxy: Some(proxy.base.clone()),
        ..Options::default()
    };
    let client = Client::new(server.addresses(), server.test_token(), options).unwrap();
    client.altinn_metadata().await.unwrap();
    assert!(
        proxy.heard().is_empty(),
        "the practice account never leaves the machine"
    );
}

/// A server with TLS by a certificate of the test issuer, which answers everything alike.
fn tls_server() -> Url {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("../keys/server.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../keys/pkcs8.pem")).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut request = [0; 4096];
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(&json_answer(200, &json!({ "issuer": "x" })));
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    url
}

#[tokio::test]
async fn a_certificate_of_the_organisations_own_is_trusted_once_it_is_given() {
    let addresses = Addresses {
        platform: tls_server(),
        ..far_away()
    };
    let strict = Client::new(addresses.clone(), nobody(), Options::default()).unwrap();
    let error = strict.altinn_metadata().await.unwrap_err();
    let ApiError::Network {
        stage: Stage::Connect,
        may_have_acted: false,
        obstacle: Obstacle::Certificate { fault, issuer },
        host,
        ..
    } = &error
    else {
        panic!("an unknown issuer is not talked to: {error:?}");
    };
    assert_eq!(*fault, CertificateFault::Issuer, "what is wrong with it");
    assert!(
        issuer.contains("Brevdue") || issuer.contains("CN"),
        "who issued it is named, to tell a proxy by: {issuer}"
    );
    assert_eq!(host, "127.0.0.1", "and who was asked");
    let options = Options {
        certificates: vec![ISSUER.to_vec()],
        ..Options::default()
    };
    let client = Client::new(addresses.clone(), nobody(), options).unwrap();
    client.altinn_metadata().await.unwrap();
    for broken in [
        &b""[..],
        b"hello",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let options = Options {
            certificates: vec![broken.to_vec()],
            ..Options::default()
        };
        assert!(
            Client::new(addresses.clone(), nobody(), options).is_err(),
            "a file without a certificate is no silent no"
        );
    }
}

/// A server that knows no TLS and says so in HTTP.
fn plain_server() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    address
}

/// What stands in the way to an address.
async fn obstacle(platform: Url, proxy: Option<Url>) -> Obstacle {
    let addresses = Addresses {
        platform,
        ..far_away()
    };
    let options = Options {
        proxy,
        ..crate::support::options(&crate::support::Time::default())
    };
    let client = Client::new(addresses, nobody(), options).unwrap();
    match client.altinn_metadata().await.unwrap_err() {
        ApiError::Network { obstacle, .. } => obstacle,
        other => panic!("no answer at all was expected: {other:?}"),
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_apart() {
    let url = |text: &str| Url::parse(text).unwrap();
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url(&format!("http://{}/", listener.local_addr().unwrap()))
    };
    let silent = Server::start(|_| {
        std::thread::sleep(std::time::Duration::from_secs(3));
        Vec::new()
    });
    let cutting = Server::start(|_| Vec::new());
    let proud = Server::start(|_| crate::support::answer(407, "text/html", "<html>"));
    let refusing = Server::start(|_| crate::support::answer(403, "text/html", "<html>"));
    let not_tls = url(&format!("https://{}/", plain_server()));
    for (what, platform, proxy, expected) in [
        (
            "a name of nobody",
            url("http://nobody.invalid/"),
            None,
            Obstacle::Name,
        ),
        ("a closed port", closed.clone(), None, Obstacle::Unreachable),
        ("silence", silent.base.clone(), None, Obstacle::TimedOut),
        (
            "a cut line",
            cutting.base.clone(),
            None,
            Obstacle::BrokenOff,
        ),
        (
            "a proxy that wants a password for a tunnel",
            url("https://far.invalid/"),
            Some(proud.base.clone()),
            Obstacle::ProxyPassword,
        ),
        (
            "a proxy that gives no tunnel",
            url("https://far.invalid/"),
            Some(refusing.base.clone()),
            Obstacle::Proxy,
        ),
        ("no TLS where it should be", not_tls, None, Obstacle::Tls),
    ] {
        assert_eq!(obstacle(platform, proxy).await, expected, "{what}");
    }
}

#[tokio::test]
async fn a_journal_holds_what_was_asked_and_how_it_ended() {
    let server = Server::start(|_| json_answer(404, &json!({})));
    let journal = Journal::default();
    let options = Options {
        journal: Some(journal.clone()),
        ..Options::default()
    };
    let client = Client::new(server.addresses(), server.test_token(), options).unwrap();
    client.resource("some-resource").await.unwrap_err();
    let made = journal.take();
    assert_eq!(made.len(), 1, "one call");
    assert_eq!(
        (made[0].method.as_str(), made[0].status),
        ("GET", Some(404)),
        "and its end"
    );
    assert!(
        made[0].address.ends_with("/resource/some-resource"),
        "where: {}",
        made[0].address
    );
}
