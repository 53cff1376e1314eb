//! A sandbox, and a connection to it that sends exactly the bytes it is given.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use altinn_sandbox::{Options, Sandbox, World};
use serde_json::Value;

/// Longer than this without an answer is a hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running sandbox and a connection that is kept as long as it lasts.
pub struct Wire {
    pub sandbox: Sandbox,
    runtime: tokio::runtime::Runtime,
    kept: Option<TcpStream>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Wire {
    /// The practice world without letters.
    pub fn practice() -> Self {
        Self::with(World::practice())
    }

    pub fn with(world: World) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let options = Options {
            world,
            letters: Some(0),
            ..Options::default()
        };
        let sandbox = runtime
            .block_on(Sandbox::start(options))
            .expect("loopback has a free port");
        Self {
            sandbox,
            runtime,
            kept: None,
        }
    }

    /// A connection of its own.
    pub fn connect(&self) -> TcpStream {
        let address = self.sandbox.base().strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    /// Sends a request and takes its answer, which must come.
    pub fn ask(&mut self, request: &[u8]) -> Reply {
        if let Some(mut stream) = self.kept.take()
            && let Some(reply) = exchange(&mut stream, request)
        {
            self.keep(stream, &reply);
            return reply;
        }
        // The kept connection may have been closed since; on a new one there is no excuse.
        let mut stream = self.connect();
        let reply = exchange(&mut stream, request);
        let start = String::from_utf8_lossy(&request[..request.len().min(2000)]).into_owned();
        let reply = reply.unwrap_or_else(|| panic!("there is no answer to:\n{start}"));
        self.keep(stream, &reply);
        reply
    }

    fn keep(&mut self, stream: TcpStream, reply: &Reply) {
        if !reply.header("connection").eq_ignore_ascii_case("close") {
            self.kept = Some(stream);
        }
    }

    /// A test token.
    pub fn token(&mut self, organisation: &str, scopes: &str) -> String {
        let scopes = scopes.replace(' ', ",");
        let path = format!("/api/GetEnterpriseToken?env=tt02&orgNo={organisation}&scopes={scopes}");
        let reply = self.ask(request("GET", &path, &[], b"").as_slice());
        assert_eq!(reply.status, 200, "a token is given: {}", reply.text());
        reply.text()
    }

    /// Lets what was taken be worked on.
    pub fn advance(&self) {
        let _guard = self.runtime.enter();
        self.sandbox.advance(Duration::from_secs(5));
    }
}

/// A request with its length.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// Sends and receives; `None` when the connection ends without an answer. A body may be refused before it is all sent.
pub fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<Reply> {
    let sent = stream.write_all(request);
    let reply = receive(stream);
    assert!(
        sent.is_ok() || reply.is_some() || !is_timeout(&sent.unwrap_err()),
        "it takes what is sent"
    );
    reply
}

fn is_timeout(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Receives one answer.
pub fn receive(stream: &mut TcpStream) -> Option<Reply> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut reply = Reply {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head,
        body: bytes.split_off(end),
    };
    let length: Option<usize> = reply.header("content-length").parse().ok();
    let is_chunked = reply.header("transfer-encoding") == "chunked";
    while match length {
        Some(length) => reply.body.len() < length,
        None => is_chunked && !reply.body.ends_with(b"0\r\n\r\n"),
    } {
        more(stream, &mut reply.body)?;
    }
    // What has come of a next answer already is thrown away.
    reply.body.truncate(length.unwrap_or(usize::MAX));
    Some(reply)
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut piece = [0; 16 * 1024];
    match stream.read(&mut piece) {
        Ok(0) => None,
        Ok(read) => {
            bytes.extend_from_slice(&piece[..read]);
            Some(())
        }
        Err(error) => {
            assert!(!is_timeout(&error), "it answers before long");
            None
        }
    }
}
