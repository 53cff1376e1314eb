//! Real files and hostile ones, through the process that reads them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use altinn_sandbox::sample;
use file_text::{Kind, LONGEST_TEXT, PATIENCE, Reading, Reason, Text};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::Duration;

async fn read(name: &str, bytes: &[u8]) -> Result<Text, Reason> {
    let kind = Kind::of(name).unwrap();
    let mut reading = Reading::start(Path::new(env!("CARGO_BIN_EXE_file-text")), kind, PATIENCE)?;
    for part in bytes.chunks(100_000) {
        reading.write(part).await;
    }
    reading.finish().await
}

fn zip(parts: &[(&str, &[u8], usize)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content, times) in parts {
        zip.start_file(*name, options).unwrap();
        for _ in 0..*times {
            zip.write_all(content).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn files_that_the_sandbox_makes_are_read() {
    for name in ["vedtak.pdf", "vedtak.docx", "vedtak.xlsx", "vedtak.txt"] {
        let text = read(name, &sample(name)).await.unwrap().text;
        assert!(text.contains("Årsmøte"), "{name} keeps its letters: {text}");
        if !name.ends_with("xlsx") {
            assert!(
                text.contains("2026/4711"),
                "{name} names the reference: {text}"
            );
        }
    }
    assert_eq!(Kind::of("bilde.png"), None, "a picture is not looked into");
}

#[tokio::test]
async fn text_markup_and_tables_are_read_as_words() {
    for (name, bytes, wanted) in [
        ("a.txt", "Blåbær\r\n\r\nsyltetøy".as_bytes(), "Blåbær syltetøy"),
        ("latin1.csv", b"navn;bel\xf8p\nAne;12,50", "navn;beløp Ane;12,50"),
        ("utf16.txt", b"\xff\xfe\xe5\x00r\x00", "år"),
        (
            "a.html",
            "<title>Vedtak</title><style>p{}</style><script>let skjult</script><p>Før<b>st</b></p>så &aring;".as_bytes(),
            "Vedtak Først så å",
        ),
        (
            "a.xml",
            "<a x='ikke'><b>Faktura &amp; kvittering</b><c><![CDATA[nr. 7]]></c></a>".as_bytes(),
            "Faktura & kvittering nr. 7",
        ),
    ] {
        assert_eq!(read(name, bytes).await.unwrap().text, wanted, "{name}");
    }
    let docx = zip(&[(
        "word/document.xml",
        "<w:p><w:r><w:t>Års</w:t></w:r><w:r><w:t>møte</w:t></w:r></w:p><w:p><w:r><w:t>i dag</w:t></w:r></w:p>".as_bytes(),
        1,
    )]);
    assert_eq!(
        read("a.docx", &docx).await.unwrap().text,
        "Årsmøte i dag",
        "a word in two runs is one word, two paragraphs are two"
    );
    let xlsx = zip(&[
        ("xl/sharedStrings.xml", b"<sst><si><t>Sum</t></si></sst>", 1),
        (
            "xl/worksheets/sheet1.xml",
            b"<c t=\"s\"><v>0</v></c><c><v>1250</v></c><c t=\"inlineStr\"><is><t>her</t></is></c>",
            1,
        ),
    ]);
    assert_eq!(
        read("a.xlsx", &xlsx).await.unwrap().text,
        "Sum 1250 her",
        "the number of a shared text is no word"
    );
}

#[tokio::test]
async fn hostile_files_end_with_a_reason_and_nothing_else() {
    let bomb = zip(&[("word/document.xml", &[b' '; 1 << 20], 100)]);
    assert!(bomb.len() < 1 << 20, "small as it comes");
    assert_eq!(
        read("bomb.docx", &bomb).await,
        Err(Reason::TooLarge),
        "a part that becomes 100 MiB"
    );

    let mut laughs = "<!DOCTYPE a [<!ENTITY b0 \"ha\">".to_owned();
    for n in 1..40 {
        let _ = write!(laughs, "<!ENTITY b{n} \"&b{};&b{};\">", n - 1, n - 1);
    }
    laughs.push_str("]><a>start &b39; slutt</a>");
    assert_eq!(
        read("laughs.xml", laughs.as_bytes()).await.unwrap().text,
        "start slutt",
        "entities of a document's own are not resolved"
    );

    let deep = format!("{}ord{}", "<a>".repeat(500_000), "</a>".repeat(500_000));
    for name in ["deep.xml", "deep.html"] {
        assert_eq!(
            read(name, deep.as_bytes()).await.unwrap().text,
            "ord",
            "{name}: depth costs nothing"
        );
    }

    let long = "ord ".repeat(LONGEST_TEXT);
    let text = read("long.txt", long.as_bytes()).await.unwrap();
    assert!(text.is_cut, "what was left out is told");
    assert!(text.text.len() <= LONGEST_TEXT, "and no more is kept");

    for (name, bytes) in [
        ("a.pdf", &b"%PDF-1.7\nnothing"[..]),
        ("a.docx", b"PK\x03\x04 not really"),
        ("a.xlsx", b""),
    ] {
        assert_eq!(read(name, bytes).await, Err(Reason::Broken), "{name}");
    }
    assert_eq!(
        read("a.docx", &[0xd0, 0xcf, 0x11, 0xe0, 0, 0]).await,
        Err(Reason::Locked),
        "an encrypted document is a compound file"
    );
}

/// A PDF with these objects, from number 1 on.
fn pdf(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .bytes(),
    );
    out
}

#[tokio::test]
async fn a_pdf_that_leads_in_circles_or_never_ends_takes_nobody_with_it() {
    let circle = pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>".into(),
    ]);
    let nested = pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
    ]);
    let endless = {
        let drawn = "BT /F1 12 Tf (ord) Tj ET ".repeat(800_000);
        pdf(&[
            "<< /Type /Catalog /Pages 2 0 R >>".into(),
            format!("<< /Type /Pages /Kids [{}] /Count 400 >>", "3 0 R ".repeat(400)),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>".into(),
            format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        ])
    };
    for (name, bytes) in [("circle", circle), ("nested", nested), ("endless", endless)] {
        let answer = read("a.pdf", &bytes).await;
        assert!(
            matches!(
                &answer,
                Err(Reason::Broken | Reason::TooSlow | Reason::TooLarge)
            ) || matches!(&answer, Ok(text) if text.text.is_empty() || text.is_cut),
            "{name}: {answer:?}"
        );
    }
    assert_eq!(
        read("a.txt", b"etterp\xc3\xa5").await.unwrap().text,
        "etterpå",
        "the next file is read as if nothing had been"
    );
}

#[tokio::test]
async fn a_file_cut_off_anywhere_ends_with_its_words_or_a_reason() {
    for name in ["vedtak.pdf", "vedtak.docx", "vedtak.xlsx"] {
        let whole = sample(name);
        for part in 0..8 {
            let answer = read(name, &whole[..whole.len() * part / 8]).await;
            assert!(
                matches!(
                    answer,
                    Ok(_) | Err(Reason::Broken | Reason::TooLarge | Reason::TooSlow)
                ),
                "{part} eighths of {name}: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_workbook_of_huge_cells_gives_what_is_taken_of_it() {
    let cells = format!("<c><v>{}</v></c>", "7".repeat(100_000)).repeat(20);
    let xlsx = zip(&[("xl/worksheets/sheet1.xml", cells.as_bytes(), 20)]);
    let text = read("a.xlsx", &xlsx).await.unwrap();
    assert!(text.is_cut, "40 MB of digits");
    assert!(text.text.len() <= LONGEST_TEXT, "are not kept");
    let wide = format!("<c><v>{}</v></c>", "7".repeat(60 << 20));
    let xlsx = zip(&[("xl/worksheets/sheet1.xml", wide.as_bytes(), 1)]);
    let answer = read("a.xlsx", &xlsx).await;
    assert!(
        matches!(&answer, Ok(text) if text.is_cut) || answer == Err(Reason::TooLarge),
        "one cell of 60 MB: {:?}",
        answer.map(|text| text.text.len())
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_reader_that_never_answers_is_ended() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (program, told) = (folder.path().join("hangs"), folder.path().join("pid"));
    let script = format!(
        "#!/bin/sh\necho $$ > {}\nexec /bin/sleep 1000\n",
        told.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut reading = Reading::start(&program, Kind::Pdf, Duration::from_millis(100)).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    let process = loop {
        let pid = std::fs::read_to_string(&told).unwrap_or_default();
        if let Ok(pid) = pid.trim().parse::<u32>() {
            break pid;
        }
        assert!(std::time::Instant::now() < deadline, "it has begun");
        std::thread::yield_now();
    };
    // More than a pipe holds, which nobody takes out.
    reading.write(&vec![0; 1 << 20]).await;
    assert_eq!(reading.finish().await, Err(Reason::TooSlow));
    let is_there = || {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"));
        status.is_ok_and(|status| !status.contains("State:\tZ"))
    };
    while is_there() {
        assert!(
            std::time::Instant::now() < deadline,
            "the process is gone with the question"
        );
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn without_a_reader_the_file_is_left() {
    let started = Reading::start(Path::new("/nonexistent"), Kind::Pdf, PATIENCE);
    assert_eq!(started.err(), Some(Reason::NoReader), "and says why");
}
