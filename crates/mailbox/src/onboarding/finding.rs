//! Findings: how grave each is, and where it is mended.

use crate::view::{CheckState, Environment, Finding, FindingCode, Mail, MailTemplate};
use std::collections::BTreeMap;

const SERVICE_DESK: &str = "servicedesk@altinn.no";
const STUDIO: &str = "https://altinn.studio/";
const POLICY_GUIDE: &str =
    "https://docs.altinn.studio/nb/authorization/getting-started/resource-admin-studio/";
const OWNER_GUIDE: &str = "https://www.altinndigital.no/kom-i-gang/guide-kom-i-gang-med-altinn/";
const SYSTEM_USER_GUIDE: &str =
    "https://docs.altinn.studio/nb/authorization/guides/system-vendor/system-user/";

/// What a finding is about: whose account it is.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) environment: Environment,
    pub(super) organisation: String,
}

impl About {
    /// Digdir's self-service, where clients, scopes and keys are.
    pub(super) fn self_service(&self) -> &'static str {
        match self.environment {
            Environment::Production => "https://sjolvbetjening.samarbeid.digdir.no",
            _ => "https://sjolvbetjening.test.samarbeid.digdir.no",
        }
    }

    /// What Altinn calls the environment.
    fn called(&self) -> &'static str {
        match self.environment {
            Environment::Production => "production",
            Environment::Test => "tt02",
            Environment::Practice => "practice",
            Environment::Custom => "custom",
        }
    }

    /// Fills in where a finding is mended.
    pub(super) fn with_next(&self, mut finding: Finding) -> Finding {
        use FindingCode as C;
        let link = match finding.code {
            C::ScopeNotOnClient
            | C::ScopeWrongClientType
            | C::ClientUnknown
            | C::KeyIdMissing
            | C::KeyIdUnknown
            | C::KeyExpired
            | C::KeyOld
            | C::KeyPastYear
            | C::KeyDoesNotFit
            | C::CertificateOtherOrganisation
            | C::EventsOff
            | C::ClientOfOther => Some(self.self_service()),
            C::ResourceUnknown
            | C::ResourceOtherType
            | C::ResourceWithoutOwner
            | C::ResourceTitles
            | C::PolicyMissing => Some(STUDIO),
            C::PolicyUnreadable
            | C::PolicyNobodyReads
            | C::PolicyRolesOnly
            | C::PolicyOwnerCannotSend
            | C::PolicyOwnerCannotSubscribe
            | C::PolicyPlaceholder
            | C::PolicyExampleRole
            | C::PolicySubjectUnknown
            | C::PolicyCase
            | C::PolicyEverybody
            | C::PolicyOtherResource
            | C::PolicyDenies
            | C::PolicyNoLevel => Some(POLICY_GUIDE),
            C::NotServiceOwner => Some(OWNER_GUIDE),
            C::RecipientNeedsSystemUser
            | C::SystemUserNotAsked
            | C::SystemUserUnknown
            | C::SystemUserReference
            | C::EnterpriseUser => Some(SYSTEM_USER_GUIDE),
            _ => None,
        };
        if finding.link.is_none() {
            finding.link = link.map(str::to_owned);
        }
        let template = match finding.code {
            C::ScopeNotGranted => Some(MailTemplate::Scope),
            C::SubscriptionKeyWanted => Some(MailTemplate::SubscriptionKey),
            C::OwnerCodeMissing => Some(MailTemplate::ServiceOwner),
            _ => None,
        };
        if let Some(template) = template {
            finding.mail = Some(self.mail(template, finding.params.clone()));
        }
        finding
    }

    /// A mail to Altinn's service desk about the account.
    pub(super) fn mail(
        &self,
        template: MailTemplate,
        mut params: BTreeMap<String, String>,
    ) -> Mail {
        params.insert("organisation".to_owned(), self.organisation.clone());
        params.insert("environment".to_owned(), self.called().to_owned());
        Mail {
            to: SERVICE_DESK.to_owned(),
            template,
            params,
        }
    }
}

/// A finding with the gravity that its code has.
pub(super) fn found(code: FindingCode) -> Finding {
    Finding {
        code,
        state: gravity(code),
        params: BTreeMap::new(),
        trace_id: None,
        link: None,
        mail: None,
    }
}

/// Adds a value for the text.
pub(super) fn with(mut finding: Finding, name: &str, value: impl Into<String>) -> Finding {
    finding.params.insert(name.to_owned(), value.into());
    finding
}

/// Adds what to quote.
pub(super) fn traced(mut finding: Finding, trace_id: Option<&str>) -> Finding {
    finding.trace_id = trace_id.map(str::to_owned);
    finding
}

fn gravity(code: FindingCode) -> CheckState {
    use FindingCode as C;
    match code {
        C::RegisterSilent
        | C::ResourceIsApp
        | C::ResourceTitles
        | C::AccessListOn
        | C::PolicyOwnerCannotSend
        | C::PolicyLevel
        | C::PolicyConfidential
        | C::SubscriptionKeyNotNeeded
        | C::TestToken
        | C::EventsOff
        | C::SubscriptionOtherResource => CheckState::Info,
        C::ClockNear
        | C::OrganisationUnknown
        | C::OrganisationEnding
        | C::OwnerListSilent
        | C::OwnerCodeMissing
        | C::NoResources
        | C::PolicyRolesOnly
        | C::PolicyOwnerCannotSubscribe
        | C::PolicyCase
        | C::PolicyEverybody
        | C::PolicySubjectUnknown
        | C::PolicyDenies
        | C::PolicyNoLevel
        | C::ScopeFewer
        | C::KeyOld
        | C::BothScopes
        | C::AskedToWait
        | C::SystemUserPending
        | C::SubscriptionNotValidated
        | C::SubscriptionEmptyFilter
        | C::SubscriptionAppFilter => CheckState::Warning,
        _ => CheckState::Error,
    }
}
