//! Altinn as the test sees it from the other side: the sandbox of this process, and who one can be there.

use crate::Result;
use crate::window::until;
use altinn_sandbox::control::LedgerEntry;
use altinn_sandbox::{Options, Sandbox, StateFile, World as Practice};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Letters in it: enough for several windows of sync and a list that scrolls, few enough to sync in seconds.
const LETTERS: usize = 60;

/// A practice world that can fail, go away and come back, served from one address all the time.
#[derive(Debug)]
pub struct World {
    sandbox: Option<Sandbox>,
    folder: PathBuf,
    address: SocketAddr,
}

impl World {
    /// Starts the world; its files are in `folder`.
    ///
    /// # Errors
    /// When it cannot be served.
    pub async fn start(folder: &Path) -> Result<Self> {
        let mut world = Self {
            sandbox: None,
            folder: folder.to_path_buf(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        };
        world.come_back().await?;
        Ok(world)
    }

    /// Serves again, at the same address, with everything it knew.
    ///
    /// # Errors
    /// When the address has been taken meanwhile.
    pub async fn come_back(&mut self) -> Result<()> {
        let sandbox = Sandbox::start(Options {
            listen: self.address,
            world: Practice::practice(),
            letters: Some(LETTERS),
            state: Some(StateFile {
                path: self.folder.join("world.state"),
                key: None,
            }),
            ..Options::default()
        })
        .await?;
        self.address = sandbox.base().trim_start_matches("http://").parse()?;
        self.sandbox = Some(sandbox);
        Ok(())
    }

    /// Goes away: connections are refused from now on.
    pub async fn go_away(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.stop().await;
        }
    }

    /// The sandbox.
    ///
    /// # Errors
    /// While it is away.
    pub fn sandbox(&self) -> Result<&Sandbox> {
        self.sandbox
            .as_ref()
            .ok_or_else(|| "the sandbox is away".into())
    }

    /// Writes an account file with both practice accounts, the sender first, and answers with its path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn account_file(&self) -> Result<PathBuf> {
        let ready = self.sandbox()?.ready();
        let mut accounts = Vec::new();
        for account in &ready.accounts {
            let key_file = format!("{}.jwk", account.orgnr);
            std::fs::write(self.folder.join(&key_file), account.private_jwk.to_string())?;
            accounts.push(json!({
                "name": account.name,
                "organisation_number": account.orgnr,
                "environment": "practice",
                "addresses": {
                    "platform": format!("{}/", ready.platform.trim_end_matches('/')),
                    "maskinporten": ready.maskinporten,
                    "brreg": ready.brreg,
                    "orgs": ready.orgs,
                },
                "sign_in": {
                    "maskinporten": { "client_id": account.client_id, "key_file": key_file, "key_id": account.key_id },
                },
                "read_resources": account.read_resources,
                "write_resources": account.write_resources,
            }));
        }
        let path = self.folder.join("accounts.json");
        std::fs::write(&path, json!({ "accounts": accounts }).to_string())?;
        Ok(path)
    }

    /// Name and organisation number of the account that sends, and of the one that only receives.
    ///
    /// # Errors
    /// When the world has no such accounts.
    pub fn parties(&self) -> Result<(Party, Party)> {
        let ready = self.sandbox()?.ready();
        let named = |is_sender: bool| {
            ready
                .accounts
                .iter()
                .find(|account| account.write_resources.is_empty() != is_sender)
                .map(|account| Party {
                    name: account.name.clone(),
                    number: account.orgnr.clone(),
                })
        };
        named(true)
            .zip(named(false))
            .ok_or_else(|| "the world has no sender and recipient".into())
    }

    /// Who the sender is at Maskinporten, for somebody who sets an account up by hand.
    ///
    /// # Errors
    /// While the sandbox is away, or when the world has no sender.
    pub fn client(&self) -> Result<Client> {
        let ready = self.sandbox()?.ready();
        let account = ready
            .accounts
            .iter()
            .find(|account| !account.write_resources.is_empty())
            .ok_or("the world has no sender")?;
        Ok(Client {
            base: ready.base.clone(),
            party: Party {
                name: account.name.clone(),
                number: account.orgnr.clone(),
            },
            client_id: account.client_id.clone(),
        })
    }

    /// Registers a public key on a client, as a person does in Digdir's self-service.
    ///
    /// # Errors
    /// When the sandbox does not take it.
    pub async fn register_key(&self, client_id: &str, jwk: &Value) -> Result<()> {
        let body = json!({ "keys": [jwk] }).to_string();
        let request = format!(
            "POST /_sandbox/clients/{client_id}/keys HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len(),
        );
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        if answer.starts_with("HTTP/1.1 200") {
            Ok(())
        } else {
            Err(format!("the sandbox did not take the key: {answer}").into())
        }
    }

    /// Orders a failure: `{"match": {"method", "path"}, "fault": {…}, "times": n}`.
    ///
    /// # Errors
    /// When it is not a fault.
    pub fn fails(&self, order: &Value) -> Result<()> {
        Ok(self.sandbox()?.faults().add(order)?)
    }

    /// Requests so far by method, whose path ends as given.
    ///
    /// # Errors
    /// While the sandbox is away.
    pub fn requests(&self, method: &str, path_end: &str) -> Result<Vec<LedgerEntry>> {
        let mut entries = self.sandbox()?.ledger();
        entries.retain(|entry| entry.method == method && entry.path.ends_with(path_end));
        Ok(entries)
    }

    /// Waits until so many requests of a kind have arrived.
    ///
    /// # Errors
    /// When they do not arrive in time.
    pub async fn has_heard(&self, method: &str, path_end: &str, times: usize) -> Result<()> {
        until(&format!("{times} × {method} …{path_end}"), || async {
            Ok((self.requests(method, path_end)?.len() >= times).then_some(()))
        })
        .await
    }
}

/// A client at Maskinporten, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// One address for everything.
    pub base: String,
    /// Whose it is.
    pub party: Party,
    /// Its id.
    pub client_id: String,
}

/// Somebody in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Nine digits.
    pub number: String,
}

/// SHA-256 of a file, lower-case hex.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
