//! What a round of sync has to do, from what is known here and what the lists name. Pure: no clock, no network, no
//! store.

use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is known here of a received letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Its content is here.
    pub is_fetched: bool,
    /// It is confidential: only a person fetches it.
    pub is_sealed: bool,
    /// Altinn has said that it is gone: it is never asked for again.
    pub is_gone: bool,
    /// Altinn could not give it in a form that can be read; a person may ask again.
    pub is_unreadable: bool,
    /// Known here to be read.
    pub is_read: bool,
    /// Known here to be confirmed.
    pub is_confirmed: bool,
    /// Publish time in microseconds, where known.
    pub published_at: Option<i64>,
}

/// What the lists of a round name.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Every id named, newest first.
    pub ids: Vec<Uuid>,
    /// Ids that have ever been read.
    pub read: HashSet<Uuid>,
    /// Ids that have ever been confirmed.
    pub confirmed: HashSet<Uuid>,
    /// Ids that have ever been purged.
    pub purged: HashSet<Uuid>,
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask for a letter that is not here.
    Fetch(Uuid),
    /// Note a letter on a confidential service by its id alone.
    Seal(Uuid),
    /// Ask again: it was read or confirmed elsewhere.
    Recheck(Uuid),
    /// The lists say that it was deleted; nothing needs to be asked.
    Gone(Uuid),
    /// It was here and is no longer listed, in a span of time that was listed completely.
    Missing(Uuid),
}

impl Step {
    /// The letter that this step seals.
    pub fn sealed(&self) -> Option<Uuid> {
        match self {
            Self::Seal(id) => Some(*id),
            _ => None,
        }
    }

    /// The letter that this step fetches for the first time.
    pub fn fetched(&self) -> Option<Uuid> {
        match self {
            Self::Fetch(id) => Some(*id),
            _ => None,
        }
    }
}

/// Plans a round. `covers` tells whether every letter published at a time (microseconds) is in the listing.
pub fn plan(
    spine: &HashMap<Uuid, Known>,
    listing: &Listing,
    is_confidential: bool,
    covers: impl Fn(i64) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let listed: HashSet<Uuid> = listing.ids.iter().copied().collect();
    for id in &listing.ids {
        let known = spine.get(id).copied();
        steps.extend(step_of(*id, known, listing, is_confidential));
    }
    // What the sweep names and the list does not: the two were asked at different moments.
    let moved: HashSet<Uuid> = [&listing.read, &listing.confirmed, &listing.purged]
        .into_iter()
        .flatten()
        .copied()
        .filter(|id| !listed.contains(id))
        .collect();
    for id in moved {
        if let Some(known) = spine.get(&id) {
            steps.extend(step_of(id, Some(*known), listing, is_confidential));
        }
    }
    let mut missing: Vec<Uuid> = spine
        .iter()
        .filter(|(id, known)| {
            !known.is_gone
                && !listed.contains(id)
                && !listing.purged.contains(id)
                && known.published_at.is_some_and(&covers)
        })
        .map(|(id, _)| *id)
        .collect();
    missing.sort_unstable();
    steps.extend(missing.into_iter().map(Step::Missing));
    steps
}

fn step_of(
    id: Uuid,
    known: Option<Known>,
    listing: &Listing,
    is_confidential: bool,
) -> Option<Step> {
    match known {
        Some(known) if known.is_gone => None,
        Some(_) if listing.purged.contains(&id) => Some(Step::Gone(id)),
        Some(known) if known.is_unreadable || (known.is_sealed && !known.is_fetched) => None,
        Some(known) if !known.is_fetched => Some(Step::Fetch(id)),
        Some(known) => {
            let moved = (!known.is_read && listing.read.contains(&id))
                || (!known.is_confirmed && listing.confirmed.contains(&id));
            moved.then_some(Step::Recheck(id))
        }
        None if is_confidential => Some(Step::Seal(id)),
        None => Some(Step::Fetch(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confidential_letter_is_noted_and_never_asked_for() {
        let id = Uuid::from_u128(7);
        let listing = Listing {
            ids: vec![id],
            read: HashSet::from([id]),
            ..Listing::default()
        };
        assert_eq!(
            plan(&HashMap::new(), &listing, true, |_| true),
            vec![Step::Seal(id)],
            "only its id is kept"
        );
        let spine = HashMap::from([(
            id,
            Known {
                is_sealed: true,
                ..Known::default()
            },
        )]);
        assert_eq!(
            plan(&spine, &listing, true, |_| true),
            Vec::new(),
            "a sealed row stays sealed"
        );
    }
}
