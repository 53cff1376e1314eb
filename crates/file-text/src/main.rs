//! The reader of files as a program of its own, for tests. The window is its own reader.

use std::process::ExitCode;

fn main() -> ExitCode {
    file_text::answer().unwrap_or(ExitCode::FAILURE)
}
