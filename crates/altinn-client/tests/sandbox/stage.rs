//! The practice world, and clients of its accounts.

use altinn_client::{Addresses, Client, Options, SignIn, SigningKey, SystemUser};
use altinn_sandbox::{Sandbox, World};
use serde_json::{Value, json};

/// The municipality, vendor of a system of its own, and its customer.
pub const VENDOR: &str = "359797117";
pub const CUSTOMER: &str = "371049746";
pub const SYSTEM: &str = "359797117_arkiv";
pub const SERVICE: &str = "fjordvik-vedtak-og-svar";

pub struct Stage {
    pub sandbox: Sandbox,
    pub ready: Value,
}

impl Stage {
    /// Without the system users of practice, which would be in the way of new ones.
    pub async fn set() -> Self {
        let mut world = World::practice();
        world.system_users.clear();
        Self::of(world).await
    }

    pub async fn of(mut world: World) -> Self {
        for client in &mut world.maskinporten_clients {
            for scope in [
                "altinn:authentication/systemuser.request.read",
                "altinn:authentication/systemuser.request.write",
                "altinn:authentication/systemregister.write",
                "altinn:resourceregistry/accesslist.read",
                "altinn:accessmanagement/authorizedparties",
            ] {
                client.scopes.push(scope.to_owned());
            }
        }
        let system = json!({ "id": SYSTEM, "name": { "nb": "Arkiv" },
            "client_ids": [world.maskinporten_clients[0].client_id], "resources": ["nmk-tilsyn", "avern-tilsyn"] });
        world.systems.push(serde_json::from_value(system).unwrap());
        let list = json!({ "owner": "fjordvik", "identifier": "skoler", "name": "Skoler",
            "members": [CUSTOMER, "312768429"], "resources": { SERVICE: [] } });
        world
            .access_lists
            .push(serde_json::from_value(list).unwrap());
        let sandbox = Sandbox::start(altinn_sandbox::Options {
            world,
            letters: Some(20),
            ..altinn_sandbox::Options::default()
        })
        .await
        .unwrap();
        let ready = serde_json::to_value(sandbox.ready()).unwrap();
        Self { sandbox, ready }
    }

    pub fn addresses(&self) -> Addresses {
        let address = |name: &str| self.ready[name].as_str().unwrap().parse().unwrap();
        Addresses {
            platform: address("platform"),
            maskinporten: address("maskinporten"),
            brreg: address("brreg"),
            orgs: address("orgs"),
        }
    }

    pub fn account(&self, organisation: &str) -> &Value {
        let accounts = self.ready["accounts"].as_array().unwrap();
        accounts
            .iter()
            .find(|account| account["orgnr"] == organisation)
            .unwrap()
    }

    pub fn key(&self, organisation: &str) -> SigningKey {
        SigningKey::parse(&self.account(organisation)["private_jwk"].to_string(), None).unwrap()
    }

    pub fn client(&self, organisation: &str, system_user: Option<SystemUser>) -> Client {
        self.client_by(organisation, self.key(organisation), system_user)
    }

    pub fn client_by(
        &self,
        organisation: &str,
        key: SigningKey,
        system_user: Option<SystemUser>,
    ) -> Client {
        let sign_in = SignIn::Maskinporten {
            client_id: self.account(organisation)["client_id"]
                .as_str()
                .unwrap()
                .to_owned(),
            key,
            system_user,
            sends_raw: false,
        };
        Client::new(self.addresses(), sign_in, Options::default()).unwrap()
    }

    /// A control call of the sandbox.
    pub async fn control(&self, path: &str, order: &Value) {
        let url = format!("{}/_sandbox/{path}", self.ready["base"].as_str().unwrap());
        let answer = reqwest::Client::new()
            .post(url)
            .body(order.to_string())
            .send()
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "control call {path}: {}",
            answer.status()
        );
    }
}
