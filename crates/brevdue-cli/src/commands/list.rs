//! `brevdue list`: a folder of the local copy. Asks nothing of Altinn.

use crate::args::{ListArgs, SessionArgs};
use crate::failure::Failure;
use crate::session;
use mailbox::view::{Filters, ListQuery, Place, Sort};
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, list: ListArgs) -> Result<ExitCode, Failure> {
    let place = Place::Folder {
        folder: list.folder.into(),
    };
    rows(args, place, String::new(), list.offset, list.limit).await
}

/// Prints rows of a place; search is a list with words.
pub(super) async fn rows(
    args: &SessionArgs,
    place: Place,
    search: String,
    offset: u32,
    limit: u32,
) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    let party = session::party(mailbox, args).await?;
    let query = ListQuery {
        account: party.id,
        place,
        search,
        filters: Filters {
            unread: false,
            needs_confirmation: false,
            attachments: false,
            due: false,
        },
        sort: Sort::Newest,
    };
    let shape = mailbox.list_shape(query.clone()).await?;
    let rows = mailbox.list_rows(query, offset, limit).await?;
    super::print_rows(shape.total, &rows, args.json);
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}
