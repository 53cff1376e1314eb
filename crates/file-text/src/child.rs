//! The process that reads one file: bytes come in, words go out, and how it ends tells the rest.

use crate::{Kind, LARGEST_FILE, Reason, text};
use std::io::{Read as _, Write as _};
use std::process::ExitCode;

/// Says to a program that it is to read a file; the kind of the file follows.
pub const ARGUMENT: &str = "--file-text";
/// Ends with this when there was more text than is taken.
pub(crate) const CUT: u8 = 10;

/// Bytes of memory beyond those that the program has when it begins.
const MEMORY: u64 = 256 << 20;
/// Seconds of processor time.
const SECONDS: u64 = 5;

/// Reads a file when the program was started for that; none when it was not. To be called before anything else.
pub fn answer() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    // What a parser says when it gives up may hold words of the file: it is said to nobody.
    std::panic::set_hook(Box::new(|_| {
        std::process::exit(i32::from(Reason::Broken.exit()))
    }));
    let kind = arguments
        .next()
        .and_then(|word| Kind::of_word(word.to_str()?));
    Some(ExitCode::from(match kind {
        Some(kind) => read(kind).unwrap_or_else(Reason::exit),
        None => Reason::NoReader.exit(),
    }))
}

fn read(kind: Kind) -> Result<u8, Reason> {
    limit().ok_or(Reason::NoReader)?;
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| Reason::NoReader)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(Reason::TooLarge);
    }
    let found = text(kind, &bytes)?;
    let mut out = std::io::stdout().lock();
    out.write_all(found.text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|_| Reason::NoReader)?;
    Ok(if found.is_cut { CUT } else { 0 })
}

/// Holds this process to little memory, little time, and no file.
#[cfg(target_os = "linux")]
fn limit() -> Option<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // What is mapped by now: the libraries of a window are large, and none of it is this file's doing.
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mapped: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmSize:"))?
        .trim()
        .strip_suffix(" kB")?
        .parse()
        .ok()?;
    let mapped = mapped.checked_mul(1024)?;
    let most = |amount| Rlimit {
        current: Some(amount),
        maximum: Some(amount),
    };
    for (resource, amount) in [
        (Resource::As, mapped + MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        // No file, socket or pipe beyond the three that it has.
        (Resource::Nofile, 3),
    ] {
        setrlimit(resource, most(amount)).ok()?;
    }
    Some(())
}

/// Elsewhere whoever asked ends this process when it takes too long.
#[cfg(not(target_os = "linux"))]
fn limit() -> Option<()> {
    Some(())
}
