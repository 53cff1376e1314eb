//! Error bodies (Correspondence reference, section 3): read as a generic value, because `traceId` comes twice and a
//! gateway may answer in any shape.

use crate::error::{Refusal, Validation};
use serde_json::Value;

/// Fills what `body` tells into `refusal`; a body that is not a problem leaves it as it is.
pub(crate) fn read(body: &[u8], refusal: &mut Refusal) {
    refusal.is_empty = body.iter().all(u8::is_ascii_whitespace);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    refusal.is_web_page = body.trim_ascii_start().starts_with(b"<");
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return;
    };
    match value {
        // Error 3023 is a bare JSON string (section 3.3).
        Value::String(sentence) => refusal.detail = Some(sentence),
        Value::Object(members) => {
            let text = |name: &str| {
                members
                    .get(name)
                    .and_then(Value::as_str)
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            };
            refusal.title = text("title");
            // The gateway says `message`.
            refusal.detail = text("detail").or_else(|| text("message"));
            refusal.problem = text("code");
            refusal.code = code(members.get("errorCode"), members.get("code"));
            if let Some(trace_id) = text("traceId") {
                refusal.trace_id = trace_id;
            }
            refusal.validation = validation(members.get("validationErrors"), members.get("errors"));
        }
        _ => {}
    }
}

/// `errorCode` as number or digits, else the digits of `CORR-01006`.
fn code(number: Option<&Value>, text: Option<&Value>) -> Option<u32> {
    let from_number = number.and_then(|value| match value {
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| u32::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    from_number.or_else(|| text?.as_str()?.strip_prefix("CORR-")?.parse().ok())
}

/// Messages of `validationErrors`, else of `errors`.
fn validation(listed: Option<&Value>, keyed: Option<&Value>) -> Vec<Validation> {
    let from_list: Vec<_> = listed
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            Some(Validation {
                message: entry
                    .get("title")
                    .or_else(|| entry.get("detail"))?
                    .as_str()?
                    .to_owned(),
                path: entry
                    .get("paths")
                    .and_then(|paths| paths.get(0))
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            })
        })
        .collect();
    if !from_list.is_empty() {
        return from_list;
    }
    keyed
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .flat_map(|(key, messages)| {
            let path = key.replace('.', "/");
            messages
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(move |message| Validation {
                    message: message.to_owned(),
                    path: Some(path.clone()),
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_in_every_spelling() {
        for (body, expected) in [
            (r#"{"errorCode":1013,"code":"CORR-01006"}"#, Some(1013)),
            (r#"{"errorCode":"1013"}"#, Some(1013)),
            (r#"{"code":"CORR-01013"}"#, Some(1013)),
            (r#"{"code":"AUTH-00011"}"#, None),
            (r#"{"code":"STD-00000","errorCode":null}"#, None),
            (r#"{"errorCode":-1}"#, None),
            (r#"{"errorCode":99999999999}"#, None),
            (r#"{"errorCode":[1013]}"#, None),
        ] {
            let mut refusal = Refusal::default();
            read(body.as_bytes(), &mut refusal);
            assert_eq!(refusal.code, expected, "in {body}");
        }
    }

    #[test]
    fn a_gateways_own_words_are_kept() {
        let mut refusal = Refusal {
            status: 401,
            ..Refusal::default()
        };
        read(
            br#"{"statusCode":401,"message":"Access denied due to invalid Subscription Key."}"#,
            &mut refusal,
        );
        assert!(refusal.is_about_subscription_key(), "whatever their case");
        assert!(!refusal.is_empty, "so it is no bad token");
        refusal.status = 403;
        assert!(
            !refusal.is_about_subscription_key(),
            "it always answers 401"
        );
    }
}
