//! Whom the caller may act for, and who may be written to (Platform reference, sections 10.1 and 7.7).

use crate::auth::Role;
use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::urn;
use crate::wire::party::{AccessList, AuthorizedParty, Member};
use url::Url;

impl Client {
    /// Parties that the person or system user may act for; with `resources`, only those whose letters on these
    /// resources they may open. An organisation that signs in as itself is refused with 401.
    pub async fn authorized_parties(
        &self,
        resources: &[&str],
    ) -> Result<Vec<AuthorizedParty>, ApiError> {
        let mut url = self.platform(&[
            "accessmanagement",
            "api",
            "v1",
            "enduser",
            "authorizedparties",
        ]);
        if !resources.is_empty() {
            let ids = resources
                .iter()
                .map(|id| ("anyOfResourceIds", urn::resource_id(id)));
            url.query_pairs_mut().extend_pairs(ids);
        }
        self.all_pages(url, |url| Call::get(url).role(Role::Parties))
            .await
    }

    /// The access lists of a service owner, by its code.
    pub async fn access_lists(&self, owner: &str) -> Result<Vec<AccessList>, ApiError> {
        self.listed(self.access_lists_at(&[owner])).await
    }

    /// The access lists of a service owner that apply to a resource.
    pub async fn access_lists_of(
        &self,
        owner: &str,
        resource: &str,
    ) -> Result<Vec<AccessList>, ApiError> {
        let mut url = self.access_lists_at(&[owner]);
        url.query_pairs_mut()
            .append_pair("include", "resources")
            .append_pair("resource", urn::resource_id(resource));
        self.listed(url).await
    }

    /// Organisations on an access list: nine digits each. A list that changes between two of its pages is refused
    /// with 412; ask again.
    pub async fn access_list_members(
        &self,
        owner: &str,
        list: &str,
    ) -> Result<Vec<String>, ApiError> {
        let members: Vec<Member> = self
            .listed(self.access_lists_at(&[owner, list, "members"]))
            .await?;
        Ok(members
            .iter()
            .filter_map(Member::organisation)
            .map(str::to_owned)
            .collect())
    }

    async fn listed<T: serde::de::DeserializeOwned>(&self, url: Url) -> Result<Vec<T>, ApiError> {
        self.all_pages(url, |url| Call::get(url).role(Role::AccessLists))
            .await
    }

    fn access_lists_at(&self, segments: &[&str]) -> Url {
        let mut url = self.platform(&["resourceregistry", "api", "v1", "access-lists"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }
}
