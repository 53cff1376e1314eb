//! The contract as TypeScript: types, the `Backend` interface, its implementation over Tauri's `invoke`, and the event.
//!
//! The text is committed as `ui/src/ipc/bindings.ts`; `cargo run -p brevdue-desktop --bin bindings` writes it, and a
//! test fails when the committed file differs.

use mailbox::view::{
    Account, AccountDraft, AccountEntry, AccountOutcome, AccountProblem, Block, Catalogue, Checkup,
    Draft, DraftText, FirstPicture, Folders, KeptKey, LandingText, ListQuery, ListShape, Message,
    NetworkView, NewEventSubscription, OutboxItem, Problem, ProxyDraft, Recipient, Row,
    SendOutcome, Service, Settings, SetupFile, StartState, Status, SubscriptionList,
    SystemUserView, TestText, TokenKeyView, TokenPlaceView, declarations,
};
use std::fmt::Write as _;
use std::path::PathBuf;
use ts_rs::{Config, TS};

/// A command as the window sees it.
struct Command {
    name: &'static str,
    arguments: Vec<(&'static str, String)>,
    answer: String,
}

macro_rules! described {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        fn described(config: &Config) -> Vec<Command> {
            vec![$(Command {
                name: stringify!($name),
                arguments: vec![$((stringify!($argument), <$type as TS>::name(config))),*],
                answer: <$answer as TS>::name(config),
            }),*]
        }
    };
}

crate::every_command!(described);

/// Where the text is committed.
pub fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/src/ipc/bindings.ts")
}

/// The whole file.
pub fn text() -> String {
    // JSON has no bigint: a 64-bit number crosses as `number`, whatever the environment says.
    let config = Config::from_env().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust contract by `cargo run -p brevdue-desktop --bin bindings`; do not edit.\n",
    );
    for declaration in declarations() {
        let _ = write!(text, "\nexport {declaration}\n");
    }
    let commands = described(&config);
    text.push_str("\n/** Every command of the shell; each answers from the local copy and rejects with a `UiError`. */\n");
    text.push_str("export interface Backend {\n");
    for command in &commands {
        let arguments: Vec<String> = command
            .arguments
            .iter()
            .map(|(name, kind)| format!("{}: {kind}", camel_case(name)))
            .collect();
        let _ = writeln!(
            text,
            "  {}({}): Promise<{}>;",
            camel_case(command.name),
            arguments.join(", "),
            command.answer
        );
    }
    text.push_str("}\n\n/** The one event of the shell; it carries `Change[]`. */\n");
    let _ = writeln!(
        text,
        "export const MAILBOX_CHANGED = \"{}\";",
        crate::events::MAILBOX_CHANGED
    );
    text.push_str("\n/** How a command reaches the shell: `invoke` of Tauri. */\n");
    text.push_str("export type Invoke = <T>(command: string, args?: Record<string, unknown>) => Promise<T>;\n");
    text.push_str("\n/** The backend of the real window. */\n");
    text.push_str("export function tauriBackend(invoke: Invoke): Backend {\n  return {\n");
    for command in &commands {
        let names: Vec<String> = command
            .arguments
            .iter()
            .map(|(name, _)| camel_case(name))
            .collect();
        let names = names.join(", ");
        let passed = if names.is_empty() {
            String::new()
        } else {
            format!(", {{ {names} }}")
        };
        let _ = writeln!(
            text,
            "    {}: ({names}) => invoke(\"{}\"{passed}),",
            camel_case(command.name),
            command.name
        );
    }
    text.push_str("  };\n}\n");
    text
}

/// `is_archived` is `isArchived` in the window, as Tauri names arguments.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_bindings_are_those_of_the_contract() {
        let committed = std::fs::read_to_string(path()).unwrap();
        assert!(
            committed == text(),
            "ui/src/ipc/bindings.ts differs from the contract: run `cargo run -p brevdue-desktop --bin bindings`"
        );
    }

    #[test]
    fn names_are_written_as_tauri_expects_them() {
        assert_eq!(
            camel_case("is_archived"),
            "isArchived",
            "arguments are camelCase in the window"
        );
        assert_eq!(camel_case("id"), "id", "a single word stays");
    }
}
