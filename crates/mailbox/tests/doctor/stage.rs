//! A sandbox and an account to be examined, with something wrong on order.

use altinn_client::{Addresses, SignIn, SigningKey};
use altinn_sandbox::{ReadyAccount, Sandbox, World};
use mailbox::view::{Checkup, Environment, FindingCode};
use mailbox::{AccountConfig, Clock, Mailbox, Network, SystemIds};
use mailbox_store::{Store, StoreKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;
use url::Url;

/// The municipality, which sends and receives.
pub const FJORDVIK: &str = "359797117";
/// The company, which only receives.
pub const BERGET: &str = "371049746";
/// The service that the municipality sends on.
pub const SENT: &str = "fjordvik-tilsyn";
/// The service whose letters both read.
pub const READ: &str = "avern-tilsyn";

/// Something done to what the examination meets.
type Change<T> = Box<dyn FnOnce(&mut T)>;

/// What is wrong. Everything that is not set is in order.
pub struct Fault {
    pub name: &'static str,
    who: &'static str,
    world: Vec<Change<World>>,
    config: Vec<Change<AccountConfig>>,
    orders: Vec<Value>,
    clock_off: i64,
    network: Network,
    /// What must be found, and nothing besides.
    pub expected: Vec<FindingCode>,
}

/// A fault of the municipality's.
pub fn fault(name: &'static str, expected: FindingCode) -> Fault {
    Fault {
        name,
        who: FJORDVIK,
        world: Vec::new(),
        config: Vec::new(),
        orders: Vec::new(),
        clock_off: 0,
        network: Network::default(),
        expected: vec![expected],
    }
}

impl Fault {
    /// Nothing is wrong.
    pub fn none(name: &'static str) -> Self {
        let mut fault = fault(name, FindingCode::NotUnderstood);
        fault.expected.clear();
        fault
    }

    pub fn of(mut self, who: &'static str) -> Self {
        self.who = who;
        self
    }

    pub fn world(mut self, change: impl FnOnce(&mut World) + 'static) -> Self {
        self.world.push(Box::new(change));
        self
    }

    pub fn account(mut self, change: impl FnOnce(&mut AccountConfig) + 'static) -> Self {
        self.config.push(Box::new(change));
        self
    }

    /// This path answers so, from now on.
    pub fn answers(mut self, path: &str, status: u16, body: Value) -> Self {
        self.orders.push(
            json!({ "match": { "path": path }, "fault": { "status": status, "body": body } }),
        );
        self
    }

    /// This path is handled, and the line is cut.
    pub fn cuts(mut self, path: &str) -> Self {
        self.orders
            .push(json!({ "match": { "path": path }, "fault": { "drop_response": true } }));
        self
    }

    /// The computer's clock is so many seconds fast.
    pub fn clock(mut self, seconds: i64) -> Self {
        self.clock_off = seconds;
        self
    }

    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// It cannot come without this.
    pub fn and(mut self, code: FindingCode) -> Self {
        self.expected.push(code);
        self
    }

    /// Only sends.
    pub fn sender(self) -> Self {
        self.account(|config| config.read_resources.clear())
    }

    /// Only receives.
    pub fn recipient(self) -> Self {
        self.account(|config| config.write_resources.clear())
    }

    /// What the service that is sent on says of itself in its policy.
    pub fn policy(self, xml: String) -> Self {
        self.world(move |world| {
            let resource = world.resources.iter_mut().find(|one| one.id == SENT);
            resource.unwrap().entry.policy = Some(xml);
        })
    }

    /// Sets the stage with the fault on it.
    pub async fn stage(self) -> Stage {
        let mut world = World::practice();
        for change in self.world {
            change(&mut world);
        }
        let altinn = Sandbox::start(altinn_sandbox::Options {
            world,
            letters: Some(0),
            ..altinn_sandbox::Options::default()
        })
        .await
        .unwrap();
        for order in &self.orders {
            altinn.faults().add(order).unwrap();
        }
        let mut config = account(&altinn, self.who);
        for change in self.config {
            change(&mut config);
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), &StoreKey::new([7; 32])).unwrap();
        let account = config.id.clone();
        let mailbox = Mailbox::open(mailbox::Options {
            store,
            accounts: vec![config],
            network: self.network,
            clock: Arc::new(OffClock(self.clock_off)),
            ids: Arc::new(SystemIds),
            is_key_temporary: true,
        })
        .await
        .unwrap();
        Stage {
            mailbox,
            account,
            altinn,
            _folder: folder,
        }
    }
}

/// A mailbox with one account, and the Altinn it talks to.
pub struct Stage {
    pub mailbox: Mailbox,
    pub account: String,
    pub altinn: Sandbox,
    _folder: TempDir,
}

impl Stage {
    pub async fn examine(&self) -> Checkup {
        self.mailbox.examine(&self.account).await.unwrap()
    }
}

/// A clock that is some seconds fast.
#[derive(Debug)]
struct OffClock(i64);

impl Clock for OffClock {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp_millis() + self.0 * 1000
    }
}

fn ready(altinn: &Sandbox, who: &str) -> ReadyAccount {
    let accounts = altinn.ready().accounts;
    accounts.into_iter().find(|one| one.orgnr == who).unwrap()
}

/// The key of one of the practice accounts, under any id.
pub fn practice_key(who: &str, key_id: &str) -> SigningKey {
    let jwk = match who {
        FJORDVIK => "fjordvik",
        _ => "berget",
    };
    let keys: Value = serde_json::from_str(include_str!(
        "../../../altinn-sandbox/src/tokens/practice-keys.json"
    ))
    .unwrap();
    SigningKey::parse(&keys["accounts"][jwk].to_string(), Some(key_id)).unwrap()
}

fn account(altinn: &Sandbox, who: &str) -> AccountConfig {
    let ready = altinn.ready();
    let practice = self::ready(altinn, who);
    let url = |text: &str| Url::parse(text).unwrap();
    let key = SigningKey::parse(&practice.private_jwk.to_string(), Some(&practice.key_id));
    AccountConfig {
        id: format!("custom-{who}"),
        name: practice.name,
        organisation_number: who.to_owned(),
        environment: Environment::Custom,
        addresses: Addresses {
            platform: url(&ready.platform),
            maskinporten: url(&ready.maskinporten),
            brreg: url(&ready.brreg),
            orgs: url(&ready.orgs),
        },
        sign_in: SignIn::Maskinporten {
            client_id: practice.client_id,
            key: key.unwrap(),
            system_user: None,
            sends_raw: false,
        },
        read_resources: vec![READ.to_owned()],
        write_resources: match who {
            FJORDVIK => vec![SENT.to_owned()],
            _ => Vec::new(),
        },
        system_id: None,
        key_posted_at: None,
        pace: altinn_client::Pace::default(),
    }
}

/// Changes how the account signs in at Maskinporten.
pub fn sign_in(
    config: &mut AccountConfig,
    change: impl FnOnce(&mut String, &mut SigningKey, &mut Option<altinn_client::SystemUser>),
) {
    if let SignIn::Maskinporten {
        client_id,
        key,
        system_user,
        ..
    } = &mut config.sign_in
    {
        change(client_id, key, system_user);
    }
}

/// Runs each fault on a stage of its own, several at a time, and tells of all that got another diagnosis.
pub async fn each_gets_its_own_diagnosis(faults: Vec<Fault>) {
    let mut wrong = Vec::new();
    for fault in faults {
        let name = fault.name;
        let expected: BTreeSet<_> = fault.expected.iter().copied().collect();
        let stage = fault.stage().await;
        let checkup = stage.examine().await;
        let found: BTreeSet<_> = checkup.codes().into_iter().collect();
        if found != expected {
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
        wrong.extend(
            unspoken(&checkup)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
        stage.altinn.stop().await;
    }
    assert!(
        wrong.is_empty(),
        "each fault has one diagnosis:\n{}",
        wrong.join("\n")
    );
}

/// Findings whose texts want a value that is not there.
fn unspoken(checkup: &Checkup) -> Vec<String> {
    let texts: Value =
        serde_json::from_str(include_str!("../../../../ui/src/i18n/en.json")).unwrap();
    let findings = checkup
        .steps
        .iter()
        .flat_map(|step| &step.checks)
        .flat_map(|check| &check.findings);
    let mut unspoken = Vec::new();
    for finding in findings {
        let code = serde_json::to_value(finding.code).unwrap();
        for part in ["title", "help"] {
            let key = format!("doctor.finding.{}.{part}", code.as_str().unwrap());
            let mut text = texts[&key].as_str().unwrap_or("{no text}").to_owned();
            for (name, value) in &finding.params {
                text = text.replace(&format!("{{{name}}}"), value);
            }
            if text.contains('{') {
                unspoken.push(format!("{key} is left as “{text}”"));
            }
        }
    }
    unspoken
}
