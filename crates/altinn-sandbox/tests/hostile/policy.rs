//! Policies as XACML that nobody would write: a world may have any text for one, and the registry's views read it.

use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

use altinn_sandbox::World;

use crate::fuzz::{End, campaign};
use crate::mutate;
use crate::wire::{Wire, request};

/// Policies read by one sandbox; starting one for each would take most of the time.
const BATCH: usize = 64;

const PIECES: &[&str] = &[
    "<xacml:AnyOf>",
    "</xacml:AnyOf>",
    "<xacml:AllOf>",
    "</xacml:AllOf>",
    "<xacml:Match>",
    "</xacml:Match>",
    "<xacml:Rule Effect=\"Deny\">",
    "</xacml:Rule>",
    "<xacml:Target/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"9\" encoding=\"x\"?>",
    "<!DOCTYPE a [<!ENTITY b \"&c;\">]>",
    "&b;",
    "&#x110000;",
    "xmlns:xacml=\"urn:other\"",
    "AttributeId=\"urn:altinn:accesspackage\"",
    "AttributeId='",
];

fn ill(rng: &mut StdRng, xml: &str) -> String {
    let mut bytes = xml.as_bytes().to_vec();
    // Every other one stays XML: elements are repeated and values are others.
    let is_xml = rng.random::<bool>();
    for _ in 0..rng.random_range(1..5) {
        let at = rng.random_range(0..=bytes.len());
        match if is_xml {
            rng.random_range(2..4)
        } else {
            rng.random_range(0..5)
        } {
            0 => mutate::bytes(rng, &mut bytes),
            1 => {
                let piece = PIECES.choose(rng).unwrap();
                let many = piece.repeat(*[1, 2, 50, 500].choose(rng).unwrap());
                bytes.splice(at..at, many.bytes());
            }
            2 => {
                // A whole element again, many times: rules multiply.
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let element = ["AnyOf", "AllOf", "Match", "Rule"].choose(rng).unwrap();
                let (open, close) = (format!("<xacml:{element}"), format!("</xacml:{element}>"));
                // Multiplied four times it would be tens of megabytes, and the time for reading them all there is to see.
                if text.len() < 500_000
                    && let Some(start) = text.find(&open)
                    && let Some(end) = text[start..].find(&close)
                {
                    let end = start + end + close.len();
                    let copies = text[start..end].repeat(rng.random_range(1..15));
                    bytes = [&text[..end], &copies, &text[end..]].concat().into_bytes();
                }
            }
            3 => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let old = [
                    "Permit",
                    "read",
                    "string-equal",
                    "access-subject",
                    "action-id",
                    ">3<",
                ];
                let new = [
                    "Deny",
                    "write",
                    "&lt;&amp;&#xE6;",
                    "",
                    "x",
                    ">99999999999999999999<",
                    "urn:altinn:org",
                ];
                bytes = text
                    .replacen(
                        old.choose(rng).unwrap(),
                        new.choose(rng).unwrap(),
                        rng.random_range(1..4),
                    )
                    .into_bytes();
            }
            _ => bytes.truncate(at),
        }
    }
    // An empty one would mean that none is published.
    bytes.push(b' ');
    String::from_utf8_lossy(&bytes).into_owned()
}

fn world(policies: &[String]) -> World {
    let resources: Vec<Value> = policies
        .iter()
        .enumerate()
        .map(|(at, policy)| {
            json!({
                "id": format!("r{at}"), "owner": "991825827", "type": "CorrespondenceService",
                "title": { "nb": "x", "nn": "x", "en": "x" }, "policy": policy,
            })
        })
        .collect();
    let world = json!({
        "name": "policies", "resources": resources,
        "service_owners": [{ "org": "digdir", "orgnr": "991825827", "name": { "nb": "x", "nn": "x", "en": "x" } }],
    });
    World::from_json(&world.to_string()).expect("any text can be a policy")
}

#[test]
fn policy_xml() {
    let resource = "/resourceregistry/api/v1/resource";
    let mut practice = Wire::practice();
    let path = format!("{resource}/fvm-tilskudd/policy");
    let real = practice.ask(&request("GET", &path, &[], b""));
    assert_eq!(real.status, 200, "there is a policy to start from");
    let real = real.text();
    let mut ready: Option<Wire> = None;
    campaign("policy XML", |rng, case| {
        let at = usize::try_from(case).unwrap() % BATCH;
        if at == 0 {
            let policies: Vec<String> = (0..BATCH).map(|_| ill(rng, &real)).collect();
            ready = Some(Wire::with(world(&policies)));
        }
        let wire = ready.as_mut().expect("made at the first of a batch");
        let views = ["policy", "policy/subjects", "policy/rules", "policy/rights"];
        let view = *views.choose(rng).unwrap();
        let asked = request("GET", &format!("{resource}/r{at}/{view}"), &[], b"");
        let reply = wire.ask(&asked);
        // Where nobody is given a right, there are no subjects to be found (platform reference, section 7.4).
        let is_none = view == "policy/subjects" && reply.status == 404;
        assert!(is_none || reply.status == 200, "{view}: {}", reply.status);
        let is_json = serde_json::from_slice::<Value>(&reply.body).is_ok();
        let is_read = view == "policy" || is_none || is_json;
        assert!(is_read, "{view}: {}", reply.text());
        // Deep: enough of it is still XML and a policy that somebody was given something.
        let found = reply.json();
        let found = found.get("data").unwrap_or(&found).as_array();
        End {
            status: reply.status,
            is_deep: found.is_some_and(|found| !found.is_empty()),
        }
    });
}
