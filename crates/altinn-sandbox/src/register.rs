//! Altinn Register, the contact and reservation register, and roles.

use std::collections::{HashMap, HashSet};

use crate::identity::{has_nine_digits, is_person_number};
use crate::world::{Organization, Person, Unlisted, World};

const ORGANISATION: &str = "urn:altinn:organization:identifier-no:";
const PERSON: &str = "urn:altinn:person:identifier-no:";
const EMAIL: &str = "urn:altinn:person:idporten-email:";
const SELF_IDENTIFIED: &str = "urn:altinn:person:legacy-selfidentified:";

/// A known party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Registered name, in upper case as the registers give it.
    pub name: String,
}

/// Where a party can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// E-mail address.
    pub email: Option<String>,
    /// Mobile number with its country in front.
    pub mobile: Option<String>,
}

/// What the registers answer.
#[derive(Debug, Default)]
pub struct Register {
    organisations: HashMap<String, Organization>,
    people: HashMap<String, Person>,
    unknown: HashSet<String>,
    reserved: HashSet<String>,
    is_reservation_register_up: bool,
    are_unlisted_known: bool,
}

impl Register {
    /// The registers of a world. Service owners and owners of clients are parties without being listed.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let mut organisations: HashMap<String, Organization> = HashMap::new();
        for owner in &world.service_owners {
            organisations.insert(
                owner.orgnr.clone(),
                Organization {
                    orgnr: owner.orgnr.clone(),
                    name: owner.name.in_language("nb").to_uppercase(),
                    form: Some("ORGL".to_owned()),
                    ..Organization::default()
                },
            );
        }
        for client in &world.maskinporten_clients {
            organisations
                .entry(client.orgnr.clone())
                .or_insert_with(|| Organization {
                    orgnr: client.orgnr.clone(),
                    name: client.name.clone().unwrap_or_default().to_uppercase(),
                    ..Organization::default()
                });
        }
        for listed in &world.register.organizations {
            organisations.insert(listed.orgnr.clone(), listed.clone());
        }
        for organisation in organisations.values_mut() {
            if organisation.name.is_empty() {
                organisation.name = invented_organisation(&organisation.orgnr);
            }
        }
        Self {
            organisations,
            people: world
                .register
                .people
                .iter()
                .map(|person| (person.nin.clone(), person.clone()))
                .collect(),
            unknown: world.register.unknown.iter().cloned().collect(),
            reserved: world.reservations.reserved.iter().cloned().collect(),
            is_reservation_register_up: world.reservations.available,
            are_unlisted_known: world.register.default == Unlisted::Known,
        }
    }

    /// A party by its normalised URN (Correspondence reference, section 7); `None` when Register does not know it.
    #[must_use]
    pub fn party(&self, urn: &str) -> Option<Party> {
        let name = if let Some(orgnr) = urn.strip_prefix(ORGANISATION) {
            self.organisation(orgnr)?.name
        } else if let Some(nin) = urn.strip_prefix(PERSON) {
            self.person_name(nin)?
        } else if let Some(address) = urn.strip_prefix(EMAIL) {
            self.unlisted(address)?.to_uppercase()
        } else {
            self.unlisted(urn.strip_prefix(SELF_IDENTIFIED)?)?
                .to_uppercase()
        };
        Some(Party { name })
    }

    /// Where a party is notified: what the world lists, else invented addresses. A user by e-mail has that address only.
    #[must_use]
    pub fn contact(&self, urn: &str) -> Contact {
        if let Some(address) = urn.strip_prefix(EMAIL) {
            return Contact {
                email: Some(address.to_owned()),
                mobile: None,
            };
        }
        let Some(party) = self.party(urn) else {
            return Contact::default();
        };
        let number = urn.rsplit(':').next().unwrap_or_default();
        let listed = self
            .organisations
            .get(number)
            .map(|it| (&it.email, &it.mobile))
            .or_else(|| self.people.get(number).map(|it| (&it.email, &it.mobile)));
        let (email, mobile) = listed.unwrap_or((&None, &None));
        let invented_mobile = || format!("+4790{:06}", mixed(number, 11) % 1_000_000);
        Contact {
            email: Some(email.clone().unwrap_or_else(|| invented_email(&party.name))),
            mobile: Some(mobile.clone().unwrap_or_else(invented_mobile)),
        }
    }

    /// An organisation by its nine digits, listed or invented. Control digits are not asked for, as three service owners
    /// of the test environments have none (platform reference, section 9.2).
    #[must_use]
    pub fn organisation(&self, orgnr: &str) -> Option<Organization> {
        if self.unknown.contains(orgnr) {
            return None;
        }
        if let Some(listed) = self.organisations.get(orgnr) {
            return Some(listed.clone());
        }
        let is_known = self.are_unlisted_known && has_nine_digits(orgnr);
        is_known.then(|| Organization {
            orgnr: orgnr.to_owned(),
            name: invented_organisation(orgnr),
            ..Organization::default()
        })
    }

    /// The organisations somebody listed, ordered by name.
    #[must_use]
    pub fn listed(&self) -> Vec<&Organization> {
        let mut all: Vec<_> = self
            .organisations
            .values()
            .filter(|organisation| !self.unknown.contains(&organisation.orgnr))
            .collect();
        all.sort_by(|a, b| (&a.name, &a.orgnr).cmp(&(&b.name, &b.orgnr)));
        all
    }

    fn person_name(&self, nin: &str) -> Option<String> {
        if self.unknown.contains(nin) {
            return None;
        }
        if let Some(person) = self.people.get(nin) {
            return Some(person.name.clone());
        }
        (self.are_unlisted_known && is_person_number(nin)).then(|| invented_person(nin))
    }

    fn unlisted<'a>(&self, name: &'a str) -> Option<&'a str> {
        (self.are_unlisted_known && !name.is_empty() && !self.unknown.contains(name))
            .then_some(name)
    }

    /// Whether a person (11 digits) is reserved; `None` when the reservation register is down.
    #[must_use]
    pub fn reserved(&self, nin: &str) -> Option<bool> {
        self.is_reservation_register_up
            .then(|| self.reserved.contains(nin))
    }

    /// Whether an organisation, or the main unit of a sub-unit, has someone in one of the roles.
    #[must_use]
    pub fn has_role(&self, orgnr: &str, roles: &[&str]) -> bool {
        let Some(organisation) = self.organisation(orgnr) else {
            return false;
        };
        let has_one = |organisation: &Organization| match &organisation.roles {
            Some(held) => held.iter().any(|role| roles.contains(&role.as_str())),
            None => roles.contains(&"daglig-leder"),
        };
        has_one(&organisation)
            || organisation
                .parent
                .as_deref()
                .and_then(|parent| self.organisation(parent))
                .is_some_and(|parent| has_one(&parent))
    }
}

/// A small number that depends on every digit.
fn mixed(number: &str, salt: usize) -> usize {
    number.bytes().fold(salt, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    })
}

fn chosen<'a>(from: &[&'a str], number: &str, salt: usize) -> &'a str {
    from.get(mixed(number, salt) % from.len().max(1))
        .copied()
        .unwrap_or_default()
}

fn invented_email(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .replace('æ', "ae")
        .replace('ø', "o")
        .replace('å', "a")
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    format!("{}@eksempel.no", words.join("."))
}

fn invented_organisation(orgnr: &str) -> String {
    const FIRST: [&str; 12] = [
        "STILLE", "UROLEG", "RASK", "MODIG", "GRØNN", "SNILL", "DJERV", "LYS", "VÅKEN", "TYDELEG",
        "KLOK", "LETT",
    ];
    const SECOND: [&str; 12] = [
        "TIGER", "FJELL", "HAVN", "SKOG", "BØLGE", "ØRN", "BRO", "ELV", "STEIN", "MÅNE", "VIND",
        "REV",
    ];
    const FORM: [&str; 4] = ["AS", "SA", "DA", "AS"];
    [
        chosen(&FIRST, orgnr, 1),
        chosen(&SECOND, orgnr, 7),
        chosen(&FORM, orgnr, 13),
    ]
    .join(" ")
}

fn invented_person(nin: &str) -> String {
    const FIRST: [&str; 8] = [
        "ANNE", "BJØRN", "DAGNY", "FRODE", "GURO", "HALVOR", "SIGRID", "TORE",
    ];
    const LAST: [&str; 8] = [
        "BAKKEN", "FOSS", "HAUG", "LUND", "MYHRE", "NES", "RØED", "ÅSEN",
    ];
    format!(
        "{} SYNTETISK {}",
        chosen(&FIRST, nin, 3),
        chosen(&LAST, nin, 5)
    )
}
