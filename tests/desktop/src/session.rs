//! A desktop session without a desktop: display, session bus, keychain and folders of its own.

use crate::Result;
use crate::process::{Running, START_LIMIT};
use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// A bus that starts nothing by itself: what a test has not started is not there.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Whether the session has a keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    /// Unlocked, empty.
    Unlocked,
    /// None.
    Missing,
}

/// A session; everything in it ends and is removed with it.
#[derive(Debug)]
pub struct Session {
    environment: Vec<(&'static str, String)>,
    // In the order they must end: what uses the bus before the bus, folders last.
    _keychain: Option<Running>,
    _bus: Running,
    _display: Running,
    folder: TempDir,
}

impl Session {
    /// Starts a session with an unlocked keychain.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start() -> Result<Self> {
        Self::start_with(Keychain::Unlocked).await
    }

    /// Starts a session.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start_with(keychain: Keychain) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("brevdue-desktop-")
            .tempdir()?;
        let mut environment = folders(folder.path())?;

        let (display, number) = Running::start_until_line(
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    "1440x900x24",
                    "-nolisten",
                    "tcp",
                ])
                .stderr(File::create(folder.path().join("xvfb.log"))?),
        )?;
        environment.push(("DISPLAY", format!(":{number}")));

        let config = folder.path().join("bus.conf");
        std::fs::write(&config, BUS)?;
        let (bus, address) = Running::start_until_line(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--nopidfile", "--print-address=1"])
                .stderr(File::create(folder.path().join("bus.log"))?),
        )?;
        environment.push(("DBUS_SESSION_BUS_ADDRESS", address.clone()));

        let keychain = match keychain {
            Keychain::Unlocked => {
                Some(start_keychain(folder.path(), &environment, &address).await?)
            }
            Keychain::Missing => None,
        };
        Ok(Self {
            environment,
            _keychain: keychain,
            _bus: bus,
            _display: display,
            folder,
        })
    }

    /// A command that runs in the session, with nothing of the surroundings that could change what it does.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if [
                "BREVDUE_", "WEBKIT_", "GTK_", "GDK_", "WAYLAND_", "XDG_", "DBUS_",
            ]
            .iter()
            .any(|own| name.starts_with(own))
            {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Folder of the session.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Folder of the profile, the same for every start of the program in this session.
    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Folder where the program saves files.
    pub fn saved(&self) -> PathBuf {
        self.folder.path().join("saved")
    }

    /// Everything that programs of the session wrote beside what they are for: their logs, one text.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn logs(&self) -> Result<String> {
        let mut text = String::new();
        for folder in [self.folder.path().to_path_buf(), self.profile()] {
            for entry in std::fs::read_dir(&folder)?.flatten() {
                if entry.file_name().to_string_lossy().contains(".log") {
                    text.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path())?));
                }
            }
        }
        Ok(text)
    }
}

/// Makes the folders of a user who has never run anything.
fn folders(folder: &Path) -> Result<Vec<(&'static str, String)>> {
    let mut environment = Vec::new();
    for (variable, name) in [
        ("HOME", "home"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(&path)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o700))?;
        environment.push((variable, path.display().to_string()));
    }
    for (name, value) in [
        ("GDK_BACKEND", "x11"),
        ("NO_AT_BRIDGE", "1"),
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
        ("LANG", "nb_NO.UTF-8"),
        // The shell would switch this off on a machine without a graphics card; then a WebDriver screenshot of an idle
        // page never returns. Painting on the processor is the cheap way that does.
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "0"),
        ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1"),
        ("RUST_BACKTRACE", "0"),
    ] {
        environment.push((name, value.to_owned()));
    }
    Ok(environment)
}

/// Starts a keychain and waits until the bus knows it.
async fn start_keychain(
    folder: &Path,
    environment: &[(&'static str, String)],
    bus: &str,
) -> Result<Running> {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--unlock", "--components=secrets"])
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(File::create(folder.join("keychain.log"))?);
    let mut child = command
        .spawn()
        .map_err(|error| format!("gnome-keyring-daemon did not start ({error})"))?;
    // An empty password is a line of its own; no line at all leaves the keychain locked.
    child
        .stdin
        .take()
        .ok_or("no standard input")?
        .write_all(b"\n")?;
    let keychain = Running::from(child);
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let answer = Command::new("dbus-send")
            .arg(format!("--bus={bus}"))
            .args([
                "--dest=org.freedesktop.DBus",
                "--print-reply=literal",
                "/org/freedesktop/DBus",
            ])
            .args([
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .output()?;
        if String::from_utf8_lossy(&answer.stdout).contains("true") {
            return Ok(keychain);
        }
        if Instant::now() > deadline {
            return Err("the keychain did not appear on the bus".into());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
