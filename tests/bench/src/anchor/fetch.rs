//! A plain concurrent loader: nothing but the GETs.

use crate::Outcome;
use crate::altinn::{Altinn, Overview};
use futures_util::{StreamExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};

/// Requests under way at the same time.
const AT_ONCE: usize = 8;

/// A token each organisation, by the sandbox's own generator.
pub async fn tokens(
    altinn: &Altinn,
    http: &reqwest::Client,
    wanted: &[Overview],
) -> Outcome<BTreeMap<String, String>> {
    let organisations: BTreeSet<&str> =
        wanted.iter().map(|one| one.organisation.as_str()).collect();
    let mut tokens = BTreeMap::new();
    for organisation in organisations {
        let url = format!(
            "{}/api/GetEnterpriseToken?env=tt02&scopes=altinn:correspondence.read&orgNo={organisation}",
            altinn.base()
        );
        let token = http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .text()
            .await?;
        tokens.insert(organisation.to_owned(), token);
    }
    Ok(tokens)
}

/// Fetches the overviews; their JSON.
pub async fn fetch(
    altinn: &Altinn,
    http: &reqwest::Client,
    tokens: &BTreeMap<String, String>,
    wanted: &[Overview],
) -> Outcome<Vec<String>> {
    let get = |overview: &Overview| {
        let token = tokens
            .get(&overview.organisation)
            .map_or("", String::as_str);
        http.get(format!("{}{}", altinn.base(), overview.path))
            .bearer_auth(token)
            .header("Accept", "application/json")
            .send()
    };
    Ok(futures_util::stream::iter(wanted.iter().map(get))
        .map(|answer| async move { answer.await?.error_for_status()?.text().await })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?)
}
