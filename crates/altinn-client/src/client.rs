//! The client: who we are and where the services are; every authenticated call goes through [`Client::send`].

use crate::addresses::Addresses;
use crate::auth::{Claims, Granted, Role, Secret, SignIn, Tokens, bearer, is_token_refused};
use crate::budget::{Budget, Kind, Pace, Turn, Urgency};
use crate::error::{ApiError, AuthError, Refusal};
use crate::journal::Journal;
use crate::send::{Answer, Http, LARGEST};
use crate::urn;
use crate::wire::problem;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, header};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A token must live this much longer to be used: Correspondence grants no clock skew (Platform reference, 3.5).
const MARGIN: TimeDelta = TimeDelta::seconds(60);

/// The time, given by the caller.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Randomness, given by the caller.
pub type Fraction = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Time limits of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect.
    pub connect: Duration,
    /// Without a byte arriving; for uploads, without a byte leaving.
    pub idle: Duration,
    /// For a whole call that carries JSON; file transfers have none.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(120),
        }
    }
}

/// How a client behaves.
#[derive(Clone)]
pub struct Options {
    /// Identifies us, `Brevdue/<version>`.
    pub user_agent: String,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Clock.
    pub now: Now,
    /// Proxy for everything that is not on this machine, with user and password in it where it wants them; the system's
    /// own setting when none.
    pub proxy: Option<Url>,
    /// Certificates to trust besides the system's, as PEM: those of a proxy that looks into the traffic.
    pub certificates: Vec<Vec<u8>>,
    /// Where to write down which calls were made, for a person who looks for a fault.
    pub journal: Option<Journal>,
    /// What Altinn bears, and with whom that is shared.
    pub pace: Pace,
    /// A number in `0..1` that spreads repeated calls of many machines over time.
    pub fraction: Fraction,
    /// Key of the platform's gateway; not needed today (Platform reference, section 6.1). Only the platform sees it.
    pub subscription_key: Option<Secret>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("Brevdue/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeouts: Timeouts::default(),
            now: Arc::new(Utc::now),
            proxy: None,
            certificates: Vec::new(),
            journal: None,
            pace: Pace::default(),
            fraction: Arc::new(|| {
                let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
                f64::from(u32::try_from(high >> 32).unwrap_or(0)) / f64::from(u32::MAX)
            }),
            subscription_key: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// The HTTP machinery could not be set up, for example because the system's certificates cannot be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the network could not be set up: {0}")]
pub struct ClientError(String);

impl ClientError {
    pub(crate) fn new(error: reqwest::Error) -> Self {
        Self(error.without_url().to_string())
    }

    pub(crate) fn tls(error: rustls::Error) -> Self {
        Self(error.to_string())
    }

    pub(crate) fn no_certificate() -> Self {
        Self("a file to trust holds no certificate".to_owned())
    }
}

/// One account at one environment. Cloning is cheap and shares tokens and connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    pub(crate) urgency: Urgency,
}

pub(crate) struct Inner {
    pub(crate) http: Http,
    pub(crate) addresses: Addresses,
    pub(crate) tokens: Tokens,
    pub(crate) budget: Budget,
    fraction: Fraction,
}

/// A call to be made.
pub(crate) struct Call {
    method: Method,
    url: Url,
    role: Option<Role>,
    accept: &'static str,
    body: Option<Vec<u8>>,
    largest: usize,
}

impl Call {
    pub(crate) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            role: None,
            accept: "application/json",
            body: None,
            largest: LARGEST,
        }
    }

    pub(crate) fn post(url: Url) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(url)
        }
    }

    pub(crate) fn delete(url: Url) -> Self {
        Self {
            method: Method::DELETE,
            ..Self::get(url)
        }
    }

    pub(crate) fn role(self, role: Role) -> Self {
        Self {
            role: Some(role),
            ..self
        }
    }

    pub(crate) fn accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    pub(crate) fn largest(self, largest: usize) -> Self {
        Self { largest, ..self }
    }

    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(body).map_err(|error| ApiError::Body {
            detail: error.to_string(),
        })?;
        Ok(Self {
            body: Some(body),
            ..self
        })
    }

    fn is_acting(&self) -> bool {
        self.method != Method::GET
    }
}

impl Client {
    /// A client for one account; makes no call.
    ///
    /// # Errors
    /// When the HTTP machinery cannot be set up.
    pub fn new(
        addresses: Addresses,
        sign_in: SignIn,
        options: Options,
    ) -> Result<Self, ClientError> {
        let addresses = addresses.as_folders();
        let now = options.now.clone();
        Ok(Self {
            inner: Arc::new(Inner {
                http: Http::new(&addresses, &options)?,
                budget: Budget::new(&options.pace, &sign_in, &addresses.platform, now),
                tokens: Tokens::new(&addresses, sign_in),
                addresses,
                fraction: options.fraction,
            }),
            urgency: Urgency::Foreground,
        })
    }

    /// The same client for work that nobody waits for: it lets others go first, spreads its calls evenly, sits out pauses
    /// of a minute, and repeats reads that fail for a passing reason.
    #[must_use]
    pub fn background(&self) -> Self {
        Self {
            urgency: Urgency::Background,
            ..self.clone()
        }
    }

    /// As [`Client::background`], but not spread: for the few letters that fill an empty screen.
    #[must_use]
    pub fn eager(&self) -> Self {
        Self {
            urgency: Urgency::Eager,
            ..self.clone()
        }
    }

    /// Whether the service has failed so often in a row that it is left alone.
    pub fn is_down(&self) -> bool {
        self.inner.budget.is_down()
    }

    /// Letters that may be read in a minute; none where no quota is known.
    pub fn reads_a_minute(&self) -> Option<f64> {
        self.inner.budget.allowed(Kind::Get)
    }

    /// Gets a token for `role`, or tells why there is none.
    pub async fn sign_in(&self, role: Role) -> Result<(), ApiError> {
        self.inner
            .tokens
            .get(&self.inner.http, role, MARGIN)
            .await
            .map(|_| ())
    }

    /// Gets a token for `role` and tells what it says of itself.
    pub async fn claims(&self, role: Role) -> Result<Claims, ApiError> {
        let inner = &*self.inner;
        let token = inner.tokens.get(&inner.http, role, MARGIN).await?;
        Ok(token.claims)
    }

    /// Whose letters a person lists, as a URN: Correspondence does not find that out by itself (Correspondence reference,
    /// section 19, item 11). None for everybody else.
    pub(crate) async fn party(&self, role: Role) -> Result<Option<String>, ApiError> {
        match self.inner.tokens.sign_in() {
            SignIn::Person {
                organisation: Some(number),
                ..
            } => Ok(Some(urn::organisation(number))),
            SignIn::Person { .. } => {
                let person = self.claims(role).await?.person;
                Ok(person.map(|person| urn::person(person.expose())))
            }
            _ => Ok(None),
        }
    }

    /// Asks Maskinporten for `scopes` (space-separated) and keeps nothing: tells which scopes the client has been
    /// granted. Ask for one at a time, since one that is missing refuses all (Platform reference, section 12.3).
    pub async fn ask_maskinporten(&self, scopes: &str) -> Result<Granted, ApiError> {
        self.inner.tokens.ask(&self.inner.http, scopes).await
    }

    /// The services' clock minus ours in whole seconds, by the latest answer; none before the first.
    pub fn clock_difference(&self) -> Option<TimeDelta> {
        self.inner.http.clock.get()
    }

    /// `{platform}/{segments}`, each segment encoded.
    pub(crate) fn platform(&self, segments: &[&str]) -> Url {
        below(&self.inner.addresses.platform, segments)
    }

    /// Makes the call, and in the background again where that may help.
    pub(crate) async fn send(&self, call: Call) -> Result<Answer, ApiError> {
        let mut tries = 0;
        loop {
            let answer = self.send_once(&call).await;
            let error = match &answer {
                Err(error) if self.urgency != Urgency::Foreground && !call.is_acting() => error,
                _ => return answer,
            };
            let fraction = (self.inner.fraction)();
            match self.inner.budget.repeat(error, tries, fraction) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return answer,
            }
            tries += 1;
        }
    }

    /// A turn to call `url`; none for the services that are not the platform's.
    pub(crate) async fn turn(
        &self,
        method: &Method,
        url: &Url,
    ) -> Result<Option<Turn<'_>>, ApiError> {
        if url.origin() != self.inner.addresses.platform.origin() {
            return Ok(None);
        }
        let kind = Kind::of(method, url);
        self.inner.budget.turn(kind, self.urgency).await.map(Some)
    }

    /// Makes the call: with the role's token, renewed once when it is refused, and only to the platform's origin.
    async fn send_once(&self, call: &Call) -> Result<Answer, ApiError> {
        let Inner { http, tokens, .. } = &*self.inner;
        let is_acting = call.is_acting();
        let mut is_renewed = false;
        loop {
            let turn = self.turn(&call.method, &call.url).await?;
            let mut request = http
                .request(call.method.clone(), call.url.clone())
                .header(header::ACCEPT, call.accept);
            if let Some(body) = &call.body {
                request = request
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(body.clone());
            }
            let mut used = None;
            if let Some(role) = call.role {
                let token = tokens.get(http, role, MARGIN).await?;
                request = self.authorize(request, &call.url, &token.secret)?;
                used = Some((role, token));
            }
            let answer = http
                .exchange_up_to(request, is_acting, call.largest)
                .await?;
            if let Some(turn) = turn {
                turn.heard(answer.status, answer.retry_after);
            }
            if answer.is_success() {
                return Ok(answer);
            }
            if let Some((role, token)) = used
                && is_token_refused(&answer)
            {
                tokens.forget(role, &token.secret).await;
                if is_renewed {
                    return Err(ApiError::Auth(AuthError::Refused));
                }
                is_renewed = true;
                continue;
            }
            return Err(refused(&answer, is_acting));
        }
    }

    /// Adds a token to a request for the platform; any other origin must never see one.
    pub(crate) fn authorize(
        &self,
        request: reqwest::RequestBuilder,
        url: &Url,
        token: &Secret,
    ) -> Result<reqwest::RequestBuilder, ApiError> {
        if url.origin() != self.inner.addresses.platform.origin() {
            return Err(ApiError::Auth(AuthError::Refused));
        }
        bearer(request, token).map_err(ApiError::Auth)
    }

    /// Makes the call and reads its JSON.
    pub(crate) async fn send_for<T: DeserializeOwned>(&self, call: Call) -> Result<T, ApiError> {
        let is_acting = call.is_acting();
        let answer = self.send(call).await?;
        decode(&answer, is_acting)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("platform", &self.inner.addresses.platform.as_str())
            .finish_non_exhaustive()
    }
}

/// `base` with encoded segments appended.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// The refusal in an answer, whatever its body.
pub(crate) fn refused(answer: &Answer, is_acting: bool) -> ApiError {
    let mut refusal = Refusal {
        status: answer.status,
        trace_id: answer.trace_id.clone(),
        retry_after: answer.retry_after,
        is_acting,
        ..Refusal::default()
    };
    problem::read(&answer.body, &mut refusal);
    ApiError::Status(Box::new(refusal))
}

/// Reads JSON; where a member comes twice, by way of a generic value, in which it counts once.
pub(crate) fn decode<T: DeserializeOwned>(answer: &Answer, is_acting: bool) -> Result<T, ApiError> {
    let bytes = answer
        .body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&answer.body);
    serde_json::from_slice(bytes)
        .or_else(|_| {
            serde_json::from_slice::<serde_json::Value>(bytes).and_then(serde_json::from_value)
        })
        .map_err(|error| ApiError::Decode {
            // Category and place only: the error's own text may quote the body.
            detail: format!(
                "{:?} at line {} column {}",
                error.classify(),
                error.line(),
                error.column()
            ),
            is_web_page: bytes.trim_ascii_start().starts_with(b"<"),
            may_have_acted: is_acting,
            trace_id: answer.trace_id.clone(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_added_for_the_platform_alone() {
        let addresses = Addresses::tt02().unwrap();
        let sign_in = SignIn::TestToken {
            generator: addresses.platform.clone(),
            organisation: String::new(),
        };
        let client = Client::new(addresses, sign_in, Options::default()).unwrap();
        let token = Secret::new("the-token".to_owned());
        for (address, is_ours) in [
            ("https://platform.tt02.altinn.no/x", true),
            ("https://platform.tt02.altinn.no:444/x", false),
            ("http://platform.tt02.altinn.no/x", false),
            ("https://platform.altinn.no/x", false),
            ("https://test.maskinporten.no/x", false),
            ("https://platform.tt02.altinn.no.evil.example/x", false),
        ] {
            let url = Url::parse(address).unwrap();
            let request = client.inner.http.request(Method::GET, url.clone());
            let authorized = client.authorize(request, &url, &token);
            assert_eq!(
                authorized.is_ok(),
                is_ours,
                "scheme, host and port: {address}"
            );
            if let Ok(request) = authorized {
                let request = request.build().unwrap();
                let value = request.headers().get(header::AUTHORIZATION).unwrap();
                assert!(value.is_sensitive(), "no log of the HTTP library shows it");
            }
        }
    }
}
