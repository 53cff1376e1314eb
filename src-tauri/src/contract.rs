//! THE list of commands. Everything that must agree about them is made from it: the invoke handler here, and in
//! [`bindings`](crate::bindings) the TypeScript interface with its implementation.
//!
//! A command is a row here and a function of the same name in [`commands`](crate::commands). All answer from the local
//! copy (architecture, rule 2) and fail with a [`UiError`]. Arguments are camelCase in the window.

use crate::commands;
use crate::start::Shell;
use mailbox::view::{
    Account, AccountDraft, AccountEntry, AccountOutcome, AccountProblem, Block, Catalogue, Checkup,
    Draft, DraftText, FirstPicture, Folders, KeptKey, LandingText, ListQuery, ListShape, Message,
    NetworkView, NewEventSubscription, OutboxItem, Problem, ProxyDraft, Recipient, Row,
    SendOutcome, Service, Settings, SetupFile, StartState, Status, SubscriptionList,
    SystemUserView, TestText, TokenKeyView, TokenPlaceView, UiError,
};
use std::sync::Arc;
use tauri::State;

/// Applies a macro to all commands.
#[macro_export]
#[doc(hidden)]
macro_rules! every_command {
    ($consumer:ident) => {
        $consumer! {
            first_picture(query: ListQuery, limit: u32) -> FirstPicture;
            start_state() -> StartState;
            open_again() -> StartState;
            unlock(passphrase: String) -> StartState;
            accounts() -> Vec<Account>;
            settings() -> Settings;
            save_settings(settings: Settings) -> ();
            status() -> Status;
            sync_now() -> ();
            painted() -> ();
            folders(account: String) -> Folders;
            list_shape(query: ListQuery) -> ListShape;
            list_rows(query: ListQuery, offset: u32, limit: u32) -> Vec<Row>;
            message(id: String) -> Message;
            open_message(id: String) -> Message;
            mark_unread(id: String) -> ();
            archive(id: String, is_archived: bool) -> ();
            confirm(id: String) -> ();
            purge(id: String) -> ();
            fetch_attachment(message: String, attachment: String) -> ();
            save_attachment(message: String, attachment: String) -> Option<String>;
            save_all_attachments(message: String) -> Option<String>;
            open_link(url: String) -> ();
            checkup(account: String) -> Checkup;
            start_checkup(account: String) -> ();
            tick_check(account: String, check: String, by: Option<String>) -> Checkup;
            send_test_letter(account: String, text: TestText, is_confirmed: bool) -> ();
            checkup_report(account: String) -> String;
            catalogue(account: String, words: String) -> Catalogue;
            start_catalogue(account: String) -> ();
            subscriptions(account: String) -> SubscriptionList;
            start_subscriptions(account: String) -> ();
            subscribe(account: String, subscription: NewEventSubscription) -> SubscriptionList;
            unsubscribe(account: String, id: i64) -> SubscriptionList;
            account_entries() -> Vec<AccountEntry>;
            check_account(id: Option<String>, draft: AccountDraft) -> Vec<AccountProblem>;
            add_account(draft: AccountDraft) -> AccountOutcome;
            change_account(id: String, draft: AccountDraft) -> AccountOutcome;
            remove_account(id: String) -> ();
            start_sign_in(account: String, landing: LandingText) -> ();
            sign_out(account: String) -> ();
            pick_setup_file(kind: SetupFile) -> Option<String>;
            take_setup_file(path: String) -> Vec<String>;
            keys() -> Vec<KeptKey>;
            make_key(key_id: String) -> KeptKey;
            take_key(path: String, password: Option<String>, key_id: Option<String>) -> KeptKey;
            tokens(driver: String) -> Vec<String>;
            token_keys(driver: String, token: String, pin: String) -> Vec<TokenKeyView>;
            take_token_key(place: TokenPlaceView, pin: String, key_id: String) -> KeptKey;
            forget_key(name: String) -> ();
            rotate_key(account: String, key: String) -> ();
            network() -> NetworkView;
            set_proxy(proxy: Option<ProxyDraft>) -> NetworkView;
            add_certificates(path: String) -> NetworkView;
            remove_certificate(id: String) -> NetworkView;
            set_subscription_key(key: Option<String>) -> NetworkView;
            ask_system_user(account: String, packages: Vec<String>) -> SystemUserView;
            system_user(account: String) -> Option<SystemUserView>;
            services(account: String) -> Vec<Service>;
            new_draft(account: String) -> Draft;
            draft(id: String) -> Draft;
            save_draft(id: String, version: u32, text: DraftText) -> Draft;
            discard_draft(id: String) -> ();
            restore_draft(id: String) -> Draft;
            check_recipients(account: String, texts: Vec<String>) -> Vec<Recipient>;
            add_files(draft: String, paths: Vec<String>) -> Draft;
            pick_files(draft: String) -> Draft;
            remove_file(draft: String, file: String) -> Draft;
            rename_file(draft: String, file: String, name: String) -> Draft;
            preview(body: String) -> Vec<Block>;
            check_draft(id: String) -> Vec<Problem>;
            send_draft(id: String, version: u32) -> SendOutcome;
            outbox_item(id: String) -> OutboxItem;
            retry_outbox(id: String) -> ();
            pause_outbox(id: String, is_paused: bool) -> ();
            edit_outbox(id: String) -> Draft;
            cancel_outbox(id: String) -> ();
            undo_send(message: String) -> ();
        }
    };
}

macro_rules! invoke_handler {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(
            #[tauri::command]
            async fn $name(shell: State<'_, Arc<Shell>>, $($argument: $type),*) -> Result<$answer, UiError> {
                commands::$name(&shell, $($argument),*).await
            }
        )*

        /// Answers the window.
        pub fn handler() -> impl Fn(tauri::ipc::Invoke<tauri::Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }
    };
}

every_command!(invoke_handler);
