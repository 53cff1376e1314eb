//! What a ready sandbox tells whoever wants to use it.

use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::tokens::practice_jwk;

/// Where everything is, and who one can be there. The ready file is this as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Ready {
    /// The origin, `http://127.0.0.1:PORT`, no slash at the end.
    pub base: String,
    /// Platform API: Authentication, Correspondence, Resource Registry. No slash at the end.
    pub platform: String,
    /// Maskinporten's issuer, with its slash. The origin itself, with a slash, answers as Maskinporten too.
    pub maskinporten: String,
    /// ID-porten's issuer, without a slash at the end.
    pub idporten: String,
    /// Enhetsregisteret's API, with its slash.
    pub brreg: String,
    /// The list of service owners.
    pub orgs: String,
    /// The test token generator, with its slash.
    pub token_generator: String,
    /// The accounts whose private key is public: those of the practice world.
    pub accounts: Vec<ReadyAccount>,
}

/// One account.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyAccount {
    /// Its name.
    pub name: String,
    /// Its organisation number.
    pub orgnr: String,
    /// Its client at Maskinporten.
    pub client_id: String,
    /// Id of its key.
    pub key_id: String,
    /// Its private key. Printed in the program for everyone to see; it opens nothing but a sandbox.
    pub private_jwk: Value,
    /// Scopes on the client.
    pub scopes: Vec<String>,
    /// Resources whose letters it reads.
    pub read_resources: Vec<String>,
    /// Resources it sends with.
    pub write_resources: Vec<String>,
}

impl App {
    /// What to tell whoever wants to use this sandbox.
    #[must_use]
    pub fn ready(&self) -> Ready {
        let base = &self.base;
        let accounts = self
            .world
            .maskinporten_clients
            .iter()
            .filter_map(|client| {
                let private_jwk = practice_jwk(client.practice_key.as_deref()?)?;
                let key_id = private_jwk.get("kid")?.as_str()?.to_owned();
                let owned = self.world.resources.iter().filter(|resource| {
                    resource.owner.as_ref() == Some(&client.orgnr)
                        && resource.kind == "CorrespondenceService"
                });
                Some(ReadyAccount {
                    name: client.name.clone().unwrap_or_default(),
                    orgnr: client.orgnr.clone(),
                    client_id: client.client_id.clone(),
                    key_id,
                    private_jwk,
                    scopes: client.scopes.clone(),
                    read_resources: client.read_resources.clone(),
                    write_resources: owned.map(|resource| resource.id.clone()).collect(),
                })
            })
            .collect();
        Ready {
            base: base.clone(),
            platform: base.clone(),
            maskinporten: self.authority.maskinporten_issuer(),
            idporten: self.authority.idporten_issuer(),
            brreg: format!("{base}/enhetsregisteret/api/"),
            orgs: format!("{base}/orgs/altinn-orgs.json"),
            token_generator: format!("{base}/api/"),
            accounts,
        }
    }
}
