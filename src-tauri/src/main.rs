//! The window of Brevdue.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    brevdue_desktop::render::prepare();
    brevdue_desktop::run(tauri::generate_context!())
}
