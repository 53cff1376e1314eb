//! The front door of the Correspondence API: which call it is, and the checks that come before any rule
//! (Correspondence reference, section 2).
//!
//! Paths are compared without regard to case and to a slash at the end, which a router by patterns does not offer; so this
//! is the router's fallback and takes the path apart itself.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{Policy, Verdict};
use crate::app::App;
use crate::attachment;
use crate::caller::Caller;
use crate::correspondence::{actions, download, initialise, purge, read, search};
use crate::problem::{Outcome, Problem};
use crate::query::Query;

/// Every route of the sandbox, under one origin.
pub fn router(app: Arc<App>) -> Router {
    Router::new().fallback(correspondence_api).with_state(app)
}

/// A call that the Correspondence service knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Initialise,
    InitialiseWithFiles,
    Search,
    Overview,
    Details,
    Content,
    MarkAsRead,
    Confirm,
    Purge,
    Download,
    DownloadAll,
    InitialiseAttachment,
    Upload,
    AttachmentOverview,
    AttachmentDetails,
    DeleteAttachment,
    DownloadAttachment,
}

/// What a path and a method lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found<'a> {
    /// No such path.
    Nowhere,
    /// The path exists with other methods.
    OtherMethod(&'static str),
    /// A call, with the ids of its path as they stand there.
    Call(Call, [&'a str; 2]),
}

fn route<'a>(method: &Method, segments: &[&'a str]) -> Found<'a> {
    let [api, name, version, rest @ ..] = segments else {
        return Found::Nowhere;
    };
    if !(is(api, "correspondence") && is(name, "api") && is(version, "v1")) {
        return Found::Nowhere;
    }
    let get = |call, ids| {
        if method == Method::GET {
            Found::Call(call, ids)
        } else {
            Found::OtherMethod("GET")
        }
    };
    let post = |call, ids| {
        if method == Method::POST {
            Found::Call(call, ids)
        } else {
            Found::OtherMethod("POST")
        }
    };
    let delete = |call, ids| {
        if method == Method::DELETE {
            Found::Call(call, ids)
        } else {
            Found::OtherMethod("DELETE")
        }
    };
    match rest {
        [kind] if is(kind, "correspondence") => match *method {
            Method::GET => Found::Call(Call::Search, ["", ""]),
            Method::POST => Found::Call(Call::Initialise, ["", ""]),
            _ => Found::OtherMethod("GET, POST"),
        },
        [kind, last] if is(kind, "correspondence") => {
            // A literal goes before an id, for the methods that it has.
            if is(last, "upload") && *method == Method::POST {
                return Found::Call(Call::InitialiseWithFiles, ["", ""]);
            }
            get(Call::Overview, [last, ""])
        }
        [kind, id, verb] if is(kind, "correspondence") => {
            match verb.to_ascii_lowercase().as_str() {
                "details" => get(Call::Details, [id, ""]),
                "content" => get(Call::Content, [id, ""]),
                "markasread" => post(Call::MarkAsRead, [id, ""]),
                "confirm" => post(Call::Confirm, [id, ""]),
                "purge" => delete(Call::Purge, [id, ""]),
                _ => Found::Nowhere,
            }
        }
        [kind, id, all, verb]
            if is(kind, "correspondence") && is(all, "attachments") && is(verb, "downloadall") =>
        {
            get(Call::DownloadAll, [id, ""])
        }
        [kind, id, one, attachment, verb]
            if is(kind, "correspondence") && is(one, "attachment") && is(verb, "download") =>
        {
            get(Call::Download, [id, attachment])
        }
        [kind] if is(kind, "attachment") => post(Call::InitialiseAttachment, ["", ""]),
        [kind, id] if is(kind, "attachment") => match *method {
            Method::GET => Found::Call(Call::AttachmentOverview, [id, ""]),
            Method::DELETE => Found::Call(Call::DeleteAttachment, [id, ""]),
            _ => Found::OtherMethod("GET, DELETE"),
        },
        [kind, id, verb] if is(kind, "attachment") => match verb.to_ascii_lowercase().as_str() {
            "upload" => post(Call::Upload, [id, ""]),
            "details" => get(Call::AttachmentDetails, [id, ""]),
            "download" => get(Call::DownloadAttachment, [id, ""]),
            _ => Found::Nowhere,
        },
        _ => Found::Nowhere,
    }
}

fn is(segment: &str, name: &str) -> bool {
    segment.eq_ignore_ascii_case(name)
}

impl Call {
    fn policy(self) -> Policy {
        match self {
            Self::Search | Self::Overview | Self::Details | Self::Purge => {
                Policy::SenderOrRecipient
            }
            Self::Content | Self::MarkAsRead | Self::Confirm => Policy::Recipient,
            Self::Download | Self::DownloadAll => Policy::Download,
            _ => Policy::Sender,
        }
    }

    /// The content type it declares to answer with; none means that any `Accept` passes.
    fn declares(self) -> Option<&'static str> {
        match self {
            Self::Content => Some("text/plain"),
            Self::Download | Self::DownloadAll | Self::DownloadAttachment => None,
            _ => Some("application/json"),
        }
    }

    fn takes(self, content_type: &str) -> bool {
        let kind = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match self {
            Self::Initialise | Self::InitialiseAttachment => {
                kind == "application/json"
                    || kind == "text/json"
                    || (kind.starts_with("application/") && kind.ends_with("+json"))
            }
            Self::InitialiseWithFiles => kind == "multipart/form-data",
            Self::Upload => kind == "application/octet-stream",
            _ => true,
        }
    }
}

async fn correspondence_api(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    app.run_due_jobs();
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (call, ids) = match route(request.method(), &segments) {
        Found::Nowhere => return empty(StatusCode::NOT_FOUND),
        Found::OtherMethod(allowed) => {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(allowed));
            return response;
        }
        Found::Call(call, ids) => (call, ids),
    };
    let headers = request.headers();
    if text_of(headers, &header::CONTENT_TYPE).is_some_and(|kind| !call.takes(kind)) {
        return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let caller = match admit(&app, call, &request) {
        Ok(caller) => caller,
        Err(refusal) => return *refusal,
    };
    let mut response = if accepts(headers, call) {
        let outcome = perform(&app, call, ids, &caller, request).await;
        outcome.unwrap_or_else(|problem| {
            problem.into_response(call.declares() == Some("application/json"), &path)
        })
    } else {
        not_acceptable(call)
    };
    state_length(&mut response);
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// States the length of a body that is whole already, which the layers above would lose.
fn state_length(response: &mut Response<Body>) {
    let length = axum::body::HttpBody::size_hint(response.body()).exact();
    if let Some(length) = length.filter(|_| response.status() != StatusCode::NO_CONTENT) {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(HeaderValue::from(length));
    }
}

/// Authentication and policy: 401, 403, or the redirect of the download endpoints to a login.
fn admit(app: &App, call: Call, request: &Request) -> Result<Caller, Box<Response<Body>>> {
    let headers = request.headers();
    let is_bearer = text_of(headers, &header::AUTHORIZATION).is_some_and(|value| {
        value
            .get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
    });
    if call.policy() == Policy::Download && !is_bearer {
        return Err(Box::new(to_login(app, request.uri())));
    }
    // Who calls was read from the token by the layer around (`front`), once for the ledger and for this.
    let Some(caller) = request.extensions().get::<Caller>() else {
        return Err(Box::new(unauthenticated()));
    };
    match call.policy().judge(caller) {
        Verdict::Passes => Ok(caller.clone()),
        Verdict::Forbidden => Err(Box::new(empty(StatusCode::FORBIDDEN))),
        Verdict::NotAuthenticated => Err(Box::new(unauthenticated())),
        Verdict::MustExchange => Err(Box::new(must_exchange())),
    }
}

async fn perform(
    app: &App,
    call: Call,
    ids: [&str; 2],
    caller: &Caller,
    request: Request,
) -> Outcome<Response<Body>> {
    let headers = request.headers().clone();
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let body = request.into_body();
    let [first, second] = ids;
    let id_name = if matches!(
        call,
        Call::Upload
            | Call::AttachmentOverview
            | Call::AttachmentDetails
            | Call::DeleteAttachment
            | Call::DownloadAttachment
    ) {
        "attachmentId"
    } else {
        "correspondenceId"
    };
    let id = || guid(first, id_name);
    match call {
        Call::Initialise => initialise::from_json(app, caller, body)
            .await
            .map(|value| json(&value)),
        Call::InitialiseWithFiles => initialise::from_multipart(app, caller, &headers, body)
            .await
            .map(|value| json(&value)),
        Call::Search => search::search(app, caller, &query).map(|value| json(&value)),
        Call::Overview => read::overview(app, caller, id()?).map(json_bytes),
        Call::Details => read::details(app, caller, id()?).map(json_bytes),
        Call::Content => read::content(app, caller, id()?).map(plain_text),
        Call::MarkAsRead => {
            actions::mark_as_read(app, caller, id()?).and_then(|()| id().map(id_text))
        }
        Call::Confirm => actions::confirm(app, caller, id()?).and_then(|()| id().map(id_text)),
        Call::Purge => purge::purge(app, caller, id()?).and_then(|()| id().map(id_text)),
        Call::Download => download::one(app, caller, id()?, guid(second, "attachmentId")?),
        Call::DownloadAll => download::all(app, caller, id()?),
        Call::InitialiseAttachment => attachment::initialise(app, caller, body).await.map(id_text),
        Call::Upload => attachment::upload(app, caller, &headers, id()?, body)
            .await
            .map(|value| json(&value)),
        Call::AttachmentOverview => {
            attachment::overview(app, caller, id()?).map(|value| json(&value))
        }
        Call::AttachmentDetails => {
            attachment::details(app, caller, id()?).map(|value| json(&value))
        }
        Call::DeleteAttachment => {
            attachment::delete(app, caller, id()?).map(|()| empty(StatusCode::NO_CONTENT))
        }
        Call::DownloadAttachment => attachment::download(app, caller, id()?),
    }
}

fn guid(text: &str, name: &str) -> Outcome<Uuid> {
    crate::model::guid_of(text, true)
        .ok_or_else(|| Problem::invalid(name, "The value is not a UUID."))
}

/// Whether the request accepts what the call declares: that exact type or `*/*` among the parts, or no header at all.
fn accepts(headers: &HeaderMap, call: Call) -> bool {
    let Some(declared) = call.declares() else {
        return true;
    };
    let mut values = headers.get_all(header::ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return true;
    }
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| {
            let kind = part.split(';').next().unwrap_or_default().trim();
            kind == "*/*" || kind.eq_ignore_ascii_case(declared)
        })
}

fn not_acceptable(call: Call) -> Response<Body> {
    let declared = call.declares().unwrap_or("*/*");
    let mut response = Response::new(Body::from(format!(
        "This call answers {declared}, which the Accept header leaves out."
    )));
    *response.status_mut() = StatusCode::NOT_ACCEPTABLE;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

fn unauthenticated() -> Response<Body> {
    let mut response = empty(StatusCode::UNAUTHORIZED);
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer error=\"invalid_token\""),
    );
    response
}

/// The intended answer to a raw Maskinporten token where only Altinn's are taken (section 2).
fn must_exchange() -> Response<Body> {
    let body = serde_json::json!({
        "status": 403,
        "title": "Issuer validation failed (IDX10205)",
        "detail": "Exchange the token for one of Altinn's and call again.",
    });
    let mut response = json(&body);
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer error=\"invalid_token\""),
    );
    response
}

/// Downloads without a token are taken for a browser's and sent to log in.
fn to_login(app: &App, uri: &axum::http::Uri) -> Response<Body> {
    let back = format!(
        "{}{}",
        app.base,
        uri.path_and_query().map_or("/", |it| it.as_str())
    );
    let back = percent_encoding::utf8_percent_encode(&back, percent_encoding::NON_ALPHANUMERIC);
    let mut response = empty(StatusCode::FOUND);
    let login = format!(
        "{}/authentication/api/v1/authentication?goto={back}",
        app.base
    );
    if let Ok(location) = HeaderValue::from_str(&login) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn text_of<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn json(value: &Value) -> Response<Body> {
    json_bytes(value.to_string().into_bytes())
}

fn json_bytes(body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

/// An id as the JSON text that several calls answer.
fn id_text(id: Uuid) -> Response<Body> {
    json(&Value::String(id.to_string()))
}

fn plain_text(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
