//! A service owner's place in Altinn, and its resources (Platform reference, sections 12.1 and 12.2).

use super::call::explain;
use super::finding::{found, with};
use crate::view::{Finding, FindingCode as Code};
use altinn_client::{ApiError, Claims, Resource, ServiceOwner};

/// The code of the organisation among the service owners.
pub(super) fn owner_code<'a>(
    number: &str,
    owners: &'a Result<Vec<ServiceOwner>, ApiError>,
) -> Option<&'a str> {
    let owners = owners.as_ref().ok()?;
    let own = owners.iter().find(|owner| owner.number == number)?;
    Some(own.code.as_str())
}

/// Whether the organisation is a service owner. Only senders ask.
pub(super) fn service_owner(
    number: &str,
    owners: &Result<Vec<ServiceOwner>, ApiError>,
) -> Vec<Finding> {
    match owners {
        Err(error) => {
            let cause = explain(error);
            vec![with(
                found(Code::OwnerListSilent),
                "detail",
                format!("{:?}", cause.code),
            )]
        }
        Ok(_) if owner_code(number, owners).is_some() => Vec::new(),
        Ok(_) => vec![found(Code::NotServiceOwner)],
    }
}

/// Whether the code reaches the token, which it does with the scope `altinn:serviceowner` alone.
pub(super) fn code_in_token(claims: &Claims, code: Option<&str>) -> Vec<Finding> {
    match (claims.service_owner.as_deref(), code) {
        (None, _) => vec![found(Code::OwnerCodeMissing)],
        (Some(theirs), Some(ours)) if theirs != ours => {
            vec![with(found(Code::OwnerCodeOther), "code", theirs)]
        }
        _ => Vec::new(),
    }
}

/// A resource as the registry gives it. `sender` is the organisation that wants to send on it.
pub(super) fn resource(
    id: &str,
    sender: Option<&str>,
    outcome: &Result<Resource, ApiError>,
) -> Vec<Finding> {
    let resource = match outcome {
        Ok(resource) => resource,
        Err(error) if error.status() == Some(404) && !is_web_page(error) => {
            return vec![with(found(Code::ResourceUnknown), "resource", id)];
        }
        Err(error) => return vec![explain(error)],
    };
    let mut findings = Vec::new();
    let owner = resource.has_competent_authority.organization.as_str();
    match resource.resource_type.as_str() {
        "CorrespondenceService" => {}
        "AltinnApp" => findings.push(found(Code::ResourceIsApp)),
        other => findings.push(with(found(Code::ResourceOtherType), "type", other)),
    }
    if resource.is_migrated() && sender.is_some() {
        findings.push(found(Code::ResourceMigrated));
    }
    if owner.is_empty() {
        findings.push(found(Code::ResourceWithoutOwner));
    } else if sender.is_some_and(|sender| sender != owner) {
        findings.push(with(found(Code::ResourceOtherOwner), "owner", owner));
    }
    let title = &resource.title;
    let lacks = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    if sender.is_some() && [&title.nb, &title.nn, &title.en].into_iter().any(lacks) {
        findings.push(found(Code::ResourceTitles));
    }
    if sender.is_some() && resource.access_list_mode == "Enabled" {
        findings.push(found(Code::AccessListOn));
    }
    findings
}

fn is_web_page(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| refusal.is_web_page)
}
