//! Judging what comes to the open port: anything on this machine, and any page in the browser, can send something.

use crate::auth::Secret;

/// Most header lines that are looked at; browsers send about fifteen.
const HEADERS: usize = 64;

/// Longest code or error word that is taken.
const LONGEST: usize = 2048;

/// What the right request looks like.
pub(super) struct Expected {
    /// `127.0.0.1:<port>`, as the browser names it.
    pub(super) host: String,
    pub(super) path: String,
    pub(super) state: Secret,
    pub(super) issuer: String,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The right answer: a code.
    Code(Secret),
    /// The right answer: ID-porten's error word.
    Denied(String),
    /// Something else; to be answered with this status, and waited past.
    Refuse(u16),
}

/// Judges the head of a request, which must be whole.
pub(super) fn judge(head: &[u8], expected: &Expected) -> Judgement {
    match read(head, expected) {
        Ok(judgement) => judgement,
        Err(status) => Judgement::Refuse(status),
    }
}

fn read(head: &[u8], expected: &Expected) -> Result<Judgement, u16> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(400),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    }
    let value = |name: &str| {
        let mut values = request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value);
        let first = values.next();
        // Two of a kind are never meant well.
        if values.next().is_some() {
            Err(400u16)
        } else {
            Ok(first)
        }
    };
    // A page that has made its own name lead here would be named in it.
    if value("host")? != Some(expected.host.as_bytes()) {
        return Err(421);
    }
    let target = request.path.ok_or(400u16)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != expected.path {
        return Err(404);
    }
    if request.method != Some("GET") {
        return Err(405);
    }
    let has_body = value("transfer-encoding")?.is_some()
        || value("content-length")?.is_some_and(|length| length != b"0");
    if has_body {
        return Err(400);
    }
    // Where the browser tells, it must be the person's window that goes here, not a picture or a script of a page.
    let is =
        |name: &str, wanted: &[u8]| Ok::<_, u16>(value(name)?.is_none_or(|value| value == wanted));
    if !is("sec-fetch-mode", b"navigate")? || !is("sec-fetch-dest", b"document")? {
        return Err(403);
    }
    answer(query, expected)
}

fn answer(query: &str, expected: &Expected) -> Result<Judgement, u16> {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let one = |name: &str| {
        let mut values = pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let first = values.next();
        if values.next().is_some() {
            Err(400u16)
        } else {
            Ok(first)
        }
    };
    let state = one("state")?.ok_or(400u16)?;
    if !is_same(state.as_bytes(), expected.state.expose().as_bytes()) {
        return Err(400);
    }
    // RFC 9207: another issuer's answer must not be taken for this one's.
    if one("iss")?.is_some_and(|issuer| **issuer != *expected.issuer) {
        return Err(400);
    }
    match (one("code")?, one("error")?) {
        (Some(code), None) if (1..=LONGEST).contains(&code.len()) => {
            Ok(Judgement::Code(Secret::new(code.to_string())))
        }
        (None, Some(error)) if (1..=LONGEST).contains(&error.len()) => {
            Ok(Judgement::Denied(super::word(error)))
        }
        _ => Err(400),
    }
}

/// Compares without telling by the time taken how much is right.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expected() -> Expected {
        Expected {
            host: "127.0.0.1:4321".to_owned(),
            path: "/signed-in".to_owned(),
            state: Secret::new("right".to_owned()),
            issuer: "https://test.idporten.no".to_owned(),
        }
    }

    fn judged(head: &str) -> Judgement {
        judge(head.as_bytes(), &expected())
    }

    fn get(target: &str) -> Judgement {
        judged(&format!(
            "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:4321\r\n\r\n"
        ))
    }

    #[test]
    fn the_right_answer_is_taken() {
        let code = Judgement::Code(Secret::new("c+/=".to_owned()));
        assert_eq!(
            get("/signed-in?code=c%2B%2F%3D&state=right"),
            code,
            "a code, decoded"
        );
        let issuer =
            "/signed-in?iss=https%3A%2F%2Ftest.idporten.no&code=c%2B%2F%3D&state=right&extra=1";
        assert_eq!(
            get(issuer),
            code,
            "with its issuer, and with what is not known"
        );
        assert_eq!(
            get("/signed-in?error=access_denied&state=right"),
            Judgement::Denied("access_denied".to_owned()),
            "a refusal of ID-porten's"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_fall_or_pass(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(matches!(judge(&bytes, &expected()), Judgement::Refuse(_)));
        }

        #[test]
        fn no_state_but_the_right_one_passes(state in "[a-zA-Z0-9%+&=._-]{0,40}") {
            prop_assume!(!format!("&{state}&").contains("right&"));
            let judgement = get(&format!("/signed-in?code=c&state={state}"));
            prop_assert!(matches!(judgement, Judgement::Refuse(_)), "{judgement:?}");
        }
    }
}
