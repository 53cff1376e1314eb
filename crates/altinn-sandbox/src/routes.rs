//! The one table of the Correspondence routes (Correspondence reference, section 4.1): `server` finds a call in it, and
//! `openapi` makes the document from it, so that neither can know a route that the other does not.
//!
//! Paths are compared without regard to case and to a slash at the end.

use axum::http::Method;

use crate::access::Policy;

/// A call that the Correspondence service knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// C1
    Initialise,
    /// C2
    InitialiseWithFiles,
    /// C3
    Search,
    /// C4
    Overview,
    /// C5
    Details,
    /// C6
    Content,
    /// C7
    MarkAsRead,
    /// C8
    Confirm,
    /// C9
    Purge,
    /// C10
    Download,
    /// C11
    DownloadAll,
    /// C12
    Forward,
    /// C13
    ForwardCheck,
    /// C14
    NotificationCheck,
    /// C14 for the first notification
    MainNotificationCheck,
    /// R1
    Reminders,
    /// W1
    ScanResult,
    /// A1
    InitialiseAttachment,
    /// A2
    Upload,
    /// A3
    AttachmentOverview,
    /// A4
    AttachmentDetails,
    /// A5
    DeleteAttachment,
    /// A6
    DownloadAttachment,
    /// The description of all these.
    Document,
}

/// What body a call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// None, or any: it is not looked at.
    Nothing,
    /// `application/json`, `text/json` or `application/…+json`.
    Json,
    /// `multipart/form-data`.
    Form,
    /// `application/octet-stream`.
    Bytes,
}

impl Takes {
    /// Whether a stated content type is one of these.
    #[must_use]
    pub fn accepts(self, content_type: &str) -> bool {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let kind = kind.to_ascii_lowercase();
        match self {
            Self::Nothing => true,
            Self::Json => {
                kind == "application/json"
                    || kind == "text/json"
                    || (kind.starts_with("application/") && kind.ends_with("+json"))
            }
            Self::Form => kind == "multipart/form-data",
            Self::Bytes => kind == "application/octet-stream",
        }
    }
}

/// The content type a call declares to answer with, where it declares none any `Accept` passes.
pub type Declares = Option<&'static str>;

const JSON: Declares = Some("application/json");
const TEXT: Declares = Some("text/plain");
const ANY: Declares = None;

/// One row of the table.
#[derive(Debug)]
pub struct Route {
    /// The call.
    pub call: Call,
    /// Its method.
    pub method: Method,
    /// Its path below [`PREFIX`], ids in braces.
    pub path: &'static str,
    /// What it asks of the token.
    pub policy: Policy,
    /// What body it takes.
    pub takes: Takes,
    /// What it answers with when all is well.
    pub declares: Declares,
    /// Whether the service's own OpenAPI document has it; some calls are live but hidden (section 4.1).
    pub is_listed: bool,
}

/// What stands before every path of the table.
pub const PREFIX: &str = "/correspondence/api/v1/";

const fn route(
    call: Call,
    method: Method,
    path: &'static str,
    policy: Policy,
    takes: Takes,
    declares: Declares,
) -> Route {
    Route {
        call,
        method,
        path,
        policy,
        takes,
        declares,
        is_listed: true,
    }
}

const fn hidden(mut route: Route) -> Route {
    route.is_listed = false;
    route
}

/// Every route. Of two that fit a path, the one with the literal comes first.
#[rustfmt::skip]
pub static ROUTES: &[Route] = {
    use Call as C;
    use Policy::{
        Anyone, Download, ForwardCheck, NotificationCheck, Recipient, Sender, SenderOrRecipient,
    };
    use Takes::{Bytes, Form, Json, Nothing};
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const DELETE: Method = Method::DELETE;
    &[
        route(C::Initialise, POST, "correspondence", Sender, Json, JSON),
        route(C::InitialiseWithFiles, POST, "correspondence/upload", Sender, Form, JSON),
        route(C::Search, GET, "correspondence", SenderOrRecipient, Nothing, JSON),
        route(C::Overview, GET, "correspondence/{correspondenceId}", SenderOrRecipient, Nothing, JSON),
        route(C::Details, GET, "correspondence/{correspondenceId}/details", SenderOrRecipient, Nothing, JSON),
        hidden(route(C::Content, GET, "correspondence/{correspondenceId}/content", Recipient, Nothing, TEXT)),
        route(C::MarkAsRead, POST, "correspondence/{correspondenceId}/markasread", Recipient, Nothing, JSON),
        route(C::Confirm, POST, "correspondence/{correspondenceId}/confirm", Recipient, Nothing, JSON),
        route(C::Purge, DELETE, "correspondence/{correspondenceId}/purge", SenderOrRecipient, Nothing, JSON),
        route(C::Download, GET, "correspondence/{correspondenceId}/attachment/{attachmentId}/download", Download, Nothing, ANY),
        route(C::DownloadAll, GET, "correspondence/{correspondenceId}/attachments/downloadall", Download, Nothing, ANY),
        route(C::Forward, POST, "correspondence/{correspondenceId}/forward", Recipient, Json, JSON),
        hidden(route(C::ForwardCheck, GET, "correspondence/{correspondenceId}/forward/check", ForwardCheck, Nothing, JSON)),
        hidden(route(C::NotificationCheck, GET, "correspondence/{correspondenceId}/notification/check", NotificationCheck, Nothing, ANY)),
        hidden(route(C::MainNotificationCheck, GET, "correspondence/{correspondenceId}/notification/check/main", NotificationCheck, Nothing, ANY)),
        hidden(route(C::Reminders, GET, "confidential-reminders", Recipient, Nothing, TEXT)),
        hidden(route(C::ScanResult, POST, "webhooks/malwarescanresults", Anyone, Json, ANY)),
        route(C::InitialiseAttachment, POST, "attachment", Sender, Json, JSON),
        route(C::Upload, POST, "attachment/{attachmentId}/upload", Sender, Bytes, JSON),
        route(C::AttachmentOverview, GET, "attachment/{attachmentId}", Sender, Nothing, JSON),
        route(C::AttachmentDetails, GET, "attachment/{attachmentId}/details", Sender, Nothing, JSON),
        route(C::DeleteAttachment, DELETE, "attachment/{attachmentId}", Sender, Nothing, JSON),
        route(C::DownloadAttachment, GET, "attachment/{attachmentId}/download", Sender, Nothing, ANY),
        hidden(route(C::Document, GET, "swagger/v1/swagger.json", Anyone, Nothing, ANY)),
    ]
};

/// What a path and a method lead to.
#[derive(Debug)]
pub enum Found<'a> {
    /// No such path.
    Nowhere,
    /// The path exists, with these methods.
    OtherMethod(String),
    /// A call, with the ids of its path: names as in the table, values as they were sent.
    Call(&'static Route, Ids<'a>),
}

/// The ids of a path, at most two.
pub type Ids<'a> = [Option<(&'static str, &'a str)>; 2];

/// Looks a request up in the table.
#[must_use]
pub fn find<'a>(method: &Method, path: &'a str) -> Found<'a> {
    let below = path
        .trim_start_matches('/')
        .get(PREFIX.len() - 1..)
        .filter(|_| has_prefix(path.trim_start_matches('/')));
    let Some(below) = below else {
        return Found::Nowhere;
    };
    let mut methods: Vec<&str> = Vec::new();
    for route in ROUTES {
        let Some(ids) = ids(route.path, below.trim_end_matches('/')) else {
            continue;
        };
        if route.method == *method {
            return Found::Call(route, ids);
        }
        methods.push(route.method.as_str());
    }
    if methods.is_empty() {
        return Found::Nowhere;
    }
    methods.sort_unstable();
    methods.dedup();
    Found::OtherMethod(methods.join(", "))
}

fn has_prefix(path: &str) -> bool {
    path.get(..PREFIX.len() - 1)
        .is_some_and(|head| head.eq_ignore_ascii_case(PREFIX.trim_start_matches('/')))
}

/// The ids in a path that fits a template.
fn ids<'a>(template: &'static str, path: &'a str) -> Option<Ids<'a>> {
    let mut ids: Ids<'a> = [None, None];
    let mut found = 0;
    let mut segments = path.split('/');
    for wanted in template.split('/') {
        let given = segments.next()?;
        match wanted
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => {
                *ids.get_mut(found)? = Some((name, given));
                found += 1;
            }
            None if wanted.eq_ignore_ascii_case(given) => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_a_literal_goes_before_an_id_for_the_methods_it_has() {
        let path = "/correspondence/api/v1/correspondence/upload";
        let call = |method| match find(&method, path) {
            Found::Call(route, _) => Some(route.call),
            _ => None,
        };
        assert_eq!(
            call(Method::POST),
            Some(Call::InitialiseWithFiles),
            "the literal takes what is posted"
        );
        assert_eq!(
            call(Method::GET),
            Some(Call::Overview),
            "for a reader it is an id, though no good one"
        );
        assert!(
            matches!(find(&Method::PUT, path), Found::OtherMethod(allowed) if allowed == "GET, POST"),
            "both are told of"
        );
    }

    #[test]
    fn prefixes_that_end_in_the_middle_lead_nowhere() {
        for path in [
            "",
            "/",
            "////",
            "/correspondence",
            "/correspondence/api/v1",
            "/correspondence/api/v1/",
            "/correspondence/api/v10correspondence",
            "/correspondence/api/v1æ/correspondence",
        ] {
            assert!(matches!(find(&Method::GET, path), Found::Nowhere), "{path}");
        }
    }
}
