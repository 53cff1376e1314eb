use super::*;

fn read_all(
    text: impl AsRef<[u8]>,
    column: Option<&str>,
) -> (Result<Summary, ImportError>, Vec<(u32, String)>) {
    let mut rows = Vec::new();
    let summary = read(text.as_ref(), column, |line, recipient| {
        rows.push((line, recipient.to_owned()));
        ControlFlow::Continue(())
    });
    (summary, rows)
}

#[test]
fn lists_are_read_as_people_have_them() {
    let latin: Vec<u8> = "navn;fødselsnummer\nKåre;07827199405\n"
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    for (what, text) in [
        ("semicolons", b"navn;orgnr\nBerget;991825827\n".to_vec()),
        ("commas", b"orgnr,navn\n991825827,\"Berg, AS\"\n".to_vec()),
        (
            "tabs and CRLF",
            b"Orgnr\tnavn\r\n991825827\tBerget\r\n".to_vec(),
        ),
        (
            "a byte order mark",
            "\u{feff}mottaker\n991825827\n".as_bytes().to_vec(),
        ),
        ("no heading", b"991825827\n".to_vec()),
        (
            "no heading, another column first",
            b"Berget;991825827\n".to_vec(),
        ),
        ("spaces within", b"mottaker\n991 825 827\n".to_vec()),
        ("Latin 1", latin),
        ("no newline at the end", b"orgnr\n991825827".to_vec()),
    ] {
        let (summary, rows) = read_all(text, None);
        let summary = summary.unwrap();
        assert_eq!((summary.rows, summary.sound), (1, 1), "{what}: {summary:?}");
        assert!(Identity::parse(&rows[0].1).is_ok(), "{what}: {rows:?}");
    }
    let (summary, _) = read_all("a;b\n1;991825827\n", Some("B"));
    assert_eq!(summary.unwrap().column, "b", "the user names the column");
}

#[test]
fn every_row_is_judged_before_anything_is_sent() {
    let list = "orgnr;navn\n991825827;a\n\n;b\n991825826;c\nx;d\n0192:991825827;e\n07827199405;f\nA@b.no;g\na@B.no;h\n";
    let (summary, rows) = read_all(list, None);
    let summary = summary.unwrap();
    let fault = |line, fault| FaultyRow { line, fault };
    assert_eq!(
        summary.faults,
        vec![
            fault(4, RowFault::Missing),
            fault(5, RowFault::Checksum),
            fault(6, RowFault::Malformed),
            fault(7, RowFault::Duplicate { of: 2 }),
            fault(10, RowFault::Duplicate { of: 9 }),
        ],
        "by line, also where two write the same recipient differently"
    );
    assert_eq!(
        (summary.rows, summary.sound, summary.faulty),
        (8, 3, 5),
        "all are counted"
    );
    assert_eq!(rows.len(), 5, "what may be sent came on the way");
}

#[test]
fn hostile_files_end_in_a_reason() {
    let deep = "x;".repeat(10_000) + "orgnr\n" + &"y;".repeat(10_000) + "991825827\n";
    assert_eq!(
        read_all(deep, None).0.unwrap().sound,
        1,
        "ten thousand columns"
    );
    let reason = |text: Vec<u8>| read_all(text, None).0.unwrap_err();
    assert_eq!(reason(Vec::new()), ImportError::Empty, "nothing");
    assert_eq!(
        reason(b"\xff\xfeo\0r\0".to_vec()),
        ImportError::Encoding,
        "UTF-16"
    );
    assert!(
        matches!(reason(b"a;b\nc;d\n".to_vec()), ImportError::NoColumn(_)),
        "nobody"
    );
    let open = [b"orgnr\n991825827\n\"".to_vec(), vec![b'x'; 3 << 20]].concat();
    assert_eq!(
        reason(open),
        ImportError::RowTooLong(3),
        "a quote that nobody closed"
    );
    let long = vec![b'9'; 5 << 20];
    assert!(
        matches!(reason(long), ImportError::RowTooLong(_)),
        "one line of five megabytes"
    );
}

#[test]
fn reading_ends_when_it_is_told_to() {
    let list = "orgnr\n".to_owned() + &"991825827\n".repeat(1_000);
    let mut seen = 0;
    let summary = read(list.as_bytes(), None, |_, _| {
        seen += 1;
        if seen == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(summary.unwrap().rows, 3, "at once");
}

#[test]
fn duplicates_are_all_counted_and_the_first_are_listed() {
    let list = "orgnr\n".to_owned() + &"991825827\n".repeat(5_000);
    let summary = read_all(list, None).0.unwrap();
    assert_eq!((summary.sound, summary.faulty), (1, 4_999), "every one");
    assert_eq!(summary.faults.len(), LISTED, "the list is bounded");
    assert_eq!(summary.faults[0].line, 3, "and begins at the first");
}
