//! Altinn's token and the system user (Platform reference, sections 3.3, 5 and 12.5).

use super::call::explain;
use super::finding::{found, with};
use crate::view::{Finding, FindingCode as Code};
use altinn_client::{
    ApiError, AuthError, Claims, RequestStatus, Role, SystemUser, SystemUserRequest,
};

/// What a token must be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) role: Role,
    /// Altinn's issuer.
    pub(super) issuer: &'a str,
    /// Whom to act for.
    pub(super) organisation: &'a str,
    pub(super) system_user: Option<&'a SystemUser>,
}

/// What is wrong with a role's token.
pub(super) fn token(wanted: &Wanted<'_>, outcome: &Result<Claims, ApiError>) -> Vec<Finding> {
    let claims = match outcome {
        Ok(claims) => claims,
        Err(error) => return vec![explain(error)],
    };
    let mut findings = Vec::new();
    if claims.is_test_token {
        findings.push(found(Code::TestToken));
    }
    if claims.issuer != wanted.issuer {
        findings.push(with(
            found(Code::AltinnTokenOther),
            "issuer",
            claims.issuer.clone(),
        ));
        return findings;
    }
    // A person's token names the organisation that the client belongs to.
    let acts_for = claims.organisation().filter(|_| claims.person.is_none());
    if acts_for.is_none() && claims.person.is_none() {
        findings.push(found(Code::NoOrganisation));
    } else if acts_for.is_some_and(|other| other != wanted.organisation) {
        let code = if wanted.system_user.is_some() {
            Code::SystemUserOther
        } else {
            Code::OrganisationOther
        };
        let finding = with(found(code), "organisation", acts_for.unwrap_or_default());
        findings.push(finding);
    }
    let missing: Vec<&str> = wanted
        .role
        .scopes()
        .split_whitespace()
        .filter(|scope| !claims.has_scope(scope))
        .collect();
    if !missing.is_empty() {
        findings.push(with(found(Code::TokenScopes), "scopes", missing.join(" ")));
    }
    // Correspondence looks for the words anywhere among the scopes (Correspondence reference, section 1.6).
    let all = claims.scopes.join(" ");
    if all.contains("altinn:correspondence.write") && all.contains("altinn:correspondence.read") {
        findings.push(found(Code::BothScopes));
    }
    findings
}

/// Maskinporten finds no system user: the case where its request tells more.
pub(super) fn is_without_system_user(outcome: &Result<Claims, ApiError>) -> bool {
    matches!(outcome, Err(ApiError::Auth(AuthError::Maskinporten { code: Some(code), .. })) if code == "MP-303")
}

/// Why Maskinporten finds no system user, by the requests of the system for this customer. `requests` is none where they
/// could not be looked up.
pub(super) fn system_user(user: &SystemUser, requests: Option<&[SystemUserRequest]>) -> Finding {
    let Some(requests) = requests else {
        return found(Code::SystemUserUnknown);
    };
    let of_customer: Vec<_> = requests
        .iter()
        .filter(|request| request.organisation == user.organisation)
        .collect();
    // One that was made without a reference has the customer's number as its reference.
    let reference = user.external_ref.as_deref().unwrap_or(&user.organisation);
    let Some(ours) = of_customer
        .iter()
        .find(|request| request.external_ref == reference)
    else {
        let is_other = of_customer
            .iter()
            .any(|request| request.status == RequestStatus::Accepted);
        return found(if is_other {
            Code::SystemUserReference
        } else {
            Code::SystemUserNotAsked
        });
    };
    let code = match ours.status {
        RequestStatus::New => Code::SystemUserPending,
        RequestStatus::Rejected => Code::SystemUserRejected,
        RequestStatus::Denied => Code::SystemUserDenied,
        RequestStatus::Timedout => Code::SystemUserTimedOut,
        _ => Code::SystemUserUnknown,
    };
    let mut finding = found(code);
    if code == Code::SystemUserPending {
        finding.link = ours.confirm_url.clone().filter(|url| is_altinn(url));
    }
    finding
}

/// A page that may be opened: Altinn's own, or one on this machine for practice.
pub(crate) fn is_altinn(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| match (url.scheme(), url.host_str()) {
        ("https", Some(host)) => host.ends_with(".altinn.no") || host.ends_with(".altinn.cloud"),
        ("http", Some(host)) => host == "127.0.0.1" || host == "localhost",
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_altinns_own_pages_are_opened() {
        for (address, is_fine) in [
            (
                "https://am.ui.altinn.no/accessmanagement/ui/systemuser/request?id=1",
                true,
            ),
            ("https://am.ui.at23.altinn.cloud/x", true),
            ("http://127.0.0.1:4000/x", true),
            ("http://am.ui.altinn.no/x", false),
            ("https://altinn.no.evil.example/x", false),
            ("https://evilaltinn.no/x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_altinn(address), is_fine, "{address}");
        }
    }
}
