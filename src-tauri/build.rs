//! Reads the configuration and capabilities; the built UI is embedded by the binary.

fn main() {
    // The window's files are part of the binary: a new build of the UI is a new binary.
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build();
}
