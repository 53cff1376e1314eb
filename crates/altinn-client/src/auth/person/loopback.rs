//! The port that the browser comes back to. It is open for one answer only.

use super::PersonError;
use super::request::{Expected, Judgement, judge};
use crate::auth::Secret;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Largest head of a request in bytes; a browser's is a tenth of it.
const LARGEST: usize = 16 << 10;

/// Callers at one time; the browser needs one, and those who only hold the line must not keep it out.
const MOST: usize = 32;

/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a caller is listened to after the answer, so that it reads the answer before the line closes.
const LINGER: Duration = Duration::from_millis(200);

/// What the browser shows when the person has come back, as plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Landing {
    /// Language of the texts, for example `nb`.
    pub language: String,
    /// Signed in.
    pub done: String,
    /// Not signed in.
    pub denied: String,
}

pub(super) struct Loopback {
    listener: TcpListener,
    address: SocketAddr,
    landing: Landing,
}

impl Loopback {
    /// Opens a free port of this machine, to nobody outside it.
    pub(super) async fn open(landing: Landing) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            landing,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the right answer, refusing all else, and closes the port.
    pub(super) async fn receive(
        self,
        expected: Expected,
        limit: Duration,
    ) -> Result<Secret, PersonError> {
        tokio::time::timeout(limit, self.first(Arc::new(expected)))
            .await
            .map_err(|_| PersonError::TimedOut)?
    }

    async fn first(self, expected: Arc<Expected>) -> Result<Secret, PersonError> {
        let is_taken = Arc::new(AtomicBool::new(false));
        let landing = Arc::new(self.landing);
        // Dropped at the end with everybody who is still there.
        let mut callers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if callers.len() < MOST => {
                    let Ok((stream, _)) = accepted else { continue };
                    let caller = Caller {
                        stream,
                        expected: expected.clone(),
                        is_taken: is_taken.clone(),
                        landing: landing.clone(),
                    };
                    callers.spawn(caller.serve());
                }
                Some(done) = callers.join_next() => match done {
                    Ok(Some(Judgement::Code(code))) => return Ok(code),
                    Ok(Some(Judgement::Denied(error))) => return Err(PersonError::Denied { error }),
                    _ => {}
                },
            }
        }
    }
}

/// One connection.
struct Caller {
    stream: TcpStream,
    expected: Arc<Expected>,
    is_taken: Arc<AtomicBool>,
    landing: Arc<Landing>,
}

impl Caller {
    /// Answers one request; gives the judgement when it was the right one, and the first of them.
    async fn serve(mut self) -> Option<Judgement> {
        let head = tokio::time::timeout(PATIENCE, self.head()).await.ok()?;
        let mut judgement = match head {
            Ok(head) => judge(&head, &self.expected),
            Err(status) => Judgement::Refuse(status),
        };
        let is_right = !matches!(judgement, Judgement::Refuse(_));
        if is_right && self.is_taken.swap(true, Ordering::SeqCst) {
            judgement = Judgement::Refuse(410);
        }
        let (status, text) = match &judgement {
            Judgement::Code(_) => (200, self.landing.done.as_str()),
            Judgement::Denied(_) => (200, self.landing.denied.as_str()),
            Judgement::Refuse(status) => (*status, ""),
        };
        let page = page(status, &self.landing.language, text);
        // The answer is taken even when the browser does not wait for the page.
        let _ = tokio::time::timeout(PATIENCE, self.stream.write_all(page.as_bytes())).await;
        let _ = tokio::time::timeout(LINGER, self.linger()).await;
        (!matches!(judgement, Judgement::Refuse(_))).then_some(judgement)
    }

    /// The request up to its empty line.
    async fn head(&mut self) -> Result<Vec<u8>, u16> {
        let mut head = Vec::new();
        let mut piece = [0; 2048];
        loop {
            let read = self.stream.read(&mut piece).await.map_err(|_| 400u16)?;
            let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else {
                return Err(400);
            };
            head.extend_from_slice(piece);
            if head.windows(4).any(|window| window == b"\r\n\r\n") {
                return Ok(head);
            }
            if head.len() > LARGEST {
                return Err(431);
            }
        }
    }

    /// Closes our side and reads on for a moment: bytes that nobody has read would take the answer with them.
    async fn linger(&mut self) {
        let _ = self.stream.shutdown().await;
        let mut piece = [0; 2048];
        while self
            .stream
            .read(&mut piece)
            .await
            .is_ok_and(|read| read > 0)
        {}
    }
}

/// A page that loads nothing, is kept nowhere and tells no other page its address.
fn page(status: u16, language: &str, text: &str) -> String {
    let (language, text) = (escaped(language), escaped(text));
    let body = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><title>Brevdue</title><p>{text}</p>"
    );
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\n\r\n{body}",
        body.len()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
