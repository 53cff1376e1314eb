//! Section 17 of this reference, and section 8 of the platform reference: what happens is told, to who asked and may know.

mod happenings;
mod pull;
mod subscriptions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::http::StatusCode as HookStatus;
use reqwest::Method;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::stage::*;

const SUBSCRIBE: &str = "altinn:events.subscribe";
const NAMES: &str = "no.altinn.correspondence.";

/// An endpoint on loopback that keeps what is posted to it.
struct Hook {
    address: String,
    posted: UnboundedReceiver<Value>,
    answers: Arc<AtomicU16>,
}

impl Hook {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}/secret?key=1", listener.local_addr().unwrap());
        let (keep, posted) = unbounded_channel();
        let answers = Arc::new(AtomicU16::new(200));
        let status = Arc::clone(&answers);
        let router = axum::Router::new().fallback(
            move |uri: axum::http::Uri, headers: axum::http::HeaderMap, body: String| {
                let kind = headers["content-type"].to_str().unwrap();
                assert!(
                    kind.starts_with("application/json"),
                    "posted as JSON: {kind}"
                );
                assert!(
                    !headers.contains_key("authorization"),
                    "nothing proves who posts"
                );
                assert_eq!(
                    uri.to_string(),
                    "/secret?key=1",
                    "the whole address is used"
                );
                keep.send(serde_json::from_str(&body).unwrap()).unwrap();
                let status = HookStatus::from_u16(status.load(Ordering::SeqCst)).unwrap();
                std::future::ready(status)
            },
        );
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            posted,
            answers,
        }
    }

    /// The next thing posted.
    async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_secs(20), self.posted.recv());
        next.await.expect("something is posted").unwrap()
    }

    fn is_quiet(&mut self) -> bool {
        self.posted.try_recv().is_err()
    }
}

impl Stage {
    fn events(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        self.at(method, &format!("/events/api/v1/{path}"), token)
    }

    async fn pull(&self, query: &str, token: &str) -> Answer {
        let request = self.events(Method::GET, &format!("events?{query}"), token);
        self.send(request).await
    }

    async fn subscribe(&self, body: &Value, token: &str) -> Answer {
        let request = self.events(Method::POST, "subscriptions", token);
        self.send(request.json(body)).await
    }

    /// A token of the service owner, who may subscribe to everything on its resources.
    async fn owner_of_events(&self) -> String {
        let scopes = format!("altinn:serviceowner {SUBSCRIBE}");
        let parameters = [("org", "digdir"), ("orgNo", OWNER), ("scopes", &scopes)];
        self.test_token("GetEnterpriseToken", &parameters).await
    }

    /// A token of a system user at an organisation.
    async fn system_user(&self, organisation: &str) -> String {
        let id = "12121212-3434-4565-8787-909090909090";
        let parameters = [
            ("systemUserId", id),
            ("orgNo", OTHER_OWNER),
            ("systemUserOrg", organisation),
            ("scopes", SUBSCRIBE),
        ];
        self.test_token("GetSystemUserToken", &parameters).await
    }

    /// Names and subjects of all that was told about a resource and can be pulled now.
    async fn told(&self, resource: &str) -> Vec<(String, String)> {
        let token = self.owner_of_events().await;
        let query = format!("resource=urn:altinn:resource:{resource}&after=0&size=1000");
        let answer = self.pull(&query, &token).await;
        answer.is_ok("the owner may pull");
        let events = answer.json();
        let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
        let events = events.as_array().unwrap().iter();
        events
            .map(|event| {
                let name = text(event, "type").replace(NAMES, "");
                let subject = text(event, "subject");
                (name, subject.rsplit(':').next().unwrap().to_owned())
            })
            .collect()
    }

    /// That these were told, each to its addressee.
    async fn has_told(&self, resource: &str, expected: &[(&str, &str)]) {
        let told = self.told(resource).await;
        for (name, subject) in expected {
            let wanted = ((*name).to_owned(), (*subject).to_owned());
            assert!(
                told.contains(&wanted),
                "{name} is told to {subject} (section 17): {told:?}"
            );
        }
    }

    /// Lets what happened become visible.
    fn settle(&self) {
        self.sandbox.advance(Duration::from_secs(31));
    }
}
