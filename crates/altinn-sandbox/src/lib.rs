//! Altinn in one process on loopback: the practice account's server, and the double that tests run against.
//!
//! It is a second, independent reading of the Altinn references and shares no type with the client.
//!
//! A request passes `front` (ledger, quotas, faults, and who calls), then goes to `platform` (and
//! `tokens`, the issuers) or, below `/correspondence/`, to `server`: which call of `routes` it is, content type, policy,
//! `Accept`. `correspondence` and `attachment` hold a file for each endpoint or
//! family of rules, in the order in which the Correspondence reference tries them; `state` is what they remember, `jobs` what
//! happens without a call. Time is that of `clock`, which tests move; jobs that fall due run before the next request.
//!
//! Section numbers in this crate are those of the Correspondence reference unless another is named; in `platform` and `tokens`
//! it is the platform reference. What is covered is held over HTTP by `tests/reference` and `tests/platform`, row by row in
//! `CONFORMANCE.md`. How to run the service's own Postman collection against it by hand: `tests/postman/README.md`.

mod access;
mod app;
mod attachment;
mod caller;
mod clock;
pub mod control;
mod correspondence;
mod cors;
mod events;
mod front;
mod health;
mod identity;
mod jobs;
mod model;
mod openapi;
mod platform;
mod problem;
mod query;
mod ready;
mod register;
mod routes;
mod scan;
mod seed;
mod server;
mod state;
mod state_file;
mod text;
mod tokens;
mod upload;
pub mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use app::App;
use clock::Clock;
use control::{Control, Faults, Ledger, LedgerEntry, Quota};
pub use ready::{Ready, ReadyAccount};
use register::Register;
use state::State;
pub use state_file::{StateFile, StateFileError};
use tokens::Authority;
pub use tokens::KeyError;
pub use world::World;

/// A file as seeded letters carry them, of the kind that `name` says: PDF, DOCX, XLSX, PNG, else plain text.
pub fn sample(name: &str) -> Vec<u8> {
    let paper = seed::files::Paper {
        sender: "Fjordby kommune",
        recipient: "Øvre Ådal AS",
        reference: "2026/4711",
        date: "3. november 2026".into(),
        title: "Årsmøte",
        body: "Vi ønsker *velkommen*.",
    };
    seed::files::make(name, &paper, 1).bytes.to_vec()
}

/// How to start a sandbox.
#[derive(Debug)]
pub struct Options {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The world it serves.
    pub world: World,
    /// How many letters lie there at start; the world's own number when `None`.
    pub letters: Option<usize>,
    /// What the seeded letters and their ids are made from: the same seed, the same letters.
    pub seed: u64,
    /// Also write the ledger to this file, a line of JSON for each request.
    pub ledger: Option<PathBuf>,
    /// How often an organisation may ask.
    pub quota: Quota,
    /// How much later every answer comes, as over a long line.
    pub rtt: Duration,
    /// Remember everything in this file. When it exists already, nothing is seeded.
    pub state: Option<StateFile>,
}

impl Default for Options {
    /// The practice world on a free port of the loopback address, in memory only, without quotas.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            world: World::practice(),
            letters: None,
            seed: 1,
            ledger: None,
            quota: Quota::default(),
            rtt: Duration::ZERO,
            state: None,
        }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file of the ledger cannot be made.
    #[error("the ledger's file cannot be made: {0}")]
    Ledger(std::io::Error),
    /// A key of the world cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] StateFileError),
}

/// A running sandbox. Dropping it stops it without waiting and without a last write of its state file.
#[derive(Debug)]
pub struct Sandbox {
    app: Arc<App>,
    state_file: Option<StateFile>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    work: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts serving.
    ///
    /// # Errors
    /// When the address cannot be listened on, or a file or key it was given cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listen_error = |source| StartError::Listen {
            address: options.listen,
            source,
        };
        let listener = tokio::net::TcpListener::bind(options.listen)
            .await
            .map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let base = format!("http://{address}");
        let (post, parcels) = events::delivery::Post::open();
        let app = Arc::new(App {
            clock: Clock::new(),
            register: Register::new(&options.world),
            authority: Authority::new(&base, &options.world)?,
            control: Control {
                ledger: Ledger::to_file(options.ledger.as_deref()).map_err(StartError::Ledger)?,
                faults: Faults::default(),
                meter: control::Meter::new(options.quota),
            },
            state: State::new(),
            platform: platform::Store::new(&options.world),
            post,
            world: options.world,
            base,
        });
        let is_loaded = match &options.state {
            Some(file) => state_file::load(&app, file)?,
            None => false,
        };
        if !is_loaded {
            seed::fill(&app, options.letters, options.seed);
        }
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(front::serve(
            listener,
            Arc::clone(&app),
            options.rtt,
            stopped,
        ));
        let mut work = vec![
            tokio::spawn(jobs::run(Arc::clone(&app))),
            tokio::spawn(events::delivery::run(Arc::clone(&app), parcels)),
        ];
        if let Some(file) = options.state.clone() {
            work.push(tokio::spawn(state_file::keep(Arc::clone(&app), file)));
        }
        Ok(Self {
            app,
            state_file: options.state,
            stop,
            server,
            work,
        })
    }

    /// Its origin, `http://127.0.0.1:PORT`, no slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.app.base
    }

    /// Where everything is, and who one can be there: the content of the ready file.
    #[must_use]
    pub fn ready(&self) -> Ready {
        self.app.ready()
    }

    /// Every request so far, in the order they arrived.
    #[must_use]
    pub fn ledger(&self) -> Vec<LedgerEntry> {
        self.app.control.ledger.entries(0)
    }

    /// Failures on order.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.app.control.faults
    }

    /// Another quota holds from now on; what has been used stays used.
    pub fn set_quota(&self, quota: Quota) {
        self.app.control.meter.set(quota);
    }

    /// Moves its clock ahead and does all that falls due on the way.
    pub fn advance(&self, by: Duration) {
        self.app.advance(by);
    }

    /// Stops serving: what is being answered gets a moment to finish, then connections are closed and the state file,
    /// if there is one, is written.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.server).await;
        for task in &self.work {
            task.abort();
        }
        if let Some(file) = self.state_file.take() {
            let app = Arc::clone(&self.app);
            let saved = tokio::task::spawn_blocking(move || state_file::save(&app, &file)).await;
            if let Ok(Err(error)) = saved {
                tracing::warn!(%error, "the sandbox could not keep its state");
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
        for task in &self.work {
            task.abort();
        }
    }
}
