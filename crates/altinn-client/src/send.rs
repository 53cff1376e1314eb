//! The HTTP beneath everything: time limits, identification, trace ids, size limits, error mapping.

use crate::addresses::{Addresses, is_loopback};
use crate::client::{ClientError, Now, Options};
use crate::clock::{self, Difference};
use crate::error::{ApiError, Stage};
use crate::journal::Journal;
use crate::obstacle::Obstacle;
use crate::opening::{KEPT, Openings};
use crate::{Secret, retry_after, tls};
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use reqwest::{Method, RequestBuilder, Response, header};
use std::error::Error;
use std::time::Duration;
use url::{Origin, Url};
use uuid::Uuid;

/// Largest answer that is held in memory; a letter's text has at most 30 000 units.
pub(crate) const LARGEST: usize = 8 << 20;

/// Header that carries the trace id (W3C Trace Context).
const TRACEPARENT: &str = "traceparent";

/// Header that the gateway may ask for (Platform reference, section 6.1).
const SUBSCRIPTION_KEY: &str = "ocp-apim-subscription-key";

pub(crate) struct Http {
    /// Ends a call when nothing arrives for the idle time.
    plain: reqwest::Client,
    /// For uploads, which are judged by their own progress.
    upload: reqwest::Client,
    now: Now,
    total: Duration,
    pub(crate) idle: Duration,
    /// The only origin that sees the subscription key.
    platform: Origin,
    /// Whose answers tell the time.
    clocks: Vec<Origin>,
    subscription_key: Option<Secret>,
    journal: Option<Journal>,
    openings: Openings,
    /// Measured from their answers.
    pub(crate) clock: Difference,
}

/// A complete answer of any status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: header::HeaderMap,
    pub(crate) body: Bytes,
    /// The trace id we sent.
    pub(crate) trace_id: String,
    pub(crate) retry_after: Option<Duration>,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Http {
    pub(crate) fn new(addresses: &Addresses, options: &Options) -> Result<Self, ClientError> {
        // Fails when the program has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let timeouts = &options.timeouts;
        let plain = builder(addresses, options)?.read_timeout(timeouts.idle);
        let upload = builder(addresses, options)?;
        Ok(Self {
            plain: plain.build().map_err(ClientError::new)?,
            upload: upload.build().map_err(ClientError::new)?,
            now: options.now.clone(),
            total: timeouts.total,
            idle: timeouts.idle,
            platform: addresses.platform.origin(),
            clocks: vec![addresses.platform.origin(), addresses.maskinporten.origin()],
            subscription_key: options.subscription_key.clone(),
            journal: options.journal.clone(),
            openings: Openings::default(),
            clock: Difference::unknown(),
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    pub(crate) fn join(&self, base: &Url, path: &str) -> Result<Url, ApiError> {
        base.join(path).map_err(|error| ApiError::Network {
            stage: Stage::Connect,
            may_have_acted: false,
            obstacle: Obstacle::Address,
            host: base.host_str().unwrap_or_default().to_owned(),
            detail: format!("address: {error}"),
        })
    }

    /// Lets the answers from here tell the time as well.
    pub(crate) fn tell_time_by(&mut self, url: &Url) {
        self.clocks.push(url.origin());
    }

    /// The time by the services' clock, as far as it is known.
    pub(crate) fn their_now(&self) -> DateTime<Utc> {
        self.now() + self.clock.get().unwrap_or_default()
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let is_platform = url.origin() == self.platform;
        self.with_key(self.plain.request(method, url), is_platform)
    }

    pub(crate) fn upload(&self, url: Url) -> RequestBuilder {
        let is_platform = url.origin() == self.platform;
        self.with_key(self.upload.post(url), is_platform)
    }

    fn with_key(&self, request: RequestBuilder, is_platform: bool) -> RequestBuilder {
        let key = self
            .subscription_key
            .as_ref()
            .filter(|_| is_platform)
            .and_then(|key| header::HeaderValue::from_str(key.expose()).ok());
        match key {
            Some(mut key) => {
                key.set_sensitive(true);
                request.header(SUBSCRIPTION_KEY, key)
            }
            None => request,
        }
    }

    /// Sends and reads the whole answer, within the total time.
    pub(crate) async fn exchange(
        &self,
        request: RequestBuilder,
        is_acting: bool,
    ) -> Result<Answer, ApiError> {
        self.exchange_up_to(request, is_acting, LARGEST).await
    }

    /// As [`Self::exchange`], with an own limit of the answer's size in bytes.
    pub(crate) async fn exchange_up_to(
        &self,
        request: RequestBuilder,
        is_acting: bool,
        largest: usize,
    ) -> Result<Answer, ApiError> {
        let (response, trace_id) = self.start(request.timeout(self.total), is_acting).await?;
        self.finish(response, trace_id, is_acting, largest).await
    }

    /// Sends and returns once the headers are there, with the trace id that was sent.
    pub(crate) async fn start(
        &self,
        request: RequestBuilder,
        is_acting: bool,
    ) -> Result<(Response, String), ApiError> {
        let trace_id = traceparent();
        let (client, request) = request.header(TRACEPARENT, &trace_id).build_split();
        let request = request.map_err(|error| network(error, is_acting))?;
        let asked = self
            .journal
            .as_ref()
            .map(|_| (request.method().clone(), request.url().clone()));
        // What is sent may take long: nobody waits for that.
        let is_shared = request.url().scheme() == "https" && request.method() == Method::GET;
        let opening = if is_shared {
            self.openings.turn(request.url().origin()).await
        } else {
            None
        };
        let outcome = client.execute(request).await;
        if let (Some(opening), Ok(_)) = (opening, &outcome) {
            opening.answered();
        }
        if let (Some(journal), Some((method, url))) = (&self.journal, asked) {
            let status = outcome
                .as_ref()
                .ok()
                .map(|response| response.status().as_u16());
            journal.note(method.as_str(), &url, status);
        }
        let response = outcome.map_err(|error| network(error, is_acting))?;
        if self.clocks.contains(&response.url().origin()) {
            self.clock.note(response.headers(), self.now());
        }
        Ok((response, trace_id))
    }

    /// Reads the rest of an answer.
    pub(crate) async fn finish(
        &self,
        mut response: Response,
        trace_id: String,
        is_acting: bool,
        largest: usize,
    ) -> Result<Answer, ApiError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| broken_off(error, is_acting))?
        {
            if body.len() + chunk.len() > largest {
                return Err(ApiError::Decode {
                    detail: format!("larger than {largest} bytes"),
                    is_web_page: false,
                    may_have_acted: is_acting,
                    trace_id,
                });
            }
            body.extend_from_slice(&chunk);
        }
        // A date in it is by the server's clock, and so is `Date`.
        let now = clock::date(response.headers()).unwrap_or_else(|| self.now());
        let retry_after = response
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry_after::parse(value, now));
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
            trace_id,
            retry_after,
        })
    }
}

/// What all calls have in common.
fn builder(
    addresses: &Addresses,
    options: &Options,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(&options.user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.timeouts.connect)
        .pool_idle_timeout(KEPT);
    if is_loopback(&addresses.platform) {
        // No proxy stands between two programs of one machine.
        builder = builder.no_proxy();
    } else if let Some(proxy) = &options.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(ClientError::new)?);
    }
    if addresses.are_all_loopback() {
        // The practice mailbox: certificates play no part, and reading the system's takes time.
        return Ok(builder.tls_certs_only([]));
    }
    Ok(builder.tls_backend_preconfigured(tls::config(&options.certificates)?))
}

/// A fresh W3C trace context: one per call, so that Altinn can find the call in its logs.
fn traceparent() -> String {
    let span = Uuid::new_v4().simple().to_string();
    let span = span.get(..16).unwrap_or_default();
    format!("00-{}-{span}-01", Uuid::new_v4().simple())
}

/// A failure before the answer's headers.
pub(crate) fn network(error: reqwest::Error, is_acting: bool) -> ApiError {
    let is_unsent = error.is_connect() || error.is_builder();
    ApiError::Network {
        stage: if is_unsent {
            Stage::Connect
        } else {
            Stage::Exchange
        },
        may_have_acted: is_acting && !is_unsent,
        obstacle: Obstacle::of(&error),
        host: host(&error),
        detail: causes(error),
    }
}

/// A failure while the answer arrived.
pub(crate) fn broken_off(error: reqwest::Error, is_acting: bool) -> ApiError {
    ApiError::Network {
        stage: Stage::Answer,
        may_have_acted: is_acting,
        obstacle: Obstacle::of(&error),
        host: host(&error),
        detail: causes(error),
    }
}

fn host(error: &reqwest::Error) -> String {
    let host = error.url().and_then(Url::host_str);
    host.unwrap_or_default().to_owned()
}

/// The chain of causes without the address, which may hold an id.
fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
