//! Letters (Platform reference, section 12.6; Correspondence reference, sections 1.6, 2 and 18).

use super::call::explain;
use super::finding::{found, traced, with};
use crate::view::{Finding, FindingCode as Code};
use altinn_client::{ApiError, SearchRole};

/// Whether letters of a resource can be reached in a role. `has_helper` is set where a system user or a person acts.
pub(super) fn reach<T>(
    role: SearchRole,
    has_helper: bool,
    outcome: &Result<T, ApiError>,
) -> Vec<Finding> {
    let Err(error) = outcome else {
        return Vec::new();
    };
    let code = match (error.status(), error.code()) {
        (_, Some(4001)) => match role {
            SearchRole::Sender => Code::SenderDenied,
            SearchRole::Recipient if has_helper => Code::RecipientDenied,
            SearchRole::Recipient => Code::RecipientNeedsSystemUser,
        },
        (_, Some(4002)) => Code::PartyUnknown,
        (_, Some(4006)) => Code::NoOrganisation,
        (Some(403), None) if names_raw_token(error) => Code::RawToken,
        (Some(403), None) if !is_web_page(error) => Code::TokenKindRefused,
        _ => return vec![explain(error)],
    };
    vec![traced(found(code), error.trace_id())]
}

/// What became of the test letter.
pub(super) fn test_letter<T>(outcome: &Result<T, ApiError>) -> Vec<Finding> {
    let Err(error) = outcome else {
        return Vec::new();
    };
    let finding = match (error.status(), error.code()) {
        (_, Some(4001 | 4002 | 4006)) | (Some(403), None) => {
            return reach(SearchRole::Sender, false, outcome);
        }
        (Some(400..=499), Some(code)) => {
            with(found(Code::TestLetterRefused), "altinn", code.to_string())
        }
        _ => explain(error),
    };
    vec![traced(finding, error.trace_id())]
}

fn names_raw_token(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| {
        [&refusal.title, &refusal.detail]
            .into_iter()
            .flatten()
            .any(|text| text.contains("IDX10205"))
    })
}

fn is_web_page(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| refusal.is_web_page)
}
