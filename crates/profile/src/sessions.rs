//! Sessions of people for as long as the program runs: an account that is opened anew goes on with the one it had.

use altinn_client::SignIn;
use altinn_client::auth::person::Session;
use mailbox::AccountConfig;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// By account, issuer and client.
type Kept = BTreeMap<[String; 3], Session>;

#[derive(Default)]
pub(crate) struct Sessions(Mutex<Kept>);

impl Sessions {
    /// Gives these accounts the sessions that they had, and forgets all others.
    pub(crate) fn rejoin(&self, accounts: &mut [AccountConfig]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *kept);
        for account in accounts {
            let SignIn::Person {
                provider, session, ..
            } = &mut account.sign_in
            else {
                continue;
            };
            let whose = [&account.id, &provider.issuer, &provider.client_id].map(Clone::clone);
            if let Some(old) = before.remove(&whose) {
                *session = old;
            }
            kept.insert(whose, session.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{one_origin, pace, person};
    use altinn_client::auth::person::Standing;
    use mailbox::view::Environment;
    use url::Url;

    fn account(id: &str, client: &str) -> AccountConfig {
        let base = Url::parse("http://127.0.0.1:1").unwrap();
        AccountConfig {
            id: id.to_owned(),
            name: String::new(),
            organisation_number: "310812345".to_owned(),
            environment: Environment::Test,
            addresses: one_origin(&base).unwrap(),
            sign_in: person(Environment::Test, None, client, "310812345").unwrap(),
            read_resources: Vec::new(),
            write_resources: Vec::new(),
            system_id: None,
            key_posted_at: None,
            pace: pace(None),
        }
    }

    fn session(account: &AccountConfig) -> &Session {
        match &account.sign_in {
            SignIn::Person { session, .. } => session,
            _ => panic!("a person"),
        }
    }

    /// Whether two accounts share a session: who hears of one hears of the other.
    async fn share(one: &AccountConfig, other: &AccountConfig) -> bool {
        let mut heard = session(one).watch();
        heard.mark_unchanged();
        session(other).sign_out().await;
        assert_eq!(session(other).standing(), Standing::Out, "nobody is in");
        heard.has_changed().unwrap()
    }

    #[tokio::test]
    async fn an_account_that_is_opened_anew_goes_on_with_its_session_and_no_other_does() {
        let sessions = Sessions::default();
        let mut first = [account("a", "1"), account("b", "1")];
        sessions.rejoin(&mut first);
        let mut anew = [account("a", "1"), account("b", "2")];
        sessions.rejoin(&mut anew);
        assert!(share(&first[0], &anew[0]).await, "the same account");
        assert!(
            !share(&first[1], &anew[1]).await,
            "another client is another sign-in"
        );
        assert!(!share(&first[0], &anew[1]).await, "each has its own");
        sessions.rejoin(&mut []);
        let mut back = [account("a", "1")];
        sessions.rejoin(&mut back);
        assert!(
            !share(&first[0], &back[0]).await,
            "an account that was removed comes back without"
        );
    }
}
