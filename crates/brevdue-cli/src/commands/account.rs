//! `brevdue account` and `brevdue network`: who is kept in the profile, and how the network is reached.

use crate::args::{
    AccountCommand, AddAccountArgs, EnvironmentName, NetworkArgs, SessionArgs, TakeKeyArgs,
    TakeTokenKeyArgs, TokensArgs,
};
use crate::failure::Failure;
use crate::session;
use brevdue_profile::{
    Accounts, KeptAccount, KeptAddresses, KeptNetwork, KeptSignIn, Profile, Secret,
};
use mailbox::view::{Environment, KeptKey, TokenPlaceView};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, command: AccountCommand) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let accounts = profile.accounts();
    match command {
        AccountCommand::List => list(accounts, args.json).await?,
        AccountCommand::TakeKey(key) => show(&take_key(accounts, key).await?, args.json),
        AccountCommand::MakeKey { key_id } => show(&accounts.make_key(key_id).await?, args.json),
        AccountCommand::Tokens(of) => tokens(accounts, of, args.json).await?,
        AccountCommand::TakeTokenKey(key) => {
            show(&take_token_key(accounts, key).await?, args.json);
        }
        AccountCommand::Keys => keys(accounts, args.json).await?,
        AccountCommand::ForgetKey { key } => accounts.forget_key(key).await?,
        AccountCommand::TakeFile { file } => {
            for id in accounts.take_setup_file(file).await? {
                say(&id, args.json);
            }
        }
        AccountCommand::Add(new) => say(&accounts.add(kept(*new)?).await?, args.json),
        AccountCommand::Remove { id } => accounts.remove(&id).await?,
        AccountCommand::ChangeKey { id, key } => {
            let now = chrono::Utc::now().timestamp_millis();
            accounts.rotate_key(&id, &key, now).await?;
        }
    }
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn list(accounts: &Accounts, is_json: bool) -> Result<(), Failure> {
    let all = accounts.all().await?;
    if is_json {
        println!("{}", json!({ "accounts": all }));
        return Ok(());
    }
    for one in all {
        println!("{}  {}", one.id(), one.name);
    }
    Ok(())
}

async fn take_key(accounts: &Accounts, key: TakeKeyArgs) -> Result<KeptKey, Failure> {
    let password = key.password_file.as_deref().map(secret_in).transpose()?;
    Ok(accounts
        .take_key_file(key.file, password, key.key_id)
        .await?)
}

async fn take_token_key(accounts: &Accounts, key: TakeTokenKeyArgs) -> Result<KeptKey, Failure> {
    let pin = secret_in(&key.pin_file)?;
    let place = TokenPlaceView {
        driver: key.driver.to_string_lossy().into_owned(),
        token: key.token,
        label: key.label,
        id: key.id,
    };
    Ok(accounts.take_token_key(place, pin, key.key_id).await?)
}

async fn tokens(accounts: &Accounts, of: TokensArgs, is_json: bool) -> Result<(), Failure> {
    let (Some(token), Some(pin_file)) = (of.token, of.pin_file) else {
        let tokens = accounts.tokens(of.driver).await?;
        if is_json {
            println!("{}", json!({ "tokens": tokens }));
        } else {
            tokens.iter().for_each(|token| println!("{token}"));
        }
        return Ok(());
    };
    let pin = secret_in(&pin_file)?;
    let keys = accounts.token_keys(of.driver, token, pin).await?;
    if is_json {
        println!("{}", json!({ "keys": keys }));
    } else {
        for key in keys {
            println!("{}  {}  {} bits", key.id, key.label, key.bits);
        }
    }
    Ok(())
}

async fn keys(accounts: &Accounts, is_json: bool) -> Result<(), Failure> {
    let keys = accounts.keys().await?;
    if is_json {
        println!("{}", json!({ "keys": keys }));
    } else {
        for key in keys {
            let id = key.view.key_id.or(key.view.certificate);
            println!("{}  {}", key.name, id.unwrap_or_default());
        }
    }
    Ok(())
}

/// A password or PIN: the file's text, without the end of its line.
fn secret_in(path: &Path) -> Result<Secret, Failure> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Failure::usage(format!("{}: not text", path.display())))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path)
        .map_err(|error| Failure::usage(format!("{}: {}", path.display(), error.kind())))
}

fn show(key: &KeptKey, is_json: bool) {
    if is_json {
        println!("{}", json!({ "key": key.name, "view": key.view }));
    } else {
        println!("{}\n{}", key.name, key.view.public_jwk);
    }
}

fn say(id: &str, is_json: bool) {
    if is_json {
        println!("{}", json!({ "account": id }));
    } else {
        println!("{id}");
    }
}

fn kept(new: AddAccountArgs) -> Result<KeptAccount, Failure> {
    let environment = match new.environment {
        EnvironmentName::Test => Environment::Test,
        EnvironmentName::Production => Environment::Production,
        EnvironmentName::Custom => Environment::Custom,
    };
    let addresses = match &new.base {
        None => None,
        Some(base) => Some(
            KeptAddresses::one_origin(base)
                .map_err(|error| Failure::usage(format!("--base: {error}")))?,
        ),
    };
    let registered = new
        .key_registered
        .and_then(|day| day.and_hms_opt(12, 0, 0))
        .map(|noon| noon.and_utc().timestamp_millis());
    let sign_in = match new.key {
        Some(key) => KeptSignIn::Maskinporten {
            client_id: new.client,
            key,
            key_posted_at: registered,
            system_user: new.system_user.map(|number| (number, new.reference)),
            system_id: new.system,
            sends_raw: new.raw,
        },
        None => KeptSignIn::person(new.client, new.base.as_ref())?,
    };
    Ok(KeptAccount {
        name: new.name,
        organisation_number: new.number,
        environment,
        addresses,
        sign_in,
        read_resources: new.read,
        write_resources: new.write,
        quota: None,
    })
}

/// Shows or sets how the network is reached.
pub(crate) async fn network(args: &SessionArgs, network: NetworkArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    set(&profile, network).await?;
    let kept = profile.accounts().network().await?;
    // A proxy's password is nobody's business on a screen.
    let proxy = kept.proxy.map(|mut proxy| {
        let _ = proxy.set_password(None);
        proxy.to_string()
    });
    if args.json {
        let certificates = kept.certificates.len();
        println!(
            "{}",
            json!({ "proxy": proxy, "certificates": certificates })
        );
    } else {
        println!("proxy: {}", proxy.as_deref().unwrap_or("the system's"));
        println!("own certificates: {}", kept.certificates.len());
    }
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn set(profile: &Profile, network: NetworkArgs) -> Result<(), Failure> {
    let accounts = profile.accounts();
    let mut kept = if network.reset {
        KeptNetwork::default()
    } else {
        accounts.network().await?
    };
    if let Some(proxy) = network.proxy {
        kept.proxy = Some(proxy);
    }
    for path in &network.certificates {
        let text = String::from_utf8(read(path)?)
            .map_err(|_| Failure::usage(format!("{}: not PEM", path.display())))?;
        kept.certificates.push(text);
    }
    Ok(accounts.set_network(kept).await?)
}
