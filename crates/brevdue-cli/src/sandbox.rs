//! `brevdue sandbox`: Altinn in one process, for practice and for tests.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use altinn_sandbox::control::Quota;
use altinn_sandbox::{Options, Sandbox, StateFile, World};

/// What it is, for `--help`.
pub const LONG_ABOUT: &str = "Run a practice Altinn on this machine: Maskinporten, ID-porten, Altinn Authentication, the test token \
generator, Correspondence, Events, the Resource Registry, authorised parties, organisation names and the list of service \
owners, all under one address and by their real paths. Everything in it is invented, and nothing in it reaches Altinn.\n\n\
It prints its address and runs until it is interrupted (Ctrl+C or SIGTERM). What it remembers is gone then, unless --state \
names a file. Of account and local copy it knows nothing: those options are for the other commands.";

/// How to begin and how to control it, for `--help`.
pub const AFTER_HELP: &str = "To point a client at it, give it the printed address for every Altinn address that it knows; --ready-file \
lists them one by one, with the practice accounts and their keys. First calls, by hand:\n  \
curl 'ADDRESS/api/GetEnterpriseToken?env=tt02&orgNo=359797117&scopes=altinn:correspondence.read'        a token\n  \
curl -H 'Authorization: Bearer TOKEN' \\\n       \
'ADDRESS/correspondence/api/v1/correspondence?resourceId=fvm-tilskudd&role=Recipient'               ids of letters\n  \
curl ADDRESS/correspondence/api/v1/swagger/v1/swagger.json                                              its OpenAPI document\n\
What is sent is published some seconds later, or when the clock is moved. Take one scope for a token: with reading and writing in \
one it counts as a sender's.\n\n\
Control, below the address:\n  \
GET    /_sandbox/ledger               every request so far\n  \
POST   /_sandbox/faults               {\"match\":{\"method\",\"path\"},\"fault\":{...},\"times\":n,\"share\":0.3} where the fault is\n                                        \
{\"status\",\"retry_after\",\"body\"}, {\"drop_response\":true}, {\"cut_after\":bytes} or {\"delay_ms\":n}\n  \
GET    /_sandbox/faults               those that stand; DELETE forgets them\n  \
POST   /_sandbox/clock                {\"advance_s\":n}: what falls due on the way happens; GET tells the time\n  \
POST   /_sandbox/quota                {\"quota\":\"get=60/m,list=5/m\"} from now on\n  \
POST   /_sandbox/clients/ID/keys      a JWK set in the place of the keys of a Maskinporten client of the world\n  \
POST   /_sandbox/systemuser/requests/ID  {\"decision\":\"approve\"}: answers a request for a system user as the customer\n  \
GET    /_sandbox/ready                what the ready file says";

/// What `brevdue sandbox` can be told.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
    /// Address to listen on. Port 0 takes a free one. An address that is not loopback must be named here to be used.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Write addresses and practice accounts to this file as JSON, once it listens.
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// The world to serve: "practice", or the path of a world file.
    #[arg(long, value_name = "practice|PATH", default_value = "practice")]
    world: String,
    /// How many letters lie there at start, instead of the world's own number.
    #[arg(long, value_name = "N")]
    letters: Option<usize>,
    /// What letters and ids are made from: the same seed gives the same letters.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Also write each request to this file, as a line of JSON.
    #[arg(long, value_name = "PATH")]
    ledger: Option<PathBuf>,
    /// How often an organisation may ask, such as get=120/m,list=10/m (s, m or h). No limit when left out.
    #[arg(long, value_name = "SPEC", default_value = "")]
    quota: Quota,
    /// Let every answer come so many milliseconds later, as over a long line.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    rtt: u64,
    /// Remember everything in this file, and go on from it the next time. In memory only when left out.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

/// Runs a sandbox until it is told to stop.
pub async fn run(args: SandboxArgs) -> ExitCode {
    match served(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("brevdue sandbox: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn served(args: SandboxArgs) -> Result<(), String> {
    let world = if args.world == "practice" {
        World::practice()
    } else {
        let text = std::fs::read_to_string(&args.world)
            .map_err(|error| format!("cannot read the world {}: {error}", args.world))?;
        World::from_json(&text).map_err(|error| format!("{}: {error}", args.world))?
    };
    let stop = stop_signal()?;
    let sandbox = Sandbox::start(Options {
        listen: args.listen,
        world,
        letters: args.letters,
        seed: args.seed,
        ledger: args.ledger,
        quota: args.quota,
        rtt: Duration::from_millis(args.rtt),
        state: args.state.map(|path| StateFile { path, key: None }),
    })
    .await
    .map_err(|error| error.to_string())?;
    if let Some(path) = &args.ready_file {
        let ready =
            serde_json::to_vec_pretty(&sandbox.ready()).map_err(|error| error.to_string())?;
        write_whole(path, &ready)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    println!("{}", sandbox.base());
    stop.await;
    sandbox.stop().await;
    Ok(())
}

/// Resolves at the first interrupt or request to end. Listens from the moment it is made, not only once it is awaited.
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// A reader sees the whole file or none.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut file = std::fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(new, path)
}
