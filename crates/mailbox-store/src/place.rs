//! Where a letter that was not here before lies, and what else follows from its other columns. What is changed later is
//! placed by the trigger `message_moved`, which says the same in SQL; a property test holds the two together.

use crate::message::{Level, MessagePut, Role};

/// What the place of a new letter depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) role: Role,
    pub(crate) level: Level,
    pub(crate) is_confidential: bool,
    pub(crate) is_confirmation_needed: bool,
    pub(crate) is_read: bool,
    pub(crate) is_confirmed: bool,
    pub(crate) is_failed: bool,
    pub(crate) is_gone: bool,
}

impl Facts {
    /// A letter of which only the id is known.
    pub(crate) fn probed(role: Role, is_confidential: bool) -> Self {
        Self {
            role,
            level: Level::Probed,
            is_confidential,
            is_confirmation_needed: false,
            is_read: false,
            is_confirmed: false,
            is_failed: false,
            is_gone: false,
        }
    }

    pub(crate) fn of(message: &MessagePut) -> Self {
        Self {
            role: message.role,
            level: message.level,
            is_confidential: message.is_confidential,
            is_confirmation_needed: message.is_confirmation_needed,
            is_read: message.read_at.is_some(),
            is_confirmed: message.confirmed_at.is_some(),
            is_failed: message.failed_at.is_some(),
            is_gone: message.gone_at.is_some(),
        }
    }

    fn is_received(self) -> bool {
        self.role == Role::Received
    }

    pub(crate) fn is_unread(self) -> bool {
        self.is_received() && !self.is_gone && !self.is_read
    }

    pub(crate) fn is_sealed(self) -> bool {
        self.is_received() && self.is_confidential && !self.is_read
    }

    pub(crate) fn is_awaiting(self) -> bool {
        self.is_received() && self.is_confirmation_needed && !self.is_confirmed && !self.is_gone
    }

    pub(crate) fn place(self) -> &'static str {
        match self.role {
            _ if self.is_gone || self.level == Level::Gone => "gone",
            Role::Sent if self.is_failed => "failed",
            Role::Sent => "sent",
            Role::Received if self.level == Level::Probed && !self.is_confidential => "pending",
            Role::Received => "inbox",
        }
    }
}
