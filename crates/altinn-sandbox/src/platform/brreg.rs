//! Organisation names in Enhetsregisteret's shape, and the list of service owners (platform reference, sections 9.1, 9.2).

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Ask, empty, json as json_reply, registry, text};
use crate::app::App;
use crate::world::Organization;

/// Answers a request for names.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    if let Some([file]) = ask.below(&["orgs"])
        && file.eq_ignore_ascii_case("altinn-orgs.json")
    {
        return Some(if ask.is_get() {
            json_reply(
                StatusCode::OK,
                &registry::service_owners(&app.world, &app.base),
            )
        } else {
            empty(StatusCode::METHOD_NOT_ALLOWED)
        });
    }
    let rest = ask.below(&["enhetsregisteret", "api"])?;
    if !ask.is_get() {
        return Some(empty(StatusCode::METHOD_NOT_ALLOWED));
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(match rest.as_slice() {
        ["enheter"] => search(app, ask, false),
        ["underenheter"] => search(app, ask, true),
        ["enheter", orgnr] => one(app, ask, orgnr, false),
        ["underenheter", orgnr] => one(app, ask, orgnr, true),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

fn is_sub_unit(organisation: &Organization) -> bool {
    organisation.parent.is_some() || matches!(organisation.form.as_deref(), Some("BEDR" | "AAFY"))
}

/// A unit, as the pinned version when that is what is accepted.
fn unit_reply(ask: &Ask<'_>, value: &Value, sub_units: bool) -> Response {
    let pinned = if sub_units {
        "application/vnd.brreg.enhetsregisteret.underenhet.v2+json;charset=UTF-8"
    } else {
        "application/vnd.brreg.enhetsregisteret.enhet.v2+json;charset=UTF-8"
    };
    let accepted = ask.parts.headers.get(header::ACCEPT);
    let accepted = accepted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = pinned.split(';').next().unwrap_or_default();
    if accepted.to_lowercase().contains(name) {
        text(StatusCode::OK, pinned, value.to_string())
    } else {
        json_reply(StatusCode::OK, value)
    }
}

fn one(app: &App, ask: &Ask<'_>, orgnr: &str, sub_units: bool) -> Response {
    if orgnr.len() != 9 || !orgnr.bytes().all(|byte| byte.is_ascii_digit()) {
        return json_reply(
            StatusCode::BAD_REQUEST,
            &json!({ "status": 400, "feilmelding": "Organisasjonsnummeret er ugyldig", "antallFeil": 1 }),
        );
    }
    match app.register.organisation(orgnr) {
        Some(organisation) if organisation.removed => empty(StatusCode::GONE),
        Some(organisation) if is_sub_unit(&organisation) == sub_units => {
            unit_reply(ask, &unit(app, &organisation), sub_units)
        }
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn search(app: &App, ask: &Ask<'_>, sub_units: bool) -> Response {
    let wanted = ask.parameter("navn").unwrap_or_default().to_uppercase();
    let number = |name: &str, left_out: usize| {
        ask.parameter(name)
            .and_then(|text| text.parse::<usize>().ok())
            .unwrap_or(left_out)
    };
    let (size, page) = (number("size", 20).max(1), number("page", 0));
    if size.saturating_mul(page.saturating_add(1)) > 10_000 {
        return json_reply(
            StatusCode::BAD_REQUEST,
            &json!({ "status": 400, "feilmelding": "Summen av (page+1)*size kan ikke overstige 10000", "antallFeil": 1 }),
        );
    }
    let all: Vec<_> = app
        .register
        .listed()
        .into_iter()
        .filter(|organisation| {
            is_sub_unit(organisation) == sub_units
                && !organisation.removed
                && organisation.name.contains(&wanted)
        })
        .collect();
    let kind = if sub_units { "underenheter" } else { "enheter" };
    let found: Vec<Value> = all
        .iter()
        .skip(size.saturating_mul(page))
        .take(size)
        .map(|organisation| unit(app, organisation))
        .collect();
    let mut answer = json!({
        "_links": { "self": { "href": format!("{}/enhetsregisteret/api/{kind}", app.base) } },
        "page": { "size": size, "totalElements": all.len(), "totalPages": all.len().div_ceil(size), "number": page },
    });
    if let (false, Some(members)) = (found.is_empty(), answer.as_object_mut()) {
        members.insert("_embedded".to_owned(), json!({ kind: found }));
    }
    json_reply(StatusCode::OK, &answer)
}

fn form_text(code: &str) -> &'static str {
    match code {
        "AS" => "Aksjeselskap",
        "ENK" => "Enkeltpersonforetak",
        "KOMM" => "Kommune",
        "ORGL" => "Organisasjonsledd",
        "BEDR" => "Underenhet til næringsdrivende og offentlig forvaltning",
        "KF" => "Kommunalt foretak",
        "SA" => "Samvirkeforetak",
        "FLI" => "Forening/lag/innretning",
        "DA" => "Ansvarlig selskap med delt ansvar",
        _ => "Annen organisasjonsform",
    }
}

fn unit(app: &App, organisation: &Organization) -> Value {
    let form = organisation.form.as_deref().unwrap_or_else(|| {
        let ending = organisation.name.rsplit(' ').next().unwrap_or_default();
        ["AS", "SA", "DA", "KF", "ENK"]
            .into_iter()
            .find(|form| *form == ending)
            .unwrap_or("AS")
    });
    let kind = if is_sub_unit(organisation) {
        "underenheter"
    } else {
        "enheter"
    };
    let mut value = json!({
        "organisasjonsnummer": organisation.orgnr,
        "navn": organisation.name,
        "organisasjonsform": { "kode": form, "beskrivelse": form_text(form), "_links": {} },
        "_links": { "self": { "href": format!("{}/enhetsregisteret/api/{kind}/{}", app.base, organisation.orgnr) } },
    });
    let Some(members) = value.as_object_mut() else {
        return value;
    };
    if let Some(date) = &organisation.deleted {
        members.insert("slettedato".to_owned(), json!(date));
        if is_sub_unit(organisation) {
            members.insert("nedleggelsesdato".to_owned(), json!(date));
        }
        return value;
    }
    if let Some(page) = &organisation.homepage {
        members.insert("hjemmeside".to_owned(), json!(page));
    }
    if let Some(count) = organisation.employees {
        members.insert("antallAnsatte".to_owned(), json!(count));
    }
    if let Some(parent) = &organisation.parent {
        members.insert("overordnetEnhet".to_owned(), json!(parent));
    }
    members.insert("konkurs".to_owned(), json!(organisation.bankrupt));
    members.insert("underAvvikling".to_owned(), json!(false));
    members.insert(
        "underTvangsavviklingEllerTvangsopplosning".to_owned(),
        json!(false),
    );
    let address = json!({
        "land": "Norge",
        "landkode": "NO",
        "adresse": [organisation.street.as_deref().unwrap_or("Storgata 1")],
        "postnummer": organisation.postcode.as_deref().unwrap_or("6789"),
        "poststed": organisation.town.as_deref().unwrap_or("FJORDVIK"),
        "kommune": organisation.town.as_deref().unwrap_or("FJORDVIK"),
    });
    let which = if is_sub_unit(organisation) {
        "beliggenhetsadresse"
    } else {
        "forretningsadresse"
    };
    members.insert(which.to_owned(), address);
    value
}
