//! Services (Platform reference, section 7). All reads are anonymous: no token is sent.

use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::policy::Policy;
use crate::wire::resource::Resource;

/// The full list is large; one resource is not.
const LIST_LARGEST: usize = 128 << 20;

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
        self.send_for(Call::get(self.resources_at(&[id]))).await
    }

    /// Every service of every owner: large, ask rarely.
    pub async fn resources(&self) -> Result<Vec<Resource>, ApiError> {
        let url = self.resources_at(&["resourcelist"]);
        self.send_for(Call::get(url).largest(LIST_LARGEST)).await
    }

    /// Correspondence services of one owner, by organisation number.
    pub async fn resources_of(&self, organisation: &str) -> Result<Vec<Resource>, ApiError> {
        let mut url = self.resources_at(&["Search"]);
        url.query_pairs_mut()
            .append_pair("OrganizationId", organisation)
            .append_pair("ResourceType", "CorrespondenceService");
        self.send_for(Call::get(url).largest(LIST_LARGEST)).await
    }

    /// What the service's policy says; none where no policy is published.
    pub async fn policy(&self, id: &str) -> Result<Option<Policy>, ApiError> {
        let call = Call::get(self.resources_at(&[id, "policy"]))
            .accept("text/xml, application/xml, */*;q=0.1");
        match self.send(call).await {
            Ok(answer) if answer.body.is_empty() => Ok(None),
            Ok(answer) => Policy::read(&answer.body)
                .map(Some)
                .ok_or(ApiError::Decode {
                    detail: "policy".to_owned(),
                    may_have_acted: false,
                    trace_id: answer.trace_id,
                }),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
