//! Which calls were made and how they ended, for a person who looks for a fault. Without headers and bodies, so without
//! tokens; national identity numbers in addresses are blotted out.

use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// HTTP method.
    pub method: String,
    /// Address, without what is personal.
    pub address: String,
    /// Status of the answer; none without one.
    pub status: Option<u16>,
}

/// The calls of one or several clients, in the order in which they ended. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Made>>>);

impl Journal {
    /// Takes out what was written since the last time.
    pub fn take(&self) -> Vec<Made> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn note(&self, method: &str, url: &Url, status: Option<u16>) {
        let made = Made {
            method: method.to_owned(),
            address: without_people(url),
            status,
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(made);
    }
}

/// The address without user and password, and with every run of eleven digits blotted out.
fn without_people(url: &Url) -> String {
    let mut url = url.clone();
    // An address that cannot have a password has none.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    let text = url.to_string();
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if digits.len() == 11 {
            out.push_str("***********");
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_personal_is_written_down() {
        let journal = Journal::default();
        let url = Url::parse(
            "https://kari:hemmelig@x.example/a?onBehalfOf=urn:person:08900499559&id=991825827",
        );
        journal.note("GET", &url.unwrap(), Some(200));
        let made = journal.take();
        assert_eq!(
            made[0].address, "https://x.example/a?onBehalfOf=urn:person:***********&id=991825827",
            "no person and no password"
        );
        assert!(journal.take().is_empty(), "taken out once");
    }
}
