//! Each mistake in the form has its own answer, at its own field, and nothing else is said.

use super::*;

const KEY: &str = "key 1";

fn sound() -> AccountDraft {
    AccountDraft {
        name: "Fjordvik kommune".to_owned(),
        organisation_number: "991 825 827".to_owned(),
        environment: Environment::Test,
        addresses: None,
        sign_in: maskinporten(),
        read_resources: vec!["post-til-kommunen".to_owned()],
        write_resources: vec!["urn:altinn:resource:vedtak".to_owned()],
    }
}

fn maskinporten() -> SignInDraft {
    SignInDraft::Maskinporten {
        client_id: " 0f3c-1 ".to_owned(),
        key: KEY.to_owned(),
        key_posted_at: Some(5),
        system_user: Some(SystemUserDraft {
            organisation: "310812345".to_owned(),
            reference: Some(" ".to_owned()),
        }),
        system_id: None,
        sends_raw: false,
    }
}

fn custom(addresses: Option<AddressDraft>) -> AccountDraft {
    AccountDraft {
        environment: Environment::Custom,
        addresses,
        ..sound()
    }
}

fn origin(base: &str) -> AccountDraft {
    custom(Some(AddressDraft::OneOrigin {
        base: base.to_owned(),
    }))
}

fn read_beside(
    draft: &AccountDraft,
    accounts: &[KeptAccount],
    changed: Option<&KeptAccount>,
) -> Result<KeptAccount, Vec<AccountProblem>> {
    let keys = [KEY.to_owned()];
    read(
        draft,
        &Beside {
            accounts,
            keys: &keys,
            changed,
        },
    )
}

fn faults(draft: &AccountDraft) -> Vec<(Field, Fault)> {
    let problems = read_beside(draft, &[], None).err().unwrap_or_default();
    problems.iter().map(|one| (one.field, one.fault)).collect()
}

fn kept() -> KeptAccount {
    let mut draft = sound();
    if let SignInDraft::Maskinporten { system_user, .. } = &mut draft.sign_in {
        *system_user = None;
    }
    read_beside(&draft, &[], None).unwrap()
}

#[test]
fn a_sound_form_is_kept_without_the_space_around_it() {
    let mut draft = sound();
    if let SignInDraft::Maskinporten { system_user, .. } = &mut draft.sign_in {
        *system_user = Some(SystemUserDraft {
            organisation: "991825827".to_owned(),
            reference: Some(" ".to_owned()),
        });
    }
    let kept = read_beside(&draft, &[], None).unwrap();
    assert_eq!(kept.organisation_number, "991825827", "nine digits");
    assert_eq!(
        kept.write_resources,
        ["vedtak"],
        "the id without its prefix"
    );
    let KeptSignIn::Maskinporten {
        client_id,
        system_user,
        ..
    } = &kept.sign_in
    else {
        panic!("it signs in at Maskinporten")
    };
    assert_eq!(client_id, "0f3c-1", "trimmed");
    assert_eq!(
        system_user,
        &Some(("991825827".to_owned(), None)),
        "an empty reference is none: it would be given in every grant"
    );
}

#[test]
fn what_is_kept_comes_back_as_the_same_form() {
    let each = AddressDraft::Each {
        platform: "https://platform.example/".to_owned(),
        maskinporten: "https://maskinporten.example/".to_owned(),
        brreg: "https://brreg.example/api/".to_owned(),
        orgs: "https://orgs.example/orgs.json".to_owned(),
    };
    for addresses in [
        AddressDraft::OneOrigin {
            base: "http://127.0.0.1:8080/".to_owned(),
        },
        each,
    ] {
        let mut written = draft(&kept());
        written.environment = Environment::Custom;
        written.addresses = Some(addresses);
        let account = read_beside(&written, &[], None).unwrap();
        assert_eq!(draft(&account), written, "nothing is lost or made up");
    }
}

#[test]
fn each_mistake_is_told_at_its_field() {
    use Fault as F;
    use Field as A;
    let with = |change: fn(&mut AccountDraft)| {
        let mut draft = draft(&kept());
        change(&mut draft);
        draft
    };
    let generator = |environment, generator: &str| AccountDraft {
        environment,
        sign_in: SignInDraft::TestToken {
            generator: generator.to_owned(),
        },
        ..draft(&kept())
    };
    let at = |base: &str| AccountDraft {
        environment: Environment::Custom,
        addresses: Some(AddressDraft::OneOrigin {
            base: base.to_owned(),
        }),
        ..draft(&kept())
    };
    fn client(draft: &mut AccountDraft, change: fn(&mut String, &mut String)) {
        if let SignInDraft::Maskinporten { client_id, key, .. } = &mut draft.sign_in {
            change(client_id, key);
        }
    }
    let cases: Vec<(AccountDraft, (Field, Fault))> = vec![
        (with(|d| d.name = " ".into()), (A::Name, F::Required)),
        (with(|d| d.name = "x".repeat(201)), (A::Name, F::TooLong)),
        (with(|d| d.name = "a\nb".into()), (A::Name, F::Malformed)),
        (
            with(|d| d.organisation_number = String::new()),
            (A::OrganisationNumber, F::Required),
        ),
        (
            with(|d| d.organisation_number = "99182582".into()),
            (A::OrganisationNumber, F::NumberMalformed),
        ),
        (
            with(|d| d.organisation_number = "NO991825827".into()),
            (A::OrganisationNumber, F::NumberMalformed),
        ),
        (
            with(|d| d.organisation_number = "991825828".into()),
            (A::OrganisationNumber, F::NumberInvalid),
        ),
        (
            with(|d| d.environment = Environment::Practice),
            (A::Environment, F::NotHere),
        ),
        (
            with(|d| d.environment = Environment::Custom),
            (A::Base, F::Required),
        ),
        (at(""), (A::Base, F::Required)),
        (at("altinn.example"), (A::Base, F::AddressMalformed)),
        (at("file:///etc/passwd"), (A::Base, F::AddressMalformed)),
        (at("http://altinn.example"), (A::Base, F::AddressNotSecure)),
        (
            at("http://127.0.0.1.evil.example"),
            (A::Base, F::AddressNotSecure),
        ),
        (
            at("https://a:b@altinn.example"),
            (A::Base, F::AddressHasMore),
        ),
        (
            at("https://altinn.example/?a"),
            (A::Base, F::AddressHasMore),
        ),
        (
            at("https://altinn.example/#a"),
            (A::Base, F::AddressHasMore),
        ),
        (
            with(|d| client(d, |id, _| id.clear())),
            (A::ClientId, F::Required),
        ),
        (
            with(|d| client(d, |id, _| *id = "a b".into())),
            (A::ClientId, F::Malformed),
        ),
        (
            with(|d| client(d, |_, key| key.clear())),
            (A::Key, F::Required),
        ),
        (
            with(|d| client(d, |_, key| *key = "key 2".into())),
            (A::Key, F::KeyUnknown),
        ),
        (
            generator(Environment::Production, "https://x.example/"),
            (A::Generator, F::NotHere),
        ),
        (
            generator(Environment::Test, ""),
            (A::Generator, F::Required),
        ),
        (
            with(|d| d.read_resources = vec!["a b".into()]),
            (A::ReadResources, F::ResourceMalformed),
        ),
        (
            with(|d| d.write_resources = vec!["a".into(), " a".into()]),
            (A::WriteResources, F::ResourceTwice),
        ),
    ];
    for (draft, expected) in cases {
        assert_eq!(faults(&draft), [expected], "for {draft:?}");
    }
    let without_services = with(|d| {
        d.read_resources.clear();
        d.write_resources.clear();
    });
    assert_eq!(
        faults(&without_services),
        [],
        "the registry is asked for them by the account itself"
    );
    assert_eq!(
        faults(&sound()),
        [(A::SystemUserOrganisation, F::NumberInvalid)],
        "the customer's number is judged as the own one"
    );
    let each = custom(Some(AddressDraft::Each {
        platform: String::new(),
        maskinporten: "x".to_owned(),
        brreg: "http://x.example".to_owned(),
        orgs: "https://x.example/?".to_owned(),
    }));
    assert_eq!(
        faults(&each),
        [
            (A::Platform, F::Required),
            (A::Maskinporten, F::AddressMalformed),
            (A::Brreg, F::AddressNotSecure),
            (A::Orgs, F::AddressHasMore),
        ],
        "all that is wrong is told at once; what is nobody's number there is not judged"
    );
    assert_eq!(faults(&origin("http://[::1]:8080")), [], "this machine");
}

#[test]
fn a_person_needs_a_client_at_idporten_and_sends_nothing() {
    let person = |addresses: Option<AddressDraft>, client_id: &str, issuer: Option<&str>| {
        let mut draft = draft(&kept());
        if addresses.is_some() {
            draft.environment = Environment::Custom;
        }
        draft.addresses = addresses;
        draft.write_resources.clear();
        draft.sign_in = SignInDraft::Person {
            client_id: client_id.to_owned(),
            issuer: issuer.map(str::to_owned),
        };
        draft
    };
    let base = |base: &str| {
        Some(AddressDraft::OneOrigin {
            base: base.to_owned(),
        })
    };
    let each = || {
        let at = |path: &str| format!("https://altinn.example/{path}");
        Some(AddressDraft::Each {
            platform: at(""),
            maskinporten: at("maskinporten/"),
            brreg: at("brreg/"),
            orgs: at("orgs.json"),
        })
    };
    for (draft, issuer) in [
        (person(None, "c", None), None),
        (
            person(base("http://127.0.0.1:8080/"), "c", None),
            Some("http://127.0.0.1:8080/idporten"),
        ),
        (
            person(each(), "c", Some("https://idporten.example/")),
            Some("https://idporten.example/"),
        ),
    ] {
        let account = read_beside(&draft, &[], None).unwrap();
        let KeptSignIn::Person { issuer: kept, .. } = &account.sign_in else {
            panic!("a person");
        };
        assert_eq!(kept.as_ref().map(Url::as_str), issuer, "where ID-porten is");
        assert_eq!(super::draft(&account), draft, "nothing is lost or made up");
        assert!(account.config(&[]).is_ok(), "and it needs no key");
    }
    let sending = AccountDraft {
        write_resources: vec!["vedtak".to_owned()],
        ..person(None, "c", None)
    };
    for (draft, expected) in [
        (person(None, " ", None), (Field::ClientId, Fault::Required)),
        (person(each(), "c", None), (Field::Issuer, Fault::Required)),
        (
            person(each(), "c", Some("http://idporten.example")),
            (Field::Issuer, Fault::AddressNotSecure),
        ),
        (sending, (Field::WriteResources, Fault::NotForPeople)),
    ] {
        assert_eq!(faults(&draft), [expected], "for {draft:?}");
    }
}

#[test]
fn an_account_stays_who_it_is() {
    let there = kept();
    let mut other = draft(&there);
    assert_eq!(
        read_beside(&other, std::slice::from_ref(&there), None)
            .unwrap_err()
            .iter()
            .map(|one| one.fault)
            .collect::<Vec<_>>(),
        [Fault::InUse],
        "a second one of the same organisation there"
    );
    other.name = "Nytt navn".to_owned();
    let changed = read_beside(&other, std::slice::from_ref(&there), Some(&there)).unwrap();
    assert_eq!(changed.id(), there.id(), "its name may change");
    other.organisation_number = "974760673".to_owned();
    let refused = read_beside(&other, std::slice::from_ref(&there), Some(&there)).unwrap_err();
    assert_eq!(
        (refused[0].field, refused[0].fault),
        (Field::OrganisationNumber, Fault::Fixed),
        "whose letters they are may not"
    );
}

#[test]
fn every_fault_has_a_text_in_every_language() {
    for language in ["nb", "nn", "en"] {
        let path = format!(
            "{}/../../ui/src/i18n/{language}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let texts: BTreeMap<String, String> =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut seen = BTreeSet::new();
        for fault in Fault::ALL {
            let name = serde_json::to_value(fault).unwrap();
            let key = format!("account.fault.{}", name.as_str().unwrap());
            let text = texts.get(&key);
            assert!(text.is_some(), "{language} lacks {key}");
            assert!(
                seen.insert(text),
                "{language}: {key} says what another says"
            );
        }
    }
}
