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

    /// The same with further arguments.
    pub fn start_with(dir: &Path, letters: usize, arguments: &[&str]) -> Outcome<Self> {
        let letters = letters.to_string();
        let args: Vec<&str> = ["--letters", &letters]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        Self::start_in(dir, &args)
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

    /// Requests from the given one on, as the ledger has them.
    pub async fn ledger(&self, http: &reqwest::Client, from: u64) -> Outcome<Vec<Value>> {
        let url = format!("{}/_sandbox/ledger?from={from}", self.base());
        Ok(http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// Another quota from now on.
    pub async fn set_quota(&self, http: &reqwest::Client, quota: &str) -> Outcome {
        self.control(http, "quota", &serde_json::json!({ "quota": quota }))
            .await
    }

    /// Time passes.
    pub async fn advance(&self, http: &reqwest::Client, seconds: u64) -> Outcome {
        self.control(http, "clock", &serde_json::json!({ "advance_s": seconds }))
            .await
    }

    async fn control(&self, http: &reqwest::Client, what: &str, body: &Value) -> Outcome {
        let url = format!("{}/_sandbox/{what}", self.base());
        http.post(url).json(body).send().await?.error_for_status()?;
        Ok(())
    }

    /// Overview GETs of letters so far, as the ledger has them.
    pub async fn overviews(&self, http: &reqwest::Client) -> Outcome<Vec<Overview>> {
        let entries = self.ledger(http, 0).await?;
        Ok(entries
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
