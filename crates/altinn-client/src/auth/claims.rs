//! What a token says of itself, unverified: the client never has to verify a token to use it.

use super::Secret;
use crate::error::Unfit;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Authority that `consumer` names organisations by.
const AUTHORITY: &str = "iso6523-actorid-upis";

/// Claims of a token of Altinn or of Maskinporten (Platform reference, sections 2.3, 3.3 and 3.4).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `iss`.
    pub issuer: String,
    /// `scope`, divided.
    pub scopes: Vec<String>,
    /// `iat`.
    pub issued_at: Option<DateTime<Utc>>,
    /// `exp`.
    pub expires_at: Option<DateTime<Utc>>,
    /// Organisation that Maskinporten gave the token to: nine digits.
    pub consumer: Option<String>,
    /// `urn:altinn:orgNumber`: nine digits.
    pub organisation_number: Option<String>,
    /// `urn:altinn:org`: code of the service owner; only with the scope `altinn:serviceowner`, and what makes a
    /// service owner one to Events and Correspondence.
    pub service_owner: Option<String>,
    /// System user the token acts as.
    pub system_user: Option<SystemUserClaims>,
    /// `pid`, the person's national identity number.
    pub person: Option<Secret>,
    /// `urn:altinn:authlevel`.
    pub level: Option<u8>,
    /// Made by Altinn's test token generator.
    pub is_test_token: bool,
}

/// The system user in a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemUserClaims {
    /// Organisation that owns it: nine digits.
    pub organisation: String,
    /// Its ids.
    pub ids: Vec<String>,
    /// System that it belongs to.
    pub system: Option<String>,
}

impl Claims {
    /// Reads a JWT; none when it is none, or opaque.
    pub(crate) fn read(token: &str) -> Option<Self> {
        Self::members(token).map(|members| Self::from_value(&members))
    }

    /// Every claim of a JWT, as it stands there.
    pub(crate) fn members(token: &str) -> Option<Value> {
        let mut parts = token.split('.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let payload = BASE64_URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .ok()?;
        let value: Value = serde_json::from_slice(&payload).ok()?;
        value.is_object().then_some(value)
    }

    fn from_value(value: &Value) -> Self {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        Self {
            issuer: text("iss").unwrap_or_default().to_owned(),
            scopes: text("scope")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            issued_at: time(value.get("iat")),
            expires_at: time(value.get("exp")),
            consumer: value
                .get("consumer")
                .and_then(|party| organisation(&embedded(party))),
            organisation_number: text("urn:altinn:orgNumber").map(str::to_owned),
            service_owner: text("urn:altinn:org").map(str::to_owned),
            system_user: value.get("authorization_details").and_then(system_user),
            person: text("pid").map(|pid| Secret::new(pid.to_owned())),
            level: value.get("urn:altinn:authlevel").and_then(level),
            is_test_token: text("actual_iss") == Some("altinn-test-tools"),
        }
    }

    /// Whom the token acts for: the system user's owner, else the organisation itself. With a system user it is the
    /// customer, never the vendor (Correspondence reference, section 1.6).
    pub fn organisation(&self) -> Option<&str> {
        self.system_user
            .as_ref()
            .map(|user| user.organisation.as_str())
            .or(self.organisation_number.as_deref())
            .or(self.consumer.as_deref())
    }

    /// Whether `scope` was given.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|one| one == scope)
    }

    /// What would make the exchange refuse Maskinporten's token, which it does without saying why (Platform
    /// reference, section 3.1).
    pub(crate) fn check(&self, issuer: &str, their_now: DateTime<Utc>) -> Result<(), Unfit> {
        if self.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            return Err(Unfit::Issuer);
        }
        if self.expires_at.is_none_or(|end| end <= their_now) {
            return Err(Unfit::Expired);
        }
        if self.consumer.is_none() {
            return Err(Unfit::Consumer);
        }
        Ok(())
    }
}

/// A number of seconds, written as a number or as digits.
fn time(value: Option<&Value>) -> Option<DateTime<Utc>> {
    let seconds = match value? {
        Value::String(digits) => digits.parse().ok()?,
        number => number
            .as_i64()
            .or_else(|| number.as_f64().map(|seconds| seconds as i64))?,
    };
    DateTime::from_timestamp(seconds, 0)
}

fn level(value: &Value) -> Option<u8> {
    match value {
        Value::String(digits) => digits.parse().ok(),
        number => u8::try_from(number.as_u64()?).ok(),
    }
}

/// A claim that holds JSON comes as JSON, or as text of JSON.
fn embedded(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    }
}

/// The number in `{authority, ID}`; some write `id`.
fn organisation(party: &Value) -> Option<String> {
    if party.get("authority").and_then(Value::as_str) != Some(AUTHORITY) {
        return None;
    }
    let id = party.get("ID").or_else(|| party.get("id"))?.as_str()?;
    let (_, number) = id.split_once(':')?;
    Some(number.to_owned())
}

/// The details come as an array of one, or as that one (Platform reference, section 13, item 19).
fn system_user(details: &Value) -> Option<SystemUserClaims> {
    let details = embedded(details);
    let one = match &details {
        Value::Array(all) => all
            .iter()
            .find(|one| one.get("type").and_then(Value::as_str) == Some("urn:altinn:systemuser"))?,
        one => one,
    };
    let ids = match one.get("systemuser_id") {
        Some(Value::Array(ids)) => ids
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(id)) => vec![id.clone()],
        _ => Vec::new(),
    };
    Some(SystemUserClaims {
        organisation: organisation(&embedded(one.get("systemuser_org")?))?,
        ids,
        system: one
            .get("system_id")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(claims: &Value) -> String {
        format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn party(number: &str) -> Value {
        json!({ "authority": AUTHORITY, "ID": format!("0192:{number}") })
    }

    #[test]
    fn the_system_users_owner_goes_before_the_vendor_in_every_spelling() {
        let user = json!({ "type": "urn:altinn:systemuser", "systemuser_id": ["u"], "system_id": "s",
            "systemuser_org": { "authority": AUTHORITY, "id": "0192:310000000" } });
        for details in [
            json!([user]),
            user.clone(),
            json!(json!([user]).to_string()),
        ] {
            let claims = Claims::read(&token(&json!({ "consumer": party("991825827"),
                "urn:altinn:orgNumber": "991825827", "authorization_details": details })))
            .unwrap();
            assert_eq!(
                claims.organisation(),
                Some("310000000"),
                "the customer, not the vendor: {details}"
            );
            assert_eq!(claims.system_user.unwrap().ids, ["u"], "its id");
        }
        let claims = Claims::read(&token(&json!({ "consumer": party("991825827") }))).unwrap();
        assert_eq!(
            claims.organisation(),
            Some("991825827"),
            "without one, the consumer"
        );
    }

    #[test]
    fn what_the_exchange_would_refuse_is_found_before() {
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        let check = |claims: Value| {
            Claims::read(&token(&claims))
                .unwrap()
                .check("https://test.maskinporten.no/", now)
        };
        let issuer = "https://test.maskinporten.no/";
        let good = json!({ "iss": issuer, "exp": 1001, "consumer": party("991825827") });
        assert_eq!(check(good), Ok(()), "nothing is wrong");
        let other =
            json!({ "iss": "https://maskinporten.no/", "exp": 1001, "consumer": party("1") });
        assert_eq!(check(other), Err(Unfit::Issuer), "the other environment");
        let old = json!({ "iss": issuer, "exp": 1000, "consumer": party("991825827") });
        assert_eq!(check(old), Err(Unfit::Expired), "run out");
        for consumer in [
            json!(null),
            json!("x"),
            json!({ "authority": AUTHORITY, "ID": "991825827" }),
            json!({ "authority": "other", "ID": "0192:991825827" }),
        ] {
            let bad = json!({ "iss": issuer, "exp": 1001, "consumer": consumer });
            assert_eq!(check(bad), Err(Unfit::Consumer), "for {consumer}");
        }
    }

    #[test]
    fn a_persons_number_is_not_shown() {
        let claims = Claims::read(&token(&json!({ "pid": "08900499559" }))).unwrap();
        assert_eq!(
            claims.person.as_ref().unwrap().expose(),
            "08900499559",
            "it is there"
        );
        assert!(
            !format!("{claims:?}").contains("08900499559"),
            "and not shown"
        );
    }
}
