//! The window, as somebody who looks at it and types.

use crate::process::{self, Running, START_LIMIT};
use crate::session::Session;
use crate::{Result, program};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fs::File;
use std::future::Future;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, TypingData};

/// How long anything may take to show.
pub const LIMIT: Duration = Duration::from_secs(30);
/// A screenshot that takes longer hangs: see the session's variables.
const SHOT_LIMIT: Duration = Duration::from_secs(15);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);

/// Keys that are held while the others of a chord are pressed.
const MODIFIERS: [Key; 3] = [Key::Control, Key::Shift, Key::Alt];

/// Finds the first shown element by selector and by its name as assistive technology reads it, or as it is written.
const FIND: &str = r"
const [selector, name, isExact] = arguments;
const clean = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const named = (element) => {
  const by = element.getAttribute('aria-labelledby');
  const labels = element.labels ? [...element.labels].map((label) => label.textContent) : [];
  return [
    element.getAttribute('aria-label'),
    by && by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '),
    ...labels, element.getAttribute('placeholder'), element.getAttribute('title'), element.textContent,
  ].map(clean);
};
const fits = (text) => isExact ? text === name : text.includes(name);
const modal = document.querySelector('dialog:modal');
for (const element of (modal ?? document).querySelectorAll(selector)) {
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  if ((box.width === 0 && box.height === 0) || style.visibility === 'hidden') { continue; }
  if (element.disabled || element.getAttribute('aria-disabled') === 'true') { continue; }
  if (name === null || named(element).some(fits)) { return element; }
}
return null;
";

/// Tells the window of files as the system's drag and drop does; only a debug build started by a test allows it.
const DRAG: &str = r"
const [selector, paths, done] = arguments;
const at = document.querySelector(selector) ?? document.body;
const box = at.getBoundingClientRect();
const scale = window.devicePixelRatio || 1;
const position = { x: (box.x + box.width / 2) * scale, y: (box.y + box.height / 2) * scale };
const tell = (event, payload) => window.__TAURI_INTERNALS__.invoke('plugin:event|emit', { event, payload });
tell('tauri://drag-enter', { paths, position })
  .then(() => tell('tauri://drag-over', { position }))
  .then(() => tell('tauri://drag-drop', { paths, position }))
  .then(() => done(null), (error) => done(String(error)));
";

/// What is painted is what is meant: movements are over, and a frame has been drawn since.
const STILL: &str = r"
const [done] = arguments;
const moving = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Infinity);
Promise.all(moving.map((each) => each.finished.catch(() => null)))
  .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))));
";

/// How the window is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Program to open; the one under test when none.
    pub program: Option<PathBuf>,
    /// Account file; the practice accounts when none.
    pub account: Option<PathBuf>,
    /// More variables.
    pub environment: Vec<(String, String)>,
}

/// An open window.
#[derive(Debug)]
pub struct Window {
    driver: WebDriver,
    server: Running,
    program: PathBuf,
}

impl Window {
    /// Opens the window in a session.
    ///
    /// # Errors
    /// When the program has not been built or does not show a window.
    pub async fn open(session: &Session, start: &Start) -> Result<Self> {
        let program = match &start.program {
            Some(program) => program.canonicalize()?,
            None => program()?.canonicalize()?,
        };
        let port = free_port()?;
        let log = session.folder().join(format!("window-{port}.log"));
        let mut command = session.command("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg("--host=127.0.0.1")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("BREVDUE_PROFILE", session.profile())
            .env("BREVDUE_SAVE_DIR", session.saved())
            .env("BREVDUE_SINGLE_INSTANCE", "0")
            .env("BREVDUE_TEST_HOOKS", "1")
            .env("BREVDUE_LOG", "debug")
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?);
        if let Some(account) = &start.account {
            command.env("BREVDUE_ACCOUNT", account);
        }
        let server = Running::start(&mut command)?;
        until("WebDriver answers", || async {
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .ok()
                .map(drop))
        })
        .await?;
        let mut wanted = Capabilities::new();
        wanted.set(
            "webkitgtk:browserOptions",
            json!({ "binary": program, "args": [] }),
        )?;
        // Built together with the other crates, the driver's HTTP client comes without a TLS provider of its own. A second
        // window finds the first one's installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let opening = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted);
        let driver = tokio::time::timeout(START_LIMIT, opening)
            .await
            .map_err(|_| "the window did not open in time")??;
        driver.set_script_timeout(LIMIT).await?;
        Ok(Self {
            driver,
            server,
            program,
        })
    }

    /// The driver, for what has no word here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The processes of the window: the program and what it started.
    pub fn processes(&self) -> Vec<u32> {
        let programs = process::running(self.server.id(), &self.program);
        let started = programs.iter().flat_map(|id| process::descendants(*id));
        programs.iter().copied().chain(started).collect()
    }

    /// Text of the page as it is shown.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn text(&self) -> Result<String> {
        self.run(
            "return document.body ? document.body.innerText : ''",
            vec![],
        )
        .await
    }

    /// Runs a script and takes its answer.
    ///
    /// # Errors
    /// When the script fails or answers something else.
    pub async fn run<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        Ok(self.driver.execute(script, arguments).await?.convert()?)
    }

    /// Runs a script that calls its last argument with the answer.
    ///
    /// # Errors
    /// When the script fails or takes too long.
    pub async fn run_async<T: DeserializeOwned>(
        &self,
        script: &str,
        arguments: Vec<Value>,
    ) -> Result<T> {
        Ok(self
            .driver
            .execute_async(script, arguments)
            .await?
            .convert()?)
    }

    /// Waits until a text is shown somewhere.
    ///
    /// # Errors
    /// When it is not shown in time; tells what is shown.
    pub async fn sees(&self, text: &str) -> Result<()> {
        self.wait(&format!("the text “{text}”"), || async {
            Ok(self.text().await?.contains(text).then_some(()))
        })
        .await
    }

    /// Waits until a text is no longer shown.
    ///
    /// # Errors
    /// When it stays.
    pub async fn sees_no_more(&self, text: &str) -> Result<()> {
        self.wait(&format!("no text “{text}”"), || async {
            Ok((!self.text().await?.contains(text)).then_some(()))
        })
        .await
    }

    /// Waits for an element: by selector, and by a part of its name unless that is empty.
    ///
    /// # Errors
    /// When there is none in time; tells what is shown.
    pub async fn find(&self, selector: &str, name: &str) -> Result<WebElement> {
        self.find_by(selector, name, false).await
    }

    async fn find_by(&self, selector: &str, name: &str, is_exact: bool) -> Result<WebElement> {
        let wanted = if name.is_empty() {
            Value::Null
        } else {
            json!(name)
        };
        self.wait(&format!("{selector} “{name}”"), || async {
            let found = self
                .driver
                .execute(FIND, vec![json!(selector), wanted.clone(), json!(is_exact)])
                .await?;
            Ok(if found.json().is_null() {
                None
            } else {
                Some(found.element()?)
            })
        })
        .await
    }

    /// How many elements a selector has now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn count(&self, selector: &str) -> Result<usize> {
        self.run(
            "return document.querySelectorAll(arguments[0]).length",
            vec![json!(selector)],
        )
        .await
    }

    /// Clicks an element, once it is there, as the mouse does.
    ///
    /// # Errors
    /// When it does not come or cannot be clicked.
    pub async fn click(&self, selector: &str, name: &str) -> Result<()> {
        self.click_by(selector, name, false).await
    }

    /// As [`click`](Self::click), where the name must be exactly this.
    ///
    /// # Errors
    /// When it does not come or cannot be clicked.
    pub async fn click_exact(&self, selector: &str, name: &str) -> Result<()> {
        self.click_by(selector, name, true).await
    }

    async fn click_by(&self, selector: &str, name: &str, is_exact: bool) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let element = self.find_by(selector, name, is_exact).await?;
            // Between finding and clicking the page may have drawn it anew, or moved something over it.
            match element.click().await {
                Ok(()) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// Picks an option of a list that drops down.
    ///
    /// # Errors
    /// When there is no such option.
    pub async fn pick(&self, option: &str) -> Result<()> {
        let option = self
            .wait(option, || async {
                Ok(self.driver.find(By::Css(option)).await.ok())
            })
            .await?;
        option.click().await?;
        Ok(())
    }

    /// Writes in a field, after what is there.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn write(&self, selector: &str, name: &str, text: &str) -> Result<()> {
        let field = self.find(selector, name).await?;
        field.click().await?;
        // A line feed is no key; the key for it is.
        field
            .send_keys(text.replace('\n', &Key::Enter.value().to_string()))
            .await?;
        // The keys are on their way when the driver answers, and what is pressed next may overtake them. Of several lines
        // the last tells, since the field may continue a list by itself.
        let last = text.rsplit('\n').next().unwrap_or(text);
        self.wait("what was written", || async {
            let value = field.prop("value").await?.unwrap_or_default();
            Ok(value.ends_with(last).then_some(()))
        })
        .await
    }

    /// Presses keys wherever the focus is: text, or [`Key`]s joined by `+`.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        // Keys of their own, not text for an element: the page may exchange the focused element at any time.
        let mut chain = self.driver.action_chain();
        let mut held = Vec::new();
        for key in keys.into().as_vec() {
            chain = chain.key_down(key);
            if MODIFIERS.iter().any(|modifier| modifier.value() == key) {
                held.push(key);
            } else {
                chain = chain.key_up(key);
            }
        }
        for key in held.into_iter().rev() {
            chain = chain.key_up(key);
        }
        chain.perform().await?;
        Ok(())
    }

    /// Drops files from outside on an element.
    ///
    /// # Errors
    /// When the window does not take them.
    pub async fn drop_files(&self, selector: &str, paths: &[&Path]) -> Result<()> {
        let error: Option<String> = self
            .run_async(DRAG, vec![json!(selector), json!(paths)])
            .await?;
        error.map_or(Ok(()), |error| Err(error.into()))
    }

    /// Takes a picture of the window.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn shot(&self, path: &Path) -> Result<()> {
        self.run_async::<Value>(STILL, vec![]).await?;
        let png = tokio::time::timeout(SHOT_LIMIT, self.driver.screenshot_as_png())
            .await
            .map_err(|_| "the screenshot did not return in time")??;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, png)?;
        Ok(())
    }

    /// Closes the window as its close button does, and waits for the program's end.
    ///
    /// # Errors
    /// When the program does not end.
    pub async fn close(self) -> Result<()> {
        let Self {
            driver,
            server,
            program,
        } = self;
        driver.quit().await?;
        until("the program has ended", || async {
            Ok(process::running(server.id(), &program)
                .is_empty()
                .then_some(()))
        })
        .await
    }

    /// Ends the program by SIGKILL.
    ///
    /// # Errors
    /// When it cannot be found, or survives.
    pub async fn kill(self) -> Result<()> {
        let Self {
            driver,
            server,
            program,
        } = self;
        let processes = process::running(server.id(), &program);
        if processes.is_empty() {
            return Err("the program to kill was not running".into());
        }
        process::kill(&processes);
        until("the program is dead", || async {
            Ok(process::running(server.id(), &program)
                .is_empty()
                .then_some(()))
        })
        .await?;
        // The session has nobody to talk to any more; the driver need not try.
        driver.leak()?;
        drop(server);
        Ok(())
    }

    /// Waits for a condition; on failure tells what the window shows.
    ///
    /// # Errors
    /// When it does not come true in time.
    pub async fn wait<T, Looking: Future<Output = Result<Option<T>>>>(
        &self,
        what: &str,
        look: impl Fn() -> Looking,
    ) -> Result<T> {
        match until(what, look).await {
            Ok(found) => Ok(found),
            Err(error) => {
                let shown = self
                    .text()
                    .await
                    .unwrap_or_else(|error| format!("nothing: {error}"));
                Err(format!("{error}\n--- the window shows:\n{shown}\n---").into())
            }
        }
    }
}

/// Looks until there is something to see.
///
/// # Errors
/// When there is nothing in time.
pub async fn until<T, Looking: Future<Output = Result<Option<T>>>>(
    what: &str,
    look: impl Fn() -> Looking,
) -> Result<T> {
    let deadline = Instant::now() + LIMIT;
    loop {
        match look().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if Instant::now() < deadline => tokio::time::sleep(LOOK).await,
            Ok(None) => {
                return Err(format!("waited {} s in vain for {what}", LIMIT.as_secs()).into());
            }
            Err(error) if Instant::now() < deadline => {
                // A page that is just drawing itself anew gives stale answers.
                drop(error);
                tokio::time::sleep(LOOK).await;
            }
            Err(error) => return Err(format!("waited in vain for {what}: {error}").into()),
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
