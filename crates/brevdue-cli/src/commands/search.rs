//! `brevdue search`: every folder of the local copy. Asks nothing of Altinn.

use crate::args::{SearchArgs, SessionArgs};
use crate::failure::Failure;
use mailbox::view::Place;
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, search: SearchArgs) -> Result<ExitCode, Failure> {
    super::list::rows(
        args,
        Place::Everywhere,
        search.query.join(" "),
        0,
        search.limit,
    )
    .await
}
