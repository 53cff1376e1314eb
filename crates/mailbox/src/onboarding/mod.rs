//! The doctor: checks each step on the way to sending and receiving, and says what is wrong and what to do (Platform
//! reference, section 12).
//!
//! `plan` says which checks an account has, `run` makes them by calls, and every other file here is a pure judgement of
//! what came back. The window shows a [`Checkup`] and asks again when it hears of a change; nothing waits for the network.
//! No check changes anything at Altinn but the test letter, which is sent on command only.

mod call;
pub(crate) mod events;
mod finding;
mod groundwork;
mod letters;
mod maskinporten;
mod plan;
mod policy;
mod report;
mod resource;
mod run;
mod sign_in;
mod state;

pub(crate) use sign_in::is_altinn;
pub use state::Checkups;

use crate::view::{
    Change, Check, CheckName, CheckState, Checkup, ErrorCode, FindingCode, Step, StepState,
    TestText, Tick,
};
use crate::{AccountConfig, Error, Mailbox, Result};
use altinn_client::{
    Client, InitializeCorrespondences, Journal, NewContent, NewCorrespondence, Options, Secret,
};
use run::Run;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// How this machine reaches the network; the system's own settings where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Proxy for everything that is not on this machine.
    pub proxy: Option<Url>,
    /// Certificates to trust besides the system's, as PEM.
    pub certificates: Vec<Vec<u8>>,
    /// Key of the platform's gateway.
    pub subscription_key: Option<Secret>,
}

impl Network {
    /// How a client uses it.
    pub(crate) fn options(&self) -> Options {
        Options {
            proxy: self.proxy.clone(),
            certificates: self.certificates.clone(),
            subscription_key: self.subscription_key.clone(),
            ..Options::default()
        }
    }
}

/// What is kept of an account between runs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    checks: Vec<Check>,
    ticks: BTreeMap<String, Tick>,
    checked_at: Option<i64>,
}

fn setting(account: &str) -> String {
    format!("checkup:{account}")
}

impl Mailbox {
    /// How an account stands, as far as it has been checked.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn checkup(&self, account: impl Into<String> + Send) -> Result<Checkup> {
        let account: String = account.into();
        let config = self.account(&account)?.config.clone();
        let kept = self.kept(&account).await?;
        let running = self.checkups.checks(&account);
        Ok(assemble(&config, &kept, running))
    }

    /// Checks an account in the background; the window hears of each check as it ends. A second start while one runs
    /// does nothing.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn start_checkup(&self, account: impl Into<String> + Send) -> Result<()> {
        let account: String = account.into();
        self.account(&account)?;
        let mailbox = self.clone();
        tokio::spawn(async move {
            if let Err(error) = mailbox.examine(&account).await {
                tracing::warn!(code = ?error.code(), "the checkup ended early");
            }
        });
        Ok(())
    }

    /// Checks an account and waits for the end, as the terminal does.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn examine(&self, account: &str) -> Result<Checkup> {
        let config = self.account(account)?.config.clone();
        let checks = plan::plan(&config).into_iter().map(|(_, check)| check);
        if self.checkups.begin(account, checks.collect()) {
            let outcome = match Run::new(self, &config) {
                Ok(run) => {
                    run.all().await;
                    Ok(())
                }
                Err(error) => Err(error),
            };
            self.keep_checks(account, outcome.is_ok()).await?;
            outcome?;
        }
        self.checkup(account).await
    }

    /// Sends one letter to the own organisation, on its first resource, in the background. In production it must have
    /// been confirmed a second time: it is a real letter.
    ///
    /// # Errors
    /// `NotFound`; `NoService` where the account sends on nothing; `TestLetterInProduction`.
    pub async fn send_test_letter(
        &self,
        account: impl Into<String> + Send,
        text: TestText,
        is_confirmed: bool,
    ) -> Result<()> {
        let account: String = account.into();
        self.may_test(&account, is_confirmed)?;
        let mailbox = self.clone();
        tokio::spawn(async move {
            if let Err(error) = mailbox.test_letter(&account, text, true).await {
                tracing::warn!(code = ?error.code(), "the test letter was not tried");
            }
        });
        Ok(())
    }

    fn may_test(&self, account: &str, is_confirmed: bool) -> Result<()> {
        let config = &self.account(account)?.config;
        if config.write_resources.is_empty() {
            return Err(Error::rule(ErrorCode::NoService));
        }
        if run::needs_confirmation(config.environment) && !is_confirmed {
            return Err(Error::rule(ErrorCode::TestLetterInProduction));
        }
        Ok(())
    }

    /// The same, waited for.
    ///
    /// # Errors
    /// As [`Mailbox::send_test_letter`]; what the store says.
    pub async fn test_letter(
        &self,
        account: &str,
        text: TestText,
        is_confirmed: bool,
    ) -> Result<Checkup> {
        self.may_test(account, is_confirmed)?;
        let config = self.account(account)?.config.clone();
        let kept = self.checkup(account).await?;
        let checks = kept.steps.into_iter().flat_map(|step| step.checks);
        if self.checkups.begin(account, checks.collect()) {
            let outcome = match Run::new(self, &config) {
                Ok(run) => {
                    run.test_letter(text).await;
                    Ok(())
                }
                Err(error) => Err(error),
            };
            self.keep_checks(account, outcome.is_ok()).await?;
            outcome?;
        }
        self.checkup(account).await
    }

    /// Ticks off what only a person can know; without a name the tick is taken away.
    ///
    /// # Errors
    /// `NotFound` where the account has no such check by a person; what the store says.
    pub async fn tick_check(
        &self,
        account: impl Into<String> + Send,
        check: impl Into<String> + Send,
        by: Option<String>,
    ) -> Result<Checkup> {
        let (account, check): (String, String) = (account.into(), check.into());
        let config = self.account(&account)?.config.clone();
        let is_human = plan::plan(&config)
            .iter()
            .any(|(_, one)| one.id == check && one.state == CheckState::Human);
        if !is_human {
            return Err(Error::NotFound);
        }
        let mut kept = self.kept(&account).await?;
        let by = by
            .map(|by| by.trim().to_owned())
            .filter(|by| !by.is_empty());
        match by {
            Some(by) => {
                let at = self.clock.now();
                kept.ticks.insert(check, Tick { by, at });
            }
            None => {
                kept.ticks.remove(&check);
            }
        }
        self.keep(&account, &kept).await?;
        self.tell_checkup(&account);
        self.checkup(account).await
    }

    /// The checkup as plain text for a help desk: codes, addresses and statuses, without secrets and without people.
    ///
    /// # Errors
    /// As [`Mailbox::checkup`].
    pub async fn checkup_report(&self, account: impl Into<String> + Send) -> Result<String> {
        Ok(report::text(&self.checkup(account).await?))
    }

    /// A client of the account that keeps no token of before.
    pub(crate) fn fresh_client(
        &self,
        config: &AccountConfig,
        journal: Option<Journal>,
    ) -> Result<Client> {
        let clock = Arc::clone(&self.clock);
        let options = Options {
            journal,
            now: Arc::new(move || {
                chrono::DateTime::from_timestamp_millis(clock.now()).unwrap_or_default()
            }),
            ..self.network.options()
        };
        Client::new(config.addresses.clone(), config.sign_in.clone(), options)
            .map_err(|error| Error::internal(error.to_string()))
    }

    pub(crate) fn tell_checkup(&self, account: &str) {
        self.changes.tell(vec![Change::Checkup {
            account: account.to_owned(),
        }]);
    }

    /// Whether the registry says that letters of the resource must be confidential.
    pub(crate) async fn is_confidential(&self, resource: &str) -> Result<bool> {
        let wanted = resource.to_owned();
        let row = self
            .store
            .read(move |reader| reader.service(&wanted))
            .await?;
        Ok(row.is_some_and(|row| row.is_confidential))
    }

    async fn kept(&self, account: &str) -> Result<Kept> {
        let name = setting(account);
        let json = self.store.read(move |reader| reader.setting(&name)).await?;
        // What an older version wrote is checked anew.
        Ok(json
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }

    async fn keep(&self, account: &str, kept: &Kept) -> Result<()> {
        let name = setting(account);
        let json =
            serde_json::to_string(kept).map_err(|error| Error::internal(error.to_string()))?;
        Ok(self
            .store
            .write(move |tx| tx.put_setting(&name, &json))
            .await?)
    }

    /// Ends a round and keeps what it came to.
    async fn keep_checks(&self, account: &str, is_whole: bool) -> Result<()> {
        let mut kept = self.kept(account).await?;
        if let Some(checks) = self.checkups.end(account)
            && is_whole
        {
            kept.checks = checks;
            kept.checked_at = Some(self.clock.now());
            self.keep(account, &kept).await?;
        }
        self.tell_checkup(account);
        Ok(())
    }
}

/// The plan of the account with what is known of each check: of the round that runs, else of the last one.
fn assemble(config: &AccountConfig, kept: &Kept, running: Option<Vec<Check>>) -> Checkup {
    let is_running = running.is_some();
    let known = running.unwrap_or_else(|| kept.checks.clone());
    let mut steps: Vec<StepState> = Vec::new();
    for (step, planned) in plan::plan(config) {
        let check = with_known(planned, &known, kept);
        match steps.last_mut().filter(|last| last.step == step) {
            Some(last) => last.checks.push(check),
            None => steps.push(StepState {
                step,
                state: CheckState::NotNeeded,
                checks: vec![check],
            }),
        }
    }
    for step in &mut steps {
        step.state = worst(step);
    }
    Checkup {
        account: config.id.clone(),
        organisation_number: config.organisation_number.clone(),
        environment: config.environment,
        sends: config.sends(),
        receives: config.receives(),
        is_running,
        checked_at: kept.checked_at,
        steps,
    }
}

fn with_known(planned: Check, known: &[Check], kept: &Kept) -> Check {
    let mut check = match planned.state {
        CheckState::NotChecked => known
            .iter()
            .find(|one| one.id == planned.id)
            .cloned()
            .unwrap_or(planned),
        _ => planned,
    };
    if let Some(tick) = kept.ticks.get(&check.id)
        && check.state == CheckState::Human
    {
        check.tick = Some(tick.clone());
        check.state = CheckState::Ok;
    }
    check
}

/// A test letter that was never asked for makes no step unfinished.
fn worst(step: &StepState) -> CheckState {
    step.checks
        .iter()
        .filter(|check| {
            check.name != CheckName::TestLetter || check.state != CheckState::NotChecked
        })
        .map(|check| check.state)
        .max()
        .unwrap_or(CheckState::NotNeeded)
}

fn test_letter(
    resource: &str,
    organisation: &str,
    text: TestText,
    key: Uuid,
    is_confidential: bool,
) -> InitializeCorrespondences {
    InitializeCorrespondences {
        correspondence: NewCorrespondence {
            resource_id: resource.to_owned(),
            senders_reference: format!("brevdue-{key}"),
            content: NewContent {
                language: text.language,
                message_title: text.title,
                message_summary: None,
                message_body: text.body,
            },
            is_confidential,
            ..NewCorrespondence::default()
        },
        recipients: vec![altinn_client::urn::organisation(organisation)],
        existing_attachments: Vec::new(),
        idempotent_key: Some(key),
    }
}

impl Checkup {
    /// Codes of everything found, in order.
    pub fn codes(&self) -> Vec<FindingCode> {
        self.steps
            .iter()
            .flat_map(|step| &step.checks)
            .flat_map(|check| &check.findings)
            .map(|finding| finding.code)
            .collect()
    }

    /// A step by its name.
    pub fn step(&self, step: Step) -> Option<&StepState> {
        self.steps.iter().find(|one| one.step == step)
    }
}
