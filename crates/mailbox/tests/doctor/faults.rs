//! Faults of clock, environment, registers, resources, Maskinporten, sign-in, letters and events: one row each.

use crate::policies::changed;
use crate::stage::{
    BERGET, FJORDVIK, Fault, READ, SENT, each_gets_its_own_diagnosis, fault, practice_key, sign_in,
};
use altinn_client::auth::person::{IdPorten, Session};
use altinn_client::{Addresses, Secret, SignIn, SystemUser};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mailbox::Network;
use mailbox::view::{Environment, FindingCode as Code};
use serde_json::{Value, json};

const DISCOVERY: &str = "/authentication/api/v1/openid/.well-known/openid-configuration";
const METADATA: &str = "/maskinporten/.well-known/oauth-authorization-server";
const BRREG: &str = "/enhetsregisteret/api/*";
const ORGS: &str = "/orgs/altinn-orgs.json";
const TOKEN: &str = "/maskinporten/token";
const EXCHANGE: &str = "/authentication/api/v1/exchange/maskinporten";
const SEARCH: &str = "/correspondence/api/v1/correspondence";
const SUBSCRIPTIONS: &str = "/events/api/v1/subscriptions";
const EVENTS: &str = "/events/api/v1/events";
const DAY: i64 = 24 * 3_600_000;

fn page() -> Value {
    json!("<!DOCTYPE html><html><body>Logg inn</body></html>")
}

fn gateway() -> Value {
    json!({ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." })
}

fn business(code: u32) -> Value {
    json!({ "title": "x", "status": 401, "errorCode": code, "detail": "x", "traceId": "00-1-2-00" })
}

/// Maskinporten's refusal with this code.
fn refusal(code: &str, word: &str) -> Value {
    json!({ "error": word, "error_description": "x (trace_id: 0af7)", "error_uri": format!("https://maskinporten.no/errors/{code}") })
}

/// Maskinporten's refusal in words alone.
fn words(text: &str) -> Value {
    json!({ "error": "invalid_grant", "error_description": text })
}

fn registered(members: Value) -> Value {
    let mut entry = json!({ "organisasjonsnummer": FJORDVIK, "navn": "FJORDVIK KOMMUNE" });
    for (name, value) in members.as_object().unwrap() {
        entry[name] = value.clone();
    }
    entry
}

/// An Altinn token that nobody has signed; the sandbox refuses it everywhere.
fn forged(claims: Value) -> Value {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    json!(format!(
        "{}.{}.x",
        part(&json!({ "alg": "RS256" })),
        part(&claims)
    ))
}

fn far_in_time() -> i64 {
    chrono::Utc::now().timestamp() + 1800
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_where_nothing_is_wrong() {
    each_gets_its_own_diagnosis(vec![
        Fault::none("a sender and recipient"),
        Fault::none("a sender").sender(),
        Fault::none("a recipient").of(BERGET),
        Fault::none("a recipient with a system user")
            .of(BERGET)
            .account(|config| with_system_user(config, None)),
        Fault::none("a clock that is a little off").clock(4),
        Fault::none("a young key").account(|config| config.key_posted_at = Some(now() - 100 * DAY)),
    ])
    .await;
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[tokio::test(flavor = "multi_thread")]
async fn groundwork_gets_its_own_diagnoses() {
    each_gets_its_own_diagnosis(vec![
        fault("the connection is cut", Code::LineBroken).cuts(DISCOVERY),
        fault("a page to sign in to the network", Code::WebPage).answers(DISCOVERY, 200, page()),
        fault("a firewall’s page", Code::WebPage).answers(DISCOVERY, 403, page()),
        fault("sent on", Code::Redirected).answers(DISCOVERY, 302, "".into()),
        fault("Altinn fails", Code::ServerFault).answers(DISCOVERY, 500, "".into()),
        fault("Altinn rests", Code::AskedToWait).answers(DISCOVERY, 503, "".into()),
        fault("too many calls", Code::AskedToWait).answers(DISCOVERY, 429, "".into()),
        fault("an answer in no format", Code::NotUnderstood).answers(DISCOVERY, 200, "{".into()),
        fault("a gateway that wants a key", Code::SubscriptionKeyWanted).answers(
            DISCOVERY,
            401,
            gateway(),
        ),
        fault("an Altinn without this", Code::UnexpectedAnswer).answers(DISCOVERY, 404, "".into()),
        fault("another Altinn", Code::IssuerOther).answers(
            DISCOVERY,
            200,
            json!({ "issuer": "https://platform.altinn.no/authentication/api/v1/openid/" }),
        ),
        fault("another Maskinporten", Code::IssuerOther).answers(
            METADATA,
            200,
            json!({ "issuer": "https://maskinporten.no/" }),
        ),
        fault("Maskinporten fails", Code::ServerFault).answers(METADATA, 502, "".into()),
        fault("Maskinporten behind a page", Code::WebPage).answers(METADATA, 403, page()),
        fault("a fast clock", Code::ClockOff).clock(61),
        fault("a slow clock", Code::ClockOff).clock(-3600),
        fault("a clock nearly off", Code::ClockNear).clock(8),
        fault("production and test together", Code::EnvironmentsMixed).account(|config| {
            config.addresses = Addresses {
                maskinporten: Addresses::tt02().unwrap().maskinporten,
                ..Addresses::production().unwrap()
            };
        }),
        fault("test called production", Code::EnvironmentsMixed).account(|config| {
            config.addresses = Addresses::tt02().unwrap();
            config.environment = Environment::Production;
        }),
        fault("a number that is none", Code::NumberInvalid).account(|config| {
            config.organisation_number = "123456789".to_owned();
            config.environment = Environment::Production;
        }),
        fault("a number of nobody", Code::OrganisationUnknown).answers(BRREG, 404, "".into()),
        fault("a deleted organisation", Code::OrganisationDeleted).answers(
            BRREG,
            200,
            registered(json!({ "slettedato": "2025-03-14" })),
        ),
        fault("a bankrupt organisation", Code::OrganisationEnding).answers(
            BRREG,
            200,
            registered(json!({ "konkurs": true })),
        ),
        fault("a silent register", Code::RegisterSilent).answers(BRREG, 500, "".into()),
        fault(
            "a subscription key nobody asks for",
            Code::SubscriptionKeyNotNeeded,
        )
        .network(Network {
            subscription_key: Some(Secret::new("x".to_owned())),
            ..Network::default()
        }),
    ])
    .await;
}

fn resource(id: &str) -> String {
    format!("/resourceregistry/api/v1/resource/{id}")
}

fn in_registry(members: Value) -> Value {
    let mut resource = json!({ "identifier": SENT, "resourceType": "CorrespondenceService",
        "title": { "nb": "Tilsyn", "nn": "Tilsyn", "en": "Inspections" },
        "hasCompetentAuthority": { "organization": FJORDVIK, "orgcode": "fjordvik" } });
    for (name, value) in members.as_object().unwrap() {
        resource[name] = value.clone();
    }
    resource
}

#[tokio::test(flavor = "multi_thread")]
async fn owner_and_resource_get_their_own_diagnoses() {
    let owners = |code: &str, number: &str| json!({ "orgs": { code: { "orgnr": number, "name": { "nb": "x" } } } });
    each_gets_its_own_diagnosis(vec![
        fault("no service owner", Code::NotServiceOwner).answers(
            ORGS,
            200,
            owners("annen", BERGET),
        ),
        fault("no list of service owners", Code::OwnerListSilent).answers(ORGS, 500, "".into()),
        fault("no code in the token", Code::OwnerCodeMissing)
            .world(|world| world.service_owners.retain(|owner| owner.orgnr != FJORDVIK))
            .answers(ORGS, 200, owners("fjordvik", FJORDVIK))
            .policy(changed(|_| {})),
        fault("another code in the token", Code::OwnerCodeOther)
            .answers(ORGS, 200, owners("fjord", FJORDVIK))
            .policy(changed(|rules| {
                for rule in &mut rules[1..] {
                    *rule = crate::policies::own(rule);
                }
            })),
        fault("no resource chosen", Code::NoResources).account(|config| {
            config.write_resources.clear();
            config.read_resources.clear();
        }),
        fault("an unknown resource", Code::ResourceUnknown)
            .account(|config| config.write_resources = vec!["finnes-ikke".to_owned()]),
        fault("a resource of another type", Code::ResourceOtherType).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "resourceType": "GenericAccessResource" })),
        ),
        fault("an app", Code::ResourceIsApp).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "resourceType": "AltinnApp" })),
        ),
        fault("somebody else’s resource", Code::ResourceOtherOwner)
            .account(|config| config.write_resources = vec![READ.to_owned()])
            .account(|config| config.read_resources.clear()),
        fault("a resource of nobody", Code::ResourceWithoutOwner).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "hasCompetentAuthority": {} })),
        ),
        fault("a migrated resource", Code::ResourceMigrated).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "identifier": "fjordvik-migratedcorrespondence-1" })),
        ),
        fault("a title is missing", Code::ResourceTitles).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "title": { "nb": "Tilsyn" } })),
        ),
        fault("an access list", Code::AccessListOn).answers(
            &resource(SENT),
            200,
            in_registry(json!({ "accessListMode": "Enabled" })),
        ),
        fault("a registry that fails", Code::ServerFault).answers(&resource(SENT), 500, "".into()),
        fault("a registry behind a page", Code::WebPage).answers(&resource(SENT), 404, page()),
        fault("a registry in no format", Code::NotUnderstood).answers(
            &resource(SENT),
            200,
            "[]".into(),
        ),
    ])
    .await;
}

fn client(world: &mut altinn_sandbox::World, who: &str) -> usize {
    world
        .maskinporten_clients
        .iter()
        .position(|one| one.orgnr == who)
        .unwrap()
}

fn without_scope(scope: &'static str) -> impl FnOnce(&mut altinn_sandbox::World) {
    move |world| {
        let at = client(world, FJORDVIK);
        world.maskinporten_clients[at]
            .scopes
            .retain(|one| one != scope);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn client_key_and_scopes_get_their_own_diagnoses() {
    each_gets_its_own_diagnosis(vec![
        fault("a scope that is not granted", Code::ScopeNotGranted).world(|world| {
            let at = client(world, FJORDVIK);
            world.maskinporten_clients[at].ungranted_scopes =
                vec!["altinn:correspondence.write".to_owned()];
        }),
        fault("a scope that is not on the client", Code::ScopeNotOnClient)
            .world(without_scope("altinn:correspondence.write")),
        fault(
            "a read scope that is not on the client",
            Code::ScopeNotOnClient,
        )
        .world(without_scope("altinn:correspondence.read")),
        fault("no mark of a service owner", Code::ScopeNotOnClient)
            .world(without_scope("altinn:serviceowner")),
        fault("no scope for events", Code::EventsOff)
            .world(without_scope("altinn:events.subscribe")),
        fault("a client of another type", Code::ScopeWrongClientType)
            .world(|world| {
                let at = client(world, FJORDVIK);
                world.maskinporten_clients[at].integration_type = Some("idporten".to_owned());
            })
            // The scope for events is refused for the same reason.
            .and(Code::EventsOff),
        fault("a scope nobody delegated", Code::ScopeNotDelegated)
            .answers(TOKEN, 400, refusal("MP-251", "forbidden"))
            .and(Code::EventsOff),
        fault("somebody else’s key", Code::KeyDoesNotFit).account(|config| {
            sign_in(config, |_, key, _| {
                *key = practice_key(BERGET, key.key_id().unwrap());
            });
        }),
        fault("a key id of nobody", Code::KeyIdUnknown).account(|config| {
            sign_in(config, |_, key, _| *key = practice_key(FJORDVIK, "ukjent"));
        }),
        fault(
            "a certificate where a key is registered",
            Code::KeyIdMissing,
        )
        .account(|config| {
            sign_in(config, |_, key, _| {
                let file = include_bytes!("../../../altinn-client/tests/keys/enterprise.p12");
                let password = Secret::new("hemmelig".to_owned());
                *key = altinn_client::SigningKey::read(file, Some(&password), None).unwrap();
            });
        }),
        fault("a client of nobody", Code::ClientUnknown).account(|config| {
            sign_in(config, |client, _, _| "ukjent".clone_into(client));
        }),
        fault("somebody else’s client", Code::ClientOfOther).account(|config| {
            sign_in(config, |client, key, _| {
                *client = "a0c5e0f4-7d0d-4b8e-8f6c-2f5f0c9b7d22".to_owned();
                *key = practice_key(BERGET, &practice_id(BERGET));
            });
        }),
        fault("a wrong audience", Code::AudienceRefused).answers(
            TOKEN,
            400,
            refusal("MP-110", "invalid_grant"),
        ),
        fault("a refused certificate", Code::CertificateRefused).answers(
            TOKEN,
            400,
            refusal("MP-120", "invalid_grant"),
        ),
        fault("a key that has run out", Code::KeyExpired).answers(
            TOKEN,
            400,
            refusal("MP-121", "invalid_grant"),
        ),
        fault("another’s certificate", Code::CertificateOtherOrganisation).answers(
            TOKEN,
            400,
            refusal("MP-122", "invalid_grant"),
        ),
        fault("a malformed chain", Code::AssertionMalformed).answers(
            TOKEN,
            400,
            refusal("MP-123", "invalid_grant"),
        ),
        fault("a malformed assertion", Code::AssertionMalformed).answers(
            TOKEN,
            400,
            refusal("MP-011", "invalid_request"),
        ),
        fault("an assertion that is too old", Code::TimeRefused).answers(
            TOKEN,
            400,
            refusal("MP-130", "invalid_grant"),
        ),
        fault("an assertion of the future", Code::TimeRefused).answers(
            TOKEN,
            400,
            words("Issue time is after now"),
        ),
        fault("an assertion used before", Code::AssertionUsed).answers(
            TOKEN,
            400,
            refusal("MP-012", "invalid_grant"),
        ),
        fault("oneself as customer", Code::ConsumerIsOwn).answers(
            TOKEN,
            400,
            words("The combination consumer_org and client is invalid"),
        ),
        fault("a code nobody has told of", Code::MaskinportenRefused).answers(
            TOKEN,
            400,
            refusal("MP-987", "invalid_grant"),
        ),
        fault("a firewall before Maskinporten", Code::WebPage).answers(TOKEN, 403, page()),
        fault("Maskinporten’s token endpoint fails", Code::ServerFault).answers(
            TOKEN,
            500,
            "".into(),
        ),
        fault("Maskinporten’s token endpoint rests", Code::AskedToWait).answers(
            TOKEN,
            429,
            "".into(),
        ),
        fault("no token in the answer", Code::TokenUnreadable).answers(TOKEN, 200, json!({})),
        fault("an old key", Code::KeyOld)
            .account(|config| config.key_posted_at = Some(now() - 350 * DAY)),
        fault("a key past its year", Code::KeyPastYear)
            .account(|config| config.key_posted_at = Some(now() - 400 * DAY)),
    ])
    .await;
}

/// Key id of a practice account.
fn practice_id(who: &str) -> String {
    let name = if who == FJORDVIK {
        "fjordvik"
    } else {
        "berget"
    };
    let keys: Value = serde_json::from_str(include_str!(
        "../../../altinn-sandbox/src/tokens/practice-keys.json"
    ))
    .unwrap();
    keys["accounts"][name]["kid"].as_str().unwrap().to_owned()
}

fn with_system_user(config: &mut mailbox::AccountConfig, reference: Option<&str>) {
    sign_in(config, |_, _, user| {
        *user = Some(SystemUser {
            organisation: BERGET.to_owned(),
            external_ref: reference.map(str::to_owned),
        });
    });
    config.system_id = Some("371049746_brevdue".to_owned());
}

/// The company acts through a system user under a reference that does not exist; its requests are these.
fn requested(name: &'static str, code: Code, requests: Value) -> Fault {
    fault(name, code)
        .of(BERGET)
        .world(|world| {
            let at = client(world, BERGET);
            world.maskinporten_clients[at].scopes.extend([
                "altinn:authentication/systemuser.request.read".to_owned(),
                "altinn:authentication/systemuser.request.write".to_owned(),
            ]);
        })
        .account(|config| with_system_user(config, Some("avtale-7")))
        .answers(
            "/authentication/api/v1/systemuser/request/vendor/bysystem/*",
            200,
            json!({ "links": { "next": null }, "data": requests }),
        )
}

fn request(reference: &str, status: &str) -> Value {
    json!([{ "id": "6f1ef5ae-9e6c-4f1f-8d0e-0d2f1a1f0c11", "externalRef": reference,
        "systemId": "371049746_brevdue", "partyOrgNo": BERGET, "status": status,
        "confirmUrl": "https://am.ui.tt02.altinn.no/accessmanagement/ui/systemuser/request?id=1" }])
}

/// A person who is not signed in.
fn nobody() -> SignIn {
    SignIn::Person {
        provider: Box::new(IdPorten::test("client", "altinn:correspondence.read").unwrap()),
        organisation: None,
        session: Session::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_gets_its_own_diagnoses() {
    let issuer = "https://platform.altinn.no/authentication/api/v1/openid/";
    each_gets_its_own_diagnosis(vec![
        fault("Altinn refuses the exchange", Code::ExchangeRefused).answers(
            EXCHANGE,
            401,
            "".into(),
        ),
        fault("Altinn forbids the exchange", Code::ExchangeForbidden).answers(
            EXCHANGE,
            403,
            "".into(),
        ),
        fault("an enterprise user", Code::EnterpriseUser).answers(EXCHANGE, 410, "".into()),
        fault("an exchange that fails", Code::ServerFault).answers(EXCHANGE, 500, "".into()),
        fault("an exchange that rests", Code::AskedToWait).answers(EXCHANGE, 503, "".into()),
        fault("an exchange by another proxy", Code::ProxyPassword).answers(EXCHANGE, 407, page()),
        fault("no token from the exchange", Code::TokenUnreadable).answers(
            EXCHANGE,
            200,
            "hei".into(),
        ),
        fault("a token of another environment", Code::AltinnTokenOther).answers(
            EXCHANGE,
            200,
            forged(
                json!({ "iss": issuer, "exp": far_in_time(), "urn:altinn:orgNumber": FJORDVIK }),
            ),
        ),
        fault("a test token", Code::TestToken).account(|config| {
            config.sign_in = SignIn::TestToken {
                generator: config.addresses.platform.join("/api/").unwrap(),
                organisation: config.organisation_number.clone(),
            };
        }),
        fault("no test token", Code::TestTokenRefused).account(|config| {
            config.sign_in = SignIn::TestToken {
                generator: config.addresses.platform.join("/nothing/").unwrap(),
                organisation: config.organisation_number.clone(),
            };
        }),
        fault("a person whose session is over", Code::PersonMustSignIn)
            .recipient()
            .account(|config| {
                config.sign_in = nobody();
            }),
        fault("a person who wants to send", Code::NoSuchRole)
            .sender()
            .account(|config| {
                config.sign_in = nobody();
            }),
        requested(
            "a system user that waits",
            Code::SystemUserPending,
            request("avtale-7", "New"),
        ),
        requested(
            "a rejected system user",
            Code::SystemUserRejected,
            request("avtale-7", "Rejected"),
        ),
        requested(
            "a denied system user",
            Code::SystemUserDenied,
            request("avtale-7", "Denied"),
        ),
        requested(
            "a request nobody answered",
            Code::SystemUserTimedOut,
            request("avtale-7", "Timedout"),
        ),
        requested("no request", Code::SystemUserNotAsked, json!([])),
        requested(
            "a system user under another reference",
            Code::SystemUserReference,
            request("avtale-8", "Accepted"),
        ),
        requested(
            "a system user of another client",
            Code::SystemUserUnknown,
            request("avtale-7", "Accepted"),
        ),
        fault(
            "a system user of which nothing is known",
            Code::SystemUserUnknown,
        )
        .of(BERGET)
        .account(|config| {
            with_system_user(config, Some("avtale-7"));
            config.system_id = None;
        }),
        fault("another customer’s system user", Code::SystemUserOther)
            .of(BERGET)
            .account(|config| {
                with_system_user(config, None);
                config.organisation_number = "303423664".to_owned();
            }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_get_their_own_diagnoses() {
    let searched =
        |name, code, status, body| fault(name, code).sender().answers(SEARCH, status, body);
    each_gets_its_own_diagnosis(vec![
        searched("no access to send", Code::SenderDenied, 401, business(4001)),
        searched("a caller without organisation", Code::NoOrganisation, 401, business(4006)),
        searched("a caller unknown to the register", Code::PartyUnknown, 400, business(4002)),
        searched("a kind of token that is refused", Code::TokenKindRefused, 403, "".into()),
        searched(
            "Maskinporten’s own token",
            Code::RawToken,
            403,
            json!({ "status": 403, "title": "IDX10205: Issuer validation failed", "detail": "Exchange the token." }),
        ),
        searched("a fresh token that is refused", Code::TokenRefused, 401, "".into()),
        searched("a gateway before the letters", Code::SubscriptionKeyWanted, 401, gateway()),
        searched("a firewall before the letters", Code::WebPage, 403, page()),
        searched("a page that wants a password", Code::WebPage, 401, page()),
        searched("letters that fail", Code::ServerFault, 500, "".into()),
        searched("letters that rest", Code::AskedToWait, 429, "".into()),
        searched("letters sent on to a sign-in", Code::Redirected, 302, "".into()),
        searched("letters in no format", Code::NotUnderstood, 200, json!({ "ids": 1 })),
        fault("an organisation without a system user", Code::RecipientNeedsSystemUser)
            .recipient()
            .answers(SEARCH, 401, business(4001)),
        fault("a system user without the right", Code::RecipientDenied)
            .of(BERGET)
            .account(|config| with_system_user(config, None))
            .answers(SEARCH, 401, business(4001)),
    ])
    .await;
}

/// The municipality has this subscription.
fn subscribed(name: &'static str, code: Code, members: Value) -> Fault {
    let mut one = json!({ "id": 17, "endPoint": "https://mottak.example/x", "resourceFilter": format!("urn:altinn:resource:{SENT}"),
        "consumer": "/org/fjordvik", "created": "2026-01-01T00:00:00Z", "validated": true });
    for (name, value) in members.as_object().unwrap() {
        one[name] = value.clone();
    }
    fault(name, code).answers(
        SUBSCRIPTIONS,
        200,
        json!({ "count": 1, "subscriptions": [one] }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn events_get_their_own_diagnoses() {
    each_gets_its_own_diagnosis(vec![
        fault("subscriptions are forbidden", Code::EventsForbidden).answers(
            SUBSCRIPTIONS,
            403,
            "".into(),
        ),
        fault("subscriptions fail", Code::ServerFault).answers(SUBSCRIPTIONS, 500, "".into()),
        fault("pulling is forbidden", Code::EventsForbidden).answers(EVENTS, 403, "".into()),
        fault("pulling fails", Code::ServerFault).answers(EVENTS, 502, "".into()),
        fault("pulling behind a page", Code::WebPage).answers(EVENTS, 403, page()),
        subscribed(
            "an address that has not answered",
            Code::SubscriptionNotValidated,
            json!({ "validated": false }),
        ),
        subscribed(
            "an empty type",
            Code::SubscriptionEmptyFilter,
            json!({ "typeFilter": "" }),
        ),
        subscribed(
            "an empty subject",
            Code::SubscriptionEmptyFilter,
            json!({ "subjectFilter": "" }),
        ),
        subscribed(
            "a source filter",
            Code::SubscriptionAppFilter,
            json!({ "sourceFilter": "https://x.example/" }),
        ),
        subscribed(
            "an alternative subject",
            Code::SubscriptionAppFilter,
            json!({ "alternativeSubjectFilter": "/org/x" }),
        ),
        subscribed(
            "another service’s subscription",
            Code::SubscriptionOtherResource,
            json!({ "resourceFilter": "urn:altinn:resource:app_x" }),
        ),
    ])
    .await;
}
