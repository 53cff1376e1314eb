//! The window of Brevdue.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    // Started by itself for one file only, before anything of a window is touched.
    if let Some(ended) = file_text::answer() {
        return ended;
    }
    brevdue_desktop::render::prepare();
    brevdue_desktop::run(tauri::generate_context!())
}
