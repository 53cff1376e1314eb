//! An empty Tauri window that says when it is on the screen: what any Tauri program costs before it does anything.

use std::io::Write;

/// The page has reached its second animation frame.
#[tauri::command]
fn painted() {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "painted").and_then(|()| out.flush());
}

fn main() {
    let started = tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![painted])
        .run(tauri::generate_context!());
    if started.is_err() {
        std::process::exit(1);
    }
}
