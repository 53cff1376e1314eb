//! Trading a foreign token for Altinn's, and prolonging Altinn's (Platform reference, sections 3.1 and 3.5).

use super::{AltinnToken, Secret, bearer};
use crate::error::{ApiError, AuthError};
use crate::send::{Answer, Http};
use reqwest::{Method, header};
use url::Url;

/// Bare where the service can, a JSON string else; both are read.
const ACCEPT: &str = "text/plain, application/json;q=0.5";

/// Whose token is traded in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Provider {
    Maskinporten,
    IdPorten,
}

impl Provider {
    fn path(self) -> &'static str {
        match self {
            Self::Maskinporten => "authentication/api/v1/exchange/maskinporten",
            Self::IdPorten => "authentication/api/v1/exchange/id-porten",
        }
    }
}

/// Altinn's token for `external`.
pub(crate) async fn exchange(
    http: &Http,
    platform: &Url,
    provider: Provider,
    external: &Secret,
) -> Result<AltinnToken, ApiError> {
    let answer = ask(http, http.join(platform, provider.path())?, external).await?;
    if answer.is_success() {
        return read(http, &answer);
    }
    Err(ApiError::Auth(match answer.status {
        410 => AuthError::EnterpriseUser,
        status => AuthError::Exchange {
            status,
            retry_after: answer.retry_after,
        },
    }))
}

/// The same token with a new life; none where Altinn does not prolong it.
pub(crate) async fn refresh(
    http: &Http,
    platform: &Url,
    token: &AltinnToken,
) -> Result<Option<AltinnToken>, ApiError> {
    let url = http.join(platform, "authentication/api/v1/refresh")?;
    let answer = ask(http, url, &token.secret).await?;
    if !answer.is_success() {
        return Ok(None);
    }
    read(http, &answer).map(Some)
}

async fn ask(http: &Http, url: Url, token: &Secret) -> Result<Answer, ApiError> {
    let request = http
        .request(Method::GET, url)
        .header(header::ACCEPT, ACCEPT);
    let request = bearer(request, token).map_err(ApiError::Auth)?;
    http.exchange(request, false).await
}

pub(crate) fn read(http: &Http, answer: &Answer) -> Result<AltinnToken, ApiError> {
    AltinnToken::read(&answer.body, http.now(), http.their_now()).map_err(ApiError::Auth)
}
