//! Changes to what is well formed: somewhere in the structure, or somewhere in the bytes.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, RngCore as _};
use serde_json::{Map, Value, json};

/// Texts that have broken readers before.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "\u{feff}x\u{202e}",
    "😀",
    "-1",
    "1e309",
    "99999999999999999999",
    "0.1",
    "true",
    "NaN",
    "null",
    "00000000-0000-0000-0000-000000000000",
    "77777777-7777-4777-8777-777777777777",
    "{77777777-7777-4777-8777-777777777777}",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999+14:00",
    "+262142-12-31T23:59:59",
    "2026-02-30T25:61:61",
    "12/31/9999",
    "0192:359797117",
    "urn:altinn:organization:identifier-no:359797117",
    "urn:altinn:person:idporten-email:a@b",
    "urn:altinn:person:legacy-selfidentified:x",
    "urn:altinn:resource:fvm-tilskudd",
    "urn:altinn:resource:",
    "{{recipientName}}",
    "$recipientName$",
    "<h1>&amp;&#x110000;",
    "[a](b)![c](d)<https://e>",
    "a.pdf",
    "CON.pdf",
    "a/b\\c:.pdf",
    "GenericAltinnMessage",
    "EmailPreferred",
    "+4799999999",
    "https://",
    "HTTPS://x y",
    "%",
    "%00%ff",
    "..",
    "'\"`;--",
];

/// A value of any kind.
pub fn value(rng: &mut StdRng) -> Value {
    match rng.random_range(0..12) {
        0 => Value::Null,
        1 => json!(rng.random::<bool>()),
        2 => json!(rng.random_range(-2..20)),
        3 => json!(
            *[i64::MIN, i64::MAX, i64::from(i32::MAX) + 1]
                .choose(rng)
                .unwrap()
        ),
        4 => json!(*[u64::MAX as f64, -0.0, 1e-300, 1.5].choose(rng).unwrap()),
        5 => json!("x".repeat(*[10, 51, 256, 513, 4097, 30_001].choose(rng).unwrap())),
        6 => json!([]),
        7 => json!({}),
        8 => nested(rng.random_range(1..200)),
        9 => Value::Array((0..rng.random_range(1..600)).map(|n| json!(n)).collect()),
        _ => json!(text(rng)),
    }
}

/// A text that means something to some reader.
pub fn text(rng: &mut StdRng) -> String {
    let one = TEXTS.choose(rng).unwrap();
    match rng.random_range(0..8) {
        0 => format!("{one}{}", TEXTS.choose(rng).unwrap()),
        1 => one.repeat(rng.random_range(1..300)),
        _ => (*one).to_owned(),
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, level| match level % 2 {
        0 => json!([inner]),
        _ => json!({ "a": inner }),
    })
}

/// Changes a few places of a structure.
pub fn structure(rng: &mut StdRng, root: &mut Value) {
    for _ in 0..rng.random_range(1..4) {
        let place = place(rng, root);
        match (rng.random_range(0..6), &mut *place) {
            (0, Value::Object(members)) => {
                let name = members.keys().nth(rng.random_range(0..=members.len()));
                if let Some(name) = name.cloned() {
                    members.remove(&name);
                }
            }
            (1, Value::Object(members)) => {
                members.insert(text(rng), value(rng));
            }
            (2, Value::Object(members)) => shout(members),
            (0..=2, Value::Array(elements)) => {
                let copy = elements.first().cloned().unwrap_or_else(|| value(rng));
                // Many of something small: many of many fill the memory here and try no reader.
                let most = (200_000 / copy.to_string().len().max(1)).clamp(1, 600);
                elements.extend(std::iter::repeat_n(copy, rng.random_range(1..=most)));
            }
            _ => *place = value(rng),
        }
    }
}

/// Texts that most members take.
const PLAIN: &[&str] = &[
    "x",
    "Vedtak om skjønn",
    "1",
    "nb",
    "EN",
    "true",
    "Til {{recipientName}}",
    "*stars*, `ticks` and \\ slashes",
    "😀 æøå \u{202e}",
    "https://eksempel.no/a?b=c#d",
    "2026-01-01",
    "R&D, a < b",
];

/// Changes a few places so that what results is likely to be taken still.
pub fn gently(rng: &mut StdRng, root: &mut Value) {
    for _ in 0..rng.random_range(1..4) {
        let place = place(rng, root);
        match (rng.random_range(0..4), &mut *place) {
            (_, Value::Bool(flag)) => *flag = !*flag,
            (0, Value::Object(members)) => {
                members.insert(text(rng), value(rng));
            }
            (1, Value::Object(members)) => shout(members),
            (2, Value::Object(members)) => {
                let name = members.keys().nth(rng.random_range(0..=members.len()));
                if let Some(name) = name.cloned() {
                    members.remove(&name);
                }
            }
            (_, Value::String(text)) => {
                let one = PLAIN.choose(rng).unwrap();
                *text = one.repeat(*[1, 1, 1, 5].choose(rng).unwrap());
            }
            _ => {}
        }
    }
}

/// Names are read in any case.
fn shout(members: &mut Map<String, Value>) {
    let old = std::mem::take(members);
    members.extend(old.into_iter().map(|(name, it)| (name.to_uppercase(), it)));
}

/// Any place of a structure, deep ones too.
fn place<'a>(rng: &mut StdRng, root: &'a mut Value) -> &'a mut Value {
    let mut here = root;
    for depth in 0.. {
        let inside = match here {
            Value::Object(members) => members.len(),
            Value::Array(elements) => elements.len(),
            _ => 0,
        };
        // Seldom the root: what is nothing but wrong is not read far.
        let rarely = if depth == 0 { 40 } else { 4 };
        if inside == 0 || rng.random_range(0..rarely) == 0 {
            break;
        }
        let at = rng.random_range(0..inside);
        here = match here {
            Value::Object(members) => members.values_mut().nth(at).unwrap(),
            Value::Array(elements) => &mut elements[at],
            _ => break,
        };
    }
    here
}

/// Changes a few bytes: cuts, repeats, overwrites.
pub fn bytes(rng: &mut StdRng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        let to = (at + rng.random_range(0..40)).min(bytes.len());
        match rng.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => {
                bytes.drain(at..to);
            }
            2 => {
                let copy = bytes[at..to].to_vec();
                bytes.splice(at..at, copy.repeat(rng.random_range(1..5)));
            }
            3 => {
                let mut noise = vec![0; rng.random_range(1..8)];
                rng.fill_bytes(&mut noise);
                bytes.splice(at..to, noise);
            }
            _ => {
                let text = text(rng);
                bytes.splice(at..at, text.bytes());
            }
        }
    }
}
