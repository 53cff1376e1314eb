//! Network, clock, environment, own number (Platform reference, section 12.0).

use super::call::explain;
use super::finding::{found, with};
use crate::identity;
use crate::view::{Environment, Finding, FindingCode as Code};
use altinn_client::{Addresses, ApiError, IssuerMetadata, RegisterEntry};
use chrono::TimeDelta;

/// From how many seconds on the clock is worth a word, and from how many on it keeps people out.
const NEAR: i64 = 5;
const OFF: i64 = 10;

/// Which Altinn an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Production,
    Test,
    Neither,
}

fn side(host: &str) -> Side {
    const PRODUCTION: [&str; 4] = [
        "platform.altinn.no",
        "maskinporten.no",
        "data.brreg.no",
        "idporten.no",
    ];
    const TEST: [&str; 4] = [
        "platform.tt02.altinn.no",
        "test.maskinporten.no",
        "data.ppe.brreg.no",
        "test.idporten.no",
    ];
    if PRODUCTION.contains(&host) {
        Side::Production
    } else if TEST.contains(&host) || host.ends_with(".altinn.cloud") {
        Side::Test
    } else {
        Side::Neither
    }
}

/// Whether the addresses are of one Altinn, and of the one that the account says.
pub(super) fn environments(addresses: &Addresses, environment: Environment) -> Vec<Finding> {
    let wanted = match environment {
        Environment::Production => Some(Side::Production),
        Environment::Test => Some(Side::Test),
        Environment::Practice | Environment::Custom => None,
    };
    let hosts = [
        &addresses.platform,
        &addresses.maskinporten,
        &addresses.brreg,
    ]
    .map(|url| url.host_str().unwrap_or_default());
    let sides = hosts.map(side);
    let is_mixed = sides.contains(&Side::Production) && sides.contains(&Side::Test);
    let other = hosts.into_iter().find(|host| {
        let side = side(host);
        side != Side::Neither && wanted.is_some_and(|wanted| wanted != side)
    });
    match (is_mixed, other) {
        (_, Some(host)) => vec![with(found(Code::EnvironmentsMixed), "host", host)],
        (true, None) => vec![with(
            found(Code::EnvironmentsMixed),
            "host",
            hosts.join(", "),
        )],
        (false, None) => Vec::new(),
    }
}

/// Whether an issuer answers, and is the one that is meant.
pub(super) fn issuer(outcome: &Result<IssuerMetadata, ApiError>, expected: &str) -> Vec<Finding> {
    match outcome {
        Err(error) => vec![explain(error)],
        Ok(metadata) if metadata.issuer == expected => Vec::new(),
        Ok(metadata) => {
            let finding = with(found(Code::IssuerOther), "issuer", metadata.issuer.clone());
            vec![with(finding, "expected", expected)]
        }
    }
}

/// How far the computer's clock is off.
pub(super) fn clock(difference: Option<TimeDelta>) -> Vec<Finding> {
    let Some(seconds) = difference.map(|difference| difference.num_seconds()) else {
        return Vec::new();
    };
    let code = match seconds.abs() {
        off if off > OFF => Code::ClockOff,
        near if near > NEAR => Code::ClockNear,
        _ => return Vec::new(),
    };
    // The services' clock minus ours: what is positive there is slow here.
    vec![with(found(code), "seconds", (-seconds).to_string())]
}

/// The own organisation. A register that is silent blocks nothing.
pub(super) fn own_number(
    number: &str,
    environment: Environment,
    outcome: &Result<Option<RegisterEntry>, ApiError>,
) -> Vec<Finding> {
    if !identity::is_organisation_number(number) && environment == Environment::Production {
        return vec![found(Code::NumberInvalid)];
    }
    match outcome {
        Err(_) => vec![found(Code::RegisterSilent)],
        Ok(None) => vec![found(Code::OrganisationUnknown)],
        Ok(Some(entry)) if entry.is_deleted() => vec![found(Code::OrganisationDeleted)],
        Ok(Some(entry)) if entry.is_ending() => vec![found(Code::OrganisationEnding)],
        Ok(Some(_)) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_and_test_are_never_mixed() {
        let test = Addresses::tt02().unwrap();
        let production = Addresses::production().unwrap();
        let mixed = Addresses {
            maskinporten: test.maskinporten.clone(),
            ..production.clone()
        };
        for (what, addresses, environment, is_fine) in [
            ("test", &test, Environment::Test, true),
            ("production", &production, Environment::Production, true),
            (
                "test called production",
                &test,
                Environment::Production,
                false,
            ),
            (
                "production called test",
                &production,
                Environment::Test,
                false,
            ),
            ("both", &mixed, Environment::Production, false),
            ("both by hand", &mixed, Environment::Custom, false),
        ] {
            assert_eq!(
                environments(addresses, environment).is_empty(),
                is_fine,
                "{what}"
            );
        }
    }

    #[test]
    fn a_clock_is_judged_by_its_distance_either_way() {
        for (seconds, expected) in [
            (0, None),
            (5, None),
            (-6, Some(Code::ClockNear)),
            (10, Some(Code::ClockNear)),
            (11, Some(Code::ClockOff)),
            (-3600, Some(Code::ClockOff)),
        ] {
            let findings = clock(Some(TimeDelta::seconds(seconds)));
            assert_eq!(
                findings.first().map(|finding| finding.code),
                expected,
                "{seconds} s"
            );
        }
        assert!(clock(None).is_empty(), "what is not known is not judged");
    }
}
