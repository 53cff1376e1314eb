//! Names of organisations: Enhetsregisteret and Altinn's list of service owners. Both open: no token is sent.

use crate::client::{Call, Client, below};
use crate::error::ApiError;
use crate::wire::register::{
    Found, FoundOrganisations, RegisterEntry, ServiceOwner, ServiceOwners,
};

impl Client {
    /// An organisation by its nine digits, main unit or sub-unit; none where it is not registered. The number leaves
    /// this machine: ask once and keep the answer for a day (Platform reference, section 9.1).
    pub async fn organisation(&self, number: &str) -> Result<Option<RegisterEntry>, ApiError> {
        // A sub-unit is unknown among the main units.
        for list in ["enheter", "underenheter"] {
            let url = below(&self.inner.addresses.brreg, &[list, number]);
            match self.send_for::<RegisterEntry>(Call::get(url)).await {
                Ok(entry) => return Ok(Some(entry)),
                Err(error) if matches!(error.status(), Some(400 | 404 | 410)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Main units by name: a page of at most `size`, from page 0. The register gives the first 10 000 only.
    pub async fn find_organisations(
        &self,
        name: &str,
        page: u32,
        size: u32,
    ) -> Result<FoundOrganisations, ApiError> {
        let mut url = below(&self.inner.addresses.brreg, &["enheter"]);
        url.query_pairs_mut()
            .append_pair("navn", name)
            .append_pair("page", &page.to_string())
            .append_pair("size", &size.to_string());
        let found: Found = self.send_for(Call::get(url)).await?;
        Ok(FoundOrganisations {
            entries: found.embedded.entries,
            total: found.page.total,
        })
    }

    /// Every service owner, by code.
    pub async fn service_owners(&self) -> Result<Vec<ServiceOwner>, ApiError> {
        let owners: ServiceOwners = self
            .send_for(Call::get(self.inner.addresses.orgs.clone()))
            .await?;
        Ok(owners
            .orgs
            .into_iter()
            .map(|(code, owner)| ServiceOwner { code, ..owner })
            .collect())
    }
}
