//! The left pane: folders and services with their numbers.

use crate::list::soon;
use crate::view::{Folder, FolderCount, Folders, LocalText, ServiceCount};
use crate::{Mailbox, Result};
use mailbox_store::{FolderTotals, Reader};

impl Mailbox {
    /// Folders and services of an account.
    ///
    /// # Errors
    /// The store's.
    pub async fn folders(&self, account: &str) -> Result<Folders> {
        let now = self.clock.now();
        let account = account.to_owned();
        Ok(self
            .store
            .read(move |r| {
                let totals = r.folder_totals(&account, now, soon(now))?;
                let services = r
                    .service_totals(&account)?
                    .into_iter()
                    .map(|service| {
                        Ok(ServiceCount {
                            title: service_title(r, &service.resource)?,
                            resource: service.resource,
                            total: service.total,
                            unread: service.unread,
                        })
                    })
                    .collect::<mailbox_store::Result<_>>()?;
                Ok(Folders {
                    folders: counts(&totals),
                    services,
                })
            })
            .await?)
    }
}

/// Title of a service in three languages; its id where the registry has not been asked.
pub(crate) fn service_title(r: &Reader<'_>, resource: &str) -> mailbox_store::Result<LocalText> {
    Ok(match r.service(resource)? {
        Some(service) => {
            let or_first = |title: String| {
                if title.is_empty() {
                    service.title_nb.clone()
                } else {
                    title
                }
            };
            LocalText {
                nn: or_first(service.title_nn.clone()),
                en: or_first(service.title_en.clone()),
                nb: service.title_nb,
            }
        }
        None => LocalText {
            nb: resource.to_owned(),
            nn: resource.to_owned(),
            en: resource.to_owned(),
        },
    })
}

/// The folders in order of display, with the number beside each (ui, section 4).
fn counts(totals: &FolderTotals) -> Vec<FolderCount> {
    let on_their_way = totals.outbox + totals.stuck;
    let failed = totals.failed + totals.stuck;
    [
        (Folder::Inbox, totals.inbox, totals.unread, false),
        (Folder::Unread, totals.unread, 0, false),
        (
            Folder::NeedsConfirmation,
            totals.needs_confirmation,
            totals.needs_confirmation,
            false,
        ),
        (
            Folder::DueSoon,
            totals.due_soon,
            totals.due_soon,
            totals.overdue > 0,
        ),
        (
            Folder::Confidential,
            totals.confidential,
            totals.sealed,
            false,
        ),
        (Folder::Drafts, totals.drafts, totals.drafts, false),
        (Folder::Outbox, on_their_way, on_their_way, false),
        (Folder::Scheduled, totals.scheduled, totals.scheduled, false),
        (Folder::Sent, totals.sent, 0, false),
        (Folder::Failed, failed, failed, failed > 0),
        (Folder::Archive, totals.archive, 0, false),
    ]
    .into_iter()
    .filter(|(folder, total, _, _)| *folder != Folder::Confidential || *total > 0)
    .map(|(folder, total, badge, urgent)| FolderCount {
        folder,
        total,
        badge,
        urgent,
    })
    .collect()
}
