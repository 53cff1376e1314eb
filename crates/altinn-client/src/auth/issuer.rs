//! Where an account's tokens come from.

use super::exchange::{Provider, exchange, read};
use super::maskinporten::{Given, Granted, Party, grant};
use super::{AltinnToken, Role, SignIn};
use crate::addresses::folder;
use crate::error::{ApiError, AuthError, Unfit};
use crate::send::Http;
use reqwest::Method;
use url::Url;

/// Gets tokens from where the account signs in.
pub(crate) struct Issuer {
    pub(crate) sign_in: SignIn,
    pub(crate) platform: Url,
    /// Issuer identifier with its slash; also the audience of a grant.
    pub(crate) maskinporten: Url,
}

impl Issuer {
    /// A fresh token for `role`.
    pub(crate) async fn token(&self, http: &Http, role: Role) -> Result<AltinnToken, ApiError> {
        match &self.sign_in {
            SignIn::TestToken {
                generator,
                organisation,
            } => self.test_token(http, role, generator, organisation).await,
            SignIn::Maskinporten {
                sends_raw: true, ..
            } if role == Role::Sender => self.raw_token(http, role).await,
            SignIn::Maskinporten { .. } => self.machine_token(http, role).await,
            // Only the person can have one made.
            SignIn::Person { .. } => Err(ApiError::Auth(AuthError::SignInAgain)),
        }
    }

    /// Maskinporten's answer to `scopes`; nothing is exchanged or kept.
    pub(crate) async fn ask(&self, http: &Http, scopes: &str) -> Result<Granted, ApiError> {
        let party = self.party(None)?;
        Ok(grant(http, &self.maskinporten, party, scopes)
            .await?
            .granted)
    }

    /// Who asks; with the system user where the role is one that it stands in.
    fn party(&self, role: Option<Role>) -> Result<Party<'_>, ApiError> {
        let SignIn::Maskinporten {
            client_id,
            key,
            system_user,
            ..
        } = &self.sign_in
        else {
            return Err(ApiError::Auth(AuthError::NoSuchRole));
        };
        Ok(Party {
            client_id,
            key,
            system_user: system_user
                .as_ref()
                .filter(|_| role.is_some_and(Role::is_on_behalf)),
        })
    }

    async fn machine_token(&self, http: &Http, role: Role) -> Result<AltinnToken, ApiError> {
        let given = self.fit_grant(http, role).await?;
        match exchange(http, &self.platform, Provider::Maskinporten, &given.secret).await {
            // The exchange says 401 for everything: a fresh token tells a stale one from the rest.
            Err(ApiError::Auth(AuthError::Exchange { status: 401, .. })) => {
                let given = self.fit_grant(http, role).await?;
                exchange(http, &self.platform, Provider::Maskinporten, &given.secret).await
            }
            result => result,
        }
    }

    /// Maskinporten's token as it is; one that cannot be read has no end that could be known.
    async fn raw_token(&self, http: &Http, role: Role) -> Result<AltinnToken, ApiError> {
        let given = self.fit_grant(http, role).await?;
        AltinnToken::read(
            given.secret.expose().as_bytes(),
            http.now(),
            http.their_now(),
        )
        .map_err(ApiError::Auth)
    }

    /// A grant that the exchange can take, as far as can be seen from here. One that has run out on the way is
    /// replaced once.
    async fn fit_grant(&self, http: &Http, role: Role) -> Result<Given, ApiError> {
        let party = self.party(Some(role))?;
        let mut given = grant(http, &self.maskinporten, party, role.scopes()).await?;
        if self.check(http, &given) == Err(Unfit::Expired) {
            given = grant(http, &self.maskinporten, party, role.scopes()).await?;
        }
        match self.check(http, &given) {
            Ok(()) => Ok(given),
            Err(unfit) => Err(ApiError::Auth(AuthError::Unfit(unfit))),
        }
    }

    /// An opaque token cannot be judged.
    fn check(&self, http: &Http, given: &Given) -> Result<(), Unfit> {
        match &given.granted.claims {
            Some(claims) => claims.check(self.maskinporten.as_str(), http.their_now()),
            None => Ok(()),
        }
    }

    async fn test_token(
        &self,
        http: &Http,
        role: Role,
        generator: &Url,
        organisation: &str,
    ) -> Result<AltinnToken, ApiError> {
        let mut url = http.join(&folder(generator), "GetEnterpriseToken")?;
        url.query_pairs_mut()
            .append_pair("env", "tt02")
            .append_pair("scopes", role.scopes())
            .append_pair("orgNo", organisation);
        let answer = http.exchange(http.request(Method::GET, url), false).await?;
        if !answer.is_success() {
            return Err(ApiError::Auth(AuthError::TestToken {
                status: answer.status,
            }));
        }
        read(http, &answer)
    }
}
