//! How a change of a guard is written: by name, for whatever else is in its row stays.

use std::collections::BTreeSet;

use shared::{
    error::Error,
    store::{Condition, Update},
};

use super::{Change, Freeze, Guard, PlaceId, Places};

/// Changes a guard, if it is still as it was seen. A row that is not there has counted nothing.
///
/// # Errors
/// `Internal`.
pub fn changing<'a>(update: Update<'a>, Change { guard, places }: &Change) -> Result<Update<'a>, Error> {
    let update = update.when(Condition::below("attempt", &guard.attempt)?).set("attempt", &guard.attempt)?;
    in_places(update.set_all(&guard.everywhere)?, guard, places)
}

/// Changes the places of a guard alone, whatever else has been counted since it was seen. Tries that were judged by what was known before
/// are judged anew.
///
/// # Errors
/// `Internal`.
pub fn changing_places<'a>(update: Update<'a>, Change { guard, places }: &Change) -> Result<Update<'a>, Error> {
    in_places(update.count("attempt"), guard, places)
}

/// Makes all places of a guard unknown, and has tries judged anew that were judged by them.
///
/// # Errors
/// `Internal`.
pub fn forgetting_places(update: Update<'_>) -> Result<Update<'_>, Error> {
    update.count("attempt").set("places", &Places::default())
}

/// Sets for how long the vault stays shut for sessions that are opened from now on.
///
/// # Errors
/// `Internal`.
pub fn freezing(update: Update<'_>, freeze: Freeze) -> Result<Update<'_>, Error> {
    update.set_all(&freeze)
}

fn in_places<'a>(update: Update<'a>, guard: &Guard, places: &[PlaceId]) -> Result<Update<'a>, Error> {
    let different: BTreeSet<_> = places.iter().collect();
    different.into_iter().try_fold(update, |update, id| update.set_entry("places", id.as_str(), &guard.places.get(id)))
}
