//! The grammar, the questions it asks, and the marks it leaves.

use super::date;
use super::*;
use crate::view::{Mark, SearchHint, SearchHintKind};
use chrono::NaiveDate;
use mailbox_store::{Column, Predicate, Scope};
use proptest::prelude::*;

fn words(text: &str) -> Expr {
    Expr::Leaf(Leaf::Words(text.into()))
}

fn field(operator: Operator, value: &str) -> Expr {
    Expr::Leaf(Leaf::Field {
        operator,
        value: value.into(),
    })
}

fn expr(text: &str) -> Expr {
    let parsed = parse(text);
    assert_eq!(parsed.hints, vec![], "{text:?} is all known");
    parsed.expr
}

/// Noon in Oslo.
fn noon(year: i32, month: u32, day: u32) -> i64 {
    midnight(NaiveDate::from_ymd_opt(year, month, day).unwrap()) + 12 * 3_600_000
}

#[test]
fn words_phrases_and_choices() {
    assert_eq!(
        expr("årsmøte -utsatt \"første gang\""),
        Expr::All(vec![
            words("årsmøte"),
            Expr::Not(Box::new(words("utsatt"))),
            Expr::Leaf(Leaf::Phrase("første gang".into())),
        ]),
        "joined by and"
    );
    assert_eq!(
        expr("(vann OR avløp) ELLER renovasjon gebyr"),
        Expr::Any(vec![
            Expr::Any(vec![words("vann"), words("avløp")]),
            Expr::All(vec![words("renovasjon"), words("gebyr")]),
        ]),
        "or binds less than and"
    );
    assert_eq!(
        expr("-(a b)"),
        Expr::Not(Box::new(Expr::All(vec![words("a"), words("b")]))),
        "a group may be left out"
    );
    assert_eq!(
        expr("eller"),
        words("eller"),
        "in lower case it is a word of a letter"
    );
}

#[test]
fn operators_in_both_languages() {
    for (norwegian, english, operator) in [
        ("fra", "from", Operator::From),
        ("til", "to", Operator::To),
        ("tittel", "subject", Operator::Subject),
        ("tjeneste", "resource", Operator::Resource),
        ("fil", "file", Operator::File),
        ("ref", "ref", Operator::Reference),
    ] {
        for name in [norwegian, english, &norwegian.to_uppercase()] {
            assert_eq!(
                expr(&format!("{name}:\"to ord\" x")),
                Expr::All(vec![field(operator, "to ord"), words("x")]),
                "{name}: takes a quoted value"
            );
        }
    }
    assert_eq!(
        expr("er:ulest har:vedlegg mappe:\"Må bekreftes\" før:3.11.2026"),
        Expr::All(vec![
            field(Operator::Is, "ulest"),
            field(Operator::Has, "vedlegg"),
            field(Operator::In, "Må bekreftes"),
            field(Operator::Before, "3.11.2026"),
        ]),
        "those with values of their own"
    );
}

#[test]
fn what_is_half_typed_asks_nothing() {
    for text in [
        "", "  ", "(", ")", "OR", "-", "\"", "fra:", "a OR ", "( OR )",
    ] {
        let parsed = parse(text);
        assert!(
            parsed.hints.is_empty(),
            "{text:?} is no mistake, only unfinished"
        );
    }
    assert_eq!(expr("a OR"), words("a"), "one side is enough");
    assert_eq!(
        expr("a) b"),
        Expr::All(vec![words("a"), words("b")]),
        "a stray parenthesis"
    );
    assert_eq!(
        expr("\"ikke lukket"),
        Expr::Leaf(Leaf::Phrase("ikke lukket".into())),
        "a quote not closed yet"
    );
}

#[test]
fn unknown_operators_are_searched_and_explained() {
    let parsed = parse("frm:nav");
    assert_eq!(parsed.expr, words("frm nav"), "its text is searched");
    assert_eq!(
        parsed.hints,
        vec![SearchHint {
            kind: SearchHintKind::Operator,
            typed: "frm:".into(),
            suggestion: Some("fra:".into()),
            start: 0,
            end: 4,
        }],
        "with the nearest known one"
    );
    assert_eq!(
        parse("is:ulets").hints,
        vec![SearchHint {
            kind: SearchHintKind::Value,
            typed: "is:ulets".into(),
            suggestion: Some("is:ulest".into()),
            start: 0,
            end: 8,
        }],
        "values are explained too"
    );
    assert_eq!(parse("sak:2026").hints.len(), 1, "nothing is near it");
    let text = "\u{1F4C5} årsmøte før:32.13 x";
    let hints = parse(text).hints;
    assert_eq!(
        hints
            .iter()
            .map(|hint| (hint.kind, hint.typed.as_str(), hint.start, hint.end))
            .collect::<Vec<_>>(),
        vec![(SearchHintKind::Day, "før:32.13", 11, 20)],
        "where it stands, as the window counts"
    );
    let many = "ord ".repeat(65);
    assert_eq!(
        parse(&many)
            .hints
            .iter()
            .map(|hint| (hint.kind, hint.start))
            .collect::<Vec<_>>(),
        vec![(SearchHintKind::Length, 256)],
        "where it stops being looked at"
    );
    assert_eq!(
        parse(&format!("{}ord", "(".repeat(30)))
            .hints
            .first()
            .map(|hint| hint.kind),
        Some(SearchHintKind::Depth),
        "parentheses within parentheses"
    );
    for text in ["kl 12:30", "https://altinn.no", ":x", "10:"] {
        assert!(
            parse(text).hints.is_empty(),
            "{text:?} only happens to have a colon"
        );
    }
}

#[test]
fn numbers_name_parties() {
    assert_eq!(
        expr("974 760 673"),
        Expr::Leaf(Leaf::Organisation("974760673".into())),
        "as people write it"
    );
    assert_eq!(
        expr("974760673"),
        Expr::Leaf(Leaf::Organisation("974760673".into())),
        "as machines do"
    );
    assert_eq!(
        expr("010190 12345"),
        Expr::Leaf(Leaf::Person("01019012345".into())),
        "a person"
    );
    assert_eq!(
        lower(&expr("fra:\"974 760 673\""), 0),
        Predicate::Text {
            column: Some(Column::Sender),
            text: "974760673".into(),
            is_prefix: true
        },
        "a sender by number"
    );
}

#[test]
fn days_are_days_in_oslo() {
    let now = noon(2026, 11, 18);
    let day = |year, month, day| midnight(NaiveDate::from_ymd_opt(year, month, day).unwrap());
    assert_eq!(
        day(2026, 7, 1) % 86_400_000,
        22 * 3_600_000,
        "midnight of a summer day is ten in the evening in UTC"
    );
    let at = |from, to| Predicate::At { from, to };
    for (text, expected) in [
        ("before:2026-11-03", at(None, Some(day(2026, 11, 3)))),
        ("etter:3.11.2026", at(Some(day(2026, 11, 3)), None)),
        ("etter:3.11", at(Some(day(2026, 11, 3)), None)),
        ("etter:uke", at(Some(day(2026, 11, 16)), None)),
        ("etter:forrige-uke", at(Some(day(2026, 11, 9)), None)),
        ("before:last-month", at(None, Some(day(2026, 10, 1)))),
        (
            "etter:i-fjor..i-fjor",
            at(Some(day(2025, 1, 1)), Some(day(2026, 1, 1))),
        ),
        ("etter:2026", at(Some(day(2026, 1, 1)), None)),
        ("etter:7d", at(Some(now - 7 * 86_400_000), None)),
        ("før:7d", at(None, Some(now - 7 * 86_400_000))),
        (
            "etter:2026-10..2026-11",
            at(Some(day(2026, 10, 1)), Some(day(2026, 12, 1))),
        ),
        (
            "frist:i-dag",
            Predicate::DueAt {
                from: Some(day(2026, 11, 18)),
                to: Some(day(2026, 11, 19)),
            },
        ),
        (
            "due:7d",
            Predicate::DueAt {
                from: Some(now),
                to: Some(now + 7 * 86_400_000),
            },
        ),
        (
            "due:..1.12.2026",
            Predicate::DueAt {
                from: None,
                to: Some(day(2026, 12, 2)),
            },
        ),
    ] {
        assert_eq!(lower(&expr(text), now), expected, "{text}");
    }
    for text in ["30.2.2026", "2026-13-01", "x", "99999999999d", "..", "1..x"] {
        assert!(!date::is_date(text), "{text} is no day");
        assert_eq!(parse(&format!("før:{text}")).hints.len(), 1, "and is told");
    }
}

#[test]
fn folders_by_name() {
    assert_eq!(
        lower(&expr("in:\"needs confirmation\""), 5),
        Predicate::In(Scope::NeedsConfirmation),
        "English"
    );
    assert_eq!(
        lower(&expr("mappe:sendt"), 5),
        Predicate::In(Scope::Sent { now: 5 }),
        "Norwegian"
    );
    assert!(
        names_folder(&expr("a OR (b -in:arkiv)")),
        "wherever it stands"
    );
    assert!(!names_folder(&expr("fra:inn")), "only that operator");
}

#[test]
fn marks_count_as_the_window_does() {
    let marker = Marker::of(&expr("møte \"første gang\" -utsatt tittel:sak"));
    assert_eq!(
        marker.title("🗓 Møtebok, Første GANG. Sak utsatt"),
        vec![
            Mark { start: 3, end: 10 },
            Mark { start: 12, end: 23 },
            Mark { start: 25, end: 28 }
        ],
        "the picture is two units; what must not be there is not marked"
    );
    let body = format!(
        "{} møtet er flyttet. {}",
        "fyll ".repeat(100),
        "mer ".repeat(100)
    );
    let (snippet, marks) = marker.snippet("Ingen treff her", Some(&body));
    assert!(
        snippet.starts_with("…fyll") && snippet.contains("møtet er flyttet"),
        "around the first hit: {snippet}"
    );
    let first = marks.first().unwrap();
    let units: Vec<u16> = snippet.encode_utf16().collect();
    assert_eq!(
        String::from_utf16(&units[first.start as usize..first.end as usize]).unwrap(),
        "møtet",
        "marked there"
    );
    for (written, hit) in [
        ("omøte, et møte", "møte"),
        ("MØTE og mer", "MØTE"),
        ("etter Første gang", "Første gang"),
    ] {
        let (_, marks) = marker.snippet("Ingen treff her", Some(written));
        let units: Vec<u16> = written.encode_utf16().collect();
        let found = marks
            .first()
            .map(|mark| &units[mark.start as usize..mark.end as usize]);
        assert_eq!(
            String::from_utf16(found.unwrap_or_default()).unwrap(),
            hit,
            "{written:?}: found at the beginning of a word, however it is written"
        );
    }
    assert!(
        Marker::of(&expr("møte tittel:sak fra:nav")).is_all_in("Et møte"),
        "nothing more to look for in the body"
    );
    assert!(!marker.is_all_in("Et møte"), "the phrase is not there");
    assert_eq!(
        Marker::of(&expr("fra:nav")).snippet("nav", Some("nav")).1,
        vec![],
        "a sender is not marked in the text"
    );
}

#[test]
fn drafts_are_searched_as_they_are() {
    let draft = Local {
        title: "Vannavgift 2026",
        recipient: "Fjordby Fisk AS 920717152",
        text: "Utkast til svar",
        at: noon(2026, 11, 3),
        is_failed: false,
        has_files: true,
    };
    for (text, expected) in [
        ("vann", true),
        ("avgift", false),
        ("to:fjord har:vedlegg", true),
        ("920717152", true),
        ("\"til svar\"", true),
        ("\"svar til\"", false),
        ("vann -utkast", false),
        ("er:feilet ELLER etter:2026-11-03", true),
        ("", true),
    ] {
        assert_eq!(draft.holds(&expr(text), 0), expected, "{text:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_means_something(text in "[a-zæøå0-9:().\"«»\\-ORELLfromt \u{301}\u{1F4C5}]{0,80}") {
        let parsed = parse(&text);
        let _ = lower(&parsed.expr, 1_700_000_000_000);
        let marker = Marker::of(&parsed.expr);
        let (snippet, marks) = marker.snippet(&text, Some(&text));
        let units = u32::try_from(snippet.encode_utf16().count()).unwrap();
        let mut last = 0;
        for mark in marks {
            prop_assert!(last <= mark.start && mark.start < mark.end && mark.end <= units, "marks are in order and within the text");
            last = mark.end;
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", " ", " OR ", " ELLER ", "-", "a", "år", "fra:", "is:ulest", "is:x", "frm:b", "før:uke", "\"a b\"",
                "\"a\"*", "«c", "974", "760", "673", "010190", "12345", "974760673", "//", ":", "mappe:\"Må bekreftes\"",
            ]),
            0..24,
        )
    ) {
        let text = parts.concat();
        let expr = parse(&text).expr;
        let printed = expr.to_string();
        prop_assert_eq!(&parse(&printed).expr, &expr, "{} was printed as {}", text, printed);
    }

    #[test]
    fn anything_at_all_may_be_typed(text in "\\PC{0,200}") {
        let _ = lower(&parse(&text).expr, 0);
    }
}
