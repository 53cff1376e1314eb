//! Makes the checks, by calls of a client of its own: tokens that are kept would hide what is wrong.

use super::plan::{EVENTS, id, role_name};
use super::{call, events, finding, groundwork, letters, maskinporten, policy, resource, sign_in};
use crate::view::{
    Asked, CheckName as Name, CheckState, Environment, Finding, FindingCode, TestText,
};
use crate::{AccountConfig, Mailbox, Result, identity};
use altinn_client::{
    ApiError, Claims, Client, Follower, Journal, Pull, Role, Search, SearchRole, ServiceOwner,
    SignIn,
};
use std::collections::{BTreeMap, BTreeSet};

/// A round of checks.
pub(super) struct Run<'a> {
    mailbox: &'a Mailbox,
    config: &'a AccountConfig,
    client: Client,
    journal: Journal,
    /// Codes of findings so far, by check.
    failed: BTreeSet<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(mailbox: &'a Mailbox, config: &'a AccountConfig) -> Result<Self> {
        let journal = Journal::default();
        let client = mailbox.fresh_client(config, Some(journal.clone()))?;
        Ok(Self {
            mailbox,
            config,
            client,
            journal,
            failed: BTreeSet::new(),
        })
    }

    /// Every check but the test letter, in the order in which they depend on each other.
    pub(super) async fn all(mut self) {
        if !self.groundwork().await {
            self.skip_the_rest();
            return;
        }
        let has_client = self.client_and_scopes().await;
        let owners = self.owner().await;
        let mut tokens = BTreeMap::new();
        if has_client {
            tokens = self.tokens().await;
            self.owner_code(tokens.get(&Role::Sender), &owners);
        }
        self.resources(&owners, &tokens).await;
        self.letters(&tokens).await;
        if has_client && !self.config.is_person() {
            self.events(&tokens).await;
        }
        self.skip_the_rest();
    }

    /// Sends a letter to the own organisation on its first resource.
    pub(super) async fn test_letter(mut self, text: TestText) {
        let Some(resource) = self.config.write_resources.first() else {
            return;
        };
        let letter = super::test_letter(
            resource,
            &self.config.organisation_number,
            text,
            self.mailbox.ids.uuid(),
            self.mailbox
                .is_confidential(resource)
                .await
                .unwrap_or_default(),
        );
        let outcome = self.client.initialize(&letter).await;
        self.done(Name::TestLetter, None, letters::test_letter(&outcome));
    }

    /// Writes down what a check came to.
    fn done(&mut self, name: Name, subject: Option<&str>, findings: Vec<Finding>) {
        let about = self.config.about();
        let mut findings: Vec<Finding> = findings
            .into_iter()
            .map(|finding| about.with_next(finding))
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
        let state = findings
            .first()
            .map_or(CheckState::Ok, |finding| finding.state);
        let id = id(name, subject);
        if state == CheckState::Error {
            self.failed.insert(id.clone());
        }
        let asked = self
            .journal
            .take()
            .into_iter()
            .map(|made| Asked {
                method: made.method,
                address: made.address,
                status: made.status,
            })
            .collect();
        let at = self.mailbox.clock.now();
        self.mailbox.checkups.put(&self.config.id, &id, |check| {
            check.state = state;
            check.asked = asked;
            check.findings = findings;
            check.checked_at = Some(at);
        });
        self.mailbox.tell_checkup(&self.config.id);
    }

    fn has_failed(&self, name: Name, subject: Option<&str>) -> bool {
        self.failed.contains(&id(name, subject))
    }

    /// What was not reached is skipped.
    fn skip_the_rest(&self) {
        self.mailbox.checkups.skip_unchecked(&self.config.id);
        self.mailbox.tell_checkup(&self.config.id);
    }

    /// Whether the rest makes sense.
    async fn groundwork(&mut self) -> bool {
        let config = self.config;
        self.done(
            Name::Environments,
            None,
            groundwork::environments(&config.addresses, config.environment),
        );
        if self.has_failed(Name::Environments, None) {
            return false;
        }
        let outcome = self.client.altinn_metadata().await;
        self.done(
            Name::Altinn,
            None,
            groundwork::issuer(&outcome, &config.altinn_issuer()),
        );
        if config.is_machine() {
            let outcome = self.client.maskinporten_metadata().await;
            self.done(
                Name::Maskinporten,
                None,
                groundwork::issuer(&outcome, &folder(&config.addresses.maskinporten)),
            );
        }
        self.done(
            Name::Clock,
            None,
            groundwork::clock(self.client.clock_difference()),
        );
        if self.has_failed(Name::Altinn, None) || self.has_failed(Name::Maskinporten, None) {
            return false;
        }
        let outcome = self.client.organisation(&config.organisation_number).await;
        self.done(
            Name::OwnNumber,
            None,
            groundwork::own_number(&config.organisation_number, config.environment, &outcome),
        );
        identity::is_organisation_number(&config.organisation_number)
            || config.environment != Environment::Production
    }

    /// Steps 3 and 4: scopes are asked for one at a time, and what is wrong with the client shows in all of them.
    async fn client_and_scopes(&mut self) -> bool {
        let key = match self.mailbox.network.subscription_key {
            Some(_) => vec![finding::found(FindingCode::SubscriptionKeyNotNeeded)],
            None => Vec::new(),
        };
        self.done(Name::SubscriptionKey, None, key);
        let config = self.config;
        let SignIn::Maskinporten {
            key, system_user, ..
        } = &config.sign_in
        else {
            return true;
        };
        let now = self.mailbox.clock.now();
        let mut findings = maskinporten::key_age(config.key_posted_at, now);
        if let Some(facts) = key.certificate() {
            findings.extend(maskinporten::certificate(&facts, config.environment, now));
        }
        self.done(Name::Key, None, findings);
        let mut answers: Vec<maskinporten::Answer> = Vec::new();
        for scope in config.scopes().into_iter().chain([EVENTS]) {
            let answer = self.client.ask_maskinporten(scope).await;
            answers.push((scope.to_owned(), answer));
        }
        // A vendor asks for others: its own number is not the account's.
        let owner = system_user
            .is_none()
            .then_some(config.organisation_number.as_str());
        let findings = maskinporten::client(&answers, owner);
        self.done(Name::Grant, None, findings);
        if self.has_failed(Name::Grant, None) {
            return false;
        }
        for (scope, answer) in &answers {
            let mut findings = maskinporten::scope(scope, answer);
            if scope == EVENTS && !findings.is_empty() {
                findings = match answer {
                    Err(error) if !call::is_about_scope(&call::explain(error)) => findings,
                    _ => vec![finding::found(FindingCode::EventsOff)],
                };
            }
            self.done(Name::Scope, Some(scope), findings);
        }
        true
    }

    async fn owner(&mut self) -> std::result::Result<Vec<ServiceOwner>, ApiError> {
        if !self.config.sends() {
            return Ok(Vec::new());
        }
        let owners = self.client.service_owners().await;
        let findings = resource::service_owner(&self.config.organisation_number, &owners);
        self.done(Name::ServiceOwner, None, findings);
        owners
    }

    /// Tokens of the roles whose scopes are there.
    async fn tokens(&mut self) -> BTreeMap<Role, Claims> {
        let config = self.config;
        let mut tokens = BTreeMap::new();
        for role in config.letter_roles() {
            let lacks = |scope: &str| self.has_failed(Name::Scope, Some(scope));
            if role.scopes().split_whitespace().any(lacks) {
                continue;
            }
            let outcome = self.client.claims(role).await;
            let system_user = match &config.sign_in {
                SignIn::Maskinporten { system_user, .. } => system_user.as_ref(),
                _ => None,
            };
            let wanted = sign_in::Wanted {
                role,
                issuer: &config.issuer(role),
                organisation: &config.organisation_number,
                system_user,
            };
            let findings = match system_user {
                Some(user) if sign_in::is_without_system_user(&outcome) => {
                    let requests = match &config.system_id {
                        Some(system) => self.client.system_user_requests(system).await.ok(),
                        None => None,
                    };
                    vec![sign_in::system_user(user, requests.as_deref())]
                }
                _ => sign_in::token(&wanted, &outcome),
            };
            self.done(Name::Token, Some(role_name(role)), findings);
            if let Ok(claims) = outcome
                && !self.has_failed(Name::Token, Some(role_name(role)))
            {
                tokens.insert(role, claims);
            }
        }
        tokens
    }

    fn owner_code(
        &mut self,
        sender: Option<&Claims>,
        owners: &std::result::Result<Vec<ServiceOwner>, ApiError>,
    ) {
        if let Some(claims) = sender
            && !self.has_failed(Name::ServiceOwner, None)
            // The generator puts no code in unless it is told one, and Maskinporten never does.
            && !claims.is_test_token
            && !self.config.sends_raw()
        {
            let code = resource::owner_code(&self.config.organisation_number, owners);
            self.done(Name::OwnerCode, None, resource::code_in_token(claims, code));
        }
    }

    async fn resources(
        &mut self,
        owners: &std::result::Result<Vec<ServiceOwner>, ApiError>,
        tokens: &BTreeMap<Role, Claims>,
    ) {
        let config = self.config;
        if config.resources().is_empty() {
            let findings = vec![finding::found(FindingCode::NoResources)];
            self.done(Name::Resource, None, findings);
        }
        let code = resource::owner_code(&config.organisation_number, owners);
        for resource in config.resources() {
            let is_sent_on = config.write_resources.contains(resource);
            let sender = is_sent_on.then_some(config.organisation_number.as_str());
            let outcome = self.client.resource(resource).await;
            let findings = resource::resource(resource, sender, &outcome);
            self.done(Name::Resource, Some(resource), findings);
            if self.has_failed(Name::Resource, Some(resource)) {
                continue;
            }
            let judged = policy::Judged {
                resource,
                sender,
                code,
                bypasses: tokens
                    .get(&Role::Sender)
                    .is_none_or(|claims| claims.service_owner.is_some()),
            };
            let outcome = self.client.policy(resource).await;
            self.done(
                Name::Policy,
                Some(resource),
                policy::policy(&judged, &outcome),
            );
        }
    }

    async fn letters(&mut self, tokens: &BTreeMap<Role, Claims>) {
        let config = self.config;
        let sent = config
            .write_resources
            .iter()
            .map(|resource| (resource, SearchRole::Sender, Name::Sending));
        let received = config
            .read_resources
            .iter()
            .map(|resource| (resource, SearchRole::Recipient, Name::Receiving));
        let has_helper = config.has_system_user() || config.is_person();
        for (resource, role, name) in sent.chain(received) {
            let is_ready = tokens.contains_key(&role.role())
                && !self.has_failed(Name::Resource, Some(resource))
                && !self.has_failed(Name::Policy, Some(resource));
            if !is_ready {
                continue;
            }
            // The last minutes only: a list of ids, which leaves no trace.
            let now = chrono::DateTime::from_timestamp_millis(self.mailbox.clock.now());
            let search = Search {
                from: now.map(|now| now - chrono::TimeDelta::minutes(5)),
                ..Search::new(resource.clone(), role)
            };
            let outcome = self.client.search(&search).await;
            self.done(
                name,
                Some(resource),
                letters::reach(role, has_helper, &outcome),
            );
        }
    }

    async fn events(&mut self, tokens: &BTreeMap<Role, Claims>) {
        let config = self.config;
        let is_off = self
            .mailbox
            .checkups
            .has_finding(&config.id, FindingCode::EventsOff);
        let (follower, role, resources) = if config.sends() {
            (Follower::Owner, Role::Sender, &config.write_resources)
        } else {
            (Follower::Party, Role::Recipient, &config.read_resources)
        };
        let Some(resource) = resources.first().filter(|_| tokens.contains_key(&role)) else {
            return;
        };
        if is_off || self.has_failed(Name::Scope, Some(EVENTS)) {
            return;
        }
        let now = self.mailbox.clock.now();
        let outcome = self.client.subscriptions(follower).await;
        self.done(
            Name::Subscriptions,
            None,
            events::subscriptions(resources, now, &outcome),
        );
        if self.has_failed(Name::Subscriptions, None) {
            return;
        }
        let pull = Pull {
            resource: resource.clone(),
            after: None,
            subject: None,
            kinds: Vec::new(),
        };
        let outcome = self.client.can_pull(follower, &pull).await;
        self.done(Name::Pulling, None, events::pulling(&outcome));
    }
}

impl AccountConfig {
    /// Altinn's issuer in the account's environment (Platform reference, section 1.1).
    fn altinn_issuer(&self) -> String {
        format!(
            "{}authentication/api/v1/openid/",
            folder(&self.addresses.platform)
        )
    }

    /// Issuer of the role's tokens: Altinn, but for a sender's that are not exchanged.
    fn issuer(&self, role: Role) -> String {
        if role == Role::Sender && self.sends_raw() {
            folder(&self.addresses.maskinporten)
        } else {
            self.altinn_issuer()
        }
    }
}

fn folder(url: &url::Url) -> String {
    let text = url.as_str();
    if text.ends_with('/') {
        text.to_owned()
    } else {
        format!("{text}/")
    }
}

/// Whether a test letter may go out: in production only once the user has said so twice.
pub(super) fn needs_confirmation(environment: Environment) -> bool {
    environment == Environment::Production
}
