//! A person at a browser: opens ID-porten's page, chooses who to be, and goes where the page leads.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{Read, Write};
use std::net::TcpStream;
use url::Url;

/// Ola, who leads the company that receives.
pub const OLA: &str = "17898040178";
/// The sandbox's client at ID-porten.
pub const CLIENT: &str = "0f6f7c0e-5d0a-4f4b-9c1e-2d8a4b7c9e33";

/// Where the browser ended up.
#[derive(Debug)]
pub struct Landed {
    /// Status of our own page.
    pub status: u16,
    /// What stands on it.
    pub page: String,
    /// The address that ID-porten led back to, with code and state.
    pub address: Url,
}

/// Follows `address`, presses a button of the page (`continue` or `cancel`), and lands.
pub fn follow(address: &Url, decision: &str) -> Landed {
    let page = ask(address, "GET", "");
    let back = location(&page).unwrap_or_else(|| {
        let of = |name: &str| {
            let rest = page.split(name).nth(1).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("request", &of("name=\"request\" value=\""))
            .append_pair("person", OLA)
            .append_pair("decision", decision)
            .finish();
        let login = Url::parse(&of("action=\"")).unwrap();
        location(&ask(&login, "POST", &form)).unwrap()
    });
    let address = Url::parse(&back).unwrap();
    let page = ask(&address, "GET", "");
    Landed {
        status: page[9..12].parse().unwrap(),
        page,
        address,
    }
}

/// What a server answers, head and body.
pub fn ask(url: &Url, method: &str, form: &str) -> String {
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = if form.is_empty() {
        String::new()
    } else {
        let length = form.len();
        format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n")
    };
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{head}\r\n{form}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn location(answer: &str) -> Option<String> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.eq_ignore_ascii_case("location")).then(|| value.trim().to_owned())
    })
}
