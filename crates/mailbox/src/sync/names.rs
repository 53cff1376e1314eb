//! Names of the organisations that letters come from and go to.

use crate::identity::Identity;
use crate::{Account, Mailbox, Result};
use futures_util::StreamExt;
use mailbox_store::PartyRow;
use std::collections::HashMap;
use tokio::sync::OnceCell;

/// Names asked for in one round.
const MOST: u32 = 100;
/// Calls at a time: the register is another's, and open to all.
const AT_ONCE: usize = 4;

/// Whether the register can be asked about more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Register {
    Answers,
    Fails,
}

impl Mailbox {
    /// Asks the register about organisations without a name. A register that fails is asked in the next round.
    pub(super) async fn refresh_names(
        &self,
        account: &Account,
        owners: &ServiceOwners,
    ) -> Result<Register> {
        let id = account.config.id.clone();
        let urns = self
            .store
            .read(move |reader| reader.unnamed_parties(&id, MOST))
            .await?;
        if urns.is_empty() {
            return Ok(Register::Answers);
        }
        let now = self.clock.now();
        let owners = owners.names(account).await;
        let rows: Vec<PartyRow> = futures_util::stream::iter(urns)
            .map(|urn| name_of(account, owners, urn, now))
            .buffer_unordered(AT_ONCE)
            .filter_map(|row| async move { row })
            .collect()
            .await;
        if rows.is_empty() {
            return Ok(Register::Fails);
        }
        self.store
            .write_batch(move |tx| rows.iter().try_for_each(|row| tx.put_party(row)))
            .await?;
        self.tell_list(account);
        Ok(Register::Answers)
    }
}

/// Names of service owners by number, as they write themselves: the register has capitals only. Asked for when the first
/// is wanted, once in a round.
#[derive(Debug, Default)]
pub(super) struct ServiceOwners(OnceCell<HashMap<String, String>>);

impl ServiceOwners {
    /// Nothing when the list cannot be had, because the register then serves.
    async fn names(&self, account: &Account) -> &HashMap<String, String> {
        let ask = || async {
            let owners = account.client.service_owners().await.unwrap_or_default();
            let named = owners.into_iter().filter_map(|owner| {
                let name = owner.name.nb.filter(|name| !name.trim().is_empty())?;
                (!owner.number.is_empty()).then_some((owner.number, name))
            });
            named.collect()
        };
        self.0.get_or_init(ask).await
    }
}

async fn name_of(
    account: &Account,
    owners: &HashMap<String, String>,
    urn: String,
    now: i64,
) -> Option<PartyRow> {
    let number = match Identity::parse(&urn) {
        Ok(Identity::Organisation(number)) => Some(number),
        // Service owners of the test environments need not pass the control digit.
        Err(_) => urn
            .rsplit(':')
            .next()
            .filter(|tail| tail.len() == 9)
            .map(str::to_owned),
        // Nobody may look people up.
        Ok(_) => None,
    };
    let mut row = PartyRow {
        urn,
        name: String::new(),
        place: None,
        is_deleted: false,
        is_known: false,
        checked_at: now,
    };
    if let Some(number) = number {
        let entry = account.client.organisation(&number).await.ok()?;
        if let Some(entry) = entry {
            row.place = entry.place().map(str::to_owned);
            row.is_deleted = entry.is_deleted();
            row.is_known = true;
            row.name = match owners.get(&number) {
                Some(name) => name.clone(),
                None => entry.name,
            };
        }
    }
    Some(row)
}
