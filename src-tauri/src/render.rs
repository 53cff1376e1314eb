//! How the window is painted on a machine without a graphics card.
//!
//! WebKitGTK composes by OpenGL; without a render node that is done in software and costs several times what painting
//! on the processor costs. Two variables switch it off. They must stand before GTK starts, and changing the environment
//! of a running process is not safe, so the program starts itself anew in its own place, once.

use std::ffi::OsStr;

/// What is set, unless any of it is set already: then somebody has decided.
const VARIABLES: [(&str, &str); 2] = [
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"),
];

/// Starts the program anew with the variables where they are needed; returns where they are not, or where that fails:
/// the window is then slow, which is better than none.
pub fn prepare() {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::CommandExt as _;
        if !are_needed(|name| std::env::var_os(name).is_some(), has_render_node()) {
            return;
        }
        if let Ok(program) = std::env::current_exe() {
            let error = std::process::Command::new(program)
                .args(std::env::args_os().skip(1))
                .envs(VARIABLES)
                .exec();
            tracing::warn!(kind = ?error.kind(), "could not start anew for painting without a graphics card");
        }
    }
}

fn are_needed(is_set: impl Fn(&str) -> bool, has_render_node: bool) -> bool {
    !has_render_node && !VARIABLES.iter().any(|(name, _)| is_set(name))
}

#[cfg(target_os = "linux")]
fn has_render_node() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| is_render_node(&entry.file_name()))
    })
}

fn is_render_node(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with("renderD")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_with_a_graphics_card_is_left_alone() {
        assert!(!are_needed(|_| false, true), "the graphics card paints");
        assert!(
            are_needed(|_| false, false),
            "without one the processor paints directly"
        );
    }

    #[test]
    fn what_somebody_set_is_honoured() {
        for (name, _) in VARIABLES {
            assert!(
                !are_needed(|asked| asked == name, false),
                "{name} was set by somebody, to whatever value"
            );
        }
    }

    #[test]
    fn only_render_nodes_count() {
        assert!(is_render_node(OsStr::new("renderD128")), "a render node");
        assert!(
            !is_render_node(OsStr::new("card0")),
            "a display without a render node cannot paint for us"
        );
    }
}
