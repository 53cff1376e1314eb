//! The real window under test: a display, a session bus and a keychain of its own, WebDriver, and Altinn in this process.
//!
//! ```text
//! Session   Xvfb · session bus · keychain · folders     one a test, gone with it
//!   World   the sandbox, the account file, what it saw  same process as the test
//!   Window  WebKitWebDriver → brevdue-desktop           may be closed, killed and opened again
//! ```
//!
//! Everything waits on conditions with a deadline; an error says what was awaited and what the window showed instead.

pub mod axe;
pub mod journey;
pub mod process;
pub mod session;
pub mod setting_up;
pub mod window;
pub mod world;

use std::path::PathBuf;

/// What can go wrong in a test's own tools: told in full, a test is for reading.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The repository.
pub fn repository() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}

/// Where builds go.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

/// The program under test: `BREVDUE_DESKTOP`, else the debug build.
///
/// # Errors
/// When it has not been built.
pub fn program() -> Result<PathBuf> {
    let path = std::env::var_os("BREVDUE_DESKTOP")
        .map_or_else(|| target().join("debug/brevdue-desktop"), PathBuf::from);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!(
            "{} is missing: build the UI (npm ci && npm run build in ui/), then `cargo build -p brevdue-desktop`",
            path.display()
        )
        .into())
    }
}
