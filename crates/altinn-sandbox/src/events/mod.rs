//! Altinn Events (platform reference, section 8), and the events that Correspondence sends it (Correspondence reference,
//! section 17).
//!
//! `log` remembers, `subscriptions` and `pull` answer, `delivery` posts. An endpoint is an https address; the sandbox never
//! calls another machine, so it posts to those on loopback only, in plain HTTP.

pub mod delivery;
mod log;
mod pull;
mod subscriptions;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::access::{ORGANISATION, PERSON};
use crate::app::App;
use crate::caller::{Caller, Scheme};
use crate::correspondence::recipient;
use crate::platform::{Ask, empty, text};
use crate::state::{Attachment, Correspondence, Tables};
use delivery::Parcel;
pub use log::{Event, Happening, Log};
pub use subscriptions::Subscription;

/// The scope that events ask for.
pub const SUBSCRIBE: &str = "altinn:events.subscribe";

/// Who asks for events, as the service names them: the first that a token says (platform reference, section 8.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subscriber {
    /// A service owner, by its code.
    Owner(String),
    /// A person: the user's id, and the national identity number if the token has it.
    User(String, Option<String>),
    /// A system user's id, and the organisation number of its customer.
    SystemUser(String, String),
    /// An organisation number.
    Organisation(String),
}

impl Subscriber {
    /// Reads it from a token.
    #[must_use]
    pub fn of(caller: &Caller) -> Option<Self> {
        if let Some(code) = &caller.org {
            return Some(Self::Owner(code.clone()));
        }
        if let Some(user) = &caller.user {
            return Some(Self::User(user.clone(), caller.pid.clone()));
        }
        if let (Some(id), Some(organisation)) = (&caller.system_user, &caller.system_user_org) {
            return Some(Self::SystemUser(id.clone(), organisation.clone()));
        }
        caller
            .acting_organisation()
            .map(|number| Self::Organisation(number.to_owned()))
    }

    /// As `consumer` and `createdBy` say it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Owner(code) => format!("/org/{code}"),
            Self::User(id, _) => format!("/user/{id}"),
            Self::SystemUser(id, _) => format!("/systemuser/{id}"),
            Self::Organisation(number) => format!("/organisation/{number}"),
        }
    }

    /// What the decision point says to `subscribe` on a resource for a party (platform reference, section 8.2). It is asked
    /// with this subscriber alone: an owner's code has the right by the policy, a person for itself, a system user for its
    /// customer if it holds a right on the resource, and a bare organisation number has none.
    #[must_use]
    pub fn may_subscribe(&self, app: &App, resource_id: &str, subject: Option<&str>) -> bool {
        let Some(resource) = app.world.resource(resource_id) else {
            return false;
        };
        let Some(owner) = &resource.owner else {
            return false;
        };
        let stands_for = |party: String| {
            subject.is_some_and(|subject| subject == party || is_subunit(app, subject, &party))
        };
        match self {
            Self::Owner(code) => app
                .world
                .service_owner(owner)
                .is_some_and(|owner| owner.org.eq_ignore_ascii_case(code)),
            Self::User(_, Some(person)) => stands_for(format!("{PERSON}{person}")),
            Self::SystemUser(id, organisation) => {
                stands_for(format!("{ORGANISATION}{organisation}"))
                    && app.system_user_may_use(id, resource)
            }
            Self::User(_, None) | Self::Organisation(_) => false,
        }
    }
}

/// Whether a party is a sub-unit of another, both by URN.
fn is_subunit(app: &App, unit: &str, main: &str) -> bool {
    let parent = recipient::organisation_number(unit)
        .and_then(|number| app.register.organisation(number))
        .and_then(|unit| unit.parent);
    parent.is_some() && recipient::organisation_number(main) == parent.as_deref()
}

/// Answers a request to Events.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["events", "api", "v1"])?;
    app.run_due_jobs();
    let (service, rest) = rest.split_first()?;
    let caller = ask
        .parts
        .extensions
        .get::<Caller>()
        .filter(|caller| caller.scheme == Scheme::Altinn);
    let Some(caller) = caller else {
        return Some(empty(StatusCode::UNAUTHORIZED));
    };
    Some(match service.to_lowercase().as_str() {
        "subscriptions" => subscriptions::answer(app, ask, caller, rest),
        "events" if !rest.is_empty() => empty(StatusCode::NOT_FOUND),
        "events" if *ask.method == Method::GET => pull::answer(app, ask, caller),
        "events" => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

/// A problem that says what is wrong.
fn problem(detail: &str) -> Response {
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
    });
    text(
        StatusCode::BAD_REQUEST,
        "application/problem+json; charset=utf-8",
        body.to_string(),
    )
}

impl App {
    /// Keeps an event and sends it to who asked for it.
    fn tell(&self, tables: &mut Tables, event: Event) {
        for subscription in tables.events.subscriptions.values() {
            if subscription.wants(self, &event) {
                self.post
                    .hand_over(Parcel::event(subscription.id, event.clone()));
            }
        }
        tables.events.keep(event);
    }

    /// Something happened to a correspondence. Its recipient is told of publication and of what was left undone when it
    /// fell due, its sender of all else.
    pub fn tell_of(
        &self,
        tables: &mut Tables,
        happening: Happening,
        it: &Correspondence,
        at: DateTime<Utc>,
    ) {
        self.tell_of_instance(tables, happening, it, it.id, at);
    }

    /// Something happened to a correspondence's notification: the instance is the order.
    pub fn tell_of_instance(
        &self,
        tables: &mut Tables,
        happening: Happening,
        it: &Correspondence,
        instance: Uuid,
        at: DateTime<Utc>,
    ) {
        let is_for_recipient = matches!(
            happening,
            Happening::CorrespondencePublished
                | Happening::CorrespondenceReceiverNeverRead
                | Happening::CorrespondenceReceiverNeverConfirmed
        );
        let subject = if is_for_recipient {
            it.recipient.clone()
        } else {
            format!("{ORGANISATION}{}", it.sender)
        };
        let event = Event {
            id: Uuid::new_v4(),
            at,
            happening,
            resource_id: it.resource_id.clone(),
            instance,
            subject,
        };
        self.tell(tables, event);
    }

    /// Something happened to an attachment. Its sender is told.
    pub fn tell_of_attachment(
        &self,
        tables: &mut Tables,
        happening: Happening,
        it: &Attachment,
        at: DateTime<Utc>,
    ) {
        let event = Event {
            id: Uuid::new_v4(),
            at,
            happening,
            resource_id: it.resource_id.clone(),
            instance: it.id,
            subject: format!("{ORGANISATION}{}", it.sender),
        };
        self.tell(tables, event);
    }
}
