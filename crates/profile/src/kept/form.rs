//! The form of an account: what is wrong with it, field by field, and what is kept of it.

use super::{Accounts, KeptAccount, KeptAddresses, KeptSignIn};
use crate::error::ProfileError;
use mailbox::identity::{Identity, is_organisation_number};
use mailbox::view::{
    AccountDraft, AccountEntry, AccountFault as Fault, AccountField as Field, AccountOutcome,
    AccountProblem, AddressDraft, Environment, SignInDraft, SystemUserDraft,
};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Longest name, in characters.
const NAME_LIMIT: usize = 200;
/// Longest id of anything else, in characters.
const ID_LIMIT: usize = 255;

/// What a form is judged beside.
struct Beside<'a> {
    accounts: &'a [KeptAccount],
    keys: &'a [String],
    /// The account that is changed; none for a new one.
    changed: Option<&'a KeptAccount>,
}

/// Gathers what is wrong while the kept form is made: a field that cannot be read leaves nothing, but a problem.
#[derive(Default)]
struct Reading {
    problems: Vec<AccountProblem>,
}

impl Accounts {
    /// The kept accounts as forms.
    ///
    /// # Errors
    /// What the store says.
    pub async fn entries(&self) -> Result<Vec<AccountEntry>, ProfileError> {
        let all = self.all().await?;
        let entries = all.iter().map(|one| AccountEntry {
            id: one.id(),
            draft: draft(one),
        });
        Ok(entries.collect())
    }

    /// What is wrong with a form; `id` is that of the account that is changed. Nothing is asked of anybody.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn check(
        &self,
        id: Option<&str>,
        draft: &AccountDraft,
    ) -> Result<Vec<AccountProblem>, ProfileError> {
        Ok(self.read(id, draft).await?.err().unwrap_or_default())
    }

    /// Keeps a new account, or says what is wrong with it.
    ///
    /// # Errors
    /// Those of [`Accounts::add`].
    pub async fn add_draft(&self, draft: &AccountDraft) -> Result<AccountOutcome, ProfileError> {
        match self.read(None, draft).await? {
            Ok(new) => {
                let account = self.add(new).await?;
                Ok(AccountOutcome::Kept { account })
            }
            Err(problems) => Ok(AccountOutcome::Refused { problems }),
        }
    }

    /// Changes an account, or says what is wrong with the change.
    ///
    /// # Errors
    /// Those of [`Accounts::change`].
    pub async fn change_draft(
        &self,
        id: &str,
        draft: &AccountDraft,
    ) -> Result<AccountOutcome, ProfileError> {
        match self.read(Some(id), draft).await? {
            Ok(new) => {
                self.change(id, new).await?;
                Ok(AccountOutcome::Kept {
                    account: id.to_owned(),
                })
            }
            Err(problems) => Ok(AccountOutcome::Refused { problems }),
        }
    }

    async fn read(
        &self,
        id: Option<&str>,
        draft: &AccountDraft,
    ) -> Result<Result<KeptAccount, Vec<AccountProblem>>, ProfileError> {
        let accounts = self.all().await?;
        let keys = self.keys().await?.into_iter().map(|key| key.name);
        let changed = match id {
            None => None,
            Some(id) => Some(
                accounts
                    .iter()
                    .find(|one| one.id() == id)
                    .ok_or(ProfileError::NotFound)?,
            ),
        };
        let beside = Beside {
            accounts: &accounts,
            keys: &keys.collect::<Vec<_>>(),
            changed,
        };
        Ok(read(draft, &beside))
    }
}

/// An account as a form.
pub(super) fn draft(kept: &KeptAccount) -> AccountDraft {
    AccountDraft {
        name: kept.name.clone(),
        organisation_number: kept.organisation_number.clone(),
        environment: kept.environment,
        addresses: kept.addresses.as_ref().map(address_draft),
        sign_in: match &kept.sign_in {
            KeptSignIn::TestToken { generator } => SignInDraft::TestToken {
                generator: generator.to_string(),
            },
            KeptSignIn::Maskinporten {
                client_id,
                key,
                key_posted_at,
                system_user,
                system_id,
                sends_raw,
            } => SignInDraft::Maskinporten {
                client_id: client_id.clone(),
                key: key.clone(),
                key_posted_at: *key_posted_at,
                system_user: system_user
                    .clone()
                    .map(|(organisation, reference)| SystemUserDraft {
                        organisation,
                        reference,
                    }),
                system_id: system_id.clone(),
                sends_raw: *sends_raw,
            },
            KeptSignIn::Person { client_id, issuer } => SignInDraft::Person {
                client_id: client_id.clone(),
                issuer: issuer_draft(kept.addresses.as_ref(), issuer.as_ref()),
            },
        },
        read_resources: kept.read_resources.clone(),
        write_resources: kept.write_resources.clone(),
    }
}

/// One address where all lie below it as they would have been put there.
fn address_draft(kept: &KeptAddresses) -> AddressDraft {
    if KeptAddresses::one_origin(&kept.platform).is_ok_and(|whole| whole == *kept) {
        return AddressDraft::OneOrigin {
            base: kept.platform.to_string(),
        };
    }
    AddressDraft::Each {
        platform: kept.platform.to_string(),
        maskinporten: kept.maskinporten.to_string(),
        brreg: kept.brreg.to_string(),
        orgs: kept.orgs.to_string(),
    }
}

/// ID-porten's address where it is not where the other addresses say.
fn issuer_draft(addresses: Option<&KeptAddresses>, issuer: Option<&Url>) -> Option<String> {
    let issuer = issuer?;
    let usual = addresses.map(address_draft).and_then(|drawn| match drawn {
        AddressDraft::OneOrigin { base } => crate::account::idporten(&Url::parse(&base).ok()?).ok(),
        AddressDraft::Each { .. } => None,
    });
    (usual.as_ref() != Some(issuer)).then(|| issuer.to_string())
}

/// What is kept of a form, or all that is wrong with it in the order of its fields.
fn read(draft: &AccountDraft, beside: &Beside<'_>) -> Result<KeptAccount, Vec<AccountProblem>> {
    let mut reading = Reading::default();
    let name = reading.text(Field::Name, &draft.name, NAME_LIMIT);
    let number = reading.number(
        Field::OrganisationNumber,
        &draft.organisation_number,
        draft.environment,
    );
    if draft.environment == Environment::Practice {
        reading.wrong(Field::Environment, Fault::NotHere);
    }
    let id = crate::account::id(draft.environment, &number);
    match beside.changed {
        Some(before) if before.environment != draft.environment => {
            reading.wrong(Field::Environment, Fault::Fixed);
        }
        Some(before) if before.organisation_number != number && !number.is_empty() => {
            reading.wrong(Field::OrganisationNumber, Fault::Fixed);
        }
        None if beside.accounts.iter().any(|one| one.id() == id) => {
            reading.wrong(Field::OrganisationNumber, Fault::InUse);
        }
        _ => {}
    }
    let addresses = reading.addresses(draft);
    let sign_in = reading.sign_in(draft, beside.keys);
    let read_resources = reading.resources(Field::ReadResources, &draft.read_resources);
    let write_resources = reading.resources(Field::WriteResources, &draft.write_resources);
    match sign_in {
        Some(sign_in) if reading.problems.is_empty() => Ok(KeptAccount {
            name,
            organisation_number: number,
            environment: draft.environment,
            addresses,
            sign_in,
            read_resources,
            write_resources,
            quota: beside.changed.and_then(|before| before.quota),
        }),
        _ => Err(reading.problems),
    }
}

impl Reading {
    fn wrong(&mut self, field: Field, fault: Fault) {
        self.wrong_with(field, fault, BTreeMap::new());
    }

    fn wrong_with(&mut self, field: Field, fault: Fault, params: BTreeMap<String, String>) {
        self.problems.push(AccountProblem {
            field,
            fault,
            params,
        });
    }

    /// A text that must be there, without the space around it.
    fn text(&mut self, field: Field, text: &str, limit: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(field, Fault::Required);
        } else if text.chars().count() > limit {
            let params = BTreeMap::from([("limit".to_owned(), limit.to_string())]);
            self.wrong_with(field, Fault::TooLong, params);
        } else if text.chars().any(char::is_control) {
            self.wrong(field, Fault::Malformed);
        }
        text.to_owned()
    }

    /// An id: a text without spaces.
    fn id(&mut self, field: Field, text: &str) -> String {
        let id = self.text(field, text, ID_LIMIT);
        if id.contains(char::is_whitespace) {
            self.wrong(field, Fault::Malformed);
        }
        id
    }

    /// An id that may be left out.
    fn optional(&mut self, field: Field, text: Option<&String>) -> Option<String> {
        let text = text.filter(|text| !text.trim().is_empty())?;
        Some(self.text(field, text, ID_LIMIT))
    }

    /// Nine digits; spaces within are how people write them. Elsewhere than at Altinn the control digit is nobody's business.
    fn number(&mut self, field: Field, text: &str, environment: Environment) -> String {
        let number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if number.is_empty() {
            self.wrong(field, Fault::Required);
        } else if number.len() != 9 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            self.wrong(field, Fault::NumberMalformed);
        } else {
            let is_sound = match environment {
                Environment::Production => is_organisation_number(&number),
                // The test environments have owners of their own.
                Environment::Test => Identity::parse(&number).is_ok(),
                Environment::Custom | Environment::Practice => true,
            };
            if !is_sound {
                self.wrong(field, Fault::NumberInvalid);
            }
        }
        number
    }

    /// An address that tokens may be sent to.
    fn address(&mut self, field: Field, text: &str) -> Option<Url> {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(field, Fault::Required);
            return None;
        }
        let url = Url::parse(text)
            .ok()
            .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
        let Some(url) = url else {
            self.wrong(field, Fault::AddressMalformed);
            return None;
        };
        let has_more = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if has_more {
            self.wrong(field, Fault::AddressHasMore);
        } else if url.scheme() == "http" && !is_this_machine(&url) {
            self.wrong(field, Fault::AddressNotSecure);
        } else {
            return Some(url);
        }
        None
    }

    /// Addresses by hand belong to a custom environment, and elsewhere there is nothing to write.
    fn addresses(&mut self, draft: &AccountDraft) -> Option<KeptAddresses> {
        if draft.environment != Environment::Custom {
            return None;
        }
        match &draft.addresses {
            None => {
                self.wrong(Field::Base, Fault::Required);
                None
            }
            Some(AddressDraft::OneOrigin { base }) => {
                let base = self.address(Field::Base, base)?;
                match KeptAddresses::one_origin(&base) {
                    Ok(addresses) => Some(addresses),
                    Err(_) => {
                        self.wrong(Field::Base, Fault::AddressMalformed);
                        None
                    }
                }
            }
            Some(AddressDraft::Each {
                platform,
                maskinporten,
                brreg,
                orgs,
            }) => {
                let platform = self.address(Field::Platform, platform);
                let maskinporten = self.address(Field::Maskinporten, maskinporten);
                let brreg = self.address(Field::Brreg, brreg);
                let orgs = self.address(Field::Orgs, orgs);
                Some(KeptAddresses {
                    platform: platform?,
                    maskinporten: maskinporten?,
                    brreg: brreg?,
                    orgs: orgs?,
                })
            }
        }
    }

    fn sign_in(&mut self, draft: &AccountDraft, keys: &[String]) -> Option<KeptSignIn> {
        match &draft.sign_in {
            SignInDraft::TestToken { generator } => {
                if draft.environment == Environment::Production {
                    self.wrong(Field::Generator, Fault::NotHere);
                    return None;
                }
                let generator = self.address(Field::Generator, generator)?;
                Some(KeptSignIn::TestToken { generator })
            }
            SignInDraft::Maskinporten {
                client_id,
                key,
                key_posted_at,
                system_user,
                system_id,
                sends_raw,
            } => {
                let client_id = self.id(Field::ClientId, client_id);
                if key.is_empty() {
                    self.wrong(Field::Key, Fault::Required);
                } else if !keys.contains(key) {
                    self.wrong(Field::Key, Fault::KeyUnknown);
                }
                let system_user = system_user.as_ref().map(|user| {
                    let number = self.number(
                        Field::SystemUserOrganisation,
                        &user.organisation,
                        draft.environment,
                    );
                    let reference =
                        self.optional(Field::SystemUserReference, user.reference.as_ref());
                    (number, reference)
                });
                let system_id = self.optional(Field::SystemId, system_id.as_ref());
                Some(KeptSignIn::Maskinporten {
                    client_id,
                    key: key.clone(),
                    key_posted_at: *key_posted_at,
                    system_user,
                    system_id,
                    sends_raw: *sends_raw,
                })
            }
            SignInDraft::Person { client_id, issuer } => {
                let client_id = self.id(Field::ClientId, client_id);
                let issuer = self.issuer(draft, issuer.as_deref());
                if !draft.write_resources.is_empty() {
                    self.wrong(Field::WriteResources, Fault::NotForPeople);
                }
                Some(KeptSignIn::Person { client_id, issuer })
            }
        }
    }

    /// Where ID-porten is: only a custom environment does not know it.
    fn issuer(&mut self, draft: &AccountDraft, issuer: Option<&str>) -> Option<Url> {
        match (&draft.addresses, issuer) {
            _ if draft.environment != Environment::Custom => None,
            (_, Some(issuer)) => self.address(Field::Issuer, issuer),
            // What is wrong with the origin is told of where it stands.
            (Some(AddressDraft::OneOrigin { base }), None) => {
                crate::account::idporten(&Url::parse(base.trim()).ok()?).ok()
            }
            (_, None) => self.address(Field::Issuer, ""),
        }
    }

    /// Ids of services, each once; a URN is taken for the id in it.
    fn resources(&mut self, field: Field, ids: &[String]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut read = Vec::new();
        for id in ids {
            let id = altinn_client::urn::resource_id(id.trim());
            let is_sound = !id.is_empty()
                && id.len() <= ID_LIMIT
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
            let params = BTreeMap::from([("resource".to_owned(), id.to_owned())]);
            if !is_sound {
                self.wrong_with(field, Fault::ResourceMalformed, params);
            } else if !seen.insert(id.to_owned()) {
                self.wrong_with(field, Fault::ResourceTwice, params);
            }
            read.push(id.to_owned());
        }
        read
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
