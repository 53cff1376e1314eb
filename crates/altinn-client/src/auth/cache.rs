//! One token per role, fetched once however many calls wait for it.

use super::{AltinnToken, Role, Secret, SignIn, token::Issuer};
use crate::addresses::Addresses;
use crate::error::ApiError;
use crate::send::Http;
use chrono::TimeDelta;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tokio::sync::Mutex;

/// The tokens of one account.
pub(crate) struct Tokens {
    issuer: Issuer,
    recipient: Slot,
    sender: Slot,
}

#[derive(Default)]
struct Slot {
    /// Fetches that came to an end; lets those who waited during one share its failure.
    finished: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<AltinnToken>,
    failure: Option<ApiError>,
}

impl Tokens {
    pub(crate) fn new(addresses: &Addresses, sign_in: SignIn) -> Self {
        Self {
            issuer: Issuer {
                sign_in,
                platform: addresses.platform.clone(),
                maskinporten: addresses.maskinporten.clone(),
                skew: AtomicI64::new(0),
            },
            recipient: Slot::default(),
            sender: Slot::default(),
        }
    }

    /// A token that lives for at least `margin` more. Callers that wait for one fetch share its result, failure too.
    pub(crate) async fn get(
        &self,
        http: &Http,
        role: Role,
        margin: TimeDelta,
    ) -> Result<AltinnToken, ApiError> {
        let slot = self.slot(role);
        let seen = slot.finished.load(Ordering::Acquire);
        let mut state = slot.state.lock().await;
        if let Some(token) = &state.token
            && token.expires_at - http.now() > margin
        {
            return Ok(token.clone());
        }
        if slot.finished.load(Ordering::Acquire) != seen
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        let result = self.issuer.token(http, role).await;
        slot.finished.fetch_add(1, Ordering::Release);
        match result {
            Ok(token) => {
                state.failure = None;
                state.token = Some(token.clone());
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(?role, %error, "no token");
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Forgets the token that was refused, unless another call has already renewed it.
    pub(crate) async fn forget(&self, role: Role, refused: &Secret) {
        let mut state = self.slot(role).state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.secret == *refused)
        {
            state.token = None;
        }
    }

    fn slot(&self, role: Role) -> &Slot {
        match role {
            Role::Recipient => &self.recipient,
            Role::Sender => &self.sender,
        }
    }
}
