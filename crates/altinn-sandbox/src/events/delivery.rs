//! Posting to endpoints: the handshake and events, again and again until it worked (platform reference, section 8.3).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Event, Subscription};
use crate::app::App;
use crate::state::Job;

/// How long an endpoint has to answer.
const PATIENCE: Duration = Duration::from_secs(45);
/// Seconds from each failed try to the next; then it is given up.
const RETRIES_S: [i64; 12] = [
    10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 43_200, 43_200,
];

/// Something on its way to a subscription's endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    subscription: u64,
    content: Content,
    failed_tries: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Content {
    /// Asks whether anybody is there; the id is its own.
    Handshake(Uuid),
    Event(Box<Event>),
}

impl Parcel {
    /// The question whether the endpoint is there.
    #[must_use]
    pub fn handshake(subscription: u64) -> Self {
        Self {
            subscription,
            content: Content::Handshake(Uuid::new_v4()),
            failed_tries: 0,
        }
    }

    /// An event.
    #[must_use]
    pub fn event(subscription: u64, event: Event) -> Self {
        Self {
            subscription,
            content: Content::Event(Box::new(event)),
            failed_tries: 0,
        }
    }
}

/// Where parcels are handed in.
#[derive(Debug)]
pub struct Post(UnboundedSender<Parcel>);

impl Post {
    /// A post, and what it hands on to [`run`].
    #[must_use]
    pub fn open() -> (Self, UnboundedReceiver<Parcel>) {
        let (hand_in, parcels) = unbounded_channel();
        (Self(hand_in), parcels)
    }

    /// Sends a parcel on its way. Once the sandbox stops, nothing is carried any more.
    pub fn hand_over(&self, parcel: Parcel) {
        let _ = self.0.send(parcel);
    }
}

/// Carries parcels, several at a time, until it is dropped.
pub async fn run(app: Arc<App>, mut parcels: UnboundedReceiver<Parcel>) {
    let mut under_way = JoinSet::new();
    while let Some(parcel) = parcels.recv().await {
        while under_way.try_join_next().is_some() {}
        under_way.spawn(carry(Arc::clone(&app), parcel));
    }
}

async fn carry(app: Arc<App>, parcel: Parcel) {
    let subscription = {
        let tables = app.state.read();
        tables
            .events
            .subscriptions
            .get(&parcel.subscription)
            .cloned()
    };
    let Some(subscription) = subscription else {
        return;
    };
    let is_handshake = matches!(parcel.content, Content::Handshake(_));
    if is_handshake && parcel.failed_tries > 0 && subscription.is_validated {
        // Another handshake has succeeded in the meantime.
        return;
    }
    let Some(body) = body(&app, &subscription, &parcel.content) else {
        return;
    };
    let delivered = tokio::time::timeout(PATIENCE, post(&subscription.filter.endpoint, body)).await;
    if delivered.is_ok_and(|delivered| delivered.is_some()) {
        if is_handshake
            && let Some(known) = app
                .state
                .write()
                .events
                .subscriptions
                .get_mut(&subscription.id)
        {
            known.is_validated = true;
        }
        return;
    }
    let Some(pause) = RETRIES_S.get(parcel.failed_tries) else {
        return;
    };
    let at = app.clock.now() + TimeDelta::seconds(*pause);
    let again = Parcel {
        failed_tries: parcel.failed_tries + 1,
        ..parcel
    };
    app.state.write().agenda.plan(at, Job::Deliver(again));
}

/// What is posted; nothing when the right to it was lost in the meantime.
fn body(app: &App, subscription: &Subscription, content: &Content) -> Option<Value> {
    match content {
        Content::Handshake(id) => Some(json!({
            "id": id,
            "source": format!("{}/events/api/v1/subscriptions/{}", app.base, subscription.id),
            "type": "platform.events.validatesubscription",
            "specversion": "1.0",
        })),
        Content::Event(event) => {
            let subscriber = &subscription.subscriber;
            subscriber
                .may_subscribe(app, &event.resource_id, Some(&event.subject))
                .then(|| event.on_the_wire(&app.base))
        }
    }
}

/// Posts to an endpoint on loopback; something when it took it.
async fn post(endpoint: &str, body: Value) -> Option<()> {
    let uri: Uri = endpoint.parse().ok()?;
    let host = uri.host().filter(|host| is_loopback(host))?;
    let authority = uri.authority()?.as_str();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let address = (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(443));
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    let request = Request::post(path)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .body(Full::new(bytes::Bytes::from(body.to_string())))
        .ok()?;
    // It ends by itself when the sender is let go.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.ok()?;
    answer.status().is_success().then_some(())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
