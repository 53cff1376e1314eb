//! Asking for the text of a file.

use crate::child::{ARGUMENT, CUT};
use crate::{Kind, LONGEST_TEXT, Reason, Text};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, timeout_at};

/// How long a file may take from first to last on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A file on its way through the process that reads it. Dropping this ends the process.
#[derive(Debug)]
pub struct Reading {
    child: Child,
    input: Option<ChildStdin>,
    until: Instant,
}

impl Reading {
    /// Starts `program`, which answers to [`ARGUMENT`], for one file. It is ended once `patience` is over.
    ///
    /// # Errors
    /// `NoReader`.
    pub fn start(program: &Path, kind: Kind, patience: Duration) -> Result<Self, Reason> {
        let mut child = Command::new(program)
            .args([ARGUMENT, kind.word()])
            // Neither what this program was started with nor where it stands is the file's business.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| Reason::NoReader)?;
        let input = child.stdin.take();
        Ok(Self {
            child,
            input,
            until: Instant::now() + patience,
        })
    }

    /// Hands over the next bytes of the file.
    pub async fn write(&mut self, bytes: &[u8]) {
        let Some(input) = &mut self.input else {
            return;
        };
        let written = timeout_at(self.until, input.write_all(bytes)).await;
        // A process that has ended takes no more; how it ended is asked below.
        if !matches!(written, Ok(Ok(()))) {
            self.input = None;
        }
    }

    /// The text, once all bytes are there.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn finish(mut self) -> Result<Text, Reason> {
        self.input = None;
        let mut out = self.child.stdout.take().ok_or(Reason::NoReader)?;
        let mut text = Vec::new();
        let ended = timeout_at(self.until, async {
            (&mut out)
                .take(LONGEST_TEXT as u64)
                .read_to_end(&mut text)
                .await?;
            self.child.wait().await
        })
        .await
        .map_err(|_| Reason::TooSlow)?
        .map_err(|_| Reason::NoReader)?;
        let is_cut = ended.code() == Some(i32::from(CUT));
        if !ended.success() && !is_cut {
            return Err(reason(ended));
        }
        let text = String::from_utf8(text).map_err(|_| Reason::Broken)?;
        Ok(Text { text, is_cut })
    }
}

/// Why a process ended without an answer.
fn reason(ended: ExitStatus) -> Reason {
    if let Some(code) = ended.code() {
        return Reason::of_exit(code);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        match ended.signal() {
            // Killed for its time: SIGXCPU, or SIGKILL where the limit is final.
            Some(24 | 9) => return Reason::TooSlow,
            // Aborted for want of memory.
            Some(6) => return Reason::TooLarge,
            _ => {}
        }
    }
    Reason::Broken
}
