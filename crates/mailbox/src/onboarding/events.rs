//! Events (Platform reference, sections 8 and 12.7).

use super::call::explain;
use super::finding::{found, with};
use crate::view::{Finding, FindingCode as Code};
use altinn_client::{ApiError, Subscription};

/// An address has answered within so many milliseconds, or it will not.
const VALIDATED_WITHIN: i64 = 5 * 60_000;

/// The account's subscriptions, each with what keeps it from getting events.
pub(super) fn subscriptions(
    resources: &[String],
    now: i64,
    outcome: &Result<Vec<Subscription>, ApiError>,
) -> Vec<Finding> {
    match outcome {
        Err(error) => vec![refused(error)],
        Ok(all) => all
            .iter()
            .flat_map(|one| subscription(one, resources, now))
            .collect(),
    }
}

/// The first thing that keeps a subscription from working.
pub(crate) fn subscription(one: &Subscription, resources: &[String], now: i64) -> Option<Finding> {
    let filters = [&one.type_filter, &one.subject_filter, &one.resource_filter];
    let is_ours = |filter: &str| {
        let id = filter.strip_prefix("urn:altinn:resource:");
        id.is_some_and(|id| resources.iter().any(|resource| resource == id))
    };
    let made = one.created.map_or(0, |created| created.timestamp_millis());
    let code = if filters.into_iter().flatten().any(String::is_empty) {
        Code::SubscriptionEmptyFilter
    } else if one.source_filter.is_some() || one.alternative_subject_filter.is_some() {
        Code::SubscriptionAppFilter
    } else if !one.resource_filter.as_deref().is_some_and(is_ours) {
        Code::SubscriptionOtherResource
    } else if !one.validated && now - made > VALIDATED_WITHIN {
        Code::SubscriptionNotValidated
    } else {
        return None;
    };
    Some(with(found(code), "id", one.id.to_string()))
}

/// Whether events can be pulled. None at all is no fault: they stay 90 days, and nothing may have happened.
pub(super) fn pulling<T>(outcome: &Result<T, ApiError>) -> Vec<Finding> {
    outcome.as_ref().err().map(refused).into_iter().collect()
}

fn refused(error: &ApiError) -> Finding {
    let is_web_page = error.refusal().is_some_and(|refusal| refusal.is_web_page);
    if error.status() == Some(403) && !is_web_page {
        found(Code::EventsForbidden)
    } else {
        explain(error)
    }
}
