//! Asking a customer for a system user, as the vendor of a system (Platform reference, section 5). These calls wait for Altinn:
//! they belong to signing in.

use crate::onboarding::is_altinn;
use crate::view::{ErrorCode, SystemUserState, SystemUserView};
use crate::{AccountConfig, Error, Mailbox, Result};
use altinn_client::{
    AccessPackage, ApiError, NewSystemUserRequest, RequestStatus, SignIn, SystemRight, SystemUser,
    SystemUserRequest,
};

/// Problems that say there is a request or a system user already (Platform reference, section 5.3).
const THERE_ALREADY: [&str; 5] = [
    "AUTH-00004",
    "AUTH-00006",
    "AUTH-00007",
    "AUTH-00008",
    "AUTH-00009",
];

impl AccountConfig {
    /// The system, and whom it acts for.
    fn asked_for(&self) -> Result<(&str, &SystemUser)> {
        match (&self.sign_in, &self.system_id) {
            (
                SignIn::Maskinporten {
                    system_user: Some(user),
                    ..
                },
                Some(system),
            ) => Ok((system, user)),
            _ => Err(Error::rule(ErrorCode::NoSystemUser)),
        }
    }
}

impl Mailbox {
    /// Asks the account's customer for a system user with rights on the account's services, and `packages` by their URNs.
    /// Where it has been asked before, tells how that stands.
    ///
    /// # Errors
    /// `NotFound`; `NoSystemUser` where the account names no system or no customer; what Altinn says.
    pub async fn ask_system_user(
        &self,
        account: &str,
        packages: Vec<String>,
    ) -> Result<SystemUserView> {
        let of = self.account(account)?;
        let (system, user) = of.config.asked_for()?;
        let request = NewSystemUserRequest {
            external_ref: user.external_ref.clone(),
            system_id: system.to_owned(),
            organisation: user.organisation.clone(),
            rights: of
                .config
                .read_resources
                .iter()
                .chain(&of.config.write_resources)
                .map(|resource| SystemRight::on(resource))
                .collect(),
            access_packages: packages
                .into_iter()
                .map(|urn| AccessPackage { urn })
                .collect(),
            redirect_url: None,
        };
        match of.client.request_system_user(&request).await {
            Ok(made) => Ok(shown(&made)),
            Err(error) if is_there_already(&error) => self
                .system_user(account)
                .await?
                .ok_or_else(|| Error::from(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// How the request for the account's system user stands; none where nobody has asked.
    ///
    /// # Errors
    /// Those of [`Mailbox::ask_system_user`].
    pub async fn system_user(&self, account: &str) -> Result<Option<SystemUserView>> {
        let of = self.account(account)?;
        let (system, user) = of.config.asked_for()?;
        // One that was made without a reference has the customer's number as its reference.
        let reference = user.external_ref.as_deref().unwrap_or(&user.organisation);
        let found = of
            .client
            .system_user_request_by_reference(system, &user.organisation, reference)
            .await;
        match found {
            Ok(request) => Ok(Some(shown(&request))),
            Err(error) if error.status() == Some(404) => {
                // A system user outlives its request.
                let finished = of
                    .client
                    .system_user(system, &user.organisation, user.external_ref.as_deref())
                    .await?;
                Ok(finished.map(|_| SystemUserView {
                    state: SystemUserState::Approved,
                    link: None,
                    is_escalated: false,
                    asked_at: None,
                }))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn is_there_already(error: &ApiError) -> bool {
    match error {
        ApiError::Status(refusal) => refusal
            .problem
            .as_deref()
            .is_some_and(|code| THERE_ALREADY.contains(&code)),
        _ => false,
    }
}

fn shown(request: &SystemUserRequest) -> SystemUserView {
    let state = match request.status {
        RequestStatus::New => SystemUserState::Pending,
        RequestStatus::Accepted => SystemUserState::Approved,
        RequestStatus::Rejected | RequestStatus::Denied => SystemUserState::Rejected,
        RequestStatus::Timedout => SystemUserState::TimedOut,
        _ => SystemUserState::Unknown,
    };
    SystemUserView {
        link: (state == SystemUserState::Pending)
            .then(|| request.confirm_url.clone())
            .flatten()
            .filter(|url| is_altinn(url)),
        state,
        is_escalated: request.escalated,
        asked_at: request.created.map(|made| made.timestamp_millis()),
    }
}
