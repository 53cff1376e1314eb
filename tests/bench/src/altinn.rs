//! A sandbox in a process of its own, so that it takes its time from the other core as a server would.

use crate::Outcome;
use mailbox::AccountConfig;
use mailbox::view::Environment;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One overview that was fetched.
pub struct Overview {
    pub path: String,
    /// On whose behalf.
    pub organisation: String,
}

pub struct Altinn {
    process: Child,
    ready: Value,
}

impl Altinn {
    /// Starts `brevdue sandbox` with so many letters in the practice world.
    pub fn start(dir: &Path, letters: usize) -> Outcome<Self> {
        Self::start_in(dir, &["--letters", &letters.to_string()])
    }

    /// Starts `brevdue sandbox` with these arguments; its ready file is in `dir`.
    pub fn start_in(dir: &Path, args: &[&str]) -> Outcome<Self> {
        let ready_file = dir.join("ready.json");
        let process = Command::new(beside("brevdue")?)
            .arg("sandbox")
            .args(args)
            .arg("--ready-file")
            .arg(&ready_file)
            .stdout(Stdio::null())
            .spawn()?;
        let deadline = Instant::now() + Duration::from_secs(120);
        while !ready_file.exists() {
            if Instant::now() > deadline {
                return Err("the sandbox did not start".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let ready = serde_json::from_slice(&std::fs::read(&ready_file)?)?;
        Ok(Self { process, ready })
    }

    /// Its process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The ready file.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    pub fn base(&self) -> &str {
        self.ready["base"].as_str().unwrap_or_default()
    }

    /// Every account of the practice world, as an account file would name it.
    pub fn accounts(&self) -> Outcome<Vec<AccountConfig>> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| -> Vec<String> {
            value
                .as_array()
                .map_or_else(Vec::new, |items| items.iter().map(text).collect())
        };
        let url = |name: &str| altinn_client_url(self.ready[name].as_str().unwrap_or_default());
        let addresses = altinn_client::Addresses {
            platform: url("platform")?,
            maskinporten: url("maskinporten")?,
            brreg: url("brreg")?,
            orgs: url("orgs")?,
        };
        let accounts = self.ready["accounts"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        accounts
            .iter()
            .map(|account| {
                Ok(AccountConfig {
                    id: text(&account["orgnr"]),
                    name: text(&account["name"]),
                    organisation_number: text(&account["orgnr"]),
                    environment: Environment::Practice,
                    addresses: addresses.clone(),
                    sign_in: altinn_client::SignIn::Maskinporten {
                        client_id: text(&account["client_id"]),
                        key: altinn_client::SigningKey::parse(
                            &account["private_jwk"].to_string(),
                            account["key_id"].as_str(),
                        )?,
                        system_user: None,
                        sends_raw: false,
                    },
                    read_resources: list(&account["read_resources"]),
                    write_resources: list(&account["write_resources"]),
                    system_id: None,
                    key_posted_at: None,
                    pace: altinn_client::Pace::default(),
                })
            })
            .collect()
    }

    /// An account file for the first account, with its key beside it.
    pub fn account_file(&self, dir: &Path) -> Outcome<PathBuf> {
        let account = &self.ready["accounts"][0];
        std::fs::write(dir.join("key.jwk"), account["private_jwk"].to_string())?;
        let file = serde_json::json!({
            "name": account["name"],
            "organisation_number": account["orgnr"],
            "environment": "custom",
            "addresses": { "base": self.ready["base"] },
            "sign_in": { "maskinporten": {
                "client_id": account["client_id"], "key_file": "key.jwk", "key_id": account["key_id"]
            } },
            "read_resources": account["read_resources"],
            "write_resources": account["write_resources"],
        });
        let path = dir.join("account.json");
        std::fs::write(&path, file.to_string())?;
        Ok(path)
    }

    /// Overview GETs of letters so far, as the ledger has them.
    pub async fn overviews(&self, http: &reqwest::Client) -> Outcome<Vec<Overview>> {
        let ledger: Value = http
            .get(format!("{}/_sandbox/ledger", self.base()))
            .send()
            .await?
            .json()
            .await?;
        let entries = ledger.as_array().or(ledger["entries"].as_array()).cloned();
        Ok(entries
            .unwrap_or_default()
            .iter()
            .filter(|entry| entry["method"] == "GET" && entry["status"] == 200)
            .map(|entry| Overview {
                path: entry["path"].as_str().unwrap_or_default().to_owned(),
                organisation: entry["organisation"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            })
            .filter(|overview| is_overview(&overview.path))
            .collect())
    }
}

impl Drop for Altinn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_overview(path: &str) -> bool {
    path.strip_prefix("/correspondence/api/v1/correspondence/")
        .is_some_and(|rest| rest.len() == 36 && !rest.contains('/'))
}

fn altinn_client_url(text: &str) -> Outcome<reqwest::Url> {
    Ok(reqwest::Url::parse(text)?)
}

/// A program built together with this one.
pub fn beside(name: &str) -> Outcome<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{name} has not been built beside the bench").into())
    }
}
