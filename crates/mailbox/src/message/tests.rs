//! Reply links; the rest of a letter is shown from a store in `tests/read_side.rs`.

use super::reply_links;

#[test]
fn reply_links_lead_to_https_only_and_name_their_host() {
    let links = reply_links(
        r#"[{"text":"Svar her","url":"https://svar.altinn.no/sak?id=1"},{"text":null,"url":"https://bl\u00e5b\u00e6r.no/x"},
            {"text":"a","url":"http://altinn.no"},{"text":"b","url":"javascript:alert(1)"},{"text":"c","url":"svar"}]"#,
    );
    let shown: Vec<_> = links
        .iter()
        .map(|link| (link.text.as_str(), link.url.as_str(), link.host.as_str()))
        .collect();
    assert_eq!(
        shown,
        vec![
            (
                "Svar her",
                "https://svar.altinn.no/sak?id=1",
                "svar.altinn.no"
            ),
            (
                "xn--blbr-roah.no",
                "https://xn--blbr-roah.no/x",
                "xn--blbr-roah.no"
            )
        ],
        "letters that look like others are shown as what they are"
    );
    assert!(reply_links("no list").is_empty(), "an odd row shows none");
}
