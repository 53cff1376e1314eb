//! Search: C3 (Correspondence reference, section 11).

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::recipient;
use crate::access::ORGANISATION;
use crate::app::App;
use crate::caller::Caller;
use crate::model::{choice_of, guid_of, lenient_time};
use crate::openapi::shape::{Kind, Shape};
use crate::problem::{Complaint, Outcome, Problem, rule};
use crate::query::Query;
use crate::state::{Correspondence, Status, Tables};

/// Most ids in one answer.
const MOST: usize = 1000;

const ROLES: [&str; 3] = ["Recipient", "Sender", "RecipientAndSender"];

/// What C3 answers (section 11.4).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Correspondences")]
pub struct Matches {
    ids: Vec<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Recipient,
    Sender,
    Both,
}

fn role_of(text: &str) -> Option<Role> {
    match choice_of(text, &ROLES)? {
        0 => Some(Role::Recipient),
        1 => Some(Role::Sender),
        2 => Some(Role::Both),
        _ => None,
    }
}

#[derive(Debug)]
struct Search {
    resource_id: String,
    role: Role,
    status: Option<Option<Status>>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    on_behalf_of: Option<String>,
    senders_reference: Option<String>,
    key: Option<Uuid>,
    altinn2_id: Option<i64>,
}

/// Answers the ids that match.
///
/// # Errors
/// A validation problem for parameters that cannot be read, 1027, 4006 or 4001.
pub fn search(app: &App, caller: &Caller, query: &Query) -> Outcome<Matches> {
    let search = Search::read(query)?;
    if let (Some(from), Some(to)) = (search.from, search.to)
        && from > to
    {
        return Err(rule::FROM_AFTER_TO.into());
    }
    let party = match &search.on_behalf_of {
        Some(urn) => urn.clone(),
        None => format!(
            "{ORGANISATION}{}",
            caller
                .acting_organisation()
                .ok_or(rule::CALLER_UNIDENTIFIED)?
        ),
    };
    // Either right is enough (section 1.5, "as any"). An organisation that owns the resource writes on its own behalf.
    let speaks_for_party = caller.party_urn().as_deref() == Some(party.as_str());
    // A prefixed id is the same resource to the decision point, and no resource at all to the filter (section 11.1).
    let resource_id = search
        .resource_id
        .strip_prefix("urn:altinn:resource:")
        .unwrap_or(&search.resource_id);
    let may = app.may_read(caller, resource_id, &party)
        || (speaks_for_party && app.may_write(caller, resource_id));
    if !may {
        return Err(rule::NO_ACCESS.into());
    }
    let tables = app.state.read();
    let ids = find(&tables, &search, &party);
    drop(tables);
    Ok(Matches { ids })
}

/// What search can be asked, for the description of the API.
#[must_use]
pub fn shape() -> Shape {
    let mut parameters = Parameters {
        query: &Query::default(),
        complaints: Vec::new(),
        shape: Some(Shape::default()),
    };
    Search::read_from(&mut parameters);
    parameters.shape.unwrap_or_default()
}

/// Reads parameters, gathers what is wrong with them, and notes what they are.
struct Parameters<'a> {
    query: &'a Query,
    complaints: Vec<Complaint>,
    /// Only for whoever asks what they are.
    shape: Option<Shape>,
}

impl<'a> Parameters<'a> {
    fn complain(&mut self, name: &str, message: &str) {
        self.complaints.push(Complaint {
            key: name.to_owned(),
            message: message.to_owned(),
        });
    }

    /// A parameter that must be there and make sense.
    fn required<T>(
        &mut self,
        name: &str,
        schema: impl FnOnce() -> Value,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.query.text(name).is_none() {
            self.complain(name, "A value is required.");
        }
        self.value(name, schema, true, read)
    }

    /// A parameter that, if it is there, must make sense.
    fn optional<T>(
        &mut self,
        name: &str,
        schema: impl FnOnce() -> Value,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.value(name, schema, false, read)
    }

    fn value<T>(
        &mut self,
        name: &str,
        schema: impl FnOnce() -> Value,
        is_required: bool,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if let Some(shape) = &mut self.shape {
            let kind = Kind::Value(schema());
            shape.note("$", name, name.to_owned(), is_required, kind);
        }
        let text = self.query.text(name)?;
        let value = read(text);
        if value.is_none() {
            self.complain(name, "The value is not valid here.");
        }
        value
    }
}

impl Search {
    fn read(query: &Query) -> Outcome<Self> {
        let mut parameters = Parameters {
            query,
            complaints: Vec::new(),
            shape: None,
        };
        let search = Self::read_from(&mut parameters);
        search
            .filter(|_| parameters.complaints.is_empty())
            .ok_or(Problem::Validation(parameters.complaints))
    }

    fn read_from(parameters: &mut Parameters<'_>) -> Option<Self> {
        let text = || json!({ "type": "string" });
        let time = || json!({ "type": "string", "format": "date-time" });
        let own = |text: &str| Some(text.to_owned());
        let names = Status::ALL.map(Status::name);
        let resource_id = parameters.required("resourceId", text, own);
        let role = parameters.required(
            "role",
            || json!({ "type": "string", "enum": ROLES }),
            role_of,
        );
        let status = || json!({ "type": "string", "enum": names });
        let status = parameters.optional("status", status, |text| choice_of(text, &names));
        let from = parameters.optional("from", time, lenient_time);
        let to = parameters.optional("to", time, lenient_time);
        let on_behalf_of = parameters.optional("onBehalfOf", text, recipient::searchable);
        let senders_reference = parameters.optional("sendersReference", text, own);
        let uuid = || json!({ "type": "string", "format": "uuid" });
        let key = parameters.optional("idempotentKey", uuid, |text| guid_of(text, true));
        let number = || json!({ "type": "integer" });
        let altinn2_id =
            parameters.optional("altinn2CorrespondenceId", number, |text| text.parse().ok());
        let status_of = |number: i64| {
            usize::try_from(number)
                .ok()
                .and_then(|at| Status::ALL.get(at))
                .copied()
        };
        Some(Self {
            resource_id: resource_id?,
            role: role?,
            status: status.map(status_of),
            from,
            to,
            on_behalf_of,
            senders_reference,
            key,
            altinn2_id,
        })
    }

    /// Section 11.3. A status number that no status has finds nothing where statuses are asked for.
    fn matches(
        &self,
        correspondence: &Correspondence,
        is_recipient: bool,
        is_sender: bool,
    ) -> bool {
        if self
            .senders_reference
            .as_ref()
            .is_some_and(|reference| *reference != correspondence.senders_reference)
        {
            return false;
        }
        let has_been =
            |status: Option<Status>| status.is_some_and(|status| correspondence.has(status));
        let latest_is_out = || {
            let latest = correspondence.statuses.iter().max_by_key(|row| row.at);
            latest.is_some_and(|row| !row.status.is_before_publish_or_failed())
        };
        match (self.role, self.status) {
            (Role::Recipient, Some(status)) => {
                is_recipient
                    && has_been(status)
                    && !status.is_some_and(Status::is_before_publish_or_failed)
            }
            (Role::Recipient, None) => is_recipient && latest_is_out(),
            (Role::Sender, Some(status)) => is_sender && has_been(status),
            (Role::Sender, None) => is_sender,
            // The service over-matches here: what is addressed to the party comes whatever its status.
            (Role::Both, Some(status)) => {
                is_recipient || (is_sender && (has_been(status) || latest_is_out()))
            }
            (Role::Both, None) => is_recipient || is_sender,
        }
    }

    fn holds(&self, tables: &Tables, id: Uuid, party: &str) -> bool {
        let Some(correspondence) = tables.correspondences.get(&id) else {
            return false;
        };
        let is_recipient = correspondence.recipient == party;
        let is_sender =
            recipient::organisation_number(party) == Some(correspondence.sender.as_str());
        self.matches(correspondence, is_recipient, is_sender)
    }
}

fn find(tables: &Tables, search: &Search, party: &str) -> Vec<Uuid> {
    if let Some(key) = search.key {
        return tables.keys.get(&key).copied().into_iter().collect();
    }
    if let Some(altinn2_id) = search.altinn2_id {
        let one = tables.correspondences.values().find(|it| {
            let is_recipient = it.recipient == party;
            let is_sender = recipient::organisation_number(party) == Some(it.sender.as_str());
            let in_role = match search.role {
                Role::Recipient => is_recipient,
                Role::Sender => is_sender,
                Role::Both => is_recipient || is_sender,
            };
            it.altinn2_id == Some(altinn2_id) && it.resource_id == search.resource_id && in_role
        });
        return one.map(|it| it.id).into_iter().collect();
    }
    let Some(window) = window(search) else {
        return Vec::new();
    };
    let received = if search.role == Role::Sender {
        None
    } else {
        tables.received(&search.resource_id, party)
    };
    let sent = match recipient::organisation_number(party) {
        Some(number) if search.role != Role::Recipient => tables.sent(&search.resource_id, number),
        _ => None,
    };
    let mut received = received
        .into_iter()
        .flat_map(|spine| spine.range(window).rev())
        .peekable();
    let mut sent = sent
        .into_iter()
        .flat_map(|spine| spine.range(window).rev())
        .peekable();
    let mut ids = Vec::new();
    while ids.len() < MOST {
        // Both run newest first; the newer of the two heads comes next, and one that heads both comes once.
        let next = match (received.peek(), sent.peek()) {
            (None, None) => break,
            (Some(_), None) => received.next(),
            (None, Some(_)) => sent.next(),
            (Some(left), Some(right)) if left == right => {
                sent.next();
                received.next()
            }
            (Some(left), Some(right)) if left > right => received.next(),
            (Some(_), Some(_)) => sent.next(),
        };
        if let Some((_, id)) = next
            && search.holds(tables, *id, party)
        {
            ids.push(*id);
        }
    }
    ids
}

type Bound = std::ops::Bound<(DateTime<Utc>, Uuid)>;

/// Publish times strictly between `from` and `to`, which are cut to microseconds as the stored times are; `None` when
/// there is nothing between them.
fn window(search: &Search) -> Option<(Bound, Bound)> {
    use std::ops::Bound::{Excluded, Unbounded};
    let low = match search.from {
        Some(from) => Excluded((cut(from), Uuid::max())),
        None => Unbounded,
    };
    let high = match search.to {
        Some(to) => Excluded((cut_up(to), Uuid::nil())),
        None => Unbounded,
    };
    if let (Excluded(low), Excluded(high)) = (&low, &high)
        && low >= high
    {
        return None;
    }
    Some((low, high))
}

fn cut(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}

fn cut_up(time: DateTime<Utc>) -> DateTime<Utc> {
    let down = cut(time);
    if down < time {
        down + TimeDelta::microseconds(1)
    } else {
        down
    }
}
