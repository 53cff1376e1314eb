//! The front door of the Correspondence API: which call it is, and the checks that come before any rule
//! (Correspondence reference, section 2).
//!
//! The calls themselves stand in the table of `routes`.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use uuid::Uuid;

use crate::access::{Policy, Verdict};
use crate::app::App;
use crate::attachment::{self, webhook};
use crate::caller::Caller;
use crate::correspondence::{
    actions, download, forward, initialise, orders, purge, read, reminders, search,
};
use crate::cors;
use crate::openapi;
use crate::problem::{Outcome, Problem};
use crate::query::Query;
use crate::routes::{self, Call, Declares, Found, Ids};

/// Answers a request below `/correspondence/`.
pub async fn answer(app: &App, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let origin = cors::origin(&parts.headers, app.world.environment);
    let preflight = cors::preflight(&parts, origin.as_ref());
    let mut response = match preflight {
        Some(preflight) => preflight,
        None => answer_call(app, Request::from_parts(parts, body)).await,
    };
    cors::allow(&mut response, origin);
    response
}

async fn answer_call(app: &App, request: Request) -> Response<Body> {
    app.run_due_jobs();
    let path = request.uri().path().to_owned();
    let (route, ids) = match routes::find(request.method(), &path) {
        Found::Nowhere => return empty(StatusCode::NOT_FOUND),
        Found::OtherMethod(allowed) => {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            return response;
        }
        Found::Call(route, ids) => (route, ids),
    };
    if route.call == Call::Document {
        return openapi::answer(app).unwrap_or_else(|problem| problem.into_response(true, &path));
    }
    let headers = request.headers();
    if text_of(headers, &header::CONTENT_TYPE).is_some_and(|kind| !route.takes.accepts(kind)) {
        return empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let caller = if route.policy == Policy::Anyone {
        None
    } else {
        match admit(app, route.policy, &request) {
            Ok(caller) => Some(caller),
            Err(refusal) => return *refusal,
        }
    };
    let mut response = if accepts(headers, route.declares) {
        let outcome = match &caller {
            Some(caller) => perform(app, route.call, ids, caller, request).await,
            None => scan_result(app, request.into_body()).await,
        };
        outcome.unwrap_or_else(|problem| {
            problem.into_response(route.declares == Some("application/json"), &path)
        })
    } else {
        not_acceptable(route.declares)
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
fn admit(app: &App, policy: Policy, request: &Request) -> Result<Caller, Box<Response<Body>>> {
    let headers = request.headers();
    let is_bearer = text_of(headers, &header::AUTHORIZATION).is_some_and(|value| {
        value
            .get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
    });
    if policy == Policy::Download && !is_bearer {
        return Err(Box::new(to_login(app, request.uri())));
    }
    // Who calls was read from the token by the layer around (`front`), once for the ledger and for this.
    let Some(caller) = request.extensions().get::<Caller>() else {
        return Err(Box::new(unauthenticated()));
    };
    match policy.judge(caller) {
        Verdict::Passes => Ok(caller.clone()),
        Verdict::Forbidden => Err(Box::new(empty(StatusCode::FORBIDDEN))),
        Verdict::NotAuthenticated => Err(Box::new(unauthenticated())),
        Verdict::MustExchange => Err(Box::new(must_exchange())),
    }
}

async fn perform(
    app: &App,
    call: Call,
    ids: Ids<'_>,
    caller: &Caller,
    request: Request,
) -> Outcome<Response<Body>> {
    let headers = request.headers().clone();
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let body = request.into_body();
    let [first, second] = ids;
    let id = || guid(first);
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
        Call::Download => download::one(app, caller, id()?, guid(second)?),
        Call::DownloadAll => download::all(app, caller, id()?),
        Call::Forward => forward::forward(app, caller, id()?, body)
            .await
            .map(id_text),
        Call::ForwardCheck => forward::check(app, id()?).map(|value| json(&value)),
        Call::NotificationCheck => Ok(json(&orders::wants_reminder(app, id()?))),
        Call::MainNotificationCheck => Ok(json(&orders::wants_first(app, id()?))),
        Call::Reminders => reminders::unopened(app, caller, &query).map(plain_text),
        Call::ScanResult => scan_result(app, body).await,
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
        Call::Document => openapi::answer(app),
    }
}

/// W1, which asks for no token.
async fn scan_result(app: &App, body: Body) -> Outcome<Response<Body>> {
    let echo = webhook::scan_result(app, body).await?;
    Ok(echo.map_or_else(|| empty(StatusCode::OK), |echo| json(&echo)))
}

fn guid(id: Option<(&'static str, &str)>) -> Outcome<Uuid> {
    let (name, text) = id.unwrap_or_default();
    crate::model::guid_of(text, true)
        .ok_or_else(|| Problem::invalid(name, "The value is not a UUID."))
}

/// Whether the request accepts what the call declares: that exact type or `*/*` among the parts, or no header at all.
fn accepts(headers: &HeaderMap, declares: Declares) -> bool {
    let Some(declared) = declares else {
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

fn not_acceptable(declares: Declares) -> Response<Body> {
    let declared = declares.unwrap_or("*/*");
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

fn json(value: &impl Serialize) -> Response<Body> {
    // Plain text and numbers under text keys: there is nothing in an answer that JSON cannot hold.
    json_bytes(serde_json::to_vec(value).unwrap_or_default())
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
    json(&id)
}

fn plain_text(text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
