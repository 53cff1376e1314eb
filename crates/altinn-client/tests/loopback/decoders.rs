//! No answer makes the client fall: arbitrary bytes, and right answers with damage, to every kind of call.
use crate::support::{Server, answer_with, overview, with_token};
use altinn_client::{ApiError, Client, Follower, Pull, Role, Search, SearchRole};
use proptest::prelude::*;
use serde_json::json;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

/// A server whose next answers the test sets.
fn server() -> (Server, Arc<Mutex<Vec<u8>>>) {
    let answer = Arc::new(Mutex::new(Vec::new()));
    let next = answer.clone();
    (with_token(move |_| next.lock().unwrap().clone()), answer)
}

/// Makes one call of each kind of answer; what comes of it does not matter here, that it comes does.
async fn ask_everything(client: &Client) -> Vec<Result<(), ApiError>> {
    let pull = Pull {
        resource: "r".to_owned(),
        after: None,
        subject: None,
        kinds: vec![],
    };
    vec![
        client.overview(Role::Recipient, ID).await.map(|_| ()),
        client.details(Role::Sender, ID).await.map(|_| ()),
        client
            .search(&Search::new("r", SearchRole::Recipient))
            .await
            .map(|_| ()),
        client.attachment_details(ID).await.map(|_| ()),
        client.resource("r").await.map(|_| ()),
        client.policy("r").await.map(|_| ()),
        client.policy_rights("r").await.map(|_| ()),
        client.organisation("991825827").await.map(|_| ()),
        client.find_organisations("x", 0, 1).await.map(|_| ()),
        client.service_owners().await.map(|_| ()),
        client.subscriptions(Follower::Owner).await.map(|_| ()),
        client.events(Follower::Owner, &pull, 1).await.map(|_| ()),
        client.system_user_request(ID).await.map(|_| ()),
        client.authorized_parties(&[]).await.map(|_| ()),
        client.access_list_members("o", "l").await.map(|_| ()),
        client.altinn_keys().await.map(|_| ()),
    ]
}

fn run(check: impl AsyncFnOnce() -> Result<(), TestCaseError>) -> Result<(), TestCaseError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(check())
}

/// Retry-After, media types and dates of every kind.
fn header() -> impl Strategy<Value = (String, String)> {
    let name = prop::sample::select(vec![
        "Retry-After",
        "Date",
        "Content-Type",
        "Age",
        "WWW-Authenticate",
        "next",
    ]);
    (name, "[ -~]{0,40}").prop_map(|(name, value)| (name.to_owned(), value))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_call_fall(
        status in 200u16..600,
        body in prop::collection::vec(any::<u8>(), 0..200),
        header in header(),
    ) {
        run(async || {
            let (server, next) = server();
            let headers = [(header.0.as_str(), header.1.as_str())];
            *next.lock().unwrap() = answer_with(status, &headers, &body);
            for result in ask_everything(&server.client()).await {
                if let Err(error) = result {
                    // Every error says what to do next and tells nothing of the body.
                    let _ = error.retry();
                    let shown = format!("{error:?} {error}");
                    prop_assert!(body.len() < 8 || !shown.as_bytes().windows(body.len()).any(|part| part == body));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_damage_to_a_letter_makes_a_call_fall(at in any::<prop::sample::Index>(), byte in any::<u8>(), status in prop::sample::select(vec![200u16, 400, 401, 409, 500])) {
        run(async || {
            let (server, next) = server();
            let problem = json!({ "title": "t", "status": status, "detail": "d", "code": "CORR-01006", "traceId": "x",
                "errorCode": 1006, "validationErrors": [{ "title": "v", "paths": ["p"] }], "errors": { "a": ["b"] } });
            let whole = if status == 200 { overview(ID) } else { problem };
            let mut body = whole.to_string().into_bytes();
            let at = at.index(body.len());
            body[at] = byte;
            *next.lock().unwrap() = answer_with(status, &[("Content-Type", "application/json")], &body);
            let result = server.client().overview(Role::Recipient, ID).await;
            if status != 200 && status != 401 {
                prop_assert_eq!(result.unwrap_err().status(), Some(status), "the status is kept whatever the body");
            }
            Ok(())
        })?;
    }
}
