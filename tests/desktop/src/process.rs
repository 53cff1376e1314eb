//! Programs that a test starts, and that end with it.

use crate::Result;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// How long a program may take to say that it runs.
pub const START_LIMIT: Duration = Duration::from_secs(30);

/// A running program; dropped, it and everything it started is killed.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts a program.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|error| {
            format!("{name} did not start ({error}); tests/README.md lists what to install")
        })?;
        Ok(Self { child })
    }

    /// Starts a program that writes one line when it is ready, and answers with that line.
    ///
    /// # Errors
    /// When it is not installed or ends without a word.
    pub fn start_until_line(command: &mut Command) -> Result<(Self, String)> {
        let mut running = Self::start(command.stdout(Stdio::piped()))?;
        let stdout: ChildStdout = running.child.stdout.take().ok_or("no standard output")?;
        let mut line = String::new();
        let mut reader = BufReader::new(stdout);
        reader.read_line(&mut line)?;
        // The pipe stays open as long as the program, which might write more.
        std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
        let line = line.trim().to_owned();
        if line.is_empty() {
            return Err(format!("{:?} ended before it was ready", command.get_program()).into());
        }
        Ok((running, line))
    }

    /// Process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl From<Child> for Running {
    fn from(child: Child) -> Self {
        Self { child }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut family = descendants(self.child.id());
        family.push(self.child.id());
        kill(&family);
        let _ = self.child.wait();
    }
}

/// Kills at once, as a power cut would.
pub fn kill(processes: &[u32]) {
    if !processes.is_empty() {
        let _ = Command::new("kill")
            .arg("-KILL")
            .args(processes.iter().map(u32::to_string))
            .stderr(Stdio::null())
            .status();
    }
}

/// Everything that a process started, and what those started.
pub fn descendants(process: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![process];
    let parents = parents();
    while let Some(parent) = open.pop() {
        for (child, _) in parents.iter().filter(|(_, of)| *of == parent) {
            found.push(*child);
            open.push(*child);
        }
    }
    found
}

/// Children of a process that run the program at `path`.
pub fn running(process: u32, path: &Path) -> Vec<u32> {
    descendants(process)
        .into_iter()
        .filter(|id| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == path))
        .collect()
}

/// Process and parent, of all processes.
fn parents() -> Vec<(u32, u32)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let id: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name, in parentheses, may hold anything; what follows it is state and parent.
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((id, parent))
        })
        .collect()
}
