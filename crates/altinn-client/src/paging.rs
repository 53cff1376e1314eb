//! Lists that come in pages, followed only where they may lead.

use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::wire::paged::Page;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use url::Url;

/// More pages than any of our lists has; a server that goes on is at fault.
const MOST: usize = 1000;

impl Client {
    /// Every entry of the list at `url`. `call` makes the call for one page. A link to another origin, back to a page
    /// already seen, or beyond a thousand pages ends in an error: the token goes to the platform only.
    pub(crate) async fn all_pages<T: DeserializeOwned>(
        &self,
        url: Url,
        call: impl Fn(Url) -> Call,
    ) -> Result<Vec<T>, ApiError> {
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(url);
        while let Some(url) = next {
            if seen.len() == MOST || !seen.insert(url.to_string()) {
                return Err(astray("more pages than there can be"));
            }
            let page: Page<T> = self.send_for(call(url.clone())).await?;
            all.extend(page.data);
            next = match page.links.next.filter(|link| !link.is_empty()) {
                Some(link) => Some(self.follow(&url, &link)?),
                None => None,
            };
        }
        Ok(all)
    }

    /// The link as an address; only at the origin where the page came from.
    fn follow(&self, from: &Url, link: &str) -> Result<Url, ApiError> {
        from.join(link)
            .ok()
            .filter(|next| next.origin() == from.origin())
            .ok_or_else(|| astray("the next page is somewhere else"))
    }
}

fn astray(detail: &str) -> ApiError {
    ApiError::Decode {
        detail: detail.to_owned(),
        is_web_page: false,
        may_have_acted: false,
        trace_id: String::new(),
    }
}
