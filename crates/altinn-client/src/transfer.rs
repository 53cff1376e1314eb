//! Files on their way: nothing is held whole.

use crate::auth::{Role, is_token_refused};
use crate::client::{Client, refused};
use crate::error::{ApiError, AuthError};
use crate::send::{LARGEST, broken_off};
use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{Stream, stream};
use reqwest::{Method, Response, header};
use url::Url;

/// A token for a transfer must live this much longer: the server checks it once, at the start.
pub(crate) const TRANSFER_MARGIN: TimeDelta = TimeDelta::seconds(120);

/// A file that arrives. It is complete only when [`Download::chunk`] has given none.
pub struct Download {
    /// Length in bytes, where told.
    pub length: Option<u64>,
    /// File name as the server gives it; untrusted.
    pub name: Option<String>,
    /// MIME type.
    pub media_type: Option<String>,
    response: Response,
}

impl Download {
    /// The next piece; none at the end. A file that breaks off ends in an error, never in none.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        self.response
            .chunk()
            .await
            .map_err(|error| broken_off(error, false))
    }

    /// The pieces as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
        stream::try_unfold(self, |mut download| async move {
            Ok(download.chunk().await?.map(|chunk| (chunk, download)))
        })
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub(crate) async fn start_download(&self, url: Url, role: Role) -> Result<Download, ApiError> {
        let inner = &*self.inner;
        let mut is_renewed = false;
        loop {
            let turn = self.turn(&Method::GET, &url).await?;
            let token = inner.tokens.get(&inner.http, role, TRANSFER_MARGIN).await?;
            let request = inner
                .http
                .request(Method::GET, url.clone())
                .header(header::ACCEPT, "*/*")
                // Compression would hide the length.
                .header(header::ACCEPT_ENCODING, "identity");
            let request = self.authorize(request, &url, &token.secret)?;
            let (response, trace_id) = inner.http.start(request, false).await?;
            if response.status().is_success() {
                if let Some(turn) = turn {
                    turn.heard(response.status().as_u16(), None);
                }
                return Ok(arriving(response));
            }
            let answer = inner
                .http
                .finish(response, trace_id, false, LARGEST)
                .await?;
            if let Some(turn) = turn {
                turn.heard(answer.status, answer.retry_after);
            }
            if !is_token_refused(&answer) {
                return Err(refused(&answer, false));
            }
            inner.tokens.forget(role, &token.secret).await;
            if is_renewed {
                return Err(ApiError::Auth(AuthError::Refused));
            }
            is_renewed = true;
        }
    }
}

fn arriving(response: Response) -> Download {
    let text = |name| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    Download {
        length: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        name: text(header::CONTENT_DISPOSITION).and_then(file_name),
        media_type: text(header::CONTENT_TYPE).map(str::to_owned),
        response,
    }
}

/// `filename*` in UTF-8, else `filename` (RFC 6266).
fn file_name(disposition: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        disposition.split(';').skip(1).find_map(|part| {
            let (name, value) = part.trim().split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then(|| value.trim())
        })
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then_some(())?;
        Some(
            percent_encoding::percent_decode_str(encoded)
                .decode_utf8()
                .ok()?
                .into_owned(),
        )
    });
    extended.or_else(|| parameter("filename").map(|value| value.trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_in_both_forms() {
        for (header, expected) in [
            (
                "inline; filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf",
                Some("blåbær.pdf"),
            ),
            (
                "attachment; filename=\"a.docx\"; filename*=UTF-8''%C3%A6.docx",
                Some("æ.docx"),
            ),
            ("attachment; filename=\"plain.txt\"", Some("plain.txt")),
            (
                "attachment; filename*=latin1''x.txt; filename=y.txt",
                Some("y.txt"),
            ),
            ("attachment", None),
        ] {
            assert_eq!(file_name(header).as_deref(), expected, "header {header}");
        }
    }
}
