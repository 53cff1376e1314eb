//! The two shapes of refusal (Correspondence reference, section 3) and the catalogue of rules (section 18).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

/// One rule of the catalogue: its number, the HTTP status it is answered with, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Number in section 18, `errorCode` on the wire.
    pub code: u16,
    /// HTTP status.
    pub status: u16,
    /// Sentence for humans.
    pub detail: &'static str,
}

macro_rules! rules {
    ($($name:ident = $code:literal, $status:literal, $detail:literal;)*) => {
        $(#[doc = $detail] pub const $name: Rule = Rule { code: $code, status: $status, detail: $detail };)*

        /// Every rule.
        pub const ALL: &[Rule] = &[$($name),*];
    };
}

/// The rules this server can break a call on.
#[rustfmt::skip]
pub mod rule {
    use super::Rule;
    rules! {
        CORRESPONDENCE_NOT_FOUND = 1001, 404, "There is no such correspondence, or none that you may see";
        TITLE_HAS_MARKUP = 1002, 400, "The title may hold plain text only";
        FILES_DO_NOT_PAIR = 1005, 400, "The files sent and the attachments described do not match one to one";
        DUPLICATE_RECIPIENTS = 1006, 400, "The same recipient is named more than once";
        EXISTING_ATTACHMENT_UNKNOWN = 1007, 400, "An existing attachment that was referred to is not known";
        DUE_DATE_PAST = 1008, 400, "The due date lies in the past";
        DUE_DATE_BEFORE_PUBLISH = 1009, 400, "The due date lies before the time of publication";
        TOO_LATE_TO_PURGE = 1013, 400, "A sender can delete a correspondence only until it is published";
        ALREADY_PURGED = 1014, 400, "The correspondence is deleted already";
        CONFIRMATION_NEEDS_DUE_DATE = 1016, 400, "A due date is required where confirmation is";
        EXISTING_ATTACHMENT_OF_ANOTHER = 1017, 400, "An existing attachment belongs to another sender";
        EXISTING_ATTACHMENT_NOT_PUBLISHED = 1018, 400, "An existing attachment is not published";
        LANGUAGE_UNKNOWN = 1023, 400, "The language must be nb, nn or en";
        READ_BEFORE_FETCH = 1024, 400, "A correspondence must be fetched before it can be marked as read";
        CONFIRM_BEFORE_FETCH = 1025, 400, "A correspondence must be fetched before it can be confirmed";
        PURGE_BEFORE_CONFIRM = 1026, 400, "A correspondence that asks for confirmation can be deleted only after that";
        FROM_AFTER_TO = 1027, 400, "The start of the period lies after its end";
        RECIPIENTS_UNKNOWN = 1029, 404, "These recipients are not known";
        RECIPIENT_RESERVED = 1030, 422, "This recipient has reserved against digital communication";
        RESERVATIONS_UNAVAILABLE = 1032, 500, "The register of reservations does not answer";
        IDEMPOTENT_KEY_USED = 1034, 409, "A correspondence was made with this idempotent key before";
        REPLY_OPTION_INVALID = 1035, 400, "A reply option must be an https address of at most 255 characters";
        RESOURCE_UNKNOWN = 1036, 400, "The resource is unknown or has no owner";
        TOO_MANY_ATTACHMENTS = 1038, 400, "A correspondence can hold at most 100 attachments";
        MESSAGE_SENDER_HAS_MARKUP = 1039, 400, "The sender's name may hold plain text only";
        ALREADY_READ = 1040, 400, "The correspondence is marked as read already";
        ALREADY_CONFIRMED = 1041, 400, "The correspondence is confirmed already";
        TRANSMISSION_CANNOT_BE_PURGED = 1043, 400, "A transmission on a dialog cannot be deleted";
        RECIPIENTS_LACK_ROLES = 1044, 400, "These organisations have nobody in a role that may open confidential mail";
        TRANSMISSION_TO_SEVERAL = 1045, 400, "A transmission takes one recipient";
        TRANSMISSION_TO_OTHER_PARTY = 1046, 400, "The recipient is not the party of the dialog";
        KEY_WITH_SEVERAL_RECIPIENTS = 1047, 400, "An idempotent key takes one recipient";
        DIALOG_ID_MALFORMED = 1048, 400, "The dialog id is not a UUID";
        DIALOG_OF_ANOTHER_OWNER = 1050, 400, "The dialog belongs to another service owner";
        TRANSMISSION_WITH_REPLIES = 1051, 400, "A transmission takes neither reply options nor confirmation";
        SEVERAL_TRANSMISSION_TYPES = 1052, 400, "At most one transmission type can be given";
        TRANSMISSION_TYPE_ALONE = 1053, 400, "A transmission type needs a dialog id";
        DIALOG_NOT_FOUND = 1054, 404, "There is no such dialog";
        EXISTING_ATTACHMENT_EXPIRES_SOON = 1055, 400, "An existing attachment expires within 6 hours";
        CONFIDENTIAL_FLAG_MISSING = 1060, 400, "This resource is for confidential correspondence only";
        CONFIDENTIAL_FLAG_WRONG = 1061, 400, "This resource is not for confidential correspondence";
        NOTHING_UNOPENED = 1062, 404, "No confidential correspondence is left unopened";
        FORWARDING_NOT_ALLOWED = 1063, 400, "The sender does not allow forwarding of this correspondence";
        ALREADY_FORWARDED = 1064, 400, "The correspondence was forwarded to this address before";
        FORWARD_BEFORE_READ = 1065, 400, "A correspondence must be read before it can be forwarded";
        FORWARDING_TEXT_TOO_LONG = 1066, 400, "The text of a forwarding can hold at most 200 characters";
        FORWARDING_TEXT_HAS_MARKUP = 1067, 400, "The text of a forwarding may hold plain text only";
        FORWARDING_NEEDS_LEVEL_0 = 1068, 400, "Forwarding can be allowed only where the resource asks for no authentication level";
        FORWARDING_TOO_LARGE = 1069, 400, "Forwarding can be allowed only for attachments of 10 MB in all";
        ATTACHMENT_NOT_FOUND = 2001, 404, "There is no such attachment";
        UPLOAD_INTERRUPTED = 2002, 502, "The upload was interrupted";
        UPLOAD_AFTER_LINK = 2003, 400, "The attachment is on a correspondence already and takes no upload";
        SIZE_OUT_OF_RANGE = 2004, 400, "The file is empty or too large";
        UPLOAD_STARTED_BEFORE = 2005, 400, "An upload to this attachment was started before";
        ATTACHMENT_ALREADY_PURGED = 2006, 400, "The attachment is deleted already";
        ATTACHMENT_LINKED = 2007, 400, "The attachment is on a correspondence and cannot be deleted";
        CHECKSUM_DIFFERS = 2008, 400, "The checksum given is not that of the bytes";
        FILE_NAME_MISSING = 2010, 400, "The file has no name";
        FILE_NAME_TOO_LONG = 2011, 400, "The file name is longer than 255 characters";
        FILE_NAME_CHARACTERS = 2012, 400, "The file name holds a character that is not allowed";
        FILE_TYPE_NOT_ALLOWED = 2013, 400, "Files of this type are not allowed";
        DOWNLOAD_AFTER_PUBLISH = 2016, 400, "A sender cannot download an attachment once it is published to somebody";
        EXPIRY_TOO_SHORT = 2017, 400, "The attachment must be kept longer";
        PURGE_OF_EXPIRED = 2018, 400, "The attachment has expired and cannot be deleted";
        DOWNLOAD_OF_PURGED = 2019, 400, "The attachment is deleted";
        DOWNLOAD_OF_EXPIRED = 2020, 400, "The attachment has expired";
        FILE_NAME_OF_DEVICE = 2021, 400, "The file name is reserved for a device";
        TOO_LARGE_FOR_ZIP = 2023, 400, "Attachments above 25 MB cannot be fetched as one file";
        TEMPLATE_NOT_FOUND = 3001, 404, "There is no such notification template for this language";
        EMAIL_TEXTS_MISSING = 3002, 400, "An e-mail notification needs a subject and a body";
        REMINDER_EMAIL_TEXTS_MISSING = 3003, 400, "An e-mail reminder needs a subject and a body";
        SMS_TEXT_MISSING = 3004, 400, "A text message notification needs a text";
        REMINDER_SMS_TEXT_MISSING = 3005, 400, "A text message reminder needs a text";
        PREFERRED_TEXTS_MISSING = 3006, 400, "A preferred channel needs subject, e-mail body and text message";
        REMINDER_PREFERRED_TEXTS_MISSING = 3007, 400, "A reminder by preferred channel needs subject, e-mail body and text message";
        CUSTOM_EMAIL_INVALID = 3011, 400, "The e-mail address is not valid";
        CUSTOM_MOBILE_INVALID = 3012, 400, "The mobile number is not valid";
        RECIPIENT_NAME_FOR_ADDRESS = 3015, 400, "The recipient's name is not known for an e-mail address or a mobile number";
        CUSTOM_RECIPIENTS_WITH_SEVERAL = 3017, 400, "Custom notification recipients can be given for one recipient only";
        CUSTOM_RECIPIENT_AMBIGUOUS = 3018, 400, "A custom notification recipient takes exactly one identifier";
        CUSTOM_RECIPIENT_EMPTY = 3019, 400, "A custom notification recipient needs an identifier";
        OVERRIDE_WITHOUT_RECIPIENTS = 3022, 400, "Registered contact information can be overridden only with custom recipients";
        BOTH_TEXTS_MISSING = 3024, 400, "Notification by e-mail and text message needs subject, body and text message";
        REMINDER_BOTH_TEXTS_MISSING = 3025, 400, "A reminder by e-mail and text message needs subject, body and text message";
        FORWARD_ADDRESS_TOO_LONG = 3027, 400, "The address to forward to can hold at most 1000 characters";
        MAIL_REFUSED = 3028, 500, "The mail service does not take the forwarding";
        NO_ACCESS = 4001, 401, "You do not have access to this resource";
        PARTY_UNKNOWN = 4002, 400, "The calling party is not known";
        CALLER_UNIDENTIFIED = 4006, 401, "The calling organisation cannot be told from the token";
        ATTACHMENT_RESOURCE_TYPE = 4009, 400, "Resources of this type take no attachments";
        CORRESPONDENCE_RESOURCE_TYPE = 4010, 400, "Resources of this type take no correspondence";
    }
}

/// One complaint about the model: the key it concerns, in the server's own property names, and the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// `Correspondence.Content.MessageTitle`, `$.correspondence…`, a query parameter's name.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A business rule, with the sentence to answer (section 3.1).
    Business(Rule, String),
    /// Attributes, JSON parsing or binding (section 3.2). Keys that were fine are listed with `None`-like empty lists.
    Validation(Vec<Complaint>),
    /// The bare JSON string of error 3023 (section 3.3).
    BareText(&'static str),
    /// A status with a problem body that has no `errorCode` (section 2: unhandled exceptions).
    Unhandled,
}

impl From<Rule> for Problem {
    fn from(rule: Rule) -> Self {
        Self::Business(rule, rule.detail.to_owned())
    }
}

impl Rule {
    /// This rule's refusal, its sentence followed by the values it concerns.
    #[must_use]
    pub fn about(self, values: impl std::fmt::Display) -> Problem {
        Problem::Business(self, format!("{}: {values}", self.detail))
    }
}

impl Problem {
    /// A validation problem with one complaint.
    #[must_use]
    pub fn invalid(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Validation(vec![Complaint {
            key: key.into(),
            message: message.into(),
        }])
    }

    /// The HTTP status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Business(rule, _) => {
                StatusCode::from_u16(rule.status).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Self::Validation(_) | Self::BareText(_) => StatusCode::BAD_REQUEST,
            Self::Unhandled => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer, as `application/json` on actions that declare it and as `application/problem+json` on the others.
    #[must_use]
    pub fn into_response(self, declares_json: bool, path: &str) -> Response<Body> {
        let status = self.status();
        let body = self.body(path);
        let json =
            declares_json && !matches!(self, Self::Unhandled) || matches!(self, Self::BareText(_));
        let kind = if json {
            "application/json; charset=utf-8"
        } else {
            "application/problem+json; charset=utf-8"
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }

    fn body(&self, path: &str) -> String {
        let trace = trace_id();
        let status = self.status();
        match self {
            Self::Business(rule, detail) => format!(
                r#"{{"type":"{}","title":"{}","status":{},"detail":{},"code":"CORR-{:05}","traceId":"{trace}","statusDescription":"{}","traceId":"{trace}","errorCode":{}}}"#,
                type_of(status),
                phrase(status),
                rule.status,
                text(detail),
                rule.code,
                description(status),
                rule.code,
            ),
            Self::Validation(complaints) => validation_body(complaints, &trace),
            Self::BareText(sentence) => text(sentence),
            Self::Unhandled => format!(
                r#"{{"type":"{}","title":"Internal Server Error","status":500,"detail":"","instance":{},"traceId":"{trace}"}}"#,
                type_of(status),
                text(path),
            ),
        }
    }
}

/// The validation shape. `traceId` stands twice, as in [`Problem::body`]: a decoder must bear that.
fn validation_body(complaints: &[Complaint], trace: &str) -> String {
    let mut entries = String::new();
    let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
    for complaint in complaints {
        let comma = if entries.is_empty() { "" } else { "," };
        let _ = write!(
            entries,
            r#"{comma}{{"code":"CORR.VLD-00000","title":{},"paths":[{}]}}"#,
            text(&complaint.message),
            text(&complaint.key.replace('.', "/")),
        );
        match grouped.iter_mut().find(|(key, _)| *key == complaint.key) {
            Some((_, messages)) => messages.push(&complaint.message),
            None => grouped.push((&complaint.key, vec![&complaint.message])),
        }
    }
    let errors: Vec<String> = grouped
        .iter()
        .map(|(key, messages)| {
            let messages: Vec<String> = messages.iter().map(|message| text(message)).collect();
            format!("{}:[{}]", text(key), messages.join(","))
        })
        .collect();
    format!(
        r#"{{"type":"{}","title":"Bad Request","status":400,"code":"STD-00000","traceId":"{trace}","statusDescription":"Bad Request","validationErrors":[{entries}],"errors":{{{}}},"traceId":"{trace}"}}"#,
        type_of(StatusCode::BAD_REQUEST),
        errors.join(","),
    )
}

/// The shape of a refusal by a rule (section 3.1), as [`Problem::body`] writes it.
#[must_use]
pub fn business_schema() -> Value {
    shape(&json!({
        "type": { "type": "string" },
        "title": { "type": "string" },
        "status": { "type": "integer" },
        "detail": { "type": "string" },
        "code": { "type": "string", "pattern": "^CORR-[0-9]{5}$" },
        "traceId": { "type": "string" },
        "statusDescription": { "type": "string" },
        "errorCode": { "type": "integer" },
    }))
}

/// The shape of a validation problem (section 3.2).
#[must_use]
pub fn validation_schema() -> Value {
    let entry = shape(&json!({
        "code": { "const": "CORR.VLD-00000" },
        "title": { "type": "string" },
        "paths": { "type": "array", "items": { "type": "string" } },
    }));
    shape(&json!({
        "type": { "type": "string" },
        "title": { "const": "Bad Request" },
        "status": { "const": 400 },
        "code": { "const": "STD-00000" },
        "traceId": { "type": "string" },
        "statusDescription": { "type": "string" },
        "validationErrors": { "type": "array", "items": entry },
        "errors": { "type": "object", "additionalProperties": { "type": "array", "items": { "type": "string" } } },
    }))
}

/// The shape of a failure that no rule foresees (section 2).
#[must_use]
pub fn unhandled_schema() -> Value {
    shape(&json!({
        "type": { "type": "string" },
        "title": { "const": "Internal Server Error" },
        "status": { "const": 500 },
        "detail": { "type": "string" },
        "instance": { "type": "string" },
        "traceId": { "type": "string" },
    }))
}

/// An object with these members, all of them always there.
fn shape(properties: &Value) -> Value {
    let names: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|it| it.keys())
        .collect();
    json!({ "type": "object", "properties": properties, "required": names })
}

fn text(value: &str) -> String {
    Value::from(value).to_string()
}

/// A fresh W3C trace id.
fn trace_id() -> String {
    let trace = Uuid::new_v4().simple().to_string();
    let span: String = Uuid::new_v4()
        .simple()
        .to_string()
        .chars()
        .take(16)
        .collect();
    format!("00-{trace}-{span}-01")
}

fn phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

fn description(status: StatusCode) -> &'static str {
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        "An unexpected error occurred."
    } else {
        phrase(status)
    }
}

fn type_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "https://tools.ietf.org/html/rfc9110#section-15.5.2",
        403 => "https://tools.ietf.org/html/rfc9110#section-15.5.4",
        404 => "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        408 => "https://tools.ietf.org/html/rfc9110#section-15.5.9",
        409 => "https://tools.ietf.org/html/rfc9110#section-15.5.10",
        422 => "https://tools.ietf.org/html/rfc9110#section-15.5.21",
        451 => "https://tools.ietf.org/html/rfc7725#section-3",
        500 => "https://tools.ietf.org/html/rfc9110#section-15.6.1",
        502 => "https://tools.ietf.org/html/rfc9110#section-15.6.3",
        _ => "https://tools.ietf.org/html/rfc9110#section-15.5.1",
    }
}

/// What a call comes to.
pub type Outcome<T> = Result<T, Problem>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_3_1_a_business_error_carries_its_number_twice_spelt() {
        let body = Problem::from(rule::DUPLICATE_RECIPIENTS).body("/x");
        assert!(
            body.contains(r#""code":"CORR-01006""#),
            "the code is padded to five digits"
        );
        assert!(
            body.ends_with(r#""errorCode":1006}"#),
            "the bare number is what clients branch on"
        );
        assert_eq!(
            body.matches(r#""traceId""#).count(),
            2,
            "the service writes the trace id twice"
        );
        assert!(
            serde_json::from_str::<serde_json::Value>(&body).is_ok(),
            "a generic decoder reads it"
        );
    }

    #[test]
    fn section_3_2_a_validation_error_groups_by_key() {
        let complaint = |key: &str, message: &str| Complaint {
            key: key.into(),
            message: message.into(),
        };
        let problem = Problem::Validation(vec![
            complaint("Recipients", "one"),
            complaint("Recipients", "two"),
            complaint("Correspondence.Content.MessageTitle", "a \"quote\""),
        ]);
        let body: serde_json::Value = serde_json::from_str(&problem.body("/x")).unwrap();
        assert_eq!(
            body["errors"]["Recipients"].as_array().unwrap().len(),
            2,
            "messages of one key stand together"
        );
        assert_eq!(
            body["validationErrors"][2]["paths"][0], "Correspondence/Content/MessageTitle",
            "paths use slashes"
        );
        assert_eq!(
            body.get("errorCode"),
            None,
            "validation has no error number"
        );
    }
}
