//! Signing a person in with ID-porten: authorization code with PKCE in the person's own browser, and a redirect to a
//! port on this machine (Platform reference, section 4; RFC 8252).
//!
//! ID-porten gives public clients no refresh token: its token is traded in for Altinn's at once, which is prolonged while
//! it lives ([`Session`]). When it has ended, the person signs in again.

mod loopback;
mod request;
mod session;

use super::exchange::{Provider, exchange};
use super::{Claims, Secret};
use crate::Addresses;
use crate::client::{ClientError, Options};
use crate::error::ApiError;
use crate::send::Http;
pub use loopback::Landing;
use loopback::Loopback;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, CsrfToken, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use request::Expected;
use reqwest::header;
use serde::{Deserialize, Serialize};
pub use session::{Session, Standing};
use std::pin::Pin;
use std::time::Duration;
use url::Url;

/// Where ID-porten is, and what we are to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPorten {
    /// Issuer identifier letter by letter, without slash at the end.
    pub issuer: String,
    /// Where the browser goes.
    pub authorize: Url,
    /// Where the code is traded in.
    pub token: Url,
    /// Client id of a public, native client.
    pub client_id: String,
    /// Scopes, space-separated, without `openid`.
    pub scopes: String,
    /// Lowest level, for example `idporten-loa-substantial`.
    pub level: String,
    /// Path of the redirect as it is registered, `http://127.0.0.1:0/<path>`, without slash.
    pub redirect_path: String,
}

/// Path of the redirect that a client has to register.
const REDIRECT_PATH: &str = "innlogget";

impl IdPorten {
    /// The test environment.
    pub fn test(client_id: &str, scopes: &str) -> Result<Self, url::ParseError> {
        Self::at(
            "https://test.idporten.no",
            "https://login.test.idporten.no",
            client_id,
            scopes,
        )
    }

    /// The real service.
    pub fn production(client_id: &str, scopes: &str) -> Result<Self, url::ParseError> {
        Self::at(
            "https://idporten.no",
            "https://login.idporten.no",
            client_id,
            scopes,
        )
    }

    /// Another one, with everything below its issuer.
    pub fn below(issuer: &Url, client_id: &str, scopes: &str) -> Result<Self, url::ParseError> {
        let issuer = issuer.as_str().trim_end_matches('/');
        Self::at(issuer, issuer, client_id, scopes)
    }

    fn at(
        issuer: &str,
        login: &str,
        client_id: &str,
        scopes: &str,
    ) -> Result<Self, url::ParseError> {
        Ok(Self {
            issuer: issuer.to_owned(),
            authorize: Url::parse(&format!("{login}/authorize"))?,
            token: Url::parse(&format!("{issuer}/token"))?,
            client_id: client_id.to_owned(),
            scopes: scopes.to_owned(),
            level: "idporten-loa-substantial".to_owned(),
            redirect_path: REDIRECT_PATH.to_owned(),
        })
    }
}

/// Why a person could not be signed in. Nothing in it is secret or personal.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PersonError {
    /// No port of this machine could be had.
    #[error("no port of this machine could be opened: {0}")]
    Port(String),
    /// The HTTP machinery could not be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An address of ID-porten is none.
    #[error("an address of ID-porten is malformed")]
    Address,
    /// Nobody came back in time.
    #[error("nobody signed in in time")]
    TimedOut,
    /// ID-porten said no in the browser, for example `access_denied` when the person gave up, or `invalid_scope`.
    #[error("ID-porten refused to sign in: {error}")]
    Denied {
        /// OAuth error word.
        error: String,
    },
    /// ID-porten did not take the code.
    #[error("ID-porten refused the code: {error}")]
    Refused {
        /// OAuth error word.
        error: String,
    },
    /// No answer to the code.
    #[error(transparent)]
    Network(#[from] ApiError),
    /// The answer to the code is none.
    #[error("ID-porten's answer could not be read")]
    Unreadable,
    /// The identity token is not for us, or not for this sign-in.
    #[error("the identity token does not fit: {0}")]
    Identity(Misfit),
    /// Altinn did not give its token for ID-porten's: it does not know the person, or the network failed.
    #[error("no token of Altinn: {0}")]
    Altinn(ApiError),
}

/// What is wrong with an identity token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// There is none, or it cannot be read.
    #[error("it is missing")]
    Missing,
    /// Another issuer.
    #[error("another issuer made it")]
    Issuer,
    /// Another client.
    #[error("it is for another client")]
    Audience,
    /// Another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// It has run out.
    #[error("it has run out")]
    Expired,
}

/// A sign-in that has begun: the port is open, and [`PersonSignIn::address`] is to be opened in the browser.
pub struct PersonSignIn {
    http: Http,
    platform: Url,
    provider: IdPorten,
    loopback: Loopback,
    address: Url,
    redirect: String,
    state: CsrfToken,
    nonce: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl std::fmt::Debug for PersonSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonSignIn(…)")
    }
}

/// What the answer to a code holds besides the usual.
#[derive(Debug, Serialize, Deserialize)]
struct Identity {
    #[serde(default)]
    id_token: Option<String>,
}

impl oauth2::ExtraTokenFields for Identity {}

type Answer = StandardTokenResponse<Identity, BasicTokenType>;
type Oauth = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

impl PersonSignIn {
    /// Opens a port and prepares the address for the browser. `landing` is what the browser shows in the end; ID-porten's
    /// pages are in its language, one of `nb`, `nn`, `en` and `se`.
    pub async fn start(
        provider: IdPorten,
        addresses: &Addresses,
        options: &Options,
        landing: Landing,
    ) -> Result<Self, PersonError> {
        let addresses = addresses.as_folders();
        let mut http = Http::new(&addresses, options)?;
        http.tell_time_by(&provider.token);
        let language = landing.language.clone();
        let loopback = Loopback::open(landing)
            .await
            .map_err(|error| PersonError::Port(error.kind().to_string()))?;
        // The number, not `localhost`: another name may lead elsewhere, and ID-porten knows the number only.
        let redirect = format!("http://{}/{}", loopback.address(), provider.redirect_path);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random();
        let scopes = provider
            .scopes
            .split_whitespace()
            .map(|scope| Scope::new(scope.to_owned()));
        let authorize =
            AuthUrl::new(provider.authorize.to_string()).map_err(|_| PersonError::Address)?;
        let client = Oauth::new(ClientId::new(provider.client_id.clone()))
            .set_auth_uri(authorize)
            .set_redirect_uri(
                RedirectUrl::new(redirect.clone()).map_err(|_| PersonError::Address)?,
            );
        let (address, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scope(Scope::new("openid".to_owned()))
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .add_extra_param("nonce", nonce.secret())
            .add_extra_param("acr_values", &provider.level)
            .add_extra_param("ui_locales", language)
            .url();
        Ok(Self {
            http,
            platform: addresses.platform,
            provider,
            loopback,
            address,
            redirect,
            state,
            nonce,
            verifier,
        })
    }

    /// What the person's browser is to open. Its secrets are good for this sign-in only.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Waits for the browser to come back, at most `limit`, trades the code in for ID-porten's token and that for Altinn's,
    /// and begins the session with it. Strange requests are refused and waited past. Dropping this closes the port; so does
    /// the first right answer, at once.
    pub async fn finish(self, session: &Session, limit: Duration) -> Result<(), PersonError> {
        let expected = Expected {
            host: self.loopback.address().to_string(),
            path: format!("/{}", self.provider.redirect_path),
            state: Secret::new(self.state.secret().clone()),
            issuer: self.provider.issuer.clone(),
        };
        let code = self.loopback.receive(expected, limit).await?;
        let token_url =
            TokenUrl::new(self.provider.token.to_string()).map_err(|_| PersonError::Address)?;
        let client = Oauth::new(ClientId::new(self.provider.client_id.clone()))
            .set_token_uri(token_url)
            .set_redirect_uri(RedirectUrl::new(self.redirect).map_err(|_| PersonError::Address)?);
        let http = &self.http;
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(self.verifier)
            .request_async(http)
            .await
            .map_err(refused)?;
        let identity = answer.extra_fields().id_token.as_deref();
        check(identity, &self.provider, self.nonce.secret(), http)?;
        let external = Secret::new(answer.access_token().secret().clone());
        let token = exchange(http, &self.platform, Provider::IdPorten, &external)
            .await
            .map_err(PersonError::Altinn)?;
        session.begin(token).await;
        Ok(())
    }
}

impl<'c> oauth2::AsyncHttpClient<'c> for Http {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, ApiError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(call(self, request))
    }
}

/// Makes the library's request our way: no redirects, limits of time and size, errors without addresses.
async fn call(http: &Http, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|_| ApiError::Body {
        detail: "address".to_owned(),
    })?;
    let request = http
        .request(parts.method, url)
        .headers(parts.headers)
        .body(body);
    // A code that is lost on the way is simply asked for again.
    let answer = http.exchange(request, false).await?;
    let mut response = HttpResponse::new(answer.body.to_vec());
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    if let Some(kind) = answer.header(header::CONTENT_TYPE)
        && let Ok(kind) = kind.parse()
    {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

fn refused(error: RequestTokenError<ApiError, BasicErrorResponse>) -> PersonError {
    match error {
        RequestTokenError::ServerResponse(answer) => PersonError::Refused {
            error: word(answer.error().as_ref()),
        },
        RequestTokenError::Request(error) => PersonError::Network(error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => PersonError::Unreadable,
    }
}

/// An OAuth error word, and nothing else that may stand in its place.
fn word(error: &str) -> String {
    error
        .chars()
        .filter(|letter| letter.is_ascii_lowercase() || *letter == '_')
        .take(64)
        .collect()
}

/// The identity token came straight from ID-porten's own address, so its signature need not be looked at (OpenID
/// Connect Core, 3.1.3.7); that it is for us and for this sign-in must be.
fn check(
    token: Option<&str>,
    provider: &IdPorten,
    nonce: &str,
    http: &Http,
) -> Result<(), PersonError> {
    let misfit = |misfit| Err(PersonError::Identity(misfit));
    let Some((claims, all)) =
        token.and_then(|token| Some((Claims::read(token)?, Claims::members(token)?)))
    else {
        return misfit(Misfit::Missing);
    };
    let is_ours = match all.get("aud") {
        Some(serde_json::Value::String(audience)) => *audience == provider.client_id,
        Some(serde_json::Value::Array(all)) => all
            .iter()
            .any(|one| one.as_str() == Some(provider.client_id.as_str())),
        _ => false,
    };
    if claims.issuer != provider.issuer {
        misfit(Misfit::Issuer)
    } else if !is_ours {
        misfit(Misfit::Audience)
    } else if all.get("nonce").and_then(serde_json::Value::as_str) != Some(nonce) {
        misfit(Misfit::Nonce)
    } else if claims.expires_at.is_none_or(|end| end <= http.their_now()) {
        misfit(Misfit::Expired)
    } else {
        Ok(())
    }
}
