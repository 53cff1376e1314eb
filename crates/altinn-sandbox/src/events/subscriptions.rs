//! Subscriptions: made, listed, forgotten (platform reference, sections 8.1 and 8.2).

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::delivery::Parcel;
use super::{Event, SUBSCRIBE, Subscriber};
use crate::app::App;
use crate::caller::Caller;
use crate::model::time_text;
use crate::platform::{Ask, empty, json as json_reply, text};

const RESOURCE: &str = "urn:altinn:resource:";

/// A wish to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its number.
    pub id: u64,
    /// Who asked.
    pub subscriber: Subscriber,
    /// What was asked.
    pub filter: Filter,
    /// When.
    pub created: DateTime<Utc>,
    /// Whether the endpoint has answered. Before that nothing is sent, and nothing kept for later.
    pub is_validated: bool,
}

/// What a subscription asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Where events are to be posted.
    pub endpoint: String,
    /// Id of the resource, without the URN prefix.
    pub resource_id: String,
    /// URN of one party; all parties when `None`. An empty text is a party nobody is.
    pub subject: Option<String>,
    /// One type, exactly; all when `None`.
    pub kind: Option<String>,
    /// Also events of the subject's sub-units.
    pub includes_subunits: bool,
}

impl Subscription {
    /// Whether it asks for an event.
    #[must_use]
    pub fn wants(&self, app: &App, event: &Event) -> bool {
        let filter = &self.filter;
        let subject = filter.subject.as_deref();
        self.is_validated
            && filter.resource_id == event.resource_id
            && filter
                .kind
                .as_ref()
                .is_none_or(|kind| *kind == event.kind())
            && (subject.is_none_or(|subject| subject == event.subject)
                || (filter.includes_subunits
                    && subject.is_some_and(|main| super::is_subunit(app, &event.subject, main))))
    }

    fn view(&self) -> Value {
        let owner = self.subscriber.name();
        json!({
            "id": self.id,
            "endPoint": self.filter.endpoint,
            "sourceFilter": null,
            "subjectFilter": self.filter.subject,
            "resourceFilter": format!("{RESOURCE}{}", self.filter.resource_id),
            "alternativeSubjectFilter": null,
            "typeFilter": self.filter.kind,
            "consumer": owner,
            "createdBy": owner,
            "created": time_text(self.created),
            "validated": self.is_validated,
            "includeSubunits": self.filter.includes_subunits,
        })
    }
}

/// Answers below `/events/api/v1/subscriptions`; `rest` is what follows in the path.
pub fn answer(app: &App, ask: &Ask<'_>, caller: &Caller, rest: &[String]) -> Response {
    let subscriber = Subscriber::of(caller);
    match (ask.method, rest) {
        (&Method::POST, []) => create(app, ask, caller),
        (&Method::GET, []) => list(app, subscriber.as_ref()),
        (method @ (&Method::GET | &Method::DELETE), [id]) => {
            one(app, method, subscriber.as_ref(), id)
        }
        (_, [] | [_]) => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn list(app: &App, subscriber: Option<&Subscriber>) -> Response {
    let tables = app.state.read();
    let own: Vec<Value> = tables
        .events
        .subscriptions
        .values()
        .filter(|it| Some(&it.subscriber) == subscriber)
        .map(Subscription::view)
        .collect();
    drop(tables);
    json_reply(
        StatusCode::OK,
        &json!({ "count": own.len(), "subscriptions": own }),
    )
}

fn one(app: &App, method: &Method, subscriber: Option<&Subscriber>, id: &str) -> Response {
    let Ok(id) = id.parse::<u64>() else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let mut tables = app.state.write();
    let Some(found) = tables.events.subscriptions.get(&id) else {
        return empty(StatusCode::NOT_FOUND);
    };
    if Some(&found.subscriber) != subscriber {
        return empty(StatusCode::FORBIDDEN);
    }
    if *method == Method::GET {
        return json_reply(StatusCode::OK, &found.view());
    }
    tables.events.subscriptions.remove(&id);
    empty(StatusCode::OK)
}

fn create(app: &App, ask: &Ask<'_>, caller: &Caller) -> Response {
    let filter = match read(ask.body, caller) {
        Ok(filter) => filter,
        Err(refusal) => return refusal.into(),
    };
    let subscriber = Subscriber::of(caller)
        .filter(|it| it.may_subscribe(app, &filter.resource_id, filter.subject.as_deref()));
    let Some(subscriber) = subscriber else {
        return Refusal::Denied(filter.resource_id).into();
    };
    let mut tables = app.state.write();
    let known = tables
        .events
        .subscriptions
        .values()
        .find(|it| it.subscriber == subscriber && it.filter == filter)
        .cloned();
    let subscription = known.unwrap_or_else(|| {
        let created = app.clock.now();
        let make = |id| Subscription {
            id,
            subscriber,
            filter,
            created,
            is_validated: false,
        };
        tables.events.subscribe(make).clone()
    });
    drop(tables);
    app.post.hand_over(Parcel::handshake(subscription.id));
    let mut response = json_reply(StatusCode::CREATED, &subscription.view());
    // Singular, as the service has it: the address is not one that answers (section 8.1).
    let location = format!("/events/api/v1/subscription/{}", subscription.id);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Why a subscription is not made.
enum Refusal {
    /// The body is not a subscription.
    Unreadable,
    /// 400 with a sentence.
    Sentence(&'static str),
    /// 403: the scope is missing.
    NoScope,
    /// 403: the right is missing on this resource.
    Denied(String),
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let sentence = |status, sentence: String| {
            let body = Value::String(sentence).to_string();
            text(status, "application/json; charset=utf-8", body)
        };
        match refusal {
            Refusal::Unreadable => super::problem("The body is not a subscription."),
            Refusal::Sentence(why) => sentence(StatusCode::BAD_REQUEST, why.to_owned()),
            Refusal::NoScope => empty(StatusCode::FORBIDDEN),
            Refusal::Denied(resource_id) => sentence(
                StatusCode::FORBIDDEN,
                format!(
                    "Not authorized to create a subscription for resource {RESOURCE}{resource_id}."
                ),
            ),
        }
    }
}

/// The body of a subscription; names come in any case and are read in lower case.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(rename = "endpoint")]
    endpoint: Option<String>,
    #[serde(rename = "resourcefilter")]
    resource: Option<String>,
    #[serde(rename = "subjectfilter")]
    subject: Option<String>,
    #[serde(rename = "typefilter")]
    kind: Option<String>,
    #[serde(rename = "includesubunits")]
    includes_subunits: bool,
    #[serde(rename = "sourcefilter")]
    source: Option<String>,
    #[serde(rename = "alternativesubjectfilter")]
    alternative_subject: Option<String>,
}

impl Asked {
    fn from_json(body: &[u8]) -> Option<Self> {
        let members: Map<String, Value> = serde_json::from_slice(body).ok()?;
        let lower = members
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), value))
            .collect();
        serde_json::from_value(Value::Object(lower)).ok()
    }
}

/// The checks of section 8.2, in its order.
fn read(body: &[u8], caller: &Caller) -> Result<Filter, Refusal> {
    let asked = Asked::from_json(body).ok_or(Refusal::Unreadable)?;
    let endpoint = asked.endpoint.filter(|it| is_absolute_https(it));
    let Some(endpoint) = endpoint else {
        return Err(Refusal::Sentence(
            "Missing or invalid endpoint to push events towards",
        ));
    };
    let source = asked.source;
    if source.as_deref().is_some_and(|it| !is_absolute_https(it)) {
        return Err(Refusal::Sentence(
            "SourceFilter must be an absolute URL with the https scheme.",
        ));
    }
    if !caller.has_scope(SUBSCRIBE) {
        return Err(Refusal::NoScope);
    }
    let resource = asked.resource.filter(|it| !it.is_empty());
    if resource.as_deref().is_some_and(|it| !is_urn(it)) {
        return Err(Refusal::Sentence("Resource filter must be a valid urn"));
    }
    let Some(resource) = resource else {
        return Err(Refusal::Sentence("Resource filter is required."));
    };
    if source.is_some() {
        return Err(Refusal::Sentence(
            "Source filter is not supported for subscriptions on this resource.",
        ));
    }
    if asked.alternative_subject.is_some() {
        return Err(Refusal::Sentence(
            "AlternativeSubject filter is not supported for subscriptions on this resource.",
        ));
    }
    if asked.includes_subunits && asked.subject.is_none() {
        return Err(Refusal::Sentence(
            "IncludeSubunits requires a subject filter.",
        ));
    }
    Ok(Filter {
        endpoint,
        resource_id: resource
            .strip_prefix(RESOURCE)
            .unwrap_or(&resource)
            .to_owned(),
        subject: asked.subject,
        kind: asked.kind,
        includes_subunits: asked.includes_subunits,
    })
}

fn is_absolute_https(address: &str) -> bool {
    address
        .parse::<http::Uri>()
        .is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some())
}

/// `urn:` namespace `:` what it names, no blank in it.
fn is_urn(text: &str) -> bool {
    let mut pieces = text.splitn(3, ':');
    let scheme = pieces.next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("urn")
        && pieces.next().is_some_and(|namespace| namespace.len() >= 2)
        && pieces.next().is_some_and(|name| !name.is_empty())
        && !text.contains(char::is_whitespace)
}
