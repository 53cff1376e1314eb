//! The few pages that people see: a heading, lines, and a form.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::reply::text;
use crate::app::App;

/// A form that names a person and a button.
pub struct Form<'a> {
    /// Where it goes, by `POST`.
    pub action: &'a str,
    /// Names and values that go along.
    pub hidden: &'a [(&'a str, &'a str)],
    /// Identity numbers and names to choose `person` from.
    pub choices: Vec<(String, String)>,
    /// Names, values and texts of the buttons.
    pub buttons: &'a [(&'a str, &'a str, &'a str)],
}

impl App {
    /// The synthetic people one can be: identity number and name.
    #[must_use]
    pub fn people(&self) -> Vec<(String, String)> {
        let people = &self.world.register.people;
        people
            .iter()
            .map(|person| (person.nin.clone(), person.name.clone()))
            .collect()
    }
}

/// Text made safe for HTML, in attributes too.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A page without scripts, which nothing may frame.
#[must_use]
pub fn page(
    status: StatusCode,
    heading: &str,
    lines: &[&str],
    form: Option<&Form<'_>>,
) -> Response {
    let heading = escaped(heading);
    let lines: String = lines
        .iter()
        .map(|line| format!("<p>{}</p>", escaped(line)))
        .collect();
    let form = form.map_or_else(String::new, form_html);
    let body = format!(
        "<!doctype html><html lang=\"nb\"><head><meta charset=\"utf-8\"><title>{heading}</title></head>\
         <body><h1>{heading}</h1>{lines}{form}<p>Sandkasse: alle her er oppdiktet.</p></body></html>"
    );
    let mut response = text(status, "text/html; charset=utf-8", body);
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn form_html(form: &Form<'_>) -> String {
    let hidden: String = form
        .hidden
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{name}\" value=\"{}\">",
                escaped(value)
            )
        })
        .collect();
    let options: String = form
        .choices
        .iter()
        .map(|(nin, name)| {
            format!(
                "<option value=\"{}\">{}</option>",
                escaped(nin),
                escaped(name)
            )
        })
        .collect();
    let buttons: String = form
        .buttons
        .iter()
        .map(|(name, value, label)| {
            format!(
                "<button name=\"{name}\" value=\"{value}\">{}</button>",
                escaped(label)
            )
        })
        .collect();
    format!(
        "<form method=\"post\" action=\"{}\">{hidden}<label>Person <select name=\"person\">{options}</select></label>{buttons}</form>",
        escaped(form.action)
    )
}
