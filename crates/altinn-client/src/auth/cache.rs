//! One token per role, fetched once however many calls wait for it. A person's is in their session.

use super::{AltinnToken, Granted, Role, Secret, SignIn, issuer::Issuer};
use crate::addresses::Addresses;
use crate::error::{ApiError, AuthError};
use crate::send::Http;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// The tokens of one account.
pub(crate) struct Tokens {
    issuer: Issuer,
    slots: std::sync::Mutex<BTreeMap<Role, Arc<Slot>>>,
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
            },
            slots: std::sync::Mutex::default(),
        }
    }

    /// A token that lives for at least `margin` more. Callers that wait for one fetch share its result, failure too.
    pub(crate) async fn get(
        &self,
        http: &Http,
        role: Role,
        margin: TimeDelta,
    ) -> Result<AltinnToken, ApiError> {
        if let SignIn::Person { session, .. } = &self.issuer.sign_in {
            if !role.is_for_people() {
                return Err(ApiError::Auth(AuthError::NoSuchRole));
            }
            return session.token(http, &self.issuer.platform, margin).await;
        }
        let slot = self.slot(role);
        let seen = slot.finished.load(Ordering::Acquire);
        let mut state = slot.state.lock().await;
        if let Some(token) = &state.token
            && token.outlives(margin, http.now())
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

    /// How the account signs in.
    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.issuer.sign_in
    }

    /// Maskinporten's answer to `scopes`, kept nowhere.
    pub(crate) async fn ask(&self, http: &Http, scopes: &str) -> Result<Granted, ApiError> {
        self.issuer.ask(http, scopes).await
    }

    /// Forgets the token that was refused, unless another call has already renewed it.
    pub(crate) async fn forget(&self, role: Role, refused: &Secret) {
        if let SignIn::Person { session, .. } = &self.issuer.sign_in {
            return session.end(refused).await;
        }
        let slot = self.slot(role);
        let mut state = slot.state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.secret == *refused)
        {
            state.token = None;
        }
    }

    fn slot(&self, role: Role) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry(role).or_default().clone()
    }
}
