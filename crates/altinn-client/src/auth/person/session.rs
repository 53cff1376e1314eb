//! A person's session with Altinn: one token for every role that a person has, in memory and nowhere else.

use crate::auth::exchange::refresh;
use crate::auth::{AltinnToken, Secret};
use crate::error::{ApiError, AuthError};
use crate::send::Http;
use chrono::TimeDelta;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use url::Url;

/// Whether somebody is signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has been yet, or whoever was has signed out.
    #[default]
    Out,
    /// Somebody is.
    In,
    /// Somebody was until the session ended by itself; only signing in again helps.
    Ended,
}

/// The session of whoever has signed in at an account; clones share it.
#[derive(Clone, Default)]
pub struct Session {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Held while it is prolonged, so that it is once however many wait.
    token: Mutex<Option<AltinnToken>>,
    standing: watch::Sender<Standing>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({:?})", self.standing())
    }
}

impl Session {
    /// Whether somebody is signed in.
    pub fn standing(&self) -> Standing {
        *self.inner.standing.borrow()
    }

    /// Hears whether somebody is signed in from now on.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.inner.standing.subscribe()
    }

    /// Forgets the token.
    pub async fn sign_out(&self) {
        self.be(Standing::Out, None).await;
    }

    pub(super) async fn begin(&self, token: AltinnToken) {
        self.be(Standing::In, Some(token)).await;
    }

    async fn be(&self, standing: Standing, token: Option<AltinnToken>) {
        *self.inner.token.lock().await = token;
        self.inner.standing.send_replace(standing);
    }

    /// The token, prolonged when it lives for less than `margin`: it cannot be had again without the person (Platform
    /// reference, section 3.5).
    pub(crate) async fn token(
        &self,
        http: &Http,
        platform: &Url,
        margin: TimeDelta,
    ) -> Result<AltinnToken, ApiError> {
        let mut kept = self.inner.token.lock().await;
        let again = Err(ApiError::Auth(AuthError::SignInAgain));
        let Some(token) = kept.as_ref() else {
            return again;
        };
        if token.outlives(margin, http.now()) {
            return Ok(token.clone());
        }
        if !token.is_alive(http.now()) {
            *kept = None;
            self.inner.standing.send_replace(Standing::Ended);
            return again;
        }
        match refresh(http, platform, token).await? {
            Some(next) => {
                *kept = Some(next.clone());
                Ok(next)
            }
            None => Ok(token.clone()),
        }
    }

    /// Altinn refuses this token: the session is over, unless it has another one by now.
    pub(crate) async fn end(&self, refused: &Secret) {
        let mut kept = self.inner.token.lock().await;
        if kept.as_ref().is_some_and(|token| token.secret == *refused) {
            *kept = None;
            self.inner.standing.send_replace(Standing::Ended);
        }
    }
}
