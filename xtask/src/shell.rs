//! Running other programs, saying so first.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// What a step ends in: nothing, or the reason for a person.
pub type Done<T = ()> = Result<T, String>;

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// A program to be run at the root.
pub fn program(name: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root());
    command
}

/// Runs `command`, its output going to the terminal.
pub fn run(what: &str, command: &mut Command) -> Done {
    announce(what, command);
    let status = command.status().map_err(|e| format!("{what}: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} failed ({status})"))
    }
}

/// Runs `command`, its output going to the terminal and to the file at `log`.
pub fn run_logged(what: &str, command: &mut Command, log: &Path) -> Done {
    announce(what, command);
    let file = File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
    let file = Arc::new(Mutex::new(file));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{what}: {e}"))?;
    let out = child
        .stdout
        .take()
        .map(|pipe| tee(pipe, Arc::clone(&file), false));
    let err = child.stderr.take().map(|pipe| tee(pipe, file, true));
    let status = child.wait().map_err(|e| format!("{what}: {e}"))?;
    for copy in [out, err].into_iter().flatten() {
        let _ = copy.join();
    }
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} failed ({status})"))
    }
}

fn tee(
    pipe: impl std::io::Read + Send + 'static,
    file: Arc<Mutex<File>>,
    is_error: bool,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            if is_error {
                let _ = std::io::stderr().write_all(&line);
            } else {
                let _ = std::io::stdout().write_all(&line);
            }
            if let Ok(mut file) = file.lock() {
                let _ = file.write_all(&line);
            }
            line.clear();
        }
    })
}

/// Whether `name` runs at all.
pub fn is_there(name: &str) -> bool {
    Command::new(name)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

fn announce(what: &str, command: &Command) {
    let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
    let name = command.get_program().to_string_lossy();
    let name = name.rsplit('/').next().unwrap_or(&name);
    eprintln!("\n== {what}: {name} {}", args.join(" "));
}
