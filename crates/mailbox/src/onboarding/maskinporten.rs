//! Scopes, client and key (Platform reference, sections 2.4, 2.5, 12.3 and 12.4).

use super::call::{explain, is_about_scope};
use super::finding::{found, with};
use crate::view::{Environment, Finding, FindingCode as Code};
use altinn_client::{ApiError, CertificateFacts, Granted};

const DAY: i64 = 24 * 3_600_000;
/// A registered key lives a year; a month before is the time to renew it.
const OLD: i64 = 335 * DAY;
const PAST: i64 = 365 * DAY;

/// What Maskinporten said to a scope, asked by itself.
pub(super) type Answer = (String, Result<Granted, ApiError>);

/// Whether a scope was given. A refusal that has nothing to do with scopes belongs to the client.
pub(super) fn scope(name: &str, outcome: &Result<Granted, ApiError>) -> Vec<Finding> {
    match outcome {
        Ok(granted) if granted.scopes.iter().any(|scope| scope == name) => Vec::new(),
        Ok(_) => vec![with(found(Code::ScopeFewer), "scope", name)],
        Err(error) => vec![with(explain(error), "scope", name)],
    }
}

/// Whether Maskinporten takes client and key: it does when a single scope was given, or refused as a scope.
/// `organisation` is who the client must belong to; none where it acts for others.
pub(super) fn client(answers: &[Answer], organisation: Option<&str>) -> Vec<Finding> {
    let granted = answers
        .iter()
        .find_map(|(_, outcome)| outcome.as_ref().ok());
    if let Some(granted) = granted {
        return owner(granted, organisation);
    }
    let refusals: Vec<Finding> = answers
        .iter()
        .filter_map(|(_, outcome)| outcome.as_ref().err())
        .map(explain)
        .collect();
    if refusals.iter().any(is_about_scope) {
        return Vec::new();
    }
    refusals.into_iter().take(1).collect()
}

fn owner(granted: &Granted, organisation: Option<&str>) -> Vec<Finding> {
    let consumer = granted
        .claims
        .as_ref()
        .and_then(|claims| claims.consumer.as_deref());
    match (consumer, organisation) {
        (Some(theirs), Some(ours)) if theirs != ours => {
            vec![with(found(Code::ClientOfOther), "owner", theirs)]
        }
        _ => Vec::new(),
    }
}

/// How old the registered key is; `posted_at` is when it was registered, as far as it was written down here.
pub(super) fn key_age(posted_at: Option<i64>, now: i64) -> Vec<Finding> {
    let Some(age) = posted_at.map(|at| now - at) else {
        return Vec::new();
    };
    let code = match age {
        age if age >= PAST => Code::KeyPastYear,
        age if age >= OLD => Code::KeyOld,
        _ => return Vec::new(),
    };
    vec![with(found(code), "days", (age / DAY).to_string())]
}

/// A certificate that tells the key: its life, and whose issuers made it.
pub(super) fn certificate(
    facts: &CertificateFacts,
    environment: Environment,
    now: i64,
) -> Vec<Finding> {
    if facts.until.timestamp_millis() < now {
        return vec![found(Code::OwnCertificateExpired)];
    }
    if facts.from.timestamp_millis() > now {
        return vec![found(Code::OwnCertificateNotYetValid)];
    }
    let is_test = facts.issuer.to_ascii_lowercase().contains("test");
    let is_other = match environment {
        Environment::Production => is_test,
        Environment::Test => !is_test,
        Environment::Practice | Environment::Custom => false,
    };
    if is_other {
        let finding = found(Code::OwnCertificateOther);
        return vec![with(finding, "issuer", facts.issuer.clone())];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{TimeDelta, Utc};

    #[test]
    fn a_key_is_told_of_before_its_year_is_over() {
        for (days, expected) in [
            (None, None),
            (Some(334), None),
            (Some(335), Some(Code::KeyOld)),
            (Some(364), Some(Code::KeyOld)),
            (Some(365), Some(Code::KeyPastYear)),
        ] {
            let now = 1_000 * DAY;
            let findings = key_age(days.map(|days| now - days * DAY), now);
            assert_eq!(
                findings.first().map(|finding| finding.code),
                expected,
                "{days:?} days"
            );
        }
    }

    #[test]
    fn a_certificate_is_judged_by_its_life_and_its_environment() {
        let now = Utc::now();
        let facts = |from: i64, until: i64, issuer: &str| CertificateFacts {
            subject: "CN=Fjordvik".to_owned(),
            issuer: issuer.to_owned(),
            from: now + TimeDelta::days(from),
            until: now + TimeDelta::days(until),
        };
        for (what, facts, environment, expected) in [
            (
                "good",
                facts(-1, 1, "CN=Buypass"),
                Environment::Production,
                None,
            ),
            (
                "run out",
                facts(-2, -1, "CN=Buypass"),
                Environment::Production,
                Some(Code::OwnCertificateExpired),
            ),
            (
                "early",
                facts(1, 2, "CN=Buypass"),
                Environment::Production,
                Some(Code::OwnCertificateNotYetValid),
            ),
            (
                "test in production",
                facts(-1, 1, "CN=Buypass Test4"),
                Environment::Production,
                Some(Code::OwnCertificateOther),
            ),
            (
                "production in test",
                facts(-1, 1, "CN=Buypass"),
                Environment::Test,
                Some(Code::OwnCertificateOther),
            ),
            (
                "by hand",
                facts(-1, 1, "CN=Buypass"),
                Environment::Custom,
                None,
            ),
        ] {
            let findings = certificate(&facts, environment, now.timestamp_millis());
            assert_eq!(
                findings.first().map(|finding| finding.code),
                expected,
                "{what}"
            );
        }
    }
}
