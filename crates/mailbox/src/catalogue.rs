//! Services to choose from: the registry's, as they were last fetched, found by owner and words in the local copy.

use crate::view::{Catalogue, Change, FoundResource, LocalText};
use crate::{Error, Mailbox, Result};
use altinn_client::{LanguageText, Resource, ResourceQuery};
use mailbox_store::ServiceRow;
use serde::{Deserialize, Serialize};

/// More rows than anyone reads; narrower words find the rest.
const MOST: usize = 200;

/// What is kept of the registry.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Fetched {
    at: Option<i64>,
    resources: Vec<Kept>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    id: String,
    title: LocalText,
    owner: LocalText,
    owner_number: String,
    is_listed_only: bool,
}

fn setting(account: &str) -> String {
    format!("catalogue:{account}")
}

impl Mailbox {
    /// Services of the account's environment whose id, title or owner has all `words` in it, in any language and case:
    /// the organisation's own first, then by title. At most 200. Nothing is fetched.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn catalogue(
        &self,
        account: impl Into<String> + Send,
        words: String,
    ) -> Result<Catalogue> {
        let account: String = account.into();
        let config = self.account(&account)?.config.clone();
        let fetched = self.fetched(&account).await?;
        let services = self.store.read(|reader| reader.services()).await?;
        let words: Vec<String> = words
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut resources: Vec<FoundResource> = fetched
            .resources
            .into_iter()
            .filter(|one| words.iter().all(|word| one.has(word)))
            .map(|one| {
                let known = services.iter().find(|service| service.resource == one.id);
                one.shown(&config, known)
            })
            .collect();
        resources.sort_by(|a, b| {
            let key = |one: &FoundResource| (!one.is_own, one.is_migrated, one.title.nb.clone());
            key(a).cmp(&key(b))
        });
        let total = u32::try_from(resources.len()).unwrap_or(u32::MAX);
        resources.truncate(MOST);
        Ok(Catalogue {
            fetched_at: fetched.at,
            total,
            resources,
        })
    }

    /// Fetches the registry's services for the account, in the background.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn start_catalogue(&self, account: impl Into<String> + Send) -> Result<()> {
        let account: String = account.into();
        self.account(&account)?;
        let mailbox = self.clone();
        tokio::spawn(async move {
            if let Err(error) = mailbox.fetch_catalogue(&account).await {
                tracing::warn!(code = ?error.code(), "the registry's services were not fetched");
            }
        });
        Ok(())
    }

    /// The same, waited for.
    ///
    /// # Errors
    /// `NotFound`, what the registry and the store say.
    pub async fn fetch_catalogue(&self, account: &str) -> Result<()> {
        let client = &self.account(account)?.client;
        let found = client.find_resources(&ResourceQuery::default()).await?;
        let fetched = Fetched {
            at: Some(self.clock.now()),
            resources: found.into_iter().map(Kept::of).collect(),
        };
        let json =
            serde_json::to_string(&fetched).map_err(|error| Error::internal(error.to_string()))?;
        let name = setting(account);
        self.store
            .write(move |tx| tx.put_setting(&name, &json))
            .await?;
        self.changes.tell(vec![Change::Catalogue {
            account: account.to_owned(),
        }]);
        Ok(())
    }

    async fn fetched(&self, account: &str) -> Result<Fetched> {
        let name = setting(account);
        let json = self.store.read(move |reader| reader.setting(&name)).await?;
        Ok(json
            .and_then(|json| serde_json::from_str(&json).ok())
            .unwrap_or_default())
    }
}

impl Kept {
    fn of(resource: Resource) -> Self {
        Self {
            title: local(&resource.title, &resource.identifier),
            owner: local(
                &resource.has_competent_authority.name,
                &resource.has_competent_authority.organization,
            ),
            owner_number: resource.has_competent_authority.organization,
            is_listed_only: resource.access_list_mode == "Enabled",
            id: resource.identifier,
        }
    }

    /// Whether `word` (in lower case) is in any of the texts.
    fn has(&self, word: &str) -> bool {
        let texts = [
            &self.id,
            &self.title.nb,
            &self.title.nn,
            &self.title.en,
            &self.owner.nb,
            &self.owner.nn,
            &self.owner.en,
            &self.owner_number,
        ];
        texts
            .into_iter()
            .any(|text| text.to_lowercase().contains(word))
    }

    fn shown(self, config: &crate::AccountConfig, known: Option<&ServiceRow>) -> FoundResource {
        FoundResource {
            is_own: self.owner_number == config.organisation_number,
            is_migrated: self.id.contains("migratedcorrespondence"),
            receives: config.read_resources.contains(&self.id),
            sends: config.write_resources.contains(&self.id),
            is_listed_only: self.is_listed_only,
            is_confidential: known.map(|row| row.is_confidential),
            minimum_level: known.map(|row| row.minimum_level),
            title: self.title,
            owner: self.owner,
            owner_number: self.owner_number,
            resource: self.id,
        }
    }
}

/// The text in three languages, each filled by another where it lacks.
fn local(text: &LanguageText, otherwise: &str) -> LocalText {
    let or = |one: &Option<String>, other: &Option<String>| {
        one.clone()
            .or_else(|| other.clone())
            .filter(|text| !text.is_empty())
    };
    let nb = or(&text.nb, &text.en).unwrap_or_else(|| otherwise.to_owned());
    LocalText {
        nn: or(&text.nn, &text.nb).unwrap_or_else(|| nb.clone()),
        en: or(&text.en, &text.nb).unwrap_or_else(|| nb.clone()),
        nb,
    }
}
