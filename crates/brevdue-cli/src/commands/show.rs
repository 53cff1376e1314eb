//! `brevdue show`: a letter of the local copy. Leaves no trace at the sender unless `--open` or `--save` asks for it.

use crate::args::{SessionArgs, ShowArgs};
use crate::failure::Failure;
use crate::session;
use mailbox::view::{Message, ReadState};
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, show: ShowArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    if show.open || show.save.is_some() {
        session::sign_in(mailbox, &session::party(mailbox, args).await?).await?;
    }
    let mut message = if show.open {
        let opened = mailbox.open_message(show.id.clone()).await?;
        // The read mark is an intent until Altinn has it; a terminal command ends, so it is handed over now.
        mailbox.drain_outbox().await?;
        opened
    } else {
        mailbox.message(&show.id).await?
    };
    if let Some(folder) = &show.save {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::usage(format!("--save: {}", error.kind())))?;
        mailbox
            .save_all_attachments(show.id.clone(), folder)
            .await?;
        message = mailbox.message(&show.id).await?;
    }
    if args.json {
        println!("{}", serde_json::json!({ "message": message }));
    } else {
        print(&message);
    }
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}

fn print(message: &Message) {
    if message.is_sealed {
        println!("Confidential and sealed. Opening it is recorded at the sender: --open");
        return;
    }
    println!("{}", message.title);
    println!(
        "From:      {} ({})",
        message.sender.name, message.sender.number
    );
    println!(
        "To:        {} ({})",
        message.recipient.name, message.recipient.number
    );
    println!("Service:   {}", message.service.en);
    println!("Reference: {}", message.reference);
    println!("Published: {}", super::time(message.at));
    if let Some(due) = message.due_at {
        println!("Due:       {}", super::time(due));
    }
    println!();
    match (&message.body, &message.read) {
        (Some(body), _) => println!("{}", mailbox::body::plain_text(body)),
        (None, ReadState::Unopened) => {
            println!("Not opened. Opening tells the sender that it is read: --open")
        }
        (None, _) => println!("The content is not on this machine."),
    }
    for file in &message.attachments {
        println!("- {} ({:?})", file.name, file.state);
    }
}
