//! The letters that lie in a sandbox when it starts.
//!
//! They are made from texts with slots, a seed, and the sandbox's present: the same seed gives the same letters with the
//! same ids, dated back from now. The same work makes 400 for practice and 10 000 for a load test.

mod draw;
pub(crate) mod files;
mod letter;
mod plan;
mod template;
mod words;

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::platform::CONFIDENTIAL;
use crate::world::{Resource, World};

/// Who gets seeded letters.
#[derive(Debug)]
struct Recipient {
    orgnr: String,
    name: String,
}

/// The first two organisations somebody may want to be: accounts first, then whom the register lists.
fn recipients(world: &World) -> Vec<Recipient> {
    let accounts = world
        .maskinporten_clients
        .iter()
        .filter(|client| client.practice_key.is_some())
        .map(|client| (&client.orgnr, client.name.clone().unwrap_or_default()));
    let listed = world
        .register
        .organizations
        .iter()
        .map(|organisation| (&organisation.orgnr, organisation.name.clone()));
    let mut found: Vec<Recipient> = Vec::new();
    for (orgnr, name) in accounts.chain(listed) {
        if found.len() < 2 && !found.iter().any(|one| one.orgnr == *orgnr) {
            found.push(Recipient {
                orgnr: orgnr.clone(),
                name,
            });
        }
    }
    found
}

/// The resource a letter is sent with: its own in the practice world, elsewhere one of the same kind.
fn resource_for<'a>(
    world: &'a World,
    template: &template::Template,
    place: usize,
) -> Option<&'a Resource> {
    let fits = |resource: &&Resource| {
        let packages = &resource.access_packages;
        resource.kind == "CorrespondenceService"
            && resource.owner.is_some()
            && packages.iter().any(|package| package == CONFIDENTIAL) == template.is_confidential
    };
    let own = world.resource(template.resource).filter(fits);
    own.or_else(|| {
        let others: Vec<&Resource> = world.resources.iter().filter(fits).collect();
        others.get(place.checked_rem(others.len())?).copied()
    })
}

/// Puts letters in: as many as asked for, else as many as the world says. A number asked for is for measuring, so none
/// of those letters is confidential: a client that leaves confidential ones alone then still has that many to fetch.
pub fn fill(app: &App, letters: Option<usize>, seed: u64) {
    let count = letters.unwrap_or(app.world.letters);
    if count == 0 {
        return;
    }
    let now: DateTime<Utc> = app.clock.now();
    let recipients = recipients(&app.world);
    let mut templates = template::all();
    if letters.is_some() {
        templates.retain(|template| !template.is_confidential);
    }
    let planned = plan::letters(&app.world, &templates, recipients.len(), count, seed, now);
    let mut desk = letter::Desk::new(app, &templates, &recipients, &planned, seed, now);
    let mut tables = app.state.write();
    for place in 0..planned.len() {
        desk.write(place, &mut tables);
    }
}
