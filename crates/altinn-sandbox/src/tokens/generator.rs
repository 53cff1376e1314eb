//! The test token generator (platform reference, section 1.4): tokens for whoever asks, by query alone.
//!
//! No account is needed here. A `Basic` header is accepted whatever it says as long as it is well formed; a `Bearer`
//! must be a Maskinporten token with the generator's scope, as at the real one. `bulkCount` and `dump` are not served.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::altinn::bearer;
use super::{Claims, Issuer, iso6523};
use crate::app::App;
use crate::identity::organisation_number;
use crate::platform::{Ask, empty, json as json_reply, party_id, party_uuid, text, user_id};

/// How long a token lives when the query does not say, in seconds.
const TTL_S: i64 = 1800;
const MISSING: &str = "Parameter must be supplied";
const INVALID: &str = "Parameter was supplied with an invalid value";
const GENERATOR_SCOPE: &str = "altinn:testtools/tokengenerator";

/// Answers a request to the generator.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let [function] = ask.below(&["api"])? else {
        return None;
    };
    let make: fn(&mut Query<'_>) -> Claims = match function.to_lowercase().as_str() {
        "getenterprisetoken" => enterprise,
        "getpersonaltoken" => personal,
        "getsystemusertoken" => system_user,
        _ => return None,
    };
    if !ask.is_get() {
        return Some(empty(StatusCode::METHOD_NOT_ALLOWED));
    }
    if let Err(status) = admitted(app, &ask.parts.headers) {
        return Some(empty(status));
    }
    let mut query = Query {
        app,
        ask,
        errors: Map::new(),
    };
    let env = query.text("env", true, |env| {
        matches!(
            env,
            "at21" | "at22" | "at23" | "at24" | "tt02" | "yt01" | "dev" | "none" | "prod"
        )
    });
    let _ = env;
    let ttl = query.number("ttl").unwrap_or(TTL_S);
    let mut claims = make(&mut query);
    if !query.errors.is_empty() {
        return Some(json_reply(
            StatusCode::BAD_REQUEST,
            &Value::Object(query.errors),
        ));
    }
    let now = app.clock.now().timestamp();
    for (name, value) in [
        ("token_type", json!("Bearer")),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + ttl)),
        ("jti", json!(Uuid::new_v4())),
        ("iss", json!(app.authority.altinn_issuer())),
        ("actual_iss", json!("altinn-test-tools")),
    ] {
        claims.insert(name.to_owned(), value);
    }
    Some(match app.authority.altinn.sign(&claims) {
        Ok(token) => text(StatusCode::OK, "text/plain; charset=utf-8", token),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    })
}

fn admitted(app: &App, headers: &HeaderMap) -> Result<(), StatusCode> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(());
    };
    let value = value.to_str().map_err(|_| StatusCode::BAD_REQUEST)?;
    if let Some((_, credentials)) = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
    {
        let decoded = base64::engine::general_purpose::STANDARD.decode(credentials.trim());
        let is_pair = decoded.is_ok_and(|bytes| bytes.contains(&b':'));
        return if is_pair {
            Ok(())
        } else {
            Err(StatusCode::BAD_REQUEST)
        };
    }
    let now = app.clock.now().timestamp();
    let verified = bearer(headers).and_then(|token| app.authority.verified(token, now, 0));
    let has_scope = verified.is_some_and(|(issuer, claims)| {
        let scope = claims
            .get("scope")
            .and_then(Value::as_str)
            .unwrap_or_default();
        issuer == Issuer::Maskinporten
            && scope.split(' ').any(|one| {
                one.strip_prefix(GENERATOR_SCOPE)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    });
    if has_scope {
        Ok(())
    } else {
        Err(StatusCode::FORBIDDEN)
    }
}

/// The parameters, and what is wrong with them.
struct Query<'a> {
    app: &'a App,
    ask: &'a Ask<'a>,
    errors: Map<String, Value>,
}

impl Query<'_> {
    fn text(&mut self, name: &str, required: bool, valid: fn(&str) -> bool) -> Option<String> {
        match self.ask.parameter(name).filter(|value| !value.is_empty()) {
            Some(value) if valid(value) => Some(value.to_owned()),
            Some(_) => {
                self.errors.insert(name.to_owned(), json!(INVALID));
                None
            }
            None => {
                if required {
                    self.errors.insert(name.to_owned(), json!(MISSING));
                }
                None
            }
        }
    }

    fn number(&mut self, name: &str) -> Option<i64> {
        self.text(name, false, |value| {
            value.parse::<u32>().is_ok_and(|number| number > 0)
        })?
        .parse()
        .ok()
    }

    fn orgnr(&mut self, name: &str) -> Option<String> {
        self.text(name, false, |value| is_digits(value, 9))
    }

    fn scopes(&mut self, required: bool) -> Option<String> {
        let scopes = self.text("scopes", required, |value| {
            value.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":/_-., ".contains(&byte)
            })
        })?;
        Some(
            scopes
                .split([' ', ','])
                .filter(|scope| !scope.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        )
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A synthetic organisation number with its check digit, made from random bytes.
fn random_orgnr() -> String {
    loop {
        let random = Uuid::new_v4();
        let mut digits = [3; 8];
        for (digit, byte) in digits.iter_mut().skip(1).zip(random.as_bytes()) {
            *digit = u32::from(*byte) % 10;
        }
        if let Some(number) = organisation_number(digits) {
            return number;
        }
    }
}

fn put(claims: &mut Claims, name: &str, value: impl Into<Value>) {
    claims.insert(name.to_owned(), value.into());
}

fn enterprise(query: &mut Query<'_>) -> Claims {
    let mut claims = Claims::new();
    put(&mut claims, "scope", query.scopes(true).unwrap_or_default());
    let orgnr = query.orgnr("orgNo").unwrap_or_else(random_orgnr);
    if let Some(org) = query.text("org", false, |_| true) {
        put(&mut claims, "urn:altinn:org", org);
    }
    if let Some(supplier) = query.orgnr("supplierOrgNo") {
        put(&mut claims, "supplier", iso6523(&supplier));
    }
    if let Some(source) = query.text("delegationSource", false, |_| true) {
        put(&mut claims, "delegation_source", source);
    }
    let client = query.text("clientId", false, |_| true);
    put(
        &mut claims,
        "client_id",
        client.unwrap_or_else(|| Uuid::new_v4().to_string()),
    );
    put(&mut claims, "consumer", iso6523(&orgnr));
    put(&mut claims, "urn:altinn:orgNumber", orgnr);
    put(&mut claims, "urn:altinn:authenticatemethod", "maskinporten");
    put(&mut claims, "urn:altinn:authlevel", 3);
    claims
}

fn personal(query: &mut Query<'_>) -> Claims {
    let mut claims = Claims::new();
    let scopes = query.scopes(false);
    put(
        &mut claims,
        "scope",
        scopes.unwrap_or_else(|| "altinn:enduser".to_owned()),
    );
    // A person is somebody of this world unless the query says otherwise: by number, or by a user id alone.
    let user = query.number("userId");
    let people = &query.app.world.register.people;
    let first = people.first().map(|person| person.nin.clone());
    let pid = query
        .text("pid", false, |value| is_digits(value, 11))
        .or(first.filter(|_| user.is_none()));
    let number = pid.clone().unwrap_or_default();
    let level = query
        .text("authLvl", false, |value| {
            matches!(value, "0" | "1" | "2" | "3" | "4")
        })
        .and_then(|level| level.parse::<u8>().ok())
        .unwrap_or(3);
    let user = user.unwrap_or_else(|| i64::from(user_id(&number)));
    let party = query
        .number("partyId")
        .unwrap_or_else(|| i64::from(party_id(&number)));
    let party_uuid_given = query.text("partyuuid", false, |value| Uuid::try_parse(value).is_ok());
    let name = query.text("userName", false, |_| true);
    if let Some(pid) = pid {
        put(&mut claims, "pid", pid);
    }
    if let Some(orgnr) = query.orgnr("consumerOrgNo") {
        put(&mut claims, "consumer", iso6523(&orgnr));
    }
    let amr = query.text("clientAmr", false, |_| true);
    put(
        &mut claims,
        "client_amr",
        amr.unwrap_or_else(|| "virksomhetssertifikat".to_owned()),
    );
    put(&mut claims, "acr", format!("Level{level}"));
    put(&mut claims, "nameid", user.to_string());
    put(&mut claims, "urn:altinn:userid", user.to_string());
    put(&mut claims, "urn:altinn:username", name.unwrap_or_default());
    put(&mut claims, "urn:altinn:partyid", party);
    put(
        &mut claims,
        "urn:altinn:party:uuid",
        party_uuid_given.unwrap_or_else(|| party_uuid(&number).to_string()),
    );
    put(&mut claims, "urn:altinn:authenticatemethod", "NotDefined");
    put(&mut claims, "urn:altinn:authlevel", level);
    claims
}

fn system_user(query: &mut Query<'_>) -> Claims {
    let mut claims = Claims::new();
    let id = query.text("systemUserId", true, |value| Uuid::try_parse(value).is_ok());
    put(
        &mut claims,
        "scope",
        query.scopes(false).unwrap_or_default(),
    );
    let consumer = query.orgnr("orgNo").unwrap_or_else(random_orgnr);
    let organisation = query.orgnr("systemUserOrg").unwrap_or_else(random_orgnr);
    if let Some(supplier) = query.orgnr("supplierOrgNo") {
        put(&mut claims, "supplier", iso6523(&supplier));
    }
    let client = query.text("clientId", false, |_| true);
    put(
        &mut claims,
        "client_id",
        client.unwrap_or_else(|| Uuid::new_v4().to_string()),
    );
    put(&mut claims, "consumer", iso6523(&consumer));
    put(
        &mut claims,
        "authorization_details",
        json!([{
            "type": "urn:altinn:systemuser",
            "systemuser_id": [id.unwrap_or_default()],
            "systemuser_org": iso6523(&organisation),
            "system_id": format!("{consumer}_test"),
        }]),
    );
    put(&mut claims, "urn:altinn:authenticatemethod", "maskinporten");
    put(&mut claims, "urn:altinn:authlevel", 3);
    claims
}
