//! The services around Correspondence, against the sandbox: a second, independent reading of the same reference.
use crate::stage::{CUSTOMER, SERVICE, SYSTEM, Stage, VENDOR};
use altinn_client::{
    ApiError, AuthError, NewSystemUserRequest, RequestStatus, ResourceQuery, Role, Search,
    SearchRole, Secret, SigningKey, SystemRight, SystemUser,
};
use chrono::TimeDelta;
use serde_json::json;

fn request(external_ref: Option<&str>) -> NewSystemUserRequest {
    NewSystemUserRequest {
        external_ref: external_ref.map(str::to_owned),
        system_id: SYSTEM.to_owned(),
        organisation: CUSTOMER.to_owned(),
        rights: vec![SystemRight::on("nmk-tilsyn")],
        access_packages: vec![],
        redirect_url: None,
    }
}

fn maskinporten_code(error: &ApiError) -> Option<&str> {
    match error {
        ApiError::Auth(AuthError::Maskinporten { code, .. }) => code.as_deref(),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_5_a_customer_approves_and_the_vendor_acts_for_it() {
    let stage = Stage::set().await;
    let vendor = stage.client(VENDOR, None);
    let new = request(Some("arkiv-1"));
    assert_eq!(
        vendor
            .system_user(SYSTEM, CUSTOMER, Some("arkiv-1"))
            .await
            .unwrap(),
        None,
        "nobody has asked"
    );
    let made = vendor.request_system_user(&new).await.unwrap();
    assert_eq!(made.status, RequestStatus::New, "it waits");
    assert_eq!(made.external_ref, "arkiv-1", "by its reference");
    let again = vendor.request_system_user(&new).await.unwrap();
    assert_eq!(
        (again.id, &again.confirm_url),
        (made.id, &made.confirm_url),
        "the same request is the same"
    );

    let early = stage.client(VENDOR, Some(new.system_user()));
    let error = early.sign_in(Role::Recipient).await.unwrap_err();
    assert_eq!(
        maskinporten_code(&error),
        Some("MP-303"),
        "nobody has approved: {error:?}"
    );

    let page = made.confirm_url.as_ref().unwrap();
    assert!(
        page.contains(&made.id.to_string()),
        "the page names the request"
    );
    stage
        .control(
            &format!("systemuser/requests/{}", made.id),
            &json!({ "decision": "approve" }),
        )
        .await;
    let told = vendor.system_user_request(made.id).await.unwrap();
    assert_eq!(told.status, RequestStatus::Accepted, "polled");
    let by_reference = vendor
        .system_user_request_by_reference(SYSTEM, CUSTOMER, "arkiv-1")
        .await
        .unwrap();
    assert_eq!(by_reference.id, made.id, "found by its reference");
    assert_eq!(
        vendor.system_user_requests(SYSTEM).await.unwrap().len(),
        1,
        "and in the list"
    );
    let finished = vendor
        .system_user(SYSTEM, CUSTOMER, Some("arkiv-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(finished.organisation, CUSTOMER, "whose it is");
    let all = vendor.system_users(SYSTEM).await.unwrap();
    assert_eq!(all.len(), 1, "the system has one");
    assert_eq!(all[0], finished, "the same");

    let acting = stage.client(VENDOR, Some(new.system_user()));
    let claims = acting.claims(Role::Recipient).await.unwrap();
    assert_eq!(
        claims.organisation(),
        Some(CUSTOMER),
        "the customer, not the vendor (item 20)"
    );
    let user = claims.system_user.unwrap();
    assert_eq!(user.ids, [finished.id.to_string()], "by this system user");
    acting
        .search(&Search::new("nmk-tilsyn", SearchRole::Recipient))
        .await
        .unwrap();

    let forgetful = SystemUser {
        external_ref: None,
        ..new.system_user()
    };
    let error = stage
        .client(VENDOR, Some(forgetful))
        .sign_in(Role::Recipient)
        .await
        .unwrap_err();
    assert_eq!(
        maskinporten_code(&error),
        Some("MP-303"),
        "the reference belongs to every grant (item 17)"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_5_3_a_request_is_refused_or_withdrawn() {
    let stage = Stage::set().await;
    let vendor = stage.client(VENDOR, None);
    let unknown = NewSystemUserRequest {
        system_id: format!("{VENDOR}_unknown"),
        ..request(None)
    };
    let error = vendor.request_system_user(&unknown).await.unwrap_err();
    assert!(
        error
            .refusal()
            .unwrap()
            .problem
            .as_deref()
            .is_some_and(|code| code.starts_with("AUTH-")),
        "its own code: {error:?}"
    );
    let made = vendor.request_system_user(&request(None)).await.unwrap();
    assert_eq!(
        made.external_ref, CUSTOMER,
        "the number stands in for a reference"
    );
    vendor.delete_system_user_request(made.id).await.unwrap();
    let error = vendor.system_user_request(made.id).await.unwrap_err();
    assert_eq!(
        error.refusal().unwrap().problem.as_deref(),
        Some("AUTH-00010"),
        "it is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_2_5_a_new_key_is_registered_and_signs() {
    let stage = Stage::set().await;
    let new = SigningKey::generate("brevdue-2").unwrap();
    let client = stage.client_by(VENDOR, new.clone(), None);
    let error = client.sign_in(Role::Sender).await.unwrap_err();
    assert!(
        maskinporten_code(&error).is_some() || matches!(error, ApiError::Auth(_)),
        "not registered: {error:?}"
    );
    let old = stage.key(VENDOR);
    let set = json!({ "keys": [old.public_jwk(), new.public_jwk()] });
    let id = stage.account(VENDOR)["client_id"].as_str().unwrap();
    stage.control(&format!("clients/{id}/keys"), &set).await;
    client.sign_in(Role::Sender).await.unwrap();
    stage
        .client(VENDOR, None)
        .sign_in(Role::Sender)
        .await
        .unwrap();
    let kept = SigningKey::read(new.to_keep().unwrap().expose().as_bytes(), None, None).unwrap();
    stage
        .client_by(VENDOR, kept, None)
        .sign_in(Role::Sender)
        .await
        .unwrap();
    stage
        .control(
            &format!("clients/{id}/keys"),
            &json!({ "keys": [new.public_jwk()] }),
        )
        .await;
    let error = stage
        .client(VENDOR, None)
        .sign_in(Role::Sender)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(_)),
        "the old one went with the set: {error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_12_the_groundwork_can_be_checked() {
    let stage = Stage::set().await;
    let client = stage.client(VENDOR, None);
    let altinn = client.altinn_metadata().await.unwrap();
    let maskinporten = client.maskinporten_metadata().await.unwrap();
    assert_eq!(
        maskinporten.issuer,
        stage.addresses().maskinporten.as_str(),
        "the audience of a grant"
    );
    assert!(
        client
            .clock_difference()
            .is_some_and(|difference| difference.abs() <= TimeDelta::seconds(5)),
        "one clock"
    );
    let claims = client.claims(Role::Sender).await.unwrap();
    assert_eq!(claims.issuer, altinn.issuer, "the token comes from there");
    assert_eq!(claims.organisation(), Some(VENDOR), "for us");
    assert_eq!(
        claims.service_owner.as_deref(),
        Some("fjordvik"),
        "as a service owner (item 12)"
    );
    assert!(
        claims.has_scope("altinn:correspondence.write")
            && !claims.has_scope("altinn:correspondence.read"),
        "one role"
    );
    for (scope, code) in [
        ("altinn:correspondence.write", None),
        ("altinn:no.such.scope", Some("MP-200")),
    ] {
        let result = client.ask_maskinporten(scope).await;
        assert_eq!(
            result.as_ref().err().and_then(maskinporten_code),
            code,
            "{scope}: {result:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_1_3_altinns_keys_verify_its_tokens() {
    let stage = Stage::set().await;
    // Before the bare call: the client chooses how TLS is done.
    let client = stage.client(VENDOR, None);
    let url = format!(
        "{}GetEnterpriseToken?env=tt02&scopes=altinn:serviceowner&orgNo={VENDOR}",
        stage.ready["token_generator"].as_str().unwrap()
    );
    let token = reqwest::get(url).await.unwrap().text().await.unwrap();
    let keys = client.altinn_keys().await.unwrap();
    let is_signed = |token: &str| {
        keys.iter()
            .any(|key| key.signed(&Secret::new(token.to_owned())))
    };
    assert!(is_signed(&token), "by one of the keys, in standard base64");
    let (message, signature) = token.rsplit_once('.').unwrap();
    assert!(
        !is_signed(&format!("{message}x.{signature}")),
        "and nothing else is"
    );
    assert!(!is_signed("not a token"), "nor nonsense");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_a_service_and_who_may_use_it() {
    let stage = Stage::set().await;
    let client = stage.client(VENDOR, None);
    let policy = client.policy(SERVICE).await.unwrap().unwrap();
    let read = policy.permitted(SERVICE, "read");
    assert!(!read.is_empty(), "somebody may read");
    let rights = client
        .policy_rights(&format!("urn:altinn:resource:{SERVICE}"))
        .await
        .unwrap();
    let mentioned: Vec<_> = rights
        .iter()
        .filter(|right| right.action.value == "read")
        .flat_map(|right| &right.subjects)
        .flat_map(|subject| &subject.subject_attributes)
        .map(|attribute| attribute.value.to_lowercase())
        .collect();
    for attribute in read.iter().flatten() {
        assert!(
            mentioned.contains(&attribute.value.to_lowercase()),
            "the view mentions {attribute:?}"
        );
    }
    let query = ResourceQuery {
        owner: Some(VENDOR.to_owned()),
        words: Some("svar".to_owned()),
    };
    let found = client.find_resources(&query).await.unwrap();
    let ids: Vec<&str> = found
        .iter()
        .map(|resource| resource.identifier.as_str())
        .collect();
    assert_eq!(ids, [SERVICE], "by owner and title");
    assert!(
        client.resources().await.unwrap().len() > found.len(),
        "the whole list is longer"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_7_access_lists_are_the_owners() {
    let stage = Stage::set().await;
    let owner = stage.client(VENDOR, None);
    let lists = owner.access_lists("fjordvik").await.unwrap();
    assert_eq!(lists[0].identifier, "skoler", "its own");
    assert_eq!(
        owner
            .access_lists_of("fjordvik", SERVICE)
            .await
            .unwrap()
            .len(),
        1,
        "for this resource"
    );
    let mut members = owner
        .access_list_members("fjordvik", "skoler")
        .await
        .unwrap();
    members.sort();
    assert_eq!(members, ["312768429", CUSTOMER], "who is on it");
    let error = owner.access_lists("nmk").await.unwrap_err();
    assert_eq!(error.status(), Some(403), "somebody else's are not shown");
    assert!(
        stage
            .sandbox
            .ledger()
            .iter()
            .any(|entry| entry.status == 403),
        "the sandbox said so"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_10_1_a_system_user_asks_whom_it_may_act_for() {
    let stage = Stage::set().await;
    let vendor = stage.client(VENDOR, None);
    let error = vendor.authorized_parties(&[]).await.unwrap_err();
    assert_eq!(
        error.status(),
        Some(401),
        "an organisation as itself is no user"
    );
    let made = vendor.request_system_user(&request(None)).await.unwrap();
    let path = format!("systemuser/requests/{}", made.id);
    stage
        .control(&path, &json!({ "decision": "approve" }))
        .await;
    let acting = stage.client(VENDOR, Some(request(None).system_user()));
    let parties = acting.authorized_parties(&["nmk-tilsyn"]).await.unwrap();
    let numbers: Vec<_> = parties
        .iter()
        .filter_map(|party| party.organization_number.as_deref())
        .collect();
    assert_eq!(
        numbers,
        [CUSTOMER],
        "the customer, on the service it approved"
    );
    assert!(
        acting
            .authorized_parties(&["stk-rapportering"])
            .await
            .unwrap()
            .is_empty(),
        "nobody on another"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_2_1_an_enterprise_certificate_signs_in_by_itself() {
    let stage = Stage::set().await;
    let password = Secret::new("hemmelig".to_owned());
    let read = |file: &[u8]| SigningKey::read(file, Some(&password), None).unwrap();
    let own = stage.client_by(VENDOR, read(include_bytes!("../keys/enterprise.p12")), None);
    let early = own.sign_in(Role::Sender).await.unwrap_err();
    assert!(
        matches!(early, ApiError::Auth(AuthError::Maskinporten { .. })),
        "a registered key goes before it: {early:?}"
    );
    let id = stage.account(VENDOR)["client_id"].as_str().unwrap();
    let path = format!("clients/{id}/keys");
    stage.control(&path, &json!({ "keys": [] })).await;
    own.sign_in(Role::Sender).await.unwrap();
    let foreign = stage.client_by(VENDOR, read(include_bytes!("../keys/modern.p12")), None);
    let error = foreign.sign_in(Role::Sender).await.unwrap_err();
    assert_eq!(
        maskinporten_code(&error),
        Some("MP-122"),
        "another organisation's does not: {error:?}"
    );
}
