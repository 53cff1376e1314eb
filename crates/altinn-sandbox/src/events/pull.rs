//! Pulling events (platform reference, section 8.4).

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Event, SUBSCRIBE, Subscriber, problem};
use crate::app::App;
use crate::caller::Caller;
use crate::platform::{Ask, empty, text};

const RESOURCE: &str = "urn:altinn:resource:";
/// Events of one page when no size is asked for.
const USUAL_SIZE: usize = 50;
/// Most events of one page.
const LARGEST_SIZE: usize = 1000;

/// Answers `GET /events/api/v1/events`.
///
/// A page is cut before rights are looked at, as the service does: a page that nobody may see is empty and has no `next`,
/// though more may follow.
pub fn answer(app: &App, ask: &Ask<'_>, caller: &Caller) -> Response {
    if !caller.has_scope(SUBSCRIBE) {
        return empty(StatusCode::FORBIDDEN);
    }
    let asked = match Asked::read(ask) {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let now = app.clock.now();
    let delay = TimeDelta::from_std(app.world.timers.event_delay).unwrap_or(TimeDelta::zero());
    let tables = app.state.read();
    let page: Vec<Event> = tables
        .events
        .since(&asked.resource_id, asked.after, now)
        .filter(|event| event.at + delay <= now && asked.wants(event))
        .take(asked.size)
        .cloned()
        .collect();
    drop(tables);
    let subscriber = Subscriber::of(caller);
    let permitted: Vec<&Event> = page
        .iter()
        .filter(|event| {
            subscriber.as_ref().is_some_and(|subscriber| {
                subscriber.may_subscribe(app, &event.resource_id, Some(&event.subject))
            })
        })
        .collect();
    let bodies: Vec<Value> = permitted
        .iter()
        .map(|event| event.on_the_wire(&app.base))
        .collect();
    let body = Value::Array(bodies).to_string();
    let mut response = text(
        StatusCode::OK,
        "application/cloudevents+json; charset=utf-8",
        body,
    );
    let next = permitted.last().map(|last| asked.next(&app.base, last.id));
    // The values in it are not encoded; what no header can hold leaves it out.
    if let Some(Ok(next)) = next.map(|next| HeaderValue::from_str(&next)) {
        response.headers_mut().insert("next", next);
    }
    response
}

/// The parameters of one pull.
struct Asked {
    resource_id: String,
    after: Option<Uuid>,
    subject: Option<String>,
    alternative_subject: Option<String>,
    kinds: Vec<String>,
    size: usize,
}

impl Asked {
    fn read(ask: &Ask<'_>) -> Result<Self, Box<Response>> {
        let refuse = |why: &str| Box::new(problem(why));
        let given = |name: &str| ask.parameter(name).filter(|value| !value.is_empty());
        let Some(resource) = given("resource") else {
            return Err(Box::new(resource_is_required()));
        };
        let Some(resource_id) = resource.strip_prefix(RESOURCE) else {
            return Err(refuse(
                "The 'resource' parameter must begin with `urn:altinn:resource:`",
            ));
        };
        let Some(after) = given("after") else {
            return Err(refuse("The 'after' parameter must be defined."));
        };
        let subject = given("subject").map(str::to_owned);
        let alternative_subject = ask
            .parts
            .headers
            .get("Altinn-AlternativeSubject")
            .and_then(|value| value.to_str().ok())
            .filter(|value| !value.is_empty())
            .map(str::to_owned);
        if subject.is_some() && alternative_subject.is_some() {
            return Err(refuse(
                "Only one of 'subject' or 'alternativeSubject' can be defined.",
            ));
        }
        let kinds = ask
            .query
            .iter()
            .filter(|(name, value)| name.eq_ignore_ascii_case("type") && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect();
        let size = match given("size").map(str::parse::<i64>) {
            None => USUAL_SIZE,
            Some(Ok(size)) => match usize::try_from(size) {
                Ok(size @ 1..) => size.min(LARGEST_SIZE),
                _ => USUAL_SIZE,
            },
            Some(Err(_)) => return Err(refuse("The 'size' parameter must be a number.")),
        };
        Ok(Self {
            resource_id: resource_id.to_owned(),
            after: Uuid::try_parse(after).ok(),
            subject,
            alternative_subject,
            kinds,
            size,
        })
    }

    fn wants(&self, event: &Event) -> bool {
        let subject = self.subject.as_ref();
        let alternative = self.alternative_subject.as_ref();
        subject.is_none_or(|subject| *subject == event.subject)
            && alternative.is_none_or(|it| Some(it) == event.alternative_subject().as_ref())
            && (self.kinds.is_empty() || {
                let kind = event.kind();
                self.kinds.iter().any(|pattern| is_like(&kind, pattern))
            })
    }

    /// The address of the page after `last`. An alternative subject comes back as a plain one.
    fn next(&self, base: &str, last: Uuid) -> String {
        let mut next = format!(
            "{base}/events/api/v1/events?after={last}&resource={RESOURCE}{}&size={}",
            self.resource_id, self.size
        );
        if let Some(subject) = self.subject.as_ref().or(self.alternative_subject.as_ref()) {
            next.push_str("&subject=");
            next.push_str(subject);
        }
        for kind in &self.kinds {
            next.push_str("&type=");
            next.push_str(kind);
        }
        next
    }
}

fn resource_is_required() -> Response {
    let message = "The resource field is required.";
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "errors": { "resource": [message] },
    });
    text(
        StatusCode::BAD_REQUEST,
        "application/problem+json; charset=utf-8",
        body.to_string(),
    )
}

/// SQL's LIKE: `%` for any run of letters, `_` for one, case-sensitive.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    // Positions in the pattern that may come next, letter by letter: linear for any number of `%`.
    let mut reached = vec![false; pattern.len() + 1];
    let open = |reached: &mut Vec<bool>| {
        for at in 0..pattern.len() {
            if reached.get(at) == Some(&true)
                && pattern.get(at) == Some(&'%')
                && let Some(next) = reached.get_mut(at + 1)
            {
                *next = true;
            }
        }
    };
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    open(&mut reached);
    for letter in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            if reached.get(at) != Some(&true) {
                continue;
            }
            let to = if *wanted == '%' { at } else { at + 1 };
            if (*wanted == '%' || *wanted == '_' || *wanted == letter)
                && let Some(place) = next.get_mut(to)
            {
                *place = true;
            }
        }
        open(&mut next);
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn section_8_4_patterns_match_as_in_sql() {
        for (text, pattern, expected) in [
            ("a.b.published", "a.b.published", true),
            ("a.b.published", "%published", true),
            ("a.b.published", "a.%", true),
            ("a.b.published", "%b%", true),
            ("a.b.published", "a_b.published", true),
            ("a.b.published", "A.b.published", false),
            ("a.b.published", "a.b", false),
            ("", "%%", true),
            ("", "_", false),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} like {pattern}");
        }
    }
}
