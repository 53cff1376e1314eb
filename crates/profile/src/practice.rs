//! The practice accounts: an Altinn of our own in this process, on loopback, so that the program works the minute it
//! is installed.

use crate::account;
use crate::error::ProfileError;
use crate::key::{Key, KeyHome};
use altinn_client::{Addresses, Pace, SignIn, SigningKey};
use altinn_sandbox::{Options, Ready, Sandbox, StateFile, World};
use mailbox::AccountConfig;
use mailbox::view::Environment;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use url::Url;

/// Seed of the practice world: everybody practises on the same letters.
const SEED: u64 = 1;

/// Starts the embedded sandbox; what it remembers is sealed beside the store, unless the store itself does not outlive
/// the run.
pub(crate) async fn start(dir: &Path, key: &Key) -> Result<Sandbox, ProfileError> {
    let state = (key.home != KeyHome::Run).then(|| StateFile {
        path: dir.join("practice.state"),
        key: Some(key.derived("practice state")),
    });
    Sandbox::start(Options {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        world: World::practice(),
        seed: SEED,
        state,
        ..Options::default()
    })
    .await
    .map_err(|_| ProfileError::SandboxFailed)
}

/// The practice accounts as the sandbox announces them.
pub(crate) fn accounts(ready: &Ready) -> Result<Vec<AccountConfig>, ProfileError> {
    let address = |text: &str| Url::parse(text).map_err(account::unusable);
    let addresses = Addresses {
        platform: address(&ready.platform)?,
        maskinporten: address(&ready.maskinporten)?,
        brreg: address(&ready.brreg)?,
        orgs: address(&ready.orgs)?,
    };
    ready
        .accounts
        .iter()
        .map(|practice| {
            Ok(AccountConfig {
                id: account::id(Environment::Practice, &practice.orgnr),
                name: practice.name.clone(),
                organisation_number: practice.orgnr.clone(),
                environment: Environment::Practice,
                addresses: addresses.clone(),
                sign_in: SignIn::Maskinporten {
                    client_id: practice.client_id.clone(),
                    key: SigningKey::parse(
                        &practice.private_jwk.to_string(),
                        Some(&practice.key_id),
                    )
                    .map_err(account::unusable)?,
                    system_user: None,
                    sends_raw: false,
                },
                read_resources: practice.read_resources.clone(),
                write_resources: practice.write_resources.clone(),
                system_id: None,
                key_posted_at: None,
                pace: Pace::default(),
            })
        })
        .collect()
}

/// An empty folder for a store whose key dies with this run. What an earlier run left is removed: its key is gone, so
/// nobody can ever read it.
pub(crate) fn fresh_run_dir(profile: &Path) -> Result<PathBuf, ProfileError> {
    let dir = profile.join("run");
    match std::fs::remove_dir_all(&dir) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(ProfileError::of_io(error)),
    }
    crate::make_private(&dir)?;
    Ok(dir)
}
