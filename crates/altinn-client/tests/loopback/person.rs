//! Signing a person in: what goes to the browser, what may come back, and what becomes of it (Platform reference,
//! section 4; RFC 8252).
use crate::support::{Heard, Server, Time, answer, json_answer, jwt, options, token};
use altinn_client::auth::person::{
    IdPorten, Landing, Misfit, PersonError, PersonSignIn, Session, Standing,
};
use altinn_client::{
    ApiError, AuthError, Client, Options, Retry, Role, Search, SearchRole, SignIn,
};
use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use url::Url;

const LIMIT: Duration = Duration::from_secs(30);

const EXCHANGE: &str = "/authentication/api/v1/exchange/";
const REFRESH: &str = "/authentication/api/v1/refresh";

/// ID-porten, answering every code by `of_code`; beside it Altinn, which exchanges every token.
fn idporten(of_code: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::start(move |heard| {
        if heard.path.starts_with(EXCHANGE) {
            return answer(200, "text/plain", token(120, "altinn"));
        }
        of_code(heard)
    })
}

/// ID-porten that takes every code, and Altinn that gives `first` for its token, prolongs it, and has no letters.
fn altinn(first: String) -> Server {
    Server::start(move |heard| match heard.path.as_str() {
        "/token" => granted(heard),
        path if path.starts_with(EXCHANGE) => answer(200, "text/plain", &first),
        REFRESH => answer(200, "text/plain", token(120, "next")),
        _ => json_answer(200, &json!({ "ids": [] })),
    })
}

/// ID-porten's answer to a code that is the nonce itself, as [`sign_in`] has it.
fn granted(heard: &Heard) -> Vec<u8> {
    let issuer = format!("http://{}", heard.header("host").unwrap());
    tokens(&claims(&issuer, &form(heard)["code"]))
}

fn person(server: &Server, session: &Session) -> SignIn {
    SignIn::Person {
        provider: Box::new(provider(server)),
        organisation: None,
        session: session.clone(),
    }
}

/// Somebody signs in by the clock of a test.
async fn sign_in(server: &Server, session: &Session, time: &Time) -> Result<(), PersonError> {
    let begun = PersonSignIn::start(
        provider(server),
        &server.addresses(),
        &options(time),
        Landing::default(),
    )
    .await?;
    let nonce = parameters(begun.address())["nonce"].clone();
    let port = Port::of(&begun);
    let back = port.get(&format!("/innlogget?code={nonce}&state={}", port.state));
    let browser = std::thread::spawn(move || port.send(back.as_bytes()));
    let outcome = begun.finish(session, LIMIT).await;
    browser.join().unwrap();
    outcome
}

/// A client of a person who has signed in, and the session.
async fn signed_in(server: &Server, time: &Time) -> (Client, Session) {
    let session = Session::default();
    sign_in(server, &session, time).await.unwrap();
    let person = person(server, &session);
    let client = Client::new(server.addresses(), person, options(time)).unwrap();
    (client, session)
}

fn provider(server: &Server) -> IdPorten {
    let issuer = server.base.as_str().trim_end_matches('/').to_owned();
    IdPorten {
        authorize: server.base.join("authorize").unwrap(),
        token: server.base.join("token").unwrap(),
        issuer,
        ..IdPorten::test("the-client", "altinn:correspondence.read").unwrap()
    }
}

async fn begin(server: &Server) -> PersonSignIn {
    let landing = Landing {
        language: "nb".to_owned(),
        done: "Du er <logget> inn.".to_owned(),
        denied: "Du er ikke logget inn.".to_owned(),
    };
    PersonSignIn::start(
        provider(server),
        &server.addresses(),
        &Options::default(),
        landing,
    )
    .await
    .unwrap()
}

/// The parameters of an address.
fn parameters(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// What the open port expects.
#[derive(Clone)]
struct Port {
    host: String,
    state: String,
}

impl Port {
    fn of(sign_in: &PersonSignIn) -> Self {
        let parameters = parameters(sign_in.address());
        let redirect = Url::parse(&parameters["redirect_uri"]).unwrap();
        Self {
            host: format!(
                "{}:{}",
                redirect.host_str().unwrap(),
                redirect.port().unwrap()
            ),
            state: parameters["state"].clone(),
        }
    }

    /// The answer to these bytes; empty when the line was closed without one.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        // What is refused early may close the line while we still write.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn right(&self) -> String {
        self.get(&format!("/innlogget?code=the-code&state={}", self.state))
    }

    fn get(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host)
    }
}

fn status(answer: &str) -> u16 {
    answer
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

fn form(heard: &Heard) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(&heard.body)
        .into_owned()
        .collect()
}

fn tokens(identity: &Value) -> Vec<u8> {
    json_answer(
        200,
        &json!({ "access_token": "the-access-token", "token_type": "Bearer", "expires_in": 120,
        "id_token": jwt(identity), "scope": "openid altinn:correspondence.read" }),
    )
}

fn identity(server: &Server, nonce: &str) -> Value {
    claims(&provider(server).issuer, nonce)
}

fn claims(issuer: &str, nonce: &str) -> Value {
    json!({ "iss": issuer, "aud": "the-client", "nonce": nonce,
        "exp": Utc::now().timestamp() + 120, "sub": "x", "pid": "08900499559" })
}

/// Sends the right redirect from outside, as the browser would.
fn come_back(port: &Port) -> std::thread::JoinHandle<String> {
    let port = port.clone();
    std::thread::spawn(move || port.send(port.right().as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn section_4_1_a_code_is_asked_for_and_traded_in() {
    let answers = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mine = answers.clone();
    let server = idporten(move |_| mine.lock().unwrap().clone());
    let sign_in = begin(&server).await;
    let asked = parameters(sign_in.address());
    assert_eq!(
        sign_in.address().path(),
        "/authorize",
        "ID-porten's own page, in the person's browser"
    );
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "the-client"),
        ("scope", "openid altinn:correspondence.read"),
        ("code_challenge_method", "S256"),
        ("acr_values", "idporten-loa-substantial"),
        ("ui_locales", "nb"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    let port = Port::of(&sign_in);
    assert!(
        port.host.starts_with("127.0.0.1:"),
        "the number, not a name (item 43)"
    );
    assert!(
        asked["state"].len() >= 20 && asked["nonce"].len() >= 20,
        "both hard to guess"
    );
    *answers.lock().unwrap() = tokens(&identity(&server, &asked["nonce"]));
    let browser = come_back(&port);
    let session = Session::default();
    sign_in.finish(&session, LIMIT).await.unwrap();
    let page = browser.join().unwrap();
    assert_eq!(status(&page), 200, "the browser is thanked");
    assert!(
        page.contains("Du er &lt;logget> inn."),
        "in the product's words, as text"
    );
    assert!(
        page.contains("default-src 'none'") && page.contains("no-referrer"),
        "the page tells nobody the code"
    );
    assert_eq!(session.standing(), Standing::In, "somebody is signed in");
    let exchanged = server.heard_at(&format!("{EXCHANGE}id-porten"));
    assert_eq!(
        exchanged[0].header("authorization"),
        Some("Bearer the-access-token"),
        "ID-porten's token is traded in for Altinn's"
    );
    let heard = server.heard_at("/token");
    assert_eq!(heard.len(), 1, "one call");
    let form = form(&heard[0]);
    assert_eq!(form["grant_type"], "authorization_code", "the grant");
    assert_eq!(form["code"], "the-code", "the code");
    assert_eq!(
        form["client_id"], "the-client",
        "a public client names itself"
    );
    assert_eq!(
        form["redirect_uri"], asked["redirect_uri"],
        "the same address in both"
    );
    let verifier = &form["code_verifier"];
    assert!((43..=128).contains(&verifier.len()), "43 to 128 characters");
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    assert_eq!(asked["code_challenge"], challenge, "PKCE with S256");
    assert!(
        heard[0].header("authorization").is_none(),
        "there is no secret"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_refused_and_waited_past() {
    let server = idporten(|_| vec![]);
    let sign_in = begin(&server).await;
    let port = Port::of(&sign_in);
    let waiting = tokio::spawn(async move { sign_in.finish(&Session::default(), LIMIT).await });
    let (host, state) = (&port.host, &port.state);
    let right = format!("/innlogget?code=c&state={state}");
    let with = |headers: &str| format!("GET {right} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n\r\n");
    let half = state.get(..state.len() / 2).unwrap();
    let port_number = host.rsplit(':').next().unwrap();
    let hostile: Vec<(&str, String, u16)> = vec![
        (
            "another path",
            port.get(&format!("/?code=c&state={state}")),
            404,
        ),
        (
            "a path below",
            port.get(&format!("/innlogget/x?code=c&state={state}")),
            404,
        ),
        (
            "an encoded path",
            port.get(&format!("/%69nnlogget?code=c&state={state}")),
            404,
        ),
        (
            "an absolute target",
            port.get(&format!("http://{host}{right}")),
            404,
        ),
        ("no query", port.get("/innlogget"), 400),
        ("no state", port.get("/innlogget?code=c"), 400),
        (
            "another state",
            port.get("/innlogget?code=c&state=wrong"),
            400,
        ),
        (
            "half the state",
            port.get(&format!("/innlogget?code=c&state={half}")),
            400,
        ),
        ("an empty state", port.get("/innlogget?code=c&state="), 400),
        (
            "two states",
            port.get(&format!("{right}&state={state}")),
            400,
        ),
        ("two codes", port.get(&format!("{right}&code=d")), 400),
        (
            "neither code nor error",
            port.get(&format!("/innlogget?state={state}")),
            400,
        ),
        (
            "both code and error",
            port.get(&format!("{right}&error=access_denied")),
            400,
        ),
        (
            "an empty code",
            port.get(&format!("/innlogget?code=&state={state}")),
            400,
        ),
        (
            "an endless code",
            port.get(&format!(
                "/innlogget?code={}&state={state}",
                "c".repeat(3000)
            )),
            400,
        ),
        (
            "another issuer",
            port.get(&format!("{right}&iss=https%3A%2F%2Fidporten.example")),
            400,
        ),
        (
            "a form",
            format!("POST {right} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"),
            405,
        ),
        (
            "a question",
            format!("HEAD {right} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            405,
        ),
        (
            "another verb",
            format!("DELETE {right} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            405,
        ),
        ("a body", with("Content-Length: 3") + "abc", 400),
        (
            "a chunked body",
            with("Transfer-Encoding: chunked") + "0\r\n\r\n",
            400,
        ),
        (
            "a rebound name",
            format!("GET {right} HTTP/1.1\r\nHost: evil.example:{port_number}\r\n\r\n"),
            421,
        ),
        (
            "a name for the number",
            format!("GET {right} HTTP/1.1\r\nHost: localhost:{port_number}\r\n\r\n"),
            421,
        ),
        ("no host", format!("GET {right} HTTP/1.1\r\n\r\n"), 421),
        ("two hosts", with(&format!("Host: {host}")), 400),
        ("a script of a page", with("Sec-Fetch-Mode: no-cors"), 403),
        ("a picture of a page", with("Sec-Fetch-Dest: image"), 403),
        ("too many headers", with(&"X: y\r\n".repeat(100)), 431),
        (
            "an endless header",
            with(&format!("X: {}", "y".repeat(40_000))),
            431,
        ),
        ("no HTTP", "\u{16}\u{3}\u{1}hello\r\n\r\n".to_owned(), 400),
        ("an old protocol", format!("GET {right}\r\n\r\n"), 400),
    ];
    assert!(hostile.len() >= 25, "twenty-five at least");
    // Others hold the line and say nothing, or say half.
    let idle: Vec<TcpStream> = (0..10).map(|_| TcpStream::connect(host).unwrap()).collect();
    let mut half_said = TcpStream::connect(host).unwrap();
    half_said.write_all(b"GET /innlogget?co").unwrap();
    for (what, bytes, expected) in &hostile {
        let answer = port.send(bytes.as_bytes());
        assert_eq!(
            status(&answer),
            *expected,
            "{what}: {}",
            answer.lines().next().unwrap_or_default()
        );
        assert!(!answer.contains(state.as_str()), "{what} learns nothing");
    }
    assert!(!waiting.is_finished(), "none of them ends the sign-in");
    assert!(server.heard().is_empty(), "and no code was traded in");

    let denied = port.send(
        port.get(&format!(
            "/innlogget?error=access_denied&error_description=08900499559&state={state}"
        ))
        .as_bytes(),
    );
    assert_eq!(
        status(&denied),
        200,
        "the right answer is taken in spite of them"
    );
    let answered = Instant::now();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(
        matches!(&error, PersonError::Denied { error } if error == "access_denied"),
        "got {error:?}"
    );
    assert!(
        !format!("{error:?} {error}").contains("08900499559"),
        "its own word only"
    );
    assert!(
        TcpStream::connect(host).is_err(),
        "the port is closed: nothing can be used twice"
    );
    assert!(
        answered.elapsed() < Duration::from_secs(1),
        "within a second"
    );
    drop((idle, half_said));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_right_answer_counts() {
    let server = idporten(|_| json_answer(400, &json!({ "error": "invalid_grant" })));
    let sign_in = begin(&server).await;
    let port = Port::of(&sign_in);
    let browsers: Vec<_> = (0..8).map(|_| come_back(&port)).collect();
    let error = sign_in
        .finish(&Session::default(), LIMIT)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, PersonError::Refused { error } if error == "invalid_grant"),
        "got {error:?}"
    );
    assert_eq!(server.heard().len(), 1, "one code was traded in");
    let thanked = browsers
        .into_iter()
        .filter_map(|browser| browser.join().ok())
        .filter(|page| status(page) == 200);
    assert_eq!(thanked.count(), 1, "one browser was thanked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_nobody_ends_gives_the_port_back() {
    let server = idporten(|_| vec![]);
    let sign_in = begin(&server).await;
    let port = Port::of(&sign_in);
    let error = sign_in
        .finish(&Session::default(), Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(matches!(error, PersonError::TimedOut), "got {error:?}");
    assert!(
        TcpStream::connect(&port.host).is_err(),
        "after the time is up"
    );
    let sign_in = begin(&server).await;
    let port = Port::of(&sign_in);
    drop(sign_in);
    assert!(
        TcpStream::connect(&port.host).is_err(),
        "and when the person gives up"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_that_is_not_ours_is_refused() {
    type Spoil = fn(&mut Value);
    let cases: [(Spoil, Misfit); 6] = [
        (
            |claims| claims["iss"] = json!("https://idporten.no"),
            Misfit::Issuer,
        ),
        (
            |claims| claims["iss"] = json!(format!("{}/", claims["iss"].as_str().unwrap())),
            Misfit::Issuer,
        ),
        (
            |claims| claims["aud"] = json!(["another-client"]),
            Misfit::Audience,
        ),
        (|claims| claims["nonce"] = json!("another"), Misfit::Nonce),
        (|claims| claims["exp"] = json!(1), Misfit::Expired),
        (|claims| *claims = json!("no claims"), Misfit::Missing),
    ];
    for (spoil, expected) in cases {
        let answers = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let mine = answers.clone();
        let server = idporten(move |_| mine.lock().unwrap().clone());
        let sign_in = begin(&server).await;
        let mut claims = identity(&server, &parameters(sign_in.address())["nonce"]);
        spoil(&mut claims);
        *answers.lock().unwrap() = tokens(&claims);
        let browser = come_back(&Port::of(&sign_in));
        let error = sign_in
            .finish(&Session::default(), LIMIT)
            .await
            .unwrap_err();
        assert!(
            matches!(error, PersonError::Identity(found) if found == expected),
            "{expected:?}, got {error:?}"
        );
        browser.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_none_is_told_apart() {
    for body in ["", "<html>", "null", "{\"access_token\":5}"] {
        let server = idporten(move |_| answer(200, "application/json", body));
        let sign_in = begin(&server).await;
        let browser = come_back(&Port::of(&sign_in));
        let error = sign_in
            .finish(&Session::default(), LIMIT)
            .await
            .unwrap_err();
        assert!(
            matches!(error, PersonError::Unreadable),
            "{body:?}, got {error:?}"
        );
        browser.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_here_keeps_nobody_out() {
    let answers = std::sync::Arc::new(std::sync::Mutex::new(Value::Null));
    let mine = answers.clone();
    let server = idporten(move |_| {
        let date = crate::support::http_date(Utc::now());
        let body = json!({ "access_token": "t", "token_type": "Bearer", "id_token": jwt(&mine.lock().unwrap()) });
        let headers = [
            ("Content-Type", "application/json"),
            ("Date", date.as_str()),
        ];
        crate::support::answer_with(200, &headers, body.to_string())
    });
    let time = Time::default();
    time.advance(86_400);
    // ID-porten's own answer tells the time: nobody else has been asked yet.
    let platform = Server::start(|_| answer(200, "text/plain", token(120, "altinn")));
    let sign_in = PersonSignIn::start(
        provider(&server),
        &platform.addresses(),
        &options(&time),
        Landing::default(),
    )
    .await
    .unwrap();
    let nonce = parameters(sign_in.address())["nonce"].clone();
    *answers.lock().unwrap() = identity(&server, &nonce);
    let browser = come_back(&Port::of(&sign_in));
    sign_in.finish(&Session::default(), LIMIT).await.unwrap();
    browser.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn section_4_2_a_person_is_prolonged_while_it_lives_and_then_signs_in_again() {
    let first = token(120, "first");
    let server = altinn(first.clone());
    let time = Time::default();
    let (client, session) = signed_in(&server, &time).await;
    time.advance(80);
    client.sign_in(Role::Recipient).await.unwrap();
    assert!(
        server.heard_at(REFRESH).is_empty(),
        "two minutes are not cut down to one by the margin"
    );
    time.advance(20);
    client.sign_in(Role::Recipient).await.unwrap();
    let refreshes = server.heard_at(REFRESH);
    assert_eq!(refreshes.len(), 1, "prolonged while it lives");
    assert_eq!(
        refreshes[0].header("authorization"),
        Some(format!("Bearer {first}").as_str()),
        "by itself"
    );
    assert_eq!(session.standing(), Standing::In, "the person is there");
    time.advance(500);
    let error = client.sign_in(Role::Recipient).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::SignInAgain)),
        "it has ended, got {error:?}"
    );
    assert_eq!(error.retry(), Retry::Never, "only the person can help");
    assert_eq!(session.standing(), Standing::Ended, "and says so");
    assert_eq!(
        server.heard_at(EXCHANGE).len(),
        1,
        "nothing is asked in vain"
    );
    for role in [
        Role::Sender,
        Role::Vendor,
        Role::OwnerEvents,
        Role::AccessLists,
    ] {
        let error = client.sign_in(role).await.unwrap_err();
        assert!(
            matches!(error, ApiError::Auth(AuthError::NoSuchRole)),
            "{role:?} is not for people"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_19_11_a_person_lists_letters_on_its_own_behalf() {
    let altinn_token = jwt(&json!({ "pid": "08900499559", "exp": Utc::now().timestamp() + 900 }));
    let server = altinn(altinn_token);
    let (client, _) = signed_in(&server, &Time::default()).await;
    client
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap();
    let own = "onBehalfOf=urn%3Aaltinn%3Aperson%3Aidentifier-no%3A08900499559";
    assert!(
        server.heard_at("/correspondence/")[0].path.contains(own),
        "else it is refused with 4006"
    );
    let claims = client.claims(Role::Recipient).await.unwrap();
    assert!(
        !format!("{claims:?}").contains("08900499559"),
        "the number is not shown"
    );
    let other = Search {
        on_behalf_of: Some("urn:altinn:organization:identifier-no:991825827".to_owned()),
        ..Search::new("urn:altinn:resource:r", SearchRole::Recipient)
    };
    client.search(&other).await.unwrap();
    let path = &server.heard_at("/correspondence/")[1].path;
    assert!(
        path.ends_with("onBehalfOf=urn%3Aaltinn%3Aorganization%3Aidentifier-no%3A991825827"),
        "as asked: {path}"
    );
    assert!(
        path.contains("resourceId=r&"),
        "the bare id, whatever was given (item 10)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_altinn_refuses_ends_the_session_for_all_who_share_it() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/token" => granted(heard),
        path if path.starts_with(EXCHANGE) => answer(200, "text/plain", token(900, "t")),
        _ => answer(401, "text/plain", ""),
    });
    let (client, session) = signed_in(&server, &Time::default()).await;
    let other = Client::new(
        server.addresses(),
        person(&server, &session),
        Options::default(),
    )
    .unwrap();
    other.sign_in(Role::Recipient).await.unwrap();
    let search = Search::new("r", SearchRole::Recipient);
    let error = client.search(&search).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::SignInAgain)),
        "got {error:?}"
    );
    assert_eq!(session.standing(), Standing::Ended, "it is over");
    let error = other.sign_in(Role::Recipient).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::SignInAgain)),
        "got {error:?}"
    );
    assert_eq!(
        server.heard_at("/correspondence/").len(),
        1,
        "asked once, and not again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_altinn_does_not_know_is_not_signed_in() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/token" => granted(heard),
        _ => answer(401, "text/plain", ""),
    });
    let session = Session::default();
    let error = sign_in(&server, &session, &Time::default())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            PersonError::Altinn(ApiError::Auth(AuthError::Exchange { status: 401, .. }))
        ),
        "got {error:?}"
    );
    assert_eq!(session.standing(), Standing::Out, "nobody is");
}
