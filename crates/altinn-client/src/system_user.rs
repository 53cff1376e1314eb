//! System users, from the vendor's side (Platform reference, section 5). Approving is done by the customer, in the
//! browser, at the request's `confirm_url`.

use crate::auth::{Role, SystemUser};
use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::wire::system_user::{FinishedSystemUser, NewSystemUserRequest, SystemUserRequest};
use url::Url;
use uuid::Uuid;

impl NewSystemUserRequest {
    /// Whom to act through once the customer has approved: with the reference if, and only if, one was given
    /// (Platform reference, section 2.2; else MP-303).
    pub fn system_user(&self) -> SystemUser {
        SystemUser {
            organisation: self.organisation.clone(),
            external_ref: self.external_ref.clone(),
        }
    }
}

impl Client {
    fn system_users_at(&self, segments: &[&str]) -> Url {
        let mut url = self.platform(&["authentication", "api", "v1", "systemuser"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// Asks a customer for a system user. The same request again is answered with the first one.
    ///
    /// # Errors
    /// [`crate::Refusal::problem`] holds `AUTH-000nn`: a pending, denied or rejected request exists (07, 08, 09), the
    /// system user exists (04, 06), the system is unknown (11).
    pub async fn request_system_user(
        &self,
        request: &NewSystemUserRequest,
    ) -> Result<SystemUserRequest, ApiError> {
        let url = self.system_users_at(&["request", "vendor"]);
        self.send_for(Call::post(url).role(Role::Vendor).json(request)?)
            .await
    }

    /// How a request stands; refused with 404 when unknown.
    pub async fn system_user_request(&self, id: Uuid) -> Result<SystemUserRequest, ApiError> {
        let url = self.system_users_at(&["request", "vendor", &id.to_string()]);
        self.send_for(Call::get(url).role(Role::Vendor)).await
    }

    /// The request that was made with this reference; one made without has the customer's number as reference.
    pub async fn system_user_request_by_reference(
        &self,
        system: &str,
        organisation: &str,
        reference: &str,
    ) -> Result<SystemUserRequest, ApiError> {
        let url = self.system_users_at(&[
            "request",
            "vendor",
            "byexternalref",
            system,
            organisation,
            reference,
        ]);
        self.send_for(Call::get(url).role(Role::Vendor)).await
    }

    /// Every request of a system.
    pub async fn system_user_requests(
        &self,
        system: &str,
    ) -> Result<Vec<SystemUserRequest>, ApiError> {
        let url = self.system_users_at(&["request", "vendor", "bysystem", system]);
        self.all_pages(url, |url| Call::get(url).role(Role::Vendor))
            .await
    }

    /// Withdraws a request.
    pub async fn delete_system_user_request(&self, id: Uuid) -> Result<(), ApiError> {
        let url = self.system_users_at(&["request", "vendor", &id.to_string()]);
        self.send(Call::delete(url).role(Role::Vendor))
            .await
            .map(|_| ())
    }

    /// The finished system user of a customer; none where there is none (yet).
    pub async fn system_user(
        &self,
        system: &str,
        organisation: &str,
        reference: Option<&str>,
    ) -> Result<Option<FinishedSystemUser>, ApiError> {
        let mut url = self.system_users_at(&["vendor", "byquery"]);
        url.query_pairs_mut()
            .append_pair("system-id", system)
            .append_pair("orgno", organisation);
        if let Some(reference) = reference {
            url.query_pairs_mut().append_pair("external-ref", reference);
        }
        match self.send_for(Call::get(url).role(Role::Vendor)).await {
            Ok(user) => Ok(Some(user)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every finished system user of a vendor's own system.
    pub async fn system_users(&self, system: &str) -> Result<Vec<FinishedSystemUser>, ApiError> {
        let url = self.system_users_at(&["vendor", "bysystem", system]);
        self.all_pages(url, |url| Call::get(url).role(Role::SystemRegister))
            .await
    }
}
