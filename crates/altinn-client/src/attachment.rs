//! Attachments that are uploaded ahead of the letter (Correspondence reference, sections 4.13 to 4.15).

use crate::auth::Role;
use crate::auth::is_token_refused;
use crate::client::{Call, Client, decode, refused};
use crate::error::{ApiError, AuthError, Stage};
use crate::obstacle::Obstacle;
use crate::send::{Http, LARGEST};
use crate::transfer::{Download, TRANSFER_MARGIN};
use crate::wire::attachment::{AttachmentDetails, AttachmentOverview, NewAttachment};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::{Body, Method, header};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

/// How long the server may take to store the bytes after the last one has left.
const STORING: Duration = Duration::from_secs(300);

impl Client {
    fn attachment_at(&self, segments: &[&str]) -> Url {
        let mut url = self.platform(&["correspondence", "api", "v1", "attachment"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// A1: announces an attachment; its bytes follow by [`Client::upload`].
    pub async fn initialize_attachment(
        &self,
        attachment: &NewAttachment,
    ) -> Result<Uuid, ApiError> {
        let call = Call::post(self.attachment_at(&[]))
            .role(Role::Sender)
            .json(attachment)?;
        self.send_for(call).await
    }

    /// A2: streams exactly `length` bytes (1 to 50 000 000 000). `progress` hears the bytes handed to the network so
    /// far. An upload that fails burns the id (section 4.14): initialise a new one. The call gives up when nothing
    /// leaves for the idle time, not by its length.
    pub async fn upload<S, E>(
        &self,
        id: Uuid,
        length: u64,
        bytes: S,
        progress: impl FnMut(u64) + Send + 'static,
    ) -> Result<AttachmentOverview, ApiError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    {
        let inner = &*self.inner;
        let url = self.attachment_at(&[&id.to_string(), "upload"]);
        let turn = self.turn(&Method::POST, &url).await?;
        let token = inner
            .tokens
            .get(&inner.http, Role::Sender, TRANSFER_MARGIN)
            .await?;
        let flow = Arc::new(Mutex::new(Flow::new()));
        let request = inner
            .http
            .upload(url.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, length)
            .body(Body::wrap_stream(watched(bytes, flow.clone(), progress)));
        let request = self.authorize(request, &url, &token.secret)?;
        let answered = tokio::select! {
            answered = inner.http.start(request, true) => answered,
            () = stalled(&inner.http, &flow) => Err(ApiError::Network {
                stage: Stage::Exchange,
                may_have_acted: true,
                obstacle: Obstacle::TimedOut,
                host: url.host_str().unwrap_or_default().to_owned(),
                detail: "nothing has left for too long".to_owned(),
            }),
        };
        let (response, trace_id) = answered.map_err(|error| {
            // The cause is ours when the given stream failed: the network only saw it end early.
            match lock(&flow).failure.take() {
                Some(detail) => ApiError::Body { detail },
                None => error,
            }
        })?;
        let answer = inner.http.finish(response, trace_id, true, LARGEST).await?;
        if let Some(turn) = turn {
            turn.heard(answer.status, answer.retry_after);
        }
        if answer.is_success() {
            return decode(&answer, true);
        }
        if is_token_refused(&answer) {
            // The bytes are spent, so the caller starts over, with a new token.
            inner.tokens.forget(Role::Sender, &token.secret).await;
            return Err(ApiError::Auth(AuthError::Refused));
        }
        Err(refused(&answer, true))
    }

    /// A3: works in every state.
    pub async fn attachment(&self, id: Uuid) -> Result<AttachmentOverview, ApiError> {
        let url = self.attachment_at(&[&id.to_string()]);
        self.send_for(Call::get(url).role(Role::Sender)).await
    }

    /// A4: with status history.
    pub async fn attachment_details(&self, id: Uuid) -> Result<AttachmentDetails, ApiError> {
        let url = self.attachment_at(&[&id.to_string(), "details"]);
        self.send_for(Call::get(url).role(Role::Sender)).await
    }

    /// A6: bytes of an attachment as its sender, until a letter with it is published (2016).
    pub async fn download_own(&self, id: Uuid) -> Result<Download, ApiError> {
        let url = self.attachment_at(&[&id.to_string(), "download"]);
        self.start_download(url, Role::Sender).await
    }

    /// A5: deletes an attachment that no letter uses (else 2007).
    pub async fn delete_attachment(&self, id: Uuid) -> Result<(), ApiError> {
        let url = self.attachment_at(&[&id.to_string()]);
        self.send(Call::delete(url).role(Role::Sender))
            .await
            .map(|_| ())
    }
}

/// What is known of the bytes on their way.
struct Flow {
    moved_at: Instant,
    is_done: bool,
    failure: Option<String>,
}

impl Flow {
    fn new() -> Self {
        Self {
            moved_at: Instant::now(),
            is_done: false,
            failure: None,
        }
    }
}

fn lock(flow: &Mutex<Flow>) -> std::sync::MutexGuard<'_, Flow> {
    flow.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `bytes`, noting in `flow` when they move and why they stop.
fn watched<S, E>(
    bytes: S,
    flow: Arc<Mutex<Flow>>,
    mut progress: impl FnMut(u64) + Send + 'static,
) -> impl Stream<Item = Result<Bytes, E>> + Send + 'static
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let mut sent = 0;
    let end = flow.clone();
    let noted = bytes.map(move |piece| {
        let mut flow = lock(&flow);
        flow.moved_at = Instant::now();
        match &piece {
            Ok(piece) => {
                sent += piece.len() as u64;
                progress(sent);
            }
            Err(error) => flow.failure = Some(error.to_string()),
        }
        piece
    });
    noted.chain(futures_util::stream::poll_fn(move |_| {
        let mut flow = lock(&end);
        flow.moved_at = Instant::now();
        flow.is_done = true;
        std::task::Poll::Ready(None)
    }))
}

/// Ends when no byte has moved for the idle time, or the server is silent too long after the last one.
async fn stalled(http: &Http, flow: &Mutex<Flow>) {
    loop {
        let until = {
            let flow = lock(flow);
            flow.moved_at + if flow.is_done { STORING } else { http.idle }
        };
        if Instant::now() >= until {
            return;
        }
        tokio::time::sleep_until(until).await;
    }
}
