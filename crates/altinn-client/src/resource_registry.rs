//! Services (Platform reference, section 7). All reads are anonymous: no token is sent.

use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::policy::Policy;
use crate::urn;
use crate::wire::resource::{PolicyRight, Resource};

/// The full list is large; one resource is not.
const LIST_LARGEST: usize = 128 << 20;

const CORRESPONDENCE: &str = "CorrespondenceService";

/// Which services to find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceQuery {
    /// Owner's nine digits.
    pub owner: Option<String>,
    /// In the id, the title or the description, in any language and case.
    pub words: Option<String>,
}

impl ResourceQuery {
    fn takes(&self, resource: &Resource) -> bool {
        resource.resource_type == CORRESPONDENCE
            && self.words.as_deref().is_none_or(|words| {
                resource.identifier.contains(&words.to_lowercase())
                    || resource.title.contains(words)
                    || resource.description.contains(words)
            })
    }
}

impl Client {
    fn resources_at(&self, segments: &[&str]) -> url::Url {
        let mut url = self.platform(&["resourceregistry", "api", "v1", "resource"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// One service; refused with 404 when unknown.
    pub async fn resource(&self, id: &str) -> Result<Resource, ApiError> {
        self.send_for(Call::get(self.resources_at(&[urn::resource_id(id)])))
            .await
    }

    /// Every service of every owner: large, ask rarely.
    pub async fn resources(&self) -> Result<Vec<Resource>, ApiError> {
        let url = self.resources_at(&["resourcelist"]);
        self.send_for(Call::get(url).largest(LIST_LARGEST)).await
    }

    /// Correspondence services of one owner, by organisation number. Those that are only for migrated letters are
    /// among them ([`Resource::is_migrated`]).
    pub async fn resources_of(&self, organisation: &str) -> Result<Vec<Resource>, ApiError> {
        self.find_resources(&ResourceQuery {
            owner: Some(organisation.to_owned()),
            words: None,
        })
        .await
    }

    /// Correspondence services by owner and words. The registry takes a title and does not look at it, so titles and
    /// descriptions are compared here (Platform reference, section 7.2).
    pub async fn find_resources(&self, query: &ResourceQuery) -> Result<Vec<Resource>, ApiError> {
        let mut url = self.resources_at(&["Search"]);
        if let Some(owner) = &query.owner {
            url.query_pairs_mut().append_pair("OrganizationId", owner);
        }
        url.query_pairs_mut()
            .append_pair("ResourceType", CORRESPONDENCE);
        let mut found: Vec<Resource> = self.send_for(Call::get(url).largest(LIST_LARGEST)).await?;
        found.retain(|resource| query.takes(resource));
        Ok(found)
    }

    /// What the service's policy says; none where no policy is published.
    pub async fn policy(&self, id: &str) -> Result<Option<Policy>, ApiError> {
        let call = Call::get(self.resources_at(&[urn::resource_id(id), "policy"]))
            .accept("text/xml, application/xml, */*;q=0.1");
        match self.send(call).await {
            Ok(answer) if answer.body.is_empty() => Ok(None),
            Ok(answer) => Policy::read(&answer.body)
                .map(Some)
                .ok_or(ApiError::Decode {
                    detail: "policy".to_owned(),
                    is_web_page: false,
                    may_have_acted: false,
                    trace_id: answer.trace_id,
                }),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Actions that the policy mentions, permitted or denied; empty where no policy is published.
    pub async fn policy_rights(&self, id: &str) -> Result<Vec<PolicyRight>, ApiError> {
        let url = self.resources_at(&[urn::resource_id(id), "policy", "rights"]);
        match self.send_for(Call::get(url)).await {
            Ok(rights) => Ok(rights),
            Err(error) if error.status() == Some(404) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
