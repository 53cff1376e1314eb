//! The desktop shell of Brevdue, thin enough to read in one sitting.
//!
//! - [`contract`]: THE list of commands; [`bindings`] makes TypeScript of it, [`commands`] answers.
//! - [`start`]: opens the profile behind a window that is already there.
//! - [`events`]: commits of the engine become one event.
//! - [`save`], [`links`]: the two ways out of the window, files and addresses.
//! - [`render`]: painting on a machine without a graphics card.
//!
//! The environment it reads: `BREVDUE_PROFILE` (folder), `BREVDUE_ACCOUNT` (`practice` or an account file),
//! `BREVDUE_SAVE_DIR` (saved files go there without a question), `BREVDUE_SINGLE_INSTANCE=0` (a second window of the
//! same profile is not handed to the first; the lock of the profile still refuses it), `BREVDUE_LOG` (log filter).

#[macro_use]
pub mod contract;

pub mod bindings;
pub mod commands;
pub mod events;
pub mod links;
pub mod render;
pub mod save;
pub mod start;

use start::{Choice, Shell};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::plugin::TauriPlugin;
use tauri::webview::NewWindowResponse;
use tauri::{App, Context, Manager as _, RunEvent, WebviewWindow, WebviewWindowBuilder, Wry};

/// Label of the one window, as the capabilities name it.
pub const WINDOW: &str = "main";

/// Runs the program until its window is closed. `context` holds the built UI.
pub fn run(context: Context<Wry>) -> ExitCode {
    let choice = Choice::from_environment();
    if let Err(error) = brevdue_profile::log::start(&choice.profile) {
        // The same trouble meets the profile itself a moment later, and the window then says so.
        tracing::warn!(%error, "no log");
    }
    let mut builder = tauri::Builder::default();
    if std::env::var_os("BREVDUE_SINGLE_INSTANCE").is_none_or(|value| value != "0") {
        // First of the plugins: a second start must end before it touches anything.
        builder = builder.plugin(one_window_a_profile(&choice.profile));
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(contract::handler())
        .setup(move |app| Ok(set_up(app, choice)?))
        .build(context);
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    let shell = Arc::clone(&app.state::<Arc<Shell>>());
                    tauri::async_runtime::block_on(shell.close());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

/// Opens the profile while the window is being made.
fn set_up(app: &mut App, choice: Choice) -> tauri::Result<()> {
    let shell = Shell::new(app.handle().clone(), choice);
    app.manage(Arc::clone(&shell));
    tauri::async_runtime::spawn(async move { shell.open(None).await });
    test_hooks(app)?;
    open_window(app).map(drop)
}

/// The window of the configuration, which stays on its own pages and opens no other.
fn open_window(app: &App) -> tauri::Result<WebviewWindow> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == WINDOW)
        .ok_or(tauri::Error::WindowNotFound)?;
    WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(links::is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()
}

/// Spelling in the fields of the window, which WebKitGTK leaves off; without dictionaries it stays silent. Reading them
/// holds up the thread that the window is drawn from.
#[cfg(target_os = "linux")]
pub(crate) fn check_spelling(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{WebContextExt as _, WebViewExt as _};
    window.with_webview(|webview| {
        if let Some(context) = webview.inner().context() {
            context.set_spell_checking_languages(&["nb_NO", "nn_NO", "en_GB"]);
            context.set_spell_checking_enabled(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn check_spelling(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Tests tell the window of dropped files as the system would, for which it must be allowed to send events. Never part
/// of a release.
#[cfg(debug_assertions)]
fn test_hooks(app: &App) -> tauri::Result<()> {
    if std::env::var_os("BREVDUE_TEST_HOOKS").is_some_and(|value| value == "1") {
        app.add_capability(
            r#"{"identifier": "test-hooks", "windows": ["main"], "permissions": ["core:event:allow-emit"]}"#,
        )?;
    }
    Ok(())
}

#[cfg(not(debug_assertions))]
fn test_hooks(_app: &App) -> tauri::Result<()> {
    Ok(())
}

/// A second start on the same profile brings the first window to the front and ends.
fn one_window_a_profile(profile: &Path) -> TauriPlugin<Wry> {
    let mut hasher = DefaultHasher::new();
    profile.hash(&mut hasher);
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("no.brevdue.desktop.p{:016x}", hasher.finish()))
        .callback(|app, _arguments, _folder| {
            if let Some(window) = app.get_webview_window(WINDOW) {
                let shown = window.unminimize().and_then(|()| window.set_focus());
                if let Err(error) = shown {
                    tracing::warn!(%error, "the window could not be brought to the front");
                }
            }
        })
        .build()
}
