//! Accounts that somebody else has written down: kept as if they had been filled in, their keys in the keychain.

use super::{Accounts, KeptAccount, KeptAddresses, KeptQuota, KeptSignIn};
use crate::account;
use crate::error::ProfileError;
use altinn_client::{Quota, SignIn};
use mailbox::AccountConfig;
use mailbox::view::Environment;
use std::path::PathBuf;
use url::Url;

impl Accounts {
    /// Keeps the accounts of a file, all or none; answers their ids. The file, and those of the keys, are left where they
    /// are.
    ///
    /// # Errors
    /// `AccountFile` names the member that is wrong, `Key` a key that cannot be used; those of [`Accounts::add`].
    pub async fn take_setup_file(&self, path: PathBuf) -> Result<Vec<String>, ProfileError> {
        let configs = super::blocking(move || account::read(&path)).await?;
        let mut new = Vec::new();
        let mut keys = Vec::new();
        let outcome = self.take_each(configs, &mut new, &mut keys).await;
        let kept = match outcome {
            Ok(()) => self.add_all(new.clone()).await,
            refused => refused,
        };
        if let Err(error) = kept {
            for key in keys {
                self.forget_key(key).await?;
            }
            return Err(error);
        }
        Ok(new.iter().map(KeptAccount::id).collect())
    }

    async fn take_each(
        &self,
        configs: Vec<AccountConfig>,
        new: &mut Vec<KeptAccount>,
        keys: &mut Vec<String>,
    ) -> Result<(), ProfileError> {
        for config in configs {
            let sign_in = self.take_sign_in(&config, keys).await?;
            let kept = kept(config, sign_in);
            let problems = self.check(None, &super::form::draft(&kept)).await?;
            if let Some(problem) = problems.first() {
                let what = format!("{:?}: {:?}", problem.field, problem.fault);
                return Err(account::unusable(what));
            }
            new.push(kept);
        }
        Ok(())
    }

    async fn take_sign_in(
        &self,
        config: &AccountConfig,
        keys: &mut Vec<String>,
    ) -> Result<KeptSignIn, ProfileError> {
        match &config.sign_in {
            SignIn::TestToken { generator, .. } => Ok(KeptSignIn::TestToken {
                generator: generator.clone(),
            }),
            SignIn::Maskinporten {
                client_id,
                key,
                system_user,
                sends_raw,
            } => {
                let name = self.keep_key(key.clone()).await?.name;
                keys.push(name.clone());
                Ok(KeptSignIn::Maskinporten {
                    client_id: client_id.clone(),
                    key: name,
                    key_posted_at: config.key_posted_at,
                    system_user: system_user
                        .clone()
                        .map(|user| (user.organisation, user.external_ref)),
                    system_id: config.system_id.clone(),
                    sends_raw: *sends_raw,
                })
            }
            SignIn::Person { provider, .. } => Ok(KeptSignIn::Person {
                client_id: provider.client_id.clone(),
                issuer: match config.environment {
                    Environment::Custom => {
                        Some(Url::parse(&provider.issuer).map_err(account::unusable)?)
                    }
                    _ => None,
                },
            }),
        }
    }
}

/// The account of a file as it is kept. Addresses and quota are, where they are not those of the environment.
fn kept(config: AccountConfig, sign_in: KeptSignIn) -> KeptAccount {
    let assumed = Quota::assumed(&config.addresses);
    KeptAccount {
        name: config.name,
        organisation_number: config.organisation_number,
        environment: config.environment,
        quota: config
            .pace
            .quota
            .filter(|quota| Some(quota) != assumed.as_ref())
            .map(|quota| KeptQuota {
                get: quota.get,
                list: quota.list,
                write: quota.write,
            }),
        addresses: (config.environment == Environment::Custom)
            .then(|| KeptAddresses::of(config.addresses)),
        sign_in,
        read_resources: config.read_resources,
        write_resources: config.write_resources,
    }
}
