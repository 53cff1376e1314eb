//! What letters look like, and what they try.

mod hostile;

use super::*;
use crate::view::{Align, Inline};
use proptest::prelude::*;

fn text(text: &str) -> Inline {
    Inline::Text { text: text.into() }
}

fn paragraph(content: Vec<Inline>) -> Block {
    Block::Paragraph { content }
}

#[test]
fn markdown_becomes_blocks() {
    let blocks = parse(
        "# Vedtak\n\nHei **alle** og\n*hver* ~~en~~ `kode`.  \nNy linje.\n\n3. tre\n4. fire\n   - under\n\n> sitat\n\n---\n\n    a  b\n",
    );
    assert_eq!(
        blocks,
        vec![
            Block::Heading {
                level: 1,
                content: vec![text("Vedtak")]
            },
            paragraph(vec![
                text("Hei "),
                Inline::Strong {
                    content: vec![text("alle")]
                },
                text(" og "),
                Inline::Emphasis {
                    content: vec![text("hver")]
                },
                text(" "),
                Inline::Strike {
                    content: vec![text("en")]
                },
                text(" "),
                Inline::Code {
                    text: "kode".into()
                },
                text("."),
                Inline::Break,
                text("Ny linje."),
            ]),
            Block::List {
                start: Some(3),
                items: vec![
                    vec![paragraph(vec![text("tre")])],
                    vec![
                        paragraph(vec![text("fire")]),
                        Block::List {
                            start: None,
                            items: vec![vec![paragraph(vec![text("under")])]]
                        }
                    ]
                ]
            },
            Block::Quote {
                content: vec![paragraph(vec![text("sitat")])]
            },
            Block::Rule,
            Block::Code {
                text: "a  b".into()
            },
        ],
        "each kind of block that senders use"
    );
}

#[test]
fn tables_keep_head_and_alignment() {
    let expected = Block::Table {
        align: vec![Align::Start, Align::End],
        head: vec![vec![text("Post")], vec![text("Kroner")]],
        rows: vec![vec![vec![text("Gebyr")], vec![text("120")]]],
    };
    assert_eq!(
        parse("| Post | Kroner |\n|---|--:|\n| Gebyr | 120 |"),
        vec![expected.clone()],
        "markdown"
    );
    assert_eq!(
        parse(
            "<table><tr><th>Post<th style='text-align: right'>Kroner<tr><td>Gebyr<td>120</table>"
        ),
        vec![expected],
        "HTML whose end tags are left out reads the same"
    );
}

#[test]
fn a_layout_table_is_only_its_content() {
    assert_eq!(
        parse("<table><tr><td><p>En</p><p>To</p></td></tr></table>"),
        vec![paragraph(vec![text("En")]), paragraph(vec![text("To")])],
        "one column is no table to a reader"
    );
}

#[test]
fn html_bodies_are_read_as_html() {
    let blocks = parse(
        "<html><head><title>x</title><style>p{}</style></head><body>\n\n    <p>Hei   <b>du</b></p>\n\n    <ul><li>A<li>B</ul><img src=https://x.no/p.png alt='Kart'></body></html>",
    );
    assert_eq!(
        blocks,
        vec![
            paragraph(vec![
                text("Hei "),
                Inline::Strong {
                    content: vec![text("du")]
                }
            ]),
            Block::List {
                start: None,
                items: vec![
                    vec![paragraph(vec![text("A")])],
                    vec![paragraph(vec![text("B")])]
                ]
            },
            paragraph(vec![text("Kart")]),
        ],
        "indented HTML is not code, and an image is its alternative text"
    );
}

#[test]
fn bare_addresses_become_links() {
    assert_eq!(
        parse("Se https://www.altinn.no/hjelp."),
        vec![paragraph(vec![
            text("Se "),
            Inline::Link {
                href: "https://www.altinn.no/hjelp".into(),
                content: vec![text("https://www.altinn.no/hjelp")]
            },
            text(".")
        ])],
        "senders paste addresses"
    );
}

#[test]
fn a_tag_named_in_prose_does_not_swallow_the_letter() {
    let plain = plain("Feltet <title> må fylles ut, og <script> er ikke lov.\n\nHilsen oss");
    assert!(
        plain.contains("må fylles ut") && plain.contains("Hilsen oss"),
        "the rest must be there: {plain}"
    );
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}x{}", "<div>".repeat(50_000), "</div>".repeat(50_000));
    assert_eq!(plain(&deep), "x", "no stack is deep enough otherwise");
    assert!(plain(&"> ".repeat(20_000)).is_empty(), "quotes likewise");
    assert!(plain(&"<b>".repeat(100_000)).is_empty(), "unclosed ones");
    assert_eq!(
        plain(&format!("{}x", "* ".repeat(5_000))),
        "x",
        "lists likewise"
    );
}

#[test]
fn what_repeats_without_end_is_read_in_one_pass() {
    for piece in [
        "<svg>",
        "<script>",
        "http://",
        "https://a.no ",
        "xhttp",
        "</p>",
        "<td>",
        "[",
        "![](",
        "**a",
        "`",
        "<a href=https://a.no>",
        "<!--",
        "&lt;",
        "|a",
        "<br>",
        "\u{202e}",
    ] {
        let body = piece.repeat(120_000 / piece.len());
        // What takes time with the square of the length would not end.
        let _ = parse(&body);
        let _ = parse(&format!("<div>{body}</div>"));
    }
}

#[test]
fn plain_text_and_snippet_hold_words_only() {
    let plain =
        plain("# Tittel\n\nHei [her](https://a.no) **nå**\n\n| a | b |\n|---|---|\n| c | d |");
    assert_eq!(
        plain, "Tittel\nHei her nå\na b \nc d",
        "words of every block"
    );
    assert_eq!(snippet("", "a\n\n b"), "a b", "one line");
    assert_eq!(snippet("Kort", "a"), "Kort", "the summary comes first");
    assert_eq!(
        snippet("", &"æøå ".repeat(500)).chars().count(),
        240,
        "cut between characters"
    );
}

/// Everything that a link leads to.
pub(super) fn hrefs(blocks: &[Block]) -> Vec<String> {
    fn inlines(content: &[Inline], out: &mut Vec<String>) {
        for inline in content {
            match inline {
                Inline::Link { href, content } => {
                    out.push(href.clone());
                    inlines(content, out);
                }
                Inline::Strong { content }
                | Inline::Emphasis { content }
                | Inline::Strike { content } => inlines(content, out),
                Inline::Text { .. } | Inline::Code { .. } | Inline::Break => {}
            }
        }
    }
    fn walk(blocks: &[Block], out: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Heading { content, .. } | Block::Paragraph { content } => {
                    inlines(content, out);
                }
                Block::List { items, .. } => items.iter().for_each(|item| walk(item, out)),
                Block::Quote { content } => walk(content, out),
                Block::Table { head, rows, .. } => {
                    for cell in head.iter().chain(rows.iter().flatten()) {
                        inlines(cell, out);
                    }
                }
                Block::Code { .. } | Block::Rule => {}
            }
        }
    }
    let mut out = Vec::new();
    walk(blocks, &mut out);
    out
}

pub(super) fn is_allowed(href: &str) -> bool {
    ["http://", "https://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| href.starts_with(scheme))
        && !href.chars().any(char::is_control)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read_and_leads_nowhere_else(body in "[<>/a-zA-Z\"'=:#*_`~|!\\[\\]()&;\\-\n\t .\u{202e}æ]{0,400}") {
        for href in hrefs(&parse(&body)) {
            prop_assert!(is_allowed(&href), "{href}");
        }
    }

    #[test]
    fn any_nesting_of_tags_is_read(parts in proptest::collection::vec(prop_oneof![
        Just("<p>"), Just("</p>"), Just("<table>"), Just("<tr>"), Just("<td>"), Just("</table>"), Just("<a href='javascript:x'>"),
        Just("<a href=https://a.no>"), Just("</a>"), Just("<li>"), Just("<ul>"), Just("</ul>"), Just("<script>"), Just("</script>"),
        Just("<svg>"), Just("</svg>"), Just("<b>"), Just("</b>"), Just("x"), Just("\n\n"), Just("> "), Just("- "), Just("<!--"), Just("-->"),
        Just("<br>"), Just("<hr>"), Just("<pre>"), Just("</pre>"), Just("[x](data:text/html,x)"), Just("`"), Just("<textarea>"),
    ], 0..60)) {
        for href in hrefs(&parse(&parts.concat())) {
            prop_assert!(is_allowed(&href), "{href}");
        }
    }
}
