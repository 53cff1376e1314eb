//! The doctor: what was checked on the way to sending and receiving, what came back, and what to do.
//!
//! Nothing here is secret or personal but the names of those who ticked something ([`Tick`]); the window has the words of
//! every code.

use super::Environment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Where an account stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Checkup {
    /// Account.
    pub account: String,
    /// Nine digits.
    pub organisation_number: String,
    /// Which Altinn.
    pub environment: Environment,
    /// The account sends.
    pub sends: bool,
    /// The account receives.
    pub receives: bool,
    /// It is being checked right now.
    pub is_running: bool,
    /// When the last check ended.
    pub checked_at: Option<i64>,
    /// Groundwork and the seven steps, in order, each with its checks in order.
    pub steps: Vec<StepState>,
}

/// A step and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StepState {
    /// Which.
    pub step: Step,
    /// The worst of its checks.
    pub state: CheckState,
    /// Checks.
    pub checks: Vec<Check>,
}

/// The way to the first letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Network, clock, environment, own number.
    Groundwork,
    /// 1: service owner in Altinn.
    ServiceOwner,
    /// 2: resource and policy.
    Resource,
    /// 3: subscription key and scopes.
    Scopes,
    /// 4: Maskinporten client.
    Client,
    /// 5: exchange, system user.
    SignIn,
    /// 6: letters.
    Letters,
    /// 7: events.
    Events,
}

/// How a check stands, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    /// Does not apply to the account.
    NotNeeded,
    /// In order.
    Ok,
    /// Worth knowing.
    Info,
    /// Cannot be checked from here, and nobody has ticked it.
    Human,
    /// Not checked yet.
    NotChecked,
    /// Not checked, because an earlier check failed.
    Skipped,
    /// Works, but will bite.
    Warning,
    /// Must be done.
    Error,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CheckName {
    /// Addresses are all of one environment.
    Environments,
    /// Altinn answers, and is the one that is meant.
    Altinn,
    /// Maskinporten answers, and is the one that is meant.
    Maskinporten,
    /// The computer's clock.
    Clock,
    /// The organisation's own number.
    OwnNumber,
    /// Among Altinn's service owners.
    ServiceOwner,
    /// The code of the service owner reaches the token.
    OwnerCode,
    /// By a person: agreement with Digdir.
    Agreement,
    /// By a person: user in Altinn Studio.
    StudioUser,
    /// By a person: administration of resources is switched on.
    ResourceAdministration,
    /// A resource: there, of the right type and owner.
    Resource,
    /// A resource's policy.
    Policy,
    /// By a person: the resource is let in to production.
    AllowList,
    /// Subscription key.
    SubscriptionKey,
    /// A scope is granted.
    Scope,
    /// The key on this machine.
    Key,
    /// Maskinporten takes client and key.
    Grant,
    /// By a person: client made, scopes added, public key uploaded.
    SelfService,
    /// Altinn's token in one of the roles.
    Token,
    /// By a person: the customer's access manager has approved the system user.
    Approval,
    /// Letters of a resource can be sent.
    Sending,
    /// Letters of a resource can be received.
    Receiving,
    /// A test letter to oneself, on command only.
    TestLetter,
    /// By a person: the test letter looks right where recipients see it.
    Rendering,
    /// Event subscriptions.
    Subscriptions,
    /// Events can be pulled.
    Pulling,
    /// By a person: a receiving service of one's own is kept safe.
    Webhook,
}

/// A check with what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Stable within the account.
    pub id: String,
    /// What is checked.
    pub name: CheckName,
    /// Resource, scope or role it is about, where there are several.
    pub subject: Option<String>,
    /// How it stands.
    pub state: CheckState,
    /// Calls that were made, without secrets and without people.
    pub asked: Vec<Asked>,
    /// What is wrong or worth knowing, the worst first; empty when in order.
    pub findings: Vec<Finding>,
    /// Page where it is done or explained.
    pub link: Option<String>,
    /// Who ticked it off; only checks by a person have it.
    pub tick: Option<Tick>,
    /// When it was checked.
    pub checked_at: Option<i64>,
}

/// A call and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// Method.
    pub method: String,
    /// Address.
    pub address: String,
    /// Status of the answer; none without one.
    pub status: Option<u16>,
}

/// Who ticked something off, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tick {
    /// Name.
    pub by: String,
    /// When.
    pub at: i64,
}

/// What a check found. `code` says what it means and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// How grave.
    pub state: CheckState,
    /// Values for the text.
    pub params: BTreeMap<String, String>,
    /// To quote to Altinn or Digdir.
    pub trace_id: Option<String>,
    /// Page where it is mended.
    pub link: Option<String>,
    /// Mail that is ready to be sent.
    pub mail: Option<Mail>,
}

/// A mail whose text the window has by `template`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Address.
    pub to: String,
    /// Which text.
    pub template: MailTemplate,
    /// Values for the text.
    pub params: BTreeMap<String, String>,
}

/// Texts of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MailTemplate {
    /// Asks Altinn for a scope.
    Scope,
    /// Asks Altinn to let a resource in to production.
    AllowList,
    /// Asks Altinn about the subscription key.
    SubscriptionKey,
    /// Asks Altinn about the list of service owners.
    ServiceOwner,
}

/// What a test letter says; the window has the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestText {
    /// nb, nn or en.
    pub language: String,
    /// Title.
    pub title: String,
    /// Body.
    pub body: String,
}

/// A key as it is read, before it is kept: what to register, nothing secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// Id, where the key has one; else its certificate tells it.
    pub key_id: Option<String>,
    /// The public half as a JWK, to paste in self-service.
    pub public_jwk: String,
    /// Subject of the certificate that tells the key.
    pub certificate: Option<String>,
    /// The certificate's last moment.
    pub valid_until: Option<i64>,
}

macro_rules! finding_codes {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What a check can find.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "camelCase")]
        pub enum FindingCode { $($(#[$doc])* $name),* }

        impl FindingCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

finding_codes! {
    // Any call.
    /// The host's name leads nowhere.
    HostUnknown,
    /// Nobody answers at the address.
    HostUnreachable,
    /// No answer in time.
    NoAnswerInTime,
    /// The line broke off.
    LineBroken,
    /// The proxy wants a password.
    ProxyPassword,
    /// The proxy does not let the call through.
    ProxyRefuses,
    /// The certificate's issuer is unknown.
    CertificateIssuer,
    /// The server's certificate has run out.
    CertificateExpired,
    /// The server's certificate is not valid yet.
    CertificateNotYetValid,
    /// The server's certificate belongs to another host.
    CertificateName,
    /// TLS failed.
    TlsFailed,
    /// A web page answered instead of the service.
    WebPage,
    /// Sent on to another address.
    Redirected,
    /// The service failed.
    ServerFault,
    /// Asked to wait.
    AskedToWait,
    /// The answer could not be read.
    NotUnderstood,
    /// The gateway wants a subscription key.
    SubscriptionKeyWanted,
    /// An answer nobody has told of.
    UnexpectedAnswer,

    // Groundwork.
    /// The clock is a little off.
    ClockNear,
    /// The clock is off.
    ClockOff,
    /// Addresses of production and test together.
    EnvironmentsMixed,
    /// The service is of another environment than the account.
    IssuerOther,
    /// The own number is no organisation number.
    NumberInvalid,
    /// The own number is not registered.
    OrganisationUnknown,
    /// The own organisation is deleted.
    OrganisationDeleted,
    /// The own organisation is bankrupt or being wound up.
    OrganisationEnding,
    /// The register did not answer; nothing depends on it.
    RegisterSilent,

    // 1.
    /// Not among the service owners.
    NotServiceOwner,
    /// The list of service owners did not answer.
    OwnerListSilent,
    /// The token lacks the service owner's code.
    OwnerCodeMissing,
    /// The token has another service owner's code.
    OwnerCodeOther,

    // 2.
    /// No resource is chosen.
    NoResources,
    /// The resource is unknown in this environment.
    ResourceUnknown,
    /// An app, not a service for letters.
    ResourceIsApp,
    /// A resource of another type.
    ResourceOtherType,
    /// Belongs to somebody else.
    ResourceOtherOwner,
    /// Names no owner.
    ResourceWithoutOwner,
    /// For letters moved from Altinn 2 only.
    ResourceMigrated,
    /// Lacks a title in one of the languages.
    ResourceTitles,
    /// Open to listed recipients only.
    AccessListOn,
    /// No policy is published.
    PolicyMissing,
    /// The policy is no XACML.
    PolicyUnreadable,
    /// Nobody may open letters.
    PolicyNobodyReads,
    /// Only roles may open letters.
    PolicyRolesOnly,
    /// The owner may not send by the policy.
    PolicyOwnerCannotSend,
    /// The owner may not subscribe.
    PolicyOwnerCannotSubscribe,
    /// `[org]` stands where the code should.
    PolicyPlaceholder,
    /// The example's attribute for roles.
    PolicyExampleRole,
    /// A subject by an attribute that nobody has.
    PolicySubjectUnknown,
    /// A value in a case that nobody has, compared exactly.
    PolicyCase,
    /// A rule without any subject.
    PolicyEverybody,
    /// A rule names another resource.
    PolicyOtherResource,
    /// A rule that denies.
    PolicyDenies,
    /// No login level.
    PolicyNoLevel,
    /// A login level, so no forwarding.
    PolicyLevel,
    /// Every letter must be confidential.
    PolicyConfidential,

    // 3.
    /// A subscription key is set, and none is needed.
    SubscriptionKeyNotNeeded,
    /// Altinn has not granted the scope (MP-250).
    ScopeNotGranted,
    /// The scope is not on the client (MP-200).
    ScopeNotOnClient,
    /// The client is of a type that cannot have the scope (MP-201).
    ScopeWrongClientType,
    /// The customer has not delegated the scope (MP-251).
    ScopeNotDelegated,
    /// Fewer scopes were given than asked for.
    ScopeFewer,

    // 4.
    /// The key is nearly a year old.
    KeyOld,
    /// The key is more than a year old.
    KeyPastYear,
    /// The own certificate has run out.
    OwnCertificateExpired,
    /// The own certificate is not valid yet.
    OwnCertificateNotYetValid,
    /// The own certificate is of the other environment.
    OwnCertificateOther,
    /// Maskinporten does not know the client (MP-100).
    ClientUnknown,
    /// The assertion names no key.
    KeyIdMissing,
    /// The client has no key of this id.
    KeyIdUnknown,
    /// The audience is refused (MP-110).
    AudienceRefused,
    /// The certificate is refused (MP-120).
    CertificateRefused,
    /// The registered key has run out (MP-121).
    KeyExpired,
    /// The certificate is another organisation's (MP-122).
    CertificateOtherOrganisation,
    /// The key does not belong to its id (MP-124).
    KeyDoesNotFit,
    /// The time of the assertion is refused (MP-130).
    TimeRefused,
    /// The assertion is malformed (MP-011, MP-123, MP-301, MP-302).
    AssertionMalformed,
    /// The assertion was used before (MP-012).
    AssertionUsed,
    /// `consumer_org` is the own organisation.
    ConsumerIsOwn,
    /// Another refusal of Maskinporten.
    MaskinportenRefused,
    /// The client is another organisation's.
    ClientOfOther,

    // 5.
    /// Maskinporten's token is of another issuer.
    TokenIssuerOther,
    /// Maskinporten's token names no organisation.
    TokenWithoutConsumer,
    /// Maskinporten's token has run out on arrival.
    TokenExpired,
    /// Altinn refuses Maskinporten's token.
    ExchangeRefused,
    /// Altinn forbids the exchange.
    ExchangeForbidden,
    /// Enterprise users are gone.
    EnterpriseUser,
    /// What should be a token is none.
    TokenUnreadable,
    /// Altinn's token is of another environment.
    AltinnTokenOther,
    /// Altinn's token is of another organisation.
    OrganisationOther,
    /// Altinn's token lacks scopes.
    TokenScopes,
    /// Made by the test token generator.
    TestToken,
    /// The test token generator refused.
    TestTokenRefused,
    /// Both letter scopes in one token.
    BothScopes,
    /// The system user waits for approval.
    SystemUserPending,
    /// The customer rejected the system user.
    SystemUserRejected,
    /// The customer denied the system user.
    SystemUserDenied,
    /// Nobody answered the request in time.
    SystemUserTimedOut,
    /// No system user has been asked for.
    SystemUserNotAsked,
    /// The system user exists, under another reference.
    SystemUserReference,
    /// Maskinporten finds no such system user (MP-303).
    SystemUserUnknown,
    /// The system user is another organisation's.
    SystemUserOther,
    /// The person must sign in again.
    PersonMustSignIn,
    /// The key could not sign.
    KeyCannotSign,
    /// This way of signing in has no such role.
    NoSuchRole,

    // 6.
    /// No access as a sender (4001).
    SenderDenied,
    /// No access as a recipient (4001).
    RecipientDenied,
    /// No access as a recipient, and no system user (4001).
    RecipientNeedsSystemUser,
    /// No organisation in the token (4006).
    NoOrganisation,
    /// Altinn's register does not know the caller (4002).
    PartyUnknown,
    /// The kind of token or its scope is refused (403).
    TokenKindRefused,
    /// Maskinporten's own token was sent (403, IDX10205).
    RawToken,
    /// A fresh token is refused.
    TokenRefused,
    /// The test letter is refused.
    TestLetterRefused,

    // 7.
    /// The scope for events is missing; nothing depends on it.
    EventsOff,
    /// Events refuses.
    EventsForbidden,
    /// The address of a subscription has not answered.
    SubscriptionNotValidated,
    /// A subscription with an empty filter.
    SubscriptionEmptyFilter,
    /// A subscription with a filter that is for apps.
    SubscriptionAppFilter,
    /// A subscription without a filter for the resource.
    SubscriptionOtherResource,
}
