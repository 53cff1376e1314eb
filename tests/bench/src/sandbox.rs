//! The sandbox itself: how fast it loads, and how many overviews a core of it serves. It must never be what limits the others.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::altinn::Altinn;
use crate::part::{Bench, Part};
use crate::report::Row;

/// Letters loaded.
const LETTERS: usize = 100_000;
/// Connections that ask at the same time.
const CONNECTIONS: usize = 4;
/// How long they ask.
const SPAN: Duration = Duration::from_secs(5);
/// Overviews a second that one core should serve.
const GOAL: f64 = 10_000.0;
/// Seconds that loading may take.
const LOAD_GOAL_S: f64 = 5.0;

pub const PART: Part = Part {
    name: "sandbox",
    rows: &["S1", "S2"],
    measure: |bench| Box::pin(async move { measure(bench) }),
};

fn measure(bench: &mut Bench) -> Outcome {
    let dir = tempfile::tempdir()?;
    let started = Instant::now();
    let altinn = Altinn::start(dir.path(), LETTERS)?;
    let load = started.elapsed().as_secs_f64();
    let load_cpu = cpu_seconds(altinn.process_id())?;
    bench.add(Row {
        id: "S1",
        what: format!(
            "start of a sandbox with {LETTERS} letters, {load_cpu:.1} s of it processor time"
        ),
        unit: "s",
        ours: load,
        anchor: LOAD_GOAL_S,
        ratio: load / LOAD_GOAL_S,
        goal: "at most the anchor".into(),
        pass: load <= LOAD_GOAL_S,
    });
    let requests = requests(&altinn)?;
    let before = cpu_seconds(altinn.process_id())?;
    let started = Instant::now();
    let counts: Outcome<Vec<usize>> = std::thread::scope(|scope| {
        let ask = |at: usize| {
            let (base, requests) = (altinn.base(), &requests);
            scope.spawn(move || ask(base, requests, at))
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(ask).collect();
        let counts = threads.into_iter().map(|thread| match thread.join() {
            Ok(count) => count,
            Err(_) => Err("a connection broke".into()),
        });
        counts.collect()
    });
    let (wall, cpu) = (
        started.elapsed().as_secs_f64(),
        cpu_seconds(altinn.process_id())? - before,
    );
    let count = counts?.iter().sum::<usize>() as f64;
    let rate = count / cpu;
    bench.add(Row {
        id: "S2",
        what: format!(
            "overview GETs for a second of the sandbox's processor time ({:.0}/s by the wall, {CONNECTIONS} connections)",
            count / wall
        ),
        unit: "GET/s",
        ours: rate,
        anchor: GOAL,
        ratio: rate / GOAL,
        goal: "at least the anchor".into(),
        pass: rate >= GOAL,
    });
    Ok(())
}

/// Processor time that a process has used, from the two fields of `/proc/ID/stat` after its name, in hundredths of seconds.
fn cpu_seconds(process: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(')').ok_or("a stat line has a name")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks / 100.0)
}

/// A request for each letter that the first account's searches find.
fn requests(altinn: &Altinn) -> Outcome<Vec<Vec<u8>>> {
    let account = &altinn.ready()["accounts"][0];
    let number = account["orgnr"].as_str().unwrap_or_default();
    let scope = "altinn:correspondence.read";
    let path = format!("/api/GetEnterpriseToken?env=tt02&orgNo={number}&scopes={scope}");
    let mut connection = connect(altinn.base())?;
    let token = String::from_utf8(exchange(&mut connection, &get(&path, ""))?)?;
    let mut requests = Vec::new();
    for resource in account["read_resources"].as_array().into_iter().flatten() {
        let resource = resource.as_str().unwrap_or_default();
        let path =
            format!("/correspondence/api/v1/correspondence?resourceId={resource}&role=Recipient");
        let found: serde_json::Value =
            serde_json::from_slice(&exchange(&mut connection, &get(&path, &token))?)?;
        let ids = found["ids"].as_array().into_iter().flatten();
        requests.extend(ids.filter_map(|id| {
            let path = format!("/correspondence/api/v1/correspondence/{}", id.as_str()?);
            Some(get(&path, &token))
        }));
    }
    if requests.is_empty() {
        return Err("no letters to ask for".into());
    }
    Ok(requests)
}

fn get(path: &str, token: &str) -> Vec<u8> {
    let who = match token {
        "" => String::new(),
        token => format!("Authorization: Bearer {token}\r\n"),
    };
    format!("GET {path} HTTP/1.1\r\nHost: sandbox\r\n{who}Accept: application/json\r\n\r\n")
        .into_bytes()
}

fn connect(base: &str) -> Outcome<TcpStream> {
    let connection = TcpStream::connect(base.trim_start_matches("http://"))?;
    connection.set_nodelay(true)?;
    Ok(connection)
}

/// Asks for one letter after another until the time is up. Returns how many came.
fn ask(base: &str, requests: &[Vec<u8>], connection: usize) -> Outcome<usize> {
    let mut stream = connect(base)?;
    let until = Instant::now() + SPAN;
    let first = connection * requests.len() / CONNECTIONS;
    let mut count = 0;
    for request in requests.iter().cycle().skip(first) {
        if Instant::now() >= until {
            break;
        }
        exchange(&mut stream, request)?;
        count += 1;
    }
    Ok(count)
}

/// Sends a request and takes the body of its answer, which must be 200 and state its length.
fn exchange(stream: &mut TcpStream, request: &[u8]) -> Outcome<Vec<u8>> {
    stream.write_all(request)?;
    let mut bytes = Vec::new();
    let mut piece = [0; 64 * 1024];
    loop {
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Err("the connection was closed".into());
        }
        bytes.extend_from_slice(&piece[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&bytes[..end])?.to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(head.into());
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("a length is stated")?.trim().parse()?;
        if bytes.len() >= end + 4 + length {
            return Ok(bytes.split_off(end + 4));
        }
    }
}
