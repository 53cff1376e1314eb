//! Services an account sends on, as far as they are known: sync asks the Resource Registry about them.

use crate::view::{LocalText, Service};
use crate::{Mailbox, Result};
use mailbox_store::ServiceRow;

impl Mailbox {
    /// The services the account may send on, in the order of its configuration; one that the registry has not told of
    /// yet is shown by its id.
    ///
    /// # Errors
    /// `NotFound` for an unknown account, and the store's.
    pub async fn services(&self, account: impl Into<String> + Send) -> Result<Vec<Service>> {
        let resources = self
            .account(&account.into())?
            .config
            .write_resources
            .clone();
        let services = self
            .store
            .read(move |reader| {
                resources
                    .into_iter()
                    .map(|id| Ok(shown(reader.service(&id)?, id)))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        Ok(services)
    }
}

fn shown(row: Option<ServiceRow>, resource: String) -> Service {
    let (title, is_confidential, minimum_level) = match row {
        Some(row) => (
            LocalText {
                nb: row.title_nb,
                nn: row.title_nn,
                en: row.title_en,
            },
            row.is_confidential,
            row.minimum_level,
        ),
        None => (
            LocalText {
                nb: resource.clone(),
                nn: resource.clone(),
                en: resource.clone(),
            },
            false,
            0,
        ),
    };
    Service {
        resource,
        title,
        is_confidential,
        minimum_level,
    }
}
