//! Which checks an account has, before any of them is made.

use super::finding::About;
use crate::AccountConfig;
use crate::view::{Check, CheckName, CheckState, Environment, Step};
use altinn_client::{Role, SignIn};

/// Scope without which there are no events; nothing else depends on it.
pub(super) const EVENTS: &str = "altinn:events.subscribe";

const AGREEMENT: &str = "https://www.altinndigital.no/kom-i-gang/guide-kom-i-gang-med-altinn/";
const STUDIO_USER: &str =
    "https://docs.altinn.studio/nb/altinn-studio/v8/getting-started/create-user/";
const ADMINISTRATION: &str =
    "https://docs.altinn.studio/nb/authorization/getting-started/resource-admin-studio/";

impl AccountConfig {
    /// The account sends.
    pub(super) fn sends(&self) -> bool {
        !self.write_resources.is_empty()
    }

    /// The account receives.
    pub(super) fn receives(&self) -> bool {
        !self.read_resources.is_empty()
    }

    pub(super) fn about(&self) -> About {
        About {
            environment: self.environment,
            organisation: self.organisation_number.clone(),
        }
    }

    /// Every resource, each once, those to send on first.
    pub(super) fn resources(&self) -> Vec<&String> {
        let mut all: Vec<&String> = Vec::new();
        for id in self.write_resources.iter().chain(&self.read_resources) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
        all
    }

    /// The roles that letters are sent and received in.
    pub(super) fn letter_roles(&self) -> Vec<Role> {
        let sender = self.sends().then_some(Role::Sender);
        let recipient = self.receives().then_some(Role::Recipient);
        sender.into_iter().chain(recipient).collect()
    }

    /// Scopes that must be there, in the order of the roles, each once.
    pub(super) fn scopes(&self) -> Vec<&'static str> {
        let mut all = Vec::new();
        for scope in self
            .letter_roles()
            .into_iter()
            .flat_map(|role| role.scopes().split_whitespace())
        {
            if !all.contains(&scope) {
                all.push(scope);
            }
        }
        all
    }

    pub(super) fn is_machine(&self) -> bool {
        matches!(self.sign_in, SignIn::Maskinporten { .. })
    }

    pub(super) fn is_person(&self) -> bool {
        matches!(self.sign_in, SignIn::Person { .. })
    }

    pub(super) fn sends_raw(&self) -> bool {
        matches!(
            self.sign_in,
            SignIn::Maskinporten {
                sends_raw: true,
                ..
            }
        )
    }

    pub(super) fn has_system_user(&self) -> bool {
        matches!(&self.sign_in, SignIn::Maskinporten { system_user, .. } if system_user.is_some())
    }
}

/// Id of a check.
pub(super) fn id(name: CheckName, subject: Option<&str>) -> String {
    let name = serde_json::to_value(name).unwrap_or_default();
    let name = name.as_str().unwrap_or_default();
    match subject {
        Some(subject) => format!("{name}:{subject}"),
        None => name.to_owned(),
    }
}

/// A role's name in a check.
pub(super) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Sender => "sender",
        Role::Recipient => "recipient",
        _ => "other",
    }
}

struct Plan {
    checks: Vec<(Step, Check)>,
}

impl Plan {
    fn add(
        &mut self,
        step: Step,
        name: CheckName,
        subject: Option<&str>,
        state: CheckState,
        link: Option<&str>,
    ) {
        let check = Check {
            id: id(name, subject),
            name,
            subject: subject.map(str::to_owned),
            state,
            asked: Vec::new(),
            findings: Vec::new(),
            link: link.map(str::to_owned),
            tick: None,
            checked_at: None,
        };
        self.checks.push((step, check));
    }

    fn check(&mut self, step: Step, name: CheckName, subject: Option<&str>, is_needed: bool) {
        let state = if is_needed {
            CheckState::NotChecked
        } else {
            CheckState::NotNeeded
        };
        self.add(step, name, subject, state, None);
    }

    fn human(&mut self, step: Step, name: CheckName, is_needed: bool, link: Option<&str>) {
        let state = if is_needed {
            CheckState::Human
        } else {
            CheckState::NotNeeded
        };
        self.add(step, name, None, state, link);
    }
}

/// Every check of the account, in order; those that do not apply are there and say so.
pub(super) fn plan(config: &AccountConfig) -> Vec<(Step, Check)> {
    use CheckName as N;
    let (sends, receives, is_machine) = (config.sends(), config.receives(), config.is_machine());
    // Nobody signs agreements with a practice world.
    let is_real = config.environment != Environment::Practice;
    let mut plan = Plan { checks: Vec::new() };
    plan.check(Step::Groundwork, N::Environments, None, true);
    plan.check(Step::Groundwork, N::Altinn, None, true);
    plan.check(Step::Groundwork, N::Maskinporten, None, is_machine);
    plan.check(Step::Groundwork, N::Clock, None, true);
    plan.check(Step::Groundwork, N::OwnNumber, None, true);

    plan.check(Step::ServiceOwner, N::ServiceOwner, None, sends);
    // Maskinporten's own token never carries the code.
    let is_exchanged = !config.sends_raw();
    plan.check(
        Step::ServiceOwner,
        N::OwnerCode,
        None,
        sends && is_exchanged,
    );
    let is_owner_work = sends && is_real;
    plan.human(
        Step::ServiceOwner,
        N::Agreement,
        is_owner_work,
        Some(AGREEMENT),
    );
    plan.human(
        Step::ServiceOwner,
        N::StudioUser,
        is_owner_work,
        Some(STUDIO_USER),
    );
    plan.human(
        Step::ServiceOwner,
        N::ResourceAdministration,
        is_owner_work,
        Some(ADMINISTRATION),
    );

    let resources = config.resources();
    if resources.is_empty() {
        plan.check(Step::Resource, N::Resource, None, true);
    }
    for resource in resources {
        plan.check(Step::Resource, N::Resource, Some(resource), true);
        plan.check(Step::Resource, N::Policy, Some(resource), true);
    }
    let is_production = config.environment == Environment::Production;
    plan.human(Step::Resource, N::AllowList, sends && is_production, None);

    plan.check(Step::Scopes, N::SubscriptionKey, None, true);
    for scope in config.scopes() {
        plan.check(Step::Scopes, N::Scope, Some(scope), is_machine);
    }

    let self_service = config.about().self_service();
    plan.check(Step::Client, N::Key, None, is_machine);
    plan.check(Step::Client, N::Grant, None, is_machine);
    plan.human(
        Step::Client,
        N::SelfService,
        is_machine && is_real,
        Some(self_service),
    );

    for role in config.letter_roles() {
        plan.check(Step::SignIn, N::Token, Some(role_name(role)), true);
    }
    plan.human(
        Step::SignIn,
        N::Approval,
        config.has_system_user() && is_real,
        None,
    );

    for resource in &config.write_resources {
        plan.check(Step::Letters, N::Sending, Some(resource), true);
    }
    for resource in &config.read_resources {
        plan.check(Step::Letters, N::Receiving, Some(resource), true);
    }
    plan.check(Step::Letters, N::TestLetter, None, sends);
    plan.human(
        Step::Letters,
        N::Rendering,
        is_owner_work,
        Some(inbox(config.environment)),
    );

    plan.check(Step::Events, N::Scope, Some(EVENTS), is_machine);
    // A person is given the scope for letters alone.
    let has_events = (sends || receives) && !config.is_person();
    plan.check(Step::Events, N::Subscriptions, None, has_events);
    plan.check(Step::Events, N::Pulling, None, has_events);
    plan.human(Step::Events, N::Webhook, false, None);
    plan.checks
}

/// The inbox on the web.
fn inbox(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "https://af.altinn.no/",
        _ => "https://af.tt02.altinn.no/",
    }
}
