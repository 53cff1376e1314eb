//! What can be said on the command line.

use crate::sandbox::{self, SandboxArgs};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use mailbox::view::Folder;
use std::path::PathBuf;

/// Inbox and sender for Altinn Correspondence.
#[derive(Debug, Parser)]
#[command(name = "brevdue", version, about, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Whom to be, and where the local copy is.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Account and local copy")]
pub(crate) struct SessionArgs {
    /// Folder of the local copy; the user's own by default
    #[arg(long, global = true, value_name = "DIR", env = "BREVDUE_PROFILE")]
    pub(crate) profile: Option<PathBuf>,
    /// `kept` (the accounts kept in the profile, practice where there are none), `practice` (served by the embedded
    /// sandbox), or an account file
    #[arg(
        long,
        global = true,
        value_name = "kept|practice|FILE",
        default_value = "kept",
        env = "BREVDUE_ACCOUNT"
    )]
    pub(crate) account: String,
    /// Which party of the account: an organisation number; the first by default
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) party: Option<String>,
    /// Answer as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the passphrase of the profile from a file, on machines without a keychain
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve an Altinn of our own on loopback, to practise on and to test against
    #[command(long_about = sandbox::LONG_ABOUT, after_long_help = sandbox::AFTER_HELP)]
    Sandbox(SandboxArgs),
    /// Bring the local copy and the outbox in step with Altinn, once
    Sync(SyncArgs),
    /// List a folder of the local copy
    List(ListArgs),
    /// Show a letter of the local copy
    Show(ShowArgs),
    /// Search the local copy
    Search(SearchArgs),
    /// Send a letter
    Send(SendArgs),
    /// Look at a list of recipients before anything is sent
    #[command(subcommand)]
    Import(ImportCommand),
    /// Letters that were sent with --batches: how far they are, and what became of each recipient
    Bulk(BulkArgs),
    /// Check the way to Altinn step by step, and say what is wrong and what to do
    Doctor(DoctorArgs),
    /// Accounts kept in the profile, and their keys
    #[command(subcommand)]
    Account(AccountCommand),
    /// How the network is reached: proxy, and certificates of the organisation's own
    Network(NetworkArgs),
}

/// `brevdue import`.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Judge every row of a CSV file: numbers, addresses, duplicates
    Check(CheckArgs),
}

/// `brevdue import check`.
#[derive(Debug, ClapArgs)]
pub(crate) struct CheckArgs {
    /// CSV file with one recipient a row
    pub(crate) file: PathBuf,
    /// Heading of the column that holds the recipients; guessed when left out
    #[arg(long, value_name = "HEADING")]
    pub(crate) column: Option<String>,
}

/// `brevdue bulk`.
#[derive(Debug, ClapArgs)]
pub(crate) struct BulkArgs {
    /// Id of one, to see every recipient; all are listed when left out
    pub(crate) id: Option<String>,
    /// Hold it after the call that is being made
    #[arg(long, requires = "id", conflicts_with = "resume")]
    pub(crate) pause: bool,
    /// Let it go on, also after a problem
    #[arg(long, requires = "id")]
    pub(crate) resume: bool,
}

/// `brevdue sync`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SyncArgs {
    /// Also ask now, not once an hour, which letters were read, confirmed or deleted elsewhere
    #[arg(long)]
    pub(crate) marks: bool,
    /// Also compare every letter with Altinn's lists, however old
    #[arg(long)]
    pub(crate) full: bool,
}

/// `brevdue list`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    /// Which folder
    #[arg(long, value_enum, default_value_t = FolderName::Inbox)]
    pub(crate) folder: FolderName,
    /// At most so many rows
    #[arg(long, default_value_t = 50, value_name = "ROWS")]
    pub(crate) limit: u32,
    /// Leave out so many rows first
    #[arg(long, default_value_t = 0, value_name = "ROWS")]
    pub(crate) offset: u32,
}

/// `brevdue show`.
#[derive(Debug, ClapArgs)]
pub(crate) struct ShowArgs {
    /// Id of the letter
    pub(crate) id: String,
    /// Open it if nobody here has: the sender then sees that it is read
    #[arg(long)]
    pub(crate) open: bool,
    /// Fetch its attachments and save them in this folder: the sender then sees that they are downloaded
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
}

/// `brevdue search`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SearchArgs {
    /// Words, "phrases" and operators such as from: before: has:attachment
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
    /// At most so many rows
    #[arg(long, default_value_t = 50, value_name = "ROWS")]
    pub(crate) limit: u32,
}

/// `brevdue send`.
#[derive(Debug, ClapArgs)]
pub(crate) struct SendArgs {
    /// Resource to send on
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) service: String,
    /// Recipient: organisation number, national identity number or ID-porten e-mail; may be given several times
    #[arg(long, required_unless_present = "csv", value_name = "NUMBER|E-MAIL")]
    pub(crate) to: Vec<String>,
    /// Send to everybody on a list instead: a CSV file with one recipient a row. Nothing is sent while a row is wrong
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub(crate) csv: Option<PathBuf>,
    /// Heading of the column that holds the recipients; guessed when left out
    #[arg(long, value_name = "HEADING", requires = "csv")]
    pub(crate) column: Option<String>,
    /// Leave out the rows that are wrong, and send to the others
    #[arg(long, requires = "csv")]
    pub(crate) skip_faulty: bool,
    /// Hand over in calls of up to 500 recipients. Fast, but such a call takes no key: where an answer is lost, Altinn is
    /// asked for minutes what it has before anything is sent again
    #[arg(long, requires = "csv")]
    pub(crate) batches: bool,
    /// Title
    #[arg(long)]
    pub(crate) title: String,
    /// Summary, seen in the list before the letter is opened
    #[arg(long, default_value = "")]
    pub(crate) summary: String,
    /// Body, as markdown
    #[arg(
        long,
        conflicts_with = "body_file",
        required_unless_present = "body_file"
    )]
    pub(crate) body: Option<String>,
    /// Read the body from a file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) body_file: Option<PathBuf>,
    /// File to attach; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Vec<PathBuf>,
    /// Language of the letter
    #[arg(long, default_value = "nb", value_parser = ["nb", "nn", "en"])]
    pub(crate) language: String,
    /// Sender's reference, for example a case number
    #[arg(long, default_value = "")]
    pub(crate) reference: String,
    /// Due date, YYYY-MM-DD (end of that day in Norway)
    #[arg(long, value_name = "DATE")]
    pub(crate) due: Option<chrono::NaiveDate>,
    /// Ask the recipient to confirm; needs a due date
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Mark the letter as confidential
    #[arg(long)]
    pub(crate) confidential: bool,
    /// Queue only; the next `sync`, or the window, hands the letter over
    #[arg(long)]
    pub(crate) queue_only: bool,
}

/// `brevdue account`.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// List the accounts
    List,
    /// Give a private key to the keychain: JWK, JWK set, PEM or PKCS#12; prints its name and its public half
    TakeKey(TakeKeyArgs),
    /// Make a new key in the keychain; prints its name and the public half to register in self-service
    MakeKey {
        /// Id to register it by
        key_id: String,
    },
    /// List the tokens of a driver (PKCS#11), or the keys of one of them
    Tokens(TokensArgs),
    /// Take a key that stays in its token: its PIN goes to the keychain; prints its name and its public half
    TakeTokenKey(TakeTokenKeyArgs),
    /// List the keys that were taken or made
    Keys,
    /// Forget a key that no account signs in by
    ForgetKey {
        /// Its name
        key: String,
    },
    /// Keep the accounts of a file, their keys in the keychain
    TakeFile {
        /// Account file
        file: PathBuf,
    },
    /// Keep a new account
    Add(Box<AddAccountArgs>),
    /// Forget an account and its key
    Remove {
        /// Id, as `list` tells it
        id: String,
    },
    /// Change an account to a key that is in the keychain, once Maskinporten takes it
    ChangeKey {
        /// Id of the account
        id: String,
        /// Name of the new key
        key: String,
    },
}

/// `brevdue account tokens`.
#[derive(Debug, ClapArgs)]
pub(crate) struct TokensArgs {
    /// The driver, a shared library
    pub(crate) driver: PathBuf,
    /// Label of the token whose keys are wanted
    #[arg(long, value_name = "LABEL", requires = "pin_file")]
    pub(crate) token: Option<String>,
    /// File that holds its PIN
    #[arg(long, value_name = "FILE", requires = "token")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// `brevdue account take-token-key`.
#[derive(Debug, ClapArgs)]
pub(crate) struct TakeTokenKeyArgs {
    /// The driver, a shared library
    pub(crate) driver: PathBuf,
    /// Label of the token
    #[arg(long, value_name = "LABEL")]
    pub(crate) token: String,
    /// File that holds its PIN
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: PathBuf,
    /// Label of the key
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Option<String>,
    /// Id of the key in the token, hexadecimal
    #[arg(long, value_name = "HEX")]
    pub(crate) id: Option<String>,
    /// Id that it is registered by
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: String,
}

/// `brevdue account take-key`.
#[derive(Debug, ClapArgs)]
pub(crate) struct TakeKeyArgs {
    /// File with the private key
    pub(crate) file: PathBuf,
    /// Key id, where the file does not tell it
    #[arg(long, value_name = "KID")]
    pub(crate) key_id: Option<String>,
    /// Read the password of the key from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}

/// `brevdue account add`.
#[derive(Debug, ClapArgs)]
pub(crate) struct AddAccountArgs {
    /// Name of the organisation
    #[arg(long)]
    pub(crate) name: String,
    /// Organisation number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,
    /// Which Altinn
    #[arg(long, value_enum)]
    pub(crate) environment: EnvironmentName,
    /// Origin of a custom environment, which serves everything by the sandbox's paths
    #[arg(long, value_name = "URL", required_if_eq("environment", "custom"))]
    pub(crate) base: Option<url::Url>,
    /// Client id at Maskinporten; with --person at ID-porten
    #[arg(long, value_name = "ID")]
    pub(crate) client: String,
    /// A person signs in with ID-porten, each time a command needs Altinn; receives only
    #[arg(long, conflicts_with_all = ["key", "key_registered", "system_user", "raw", "write"])]
    pub(crate) person: bool,
    /// Name of its key, as `take-key` or `make-key` told it
    #[arg(long, value_name = "NAME", required_unless_present = "person")]
    pub(crate) key: Option<String>,
    /// Day on which the key was registered, YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    pub(crate) key_registered: Option<chrono::NaiveDate>,
    /// Customer whose system user it acts through
    #[arg(long, value_name = "NUMBER")]
    pub(crate) system_user: Option<String>,
    /// Reference the system user was asked for with
    #[arg(long, value_name = "TEXT", requires = "system_user")]
    pub(crate) reference: Option<String>,
    /// The vendor's system that the system user belongs to
    #[arg(long, value_name = "ID", requires = "system_user")]
    pub(crate) system: Option<String>,
    /// Send letters with Maskinporten's own token, without exchange at Altinn; for service owners
    #[arg(long)]
    pub(crate) raw: bool,
    /// Resource to receive on; may be given several times
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) read: Vec<String>,
    /// Resource to send on; may be given several times
    #[arg(long, value_name = "RESOURCE")]
    pub(crate) write: Vec<String>,
}

/// Environments that accounts are kept for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvironmentName {
    Test,
    Production,
    Custom,
}

/// `brevdue network`.
#[derive(Debug, ClapArgs)]
pub(crate) struct NetworkArgs {
    /// Proxy for everything that is not on this machine
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<url::Url>,
    /// File with certificates to trust besides the system's, as PEM; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) certificates: Vec<PathBuf>,
    /// Forget what was set before
    #[arg(long)]
    pub(crate) reset: bool,
}

/// `brevdue doctor`.
#[derive(Debug, ClapArgs)]
pub(crate) struct DoctorArgs {
    /// Print a report for a help desk, without secrets and people
    #[arg(long)]
    pub(crate) report: bool,
    /// Then send one letter to the own organisation
    #[arg(long)]
    pub(crate) test_letter: bool,
    /// In production too: it is a real letter
    #[arg(long, requires = "test_letter")]
    pub(crate) in_production: bool,
}

/// Folders by their English names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FolderName {
    Inbox,
    Unread,
    NeedsConfirmation,
    DueSoon,
    Confidential,
    Drafts,
    Outbox,
    Scheduled,
    Sent,
    Failed,
    Archive,
}

impl From<FolderName> for Folder {
    fn from(name: FolderName) -> Self {
        match name {
            FolderName::Inbox => Self::Inbox,
            FolderName::Unread => Self::Unread,
            FolderName::NeedsConfirmation => Self::NeedsConfirmation,
            FolderName::DueSoon => Self::DueSoon,
            FolderName::Confidential => Self::Confidential,
            FolderName::Drafts => Self::Drafts,
            FolderName::Outbox => Self::Outbox,
            FolderName::Scheduled => Self::Scheduled,
            FolderName::Sent => Self::Sent,
            FolderName::Failed => Self::Failed,
            FolderName::Archive => Self::Archive,
        }
    }
}
