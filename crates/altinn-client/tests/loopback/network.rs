//! The way through an organisation's network: its proxy, and the certificates it has everybody trust.
use crate::support::{Server, json_answer};
use altinn_client::{Addresses, Client, Options, SignIn, Stage};
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
    assert!(
        matches!(
            &error,
            altinn_client::ApiError::Network {
                stage: Stage::Connect,
                may_have_acted: false,
                ..
            }
        ),
        "an unknown issuer is not talked to: {error:?}"
    );
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
