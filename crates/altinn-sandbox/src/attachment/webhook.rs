//! W1: what the malware scan reports (Correspondence reference, section 20).

use axum::body::Body;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::correspondence::initialise::read_json;
use crate::problem::{Outcome, rule};

const RESULT: &str = "Microsoft.Security.MalwareScanningResult";
const VALIDATION: &str = "Microsoft.EventGrid.SubscriptionValidationEvent";
const CLEAN: &str = "No threats found";

/// The echo that proves to the sender of events that somebody listens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookValidation")]
pub struct Echo {
    validation_response: Value,
}

/// Takes one event, or a list that holds one. A scan's result is acted on at once, ahead of the sandbox's own.
///
/// # Errors
/// A validation problem for anything else, 2001 for a file nobody sent.
pub async fn scan_result(app: &App, body: Body) -> Outcome<Option<Echo>> {
    const PARAMETER: &str = "request";
    let value = read_json(body, PARAMETER).await?;
    let event = match &value {
        Value::Array(events) => events.first().filter(|_| events.len() == 1),
        event => Some(event),
    };
    let unfit = || crate::model::not_json(PARAMETER);
    let event = event.and_then(Value::as_object).ok_or_else(unfit)?;
    let data = event
        .get("data")
        .and_then(Value::as_object)
        .ok_or_else(unfit)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let kind = event.get("eventType").or_else(|| event.get("type"));
    match kind.and_then(Value::as_str) {
        Some(VALIDATION) => Ok(Some(Echo {
            validation_response: data.get("validationCode").cloned().unwrap_or_default(),
        })),
        Some(RESULT) => {
            let id = text("blobUri")
                .and_then(|uri| uri.rsplit('/').next())
                .and_then(|id| Uuid::try_parse(id).ok())
                .ok_or(rule::ATTACHMENT_NOT_FOUND)?;
            let is_clean = text("scanResultType") == Some(CLEAN);
            let mut tables = app.state.write();
            if !tables.attachments.contains_key(&id) {
                return Err(rule::ATTACHMENT_NOT_FOUND.into());
            }
            app.report_scan(&mut tables, id, !is_clean, app.clock.now());
            Ok(None)
        }
        _ => Err(unfit()),
    }
}
