//! What every route works on.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::control::Control;
use crate::events::delivery::Post;
use crate::platform::Store;
use crate::register::Register;
use crate::state::State;
use crate::tokens::Authority;
use crate::world::World;

/// One running sandbox, shared by all its routes.
#[derive(Debug)]
pub struct App {
    /// Its own origin, `http://127.0.0.1:PORT`, no slash at the end.
    pub base: String,
    /// Its time.
    pub clock: Clock,
    /// Its world.
    pub world: World,
    /// Its registers.
    pub register: Register,
    /// Its issuers of tokens.
    pub authority: Authority,
    /// Its ledger, faults and quotas.
    pub control: Control,
    /// What Correspondence remembers.
    pub state: State,
    /// What the platform around it remembers.
    pub platform: Store,
    /// What carries events to their endpoints.
    pub post: Post,
}

impl App {
    /// Moves time ahead and does all that falls due on the way, in order, each at its own time.
    pub fn advance(self: &Arc<Self>, by: Duration) {
        self.clock.advance(by);
        self.run_due_jobs();
    }
}
