//! What the platform services remember: systems, requests for system users, system users, access lists.
//!
//! One lock guards it all and is held for look-ups and small changes only. The state file keeps it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::registry::AccessListRow;
use super::system_user::{Request, SystemUser};
use crate::world::{System, World};

/// The tables.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Tables {
    /// The system register, by id.
    pub systems: BTreeMap<String, System>,
    /// What was done to systems: their ids, and rows of the change log.
    pub changes: Vec<(String, Value)>,
    /// Requests for system users, by id.
    pub requests: BTreeMap<Uuid, Request>,
    /// System users, in the order in which they were made.
    pub system_users: Vec<SystemUser>,
    /// Access lists, by owner and identifier.
    pub access_lists: Vec<AccessListRow>,
}

impl Tables {
    fn of(world: &World) -> Self {
        let mut tables = Self::default();
        for system in &world.systems {
            tables.systems.insert(system.id.clone(), system.clone());
        }
        for listed in &world.system_users {
            let user = SystemUser::of(world, listed);
            let system = tables
                .systems
                .entry(user.system_id.clone())
                .or_insert_with(|| System {
                    id: user.system_id.clone(),
                    ..System::default()
                });
            if !listed.client_id.is_empty() && !system.client_ids.contains(&listed.client_id) {
                system.client_ids.push(listed.client_id.clone());
            }
            tables.system_users.push(user);
        }
        for system in tables.systems.values_mut() {
            if system.vendor.is_empty() {
                let vendor = system.id.split_once('_').map_or("", |(vendor, _)| vendor);
                system.vendor = vendor.to_owned();
            }
        }
        tables.access_lists = world.access_lists.iter().map(AccessListRow::of).collect();
        tables
    }

    /// The system user of a client at a customer, made with this reference or without one (platform reference, section 2.2).
    #[must_use]
    pub fn system_user_for(
        &self,
        client_id: &str,
        organisation: &str,
        external_ref: Option<&str>,
    ) -> Option<&SystemUser> {
        self.system_users.iter().find(|user| {
            user.organisation == organisation
                && user.external_ref.as_deref() == external_ref
                && self
                    .systems
                    .get(&user.system_id)
                    .is_some_and(|system| system.client_ids.iter().any(|id| id == client_id))
        })
    }
}

/// The tables behind their lock.
#[derive(Debug)]
pub struct Store {
    tables: RwLock<Tables>,
    revision: AtomicU64,
}

impl Store {
    /// What a world begins with.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self {
            tables: RwLock::new(Tables::of(world)),
            revision: AtomicU64::new(0),
        }
    }

    /// For looking.
    pub fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For changing.
    pub fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.revision.fetch_add(1, Ordering::Relaxed);
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the tables have been opened for changing.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// Takes over what a state file remembers.
    pub fn import(&self, tables: Tables) {
        *self.write() = tables;
    }
}
