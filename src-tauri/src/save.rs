//! Where a file goes that the user takes out, and which files come in by the system's chooser.

use crate::start::{Shell, failure};
use mailbox::view::{ErrorCode, SetupFile, UiError};
use std::path::{Path, PathBuf};
use tauri::Manager as _;
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;

/// Longest file name offered, in bytes; file systems end at 255 and the chooser may add to it.
const NAME_LIMIT: usize = 200;

/// Asks where to save a file; none when the user thought better of it. With `BREVDUE_SAVE_DIR` nobody is asked, and the
/// answer is that folder. The engine never replaces a file that is there.
///
/// # Errors
/// The fixed folder cannot be made.
pub async fn target(shell: &Shell, name: &str) -> Result<Option<PathBuf>, UiError> {
    if let Some(folder) = &shell.choice.save_to {
        return fixed(folder).map(Some);
    }
    let (answer, chosen) = oneshot::channel();
    dialog(shell)
        .set_file_name(safe_name(name))
        .save_file(move |path| {
            let _ = answer.send(path);
        });
    Ok(chosen.await.ok().flatten().and_then(local))
}

/// Asks for a folder; none when the user thought better of it.
///
/// # Errors
/// The fixed folder cannot be made.
pub async fn folder(shell: &Shell) -> Result<Option<PathBuf>, UiError> {
    if let Some(folder) = &shell.choice.save_to {
        return fixed(folder).map(Some);
    }
    let (answer, chosen) = oneshot::channel();
    dialog(shell).pick_folder(move |path| {
        let _ = answer.send(path);
    });
    Ok(chosen.await.ok().flatten().and_then(local))
}

/// Asks which files to add; empty when the user thought better of it.
pub async fn files(shell: &Shell) -> Vec<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    dialog(shell).pick_files(move |paths| {
        let _ = answer.send(paths);
    });
    let paths = chosen.await.ok().flatten().unwrap_or_default();
    paths.into_iter().filter_map(local).collect()
}

/// Asks for a file that setting up takes; none when the user thought better of it. Any file may be chosen: keys have many
/// endings, and none at all.
pub async fn file(shell: &Shell, kind: SetupFile) -> Option<PathBuf> {
    let (answer, chosen) = oneshot::channel();
    let mut dialog = dialog(shell);
    if kind == SetupFile::TokenDriver {
        // Where distributions put them.
        dialog = dialog.set_directory("/usr/lib");
    }
    dialog.pick_file(move |path| {
        let _ = answer.send(path);
    });
    chosen.await.ok().flatten().and_then(local)
}

fn dialog(shell: &Shell) -> FileDialogBuilder<tauri::Wry> {
    let dialog = shell.app.dialog().file();
    match shell.app.get_webview_window("main") {
        Some(window) => dialog.set_parent(&window),
        None => dialog,
    }
}

fn local(path: FilePath) -> Option<PathBuf> {
    path.into_path().ok()
}

fn fixed(folder: &Path) -> Result<PathBuf, UiError> {
    std::fs::create_dir_all(folder).map_err(|_| failure(ErrorCode::SaveFailed))?;
    Ok(folder.to_path_buf())
}

/// The last part of a name that came from outside, without what a file system or a shell would read as more than a name.
fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean: String = last
        .chars()
        .map(|letter| {
            if letter.is_control() || "<>:\"|?*".contains(letter) {
                '_'
            } else {
                letter
            }
        })
        .collect();
    while clean.len() > NAME_LIMIT {
        // The end carries the type, so the beginning gives way.
        clean.remove(0);
    }
    let clean = clean.trim().trim_start_matches('.');
    if clean.is_empty() {
        "vedlegg".to_owned()
    } else {
        clean.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_stays_a_name() {
        assert_eq!(
            safe_name("../../etc/passwd"),
            "passwd",
            "no way out of the folder"
        );
        assert_eq!(
            safe_name("C:\\temp\\plan.pdf"),
            "plan.pdf",
            "nor by the other separator"
        );
        assert_eq!(safe_name("..bashrc"), "bashrc", "nothing hidden");
        assert_eq!(
            safe_name("vedtak æøå.pdf"),
            "vedtak æøå.pdf",
            "letters of the language stay"
        );
        assert_eq!(
            safe_name("a\u{0}b?.txt"),
            "a_b_.txt",
            "nothing that a file system refuses"
        );
        assert_eq!(safe_name("///"), "vedlegg", "always some name");
        let long = format!("{}.pdf", "ø".repeat(300));
        assert!(
            safe_name(&long).len() <= NAME_LIMIT,
            "short enough for any file system"
        );
        assert!(safe_name(&long).ends_with(".pdf"), "and it keeps its type");
    }
}
