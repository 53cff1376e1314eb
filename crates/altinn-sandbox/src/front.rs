//! The layer around everything: ledger, quotas, faults, and the connections themselves.
//!
//! Connections are served here rather than by `axum::serve`, because a fault must be able to close one without an answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::control::{self, Closing, Fault, Row};
use crate::platform::{self, Ask, LARGEST_BODY, empty, json as json_reply, text};
use crate::server;

/// How long connections get to finish what they are at when the sandbox stops.
const GRACE: Duration = Duration::from_millis(500);

/// The answer is withheld: the connection is to be closed.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on order")]
struct Dropped;

/// Everything a connection needs.
#[derive(Clone)]
struct Front {
    app: Arc<App>,
    rtt: Duration,
}

/// Serves until told to stop; connections then get a moment to finish.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    rtt: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let front = Front { app, rtt };
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stop) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                // Small answers must not wait for the next one to fill the packet.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no TCP_NODELAY");
                }
                connections.spawn(connection(
                    TokioIo::new(stream),
                    front.clone(),
                    stop.clone(),
                ));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finish).await;
    connections.shutdown().await;
}

/// Resolves when the sandbox is told to stop, or is gone.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connection(
    io: TokioIo<tokio::net::TcpStream>,
    front: Front,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| {
        let front = front.clone();
        async move { front.handle(request).await }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection(io, service);
    tokio::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

impl Front {
    async fn handle(&self, request: Request<Incoming>) -> Result<Response, Dropped> {
        let (mut parts, body) = request.into_parts();
        let app = &self.app;
        if is_control(parts.uri.path()) {
            let body = Body::new(body);
            return Ok(match axum::body::to_bytes(body, LARGEST_BODY).await {
                Ok(body) => with_length(control::answer(app, &Ask::new(&parts, &body))),
                Err(_) => empty(StatusCode::PAYLOAD_TOO_LARGE),
            });
        }
        if !self.rtt.is_zero() {
            tokio::time::sleep(self.rtt).await;
        }
        let now = app.clock.now();
        let caller = app.authenticate(&parts.headers).ok();
        let organisation = caller
            .as_ref()
            .and_then(|caller| caller.acting_organisation())
            .map(str::to_owned);
        if let Some(caller) = caller {
            // Signatures are verified once a request: the service below takes the caller from here.
            parts.extensions.insert(caller);
        }
        let row = app.control.ledger.begin(&parts, organisation.clone(), now);
        let closing = Closing(Arc::clone(&row));
        let counted = {
            let row = Arc::clone(&row);
            Body::new(body.map_frame(move |frame| {
                if let Some(data) = frame.data_ref() {
                    row.read(data.len());
                }
                frame
            }))
        };
        let path = parts.uri.path();
        let quota = app.control.meter.count(
            &parts.method,
            path,
            organisation.as_deref(),
            now.timestamp_micros(),
        );
        if let Err(wait_s) = quota {
            return Ok(self.sent(too_many(wait_s), row, closing, None));
        }
        let fault = app.control.faults.take(&parts.method, path);
        let Some(fault) = fault else {
            let response = self.answered(parts, counted).await;
            return Ok(self.sent(response, row, closing, None));
        };
        self.failing(fault, parts, counted, row, closing).await
    }

    /// A request that a fault is on order for.
    async fn failing(
        &self,
        fault: Fault,
        parts: Parts,
        body: Body,
        row: Arc<Row>,
        closing: Closing,
    ) -> Result<Response, Dropped> {
        let delay = fault.delay();
        if let (Some(delay), false) = (delay, fault.drop_response) {
            tokio::time::sleep(delay).await;
        }
        let response = match fault.status {
            Some(status) => refused(status, &fault),
            None => self.answered(parts, body).await,
        };
        if fault.drop_response {
            row.answered(response.status().as_u16());
            row.dropped();
            if let Some(delay) = delay {
                tokio::time::sleep(delay).await;
            }
            return Err(Dropped);
        }
        Ok(self.sent(response, row, closing, fault.cut_after))
    }

    async fn answered(&self, parts: Parts, body: Body) -> Response {
        if !parts
            .uri
            .path()
            .to_ascii_lowercase()
            .starts_with("/correspondence/")
        {
            let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
                return empty(StatusCode::PAYLOAD_TOO_LARGE);
            };
            let answer = platform::answer(&self.app, &Ask::new(&parts, &body));
            return with_length(answer.unwrap_or_else(|| empty(StatusCode::NOT_FOUND)));
        }
        server::answer(&self.app, Request::from_parts(parts, body)).await
    }

    /// The answer with its bytes counted, and cut short when that is ordered.
    fn sent(
        &self,
        response: Response,
        row: Arc<Row>,
        closing: Closing,
        cut_after: Option<u64>,
    ) -> Response {
        row.answered(response.status().as_u16());
        let (parts, body) = response.into_parts();
        let mut parts = parts;
        if !parts.headers.contains_key(header::DATE) {
            // Clients measure their clock by this one (platform reference, section 2.4).
            let date = self.app.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
            if let Ok(date) = HeaderValue::from_str(&date.to_string()) {
                parts.headers.insert(header::DATE, date);
            }
        }
        let body = match cut_after {
            None => body,
            Some(bytes) => {
                row.dropped();
                cut(body, bytes)
            }
        };
        let body = body.map_frame(move |frame| {
            let _row_stays_open = &closing;
            if let Some(data) = frame.data_ref() {
                row.sent(data.len());
            }
            frame
        });
        Response::from_parts(parts, Body::new(body))
    }
}

fn is_control(path: &str) -> bool {
    path.strip_prefix("/_sandbox")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// States the length, which the layers above would otherwise lose.
fn with_length(mut response: Response) -> Response {
    let length = axum::body::HttpBody::size_hint(response.body()).exact();
    if let Some(length) = length {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
    response
}

fn too_many(wait_s: u64) -> Response {
    let message = format!("Rate limit is exceeded. Try again in {wait_s} seconds.");
    let mut response = json_reply(
        StatusCode::TOO_MANY_REQUESTS,
        &json!({ "statusCode": 429, "message": message }),
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    with_length(response)
}

/// The answer a fault gives instead of handling the request.
fn refused(status: u16, fault: &Fault) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match &fault.body {
        None => empty(status),
        Some(Value::String(body)) => text(status, "text/plain; charset=utf-8", body.clone()),
        Some(body) => json_reply(status, body),
    };
    let retry_after = fault.retry_after.as_ref().map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    if let Some(Ok(value)) = retry_after.map(|text| HeaderValue::from_str(&text)) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    with_length(response)
}

/// The first bytes of a body, then an error, upon which the connection is closed.
fn cut(body: Body, after: u64) -> Body {
    let pieces = body.into_data_stream();
    let stream = futures_util::stream::unfold(
        (pieces, after, false),
        |(mut pieces, left, ended)| async move {
            if ended {
                return None;
            }
            let piece = if left == 0 {
                None
            } else {
                match pieces.next().await {
                    Some(Ok(piece)) => Some(piece),
                    Some(Err(_)) | None => None,
                }
            };
            let Some(piece) = piece else {
                // One turn for the connection to send what it has: an error throws away what is still buffered.
                tokio::task::yield_now().await;
                return Some((Err(std::io::Error::other(Dropped)), (pieces, 0, true)));
            };
            let keep = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            let left = left.saturating_sub(keep as u64);
            let piece: Bytes = piece.slice(..keep);
            Some((Ok(piece), (pieces, left, false)))
        },
    );
    Body::from_stream(stream)
}
