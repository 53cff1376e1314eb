//! Who may do what: the policies of section 1.4, and the decision point of section 1.5, of the Correspondence reference.

use crate::app::App;
use crate::caller::{Caller, Scheme};
use crate::platform::{is_admitted, person_may_use};
use crate::problem::{Outcome, rule};
use crate::world::Resource;

/// Scope of senders.
pub const WRITE: &str = "altinn:correspondence.write";
/// Scope of recipients.
pub const READ: &str = "altinn:correspondence.read";
/// Scope of service owners.
pub const SERVICE_OWNER: &str = "altinn:serviceowner";
/// Scope of who asks whether a letter may be forwarded.
pub const FORWARD_CHECK: &str = "altinn:correspondence.forward.check";
/// Scope of the notification service.
pub const NOTIFICATION_CHECK: &str = "altinn:system/notifications.condition.check";
/// Scope of people in the portal.
pub const PORTAL_END_USER: &str = "altinn:portal/enduser";

/// Prefix of organisations.
pub const ORGANISATION: &str = "urn:altinn:organization:identifier-no:";
/// Prefix of people.
pub const PERSON: &str = "urn:altinn:person:identifier-no:";

/// What an endpoint asks of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Altinn or raw Maskinporten token of a sender.
    Sender,
    /// Altinn or Dialogporten token of a recipient.
    Recipient,
    /// Either of them.
    SenderOrRecipient,
    /// Whoever may see the attachment.
    Download,
    /// Nothing: also without a token.
    Anyone,
    /// Who asks whether a letter may be forwarded.
    ForwardCheck,
    /// The notification service, asking whether to go on.
    NotificationCheck,
}

/// What a policy says to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Come in.
    Passes,
    /// 403.
    Forbidden,
    /// The scheme is not tried here: 401.
    NotAuthenticated,
    /// 403 with the hint that the token must be exchanged.
    MustExchange,
}

impl Policy {
    /// Judges a token.
    #[must_use]
    pub fn judge(self, caller: &Caller) -> Verdict {
        let sender = match caller.scheme {
            Scheme::Altinn => caller.has_scope(WRITE),
            Scheme::Maskinporten => caller.has_scope(WRITE) && caller.has_scope(SERVICE_OWNER),
            Scheme::Dialogporten => false,
        };
        let passes = match (self, caller.scheme) {
            (Self::Sender, Scheme::Dialogporten) => return Verdict::NotAuthenticated,
            (Self::Recipient | Self::Download | Self::ForwardCheck, Scheme::Maskinporten) => {
                return Verdict::MustExchange;
            }
            (Self::NotificationCheck, Scheme::Altinn | Scheme::Dialogporten) => {
                return Verdict::NotAuthenticated;
            }
            (Self::NotificationCheck, Scheme::Maskinporten) => caller.has_scope(NOTIFICATION_CHECK),
            (Self::ForwardCheck, _) => caller.has_scope(FORWARD_CHECK),
            (Self::Sender, _) => sender,
            // A raw Maskinporten token with the read scope alone passes here, and only here (section 1.4).
            (Self::SenderOrRecipient | Self::Recipient, _) => {
                (self == Self::SenderOrRecipient && sender) || caller.has_scope(READ)
            }
            (Self::Download, Scheme::Altinn) => {
                caller.has_scope(READ) || caller.has_scope(PORTAL_END_USER)
            }
            (Self::Download, Scheme::Dialogporten) | (Self::Anyone, _) => true,
        };
        if passes {
            Verdict::Passes
        } else {
            Verdict::Forbidden
        }
    }
}

impl Caller {
    /// Whether the first scope claim mentions writing: such a token counts as a sender's whatever else it holds (section 1.6).
    #[must_use]
    pub fn is_calling_as_sender(&self) -> bool {
        self.scope.contains(WRITE)
    }

    /// Whether the first scope claim mentions reading.
    #[must_use]
    pub fn is_calling_as_recipient(&self) -> bool {
        self.scope.contains(READ)
    }

    /// The party the decision point is asked about, as URN.
    #[must_use]
    pub fn party_urn(&self) -> Option<String> {
        if let Some(organisation) = &self.system_user_org {
            return Some(format!("{ORGANISATION}{organisation}"));
        }
        if let Some(pid) = &self.pid {
            return Some(format!("{PERSON}{pid}"));
        }
        self.acting_organisation()
            .map(|organisation| format!("{ORGANISATION}{organisation}"))
    }
}

impl App {
    /// Whether the token belongs to the service owner of the resource: then every check is granted (section 1.5).
    fn is_owner_bypass(&self, caller: &Caller, resource: &Resource) -> bool {
        self.world.service_owner_bypass
            && caller.has_scope(SERVICE_OWNER)
            && resource.owner.is_some()
            && caller.consumer == resource.owner
    }

    /// Whether the caller may send through a resource.
    #[must_use]
    pub fn may_write(&self, caller: &Caller, resource_id: &str) -> bool {
        let Some(resource) = self.world.resource(resource_id) else {
            return false;
        };
        let Some(owner) = &resource.owner else {
            return false;
        };
        if self.is_owner_bypass(caller, resource) {
            return true;
        }
        caller.level >= resource.minimum_auth_level
            && caller.party_urn() == Some(format!("{ORGANISATION}{owner}"))
    }

    /// Whether the caller may read what came to a recipient through a resource.
    #[must_use]
    pub fn may_read(&self, caller: &Caller, resource_id: &str, recipient: &str) -> bool {
        let Some(resource) = self.world.resource(resource_id) else {
            return false;
        };
        if resource.owner.is_none() {
            return false;
        }
        if self.is_owner_bypass(caller, resource) {
            return true;
        }
        let level_is_enough = caller.level >= resource.minimum_auth_level
            || (caller.scheme == Scheme::Dialogporten && caller.level == 0);
        let is_party = caller.party_urn().as_deref() == Some(recipient);
        level_is_enough
            && ((is_party && self.holds_right(caller, resource))
                || self.stands_in(caller, resource, recipient))
            && self.is_open_to(resource, recipient)
    }

    /// Whether the caller is a person whose position in the recipient lets them.
    fn stands_in(&self, caller: &Caller, resource: &Resource, recipient: &str) -> bool {
        let organisation = recipient.strip_prefix(ORGANISATION);
        let person = caller
            .pid
            .as_deref()
            .filter(|_| caller.system_user.is_none());
        person
            .zip(organisation)
            .is_some_and(|(nin, orgnr)| person_may_use(self, nin, orgnr, resource))
    }

    /// A system user is judged by what it holds, not by what its owner may do (platform reference, section 5.4). One that
    /// only a test token names holds everything.
    fn holds_right(&self, caller: &Caller, resource: &Resource) -> bool {
        let id = caller.system_user.as_deref();
        id.is_none_or(|id| self.system_user_may_use(id, resource))
    }

    /// Whether a system user holds a right on a resource.
    pub fn system_user_may_use(&self, id: &str, resource: &Resource) -> bool {
        let tables = self.platform.read();
        let known = tables.system_users.iter().find(|user| user.id == id);
        known.is_none_or(|user| user.may_use(resource))
    }

    /// A resource with access lists is open to the organisations on them only (platform reference, section 7.1).
    fn is_open_to(&self, resource: &Resource, recipient: &str) -> bool {
        let orgnr = recipient.strip_prefix(ORGANISATION);
        !resource.entry.access_list_mode
            || is_admitted(&self.platform.read(), resource, orgnr, "read")
    }

    /// Whether the caller may read an organisation's own list on a resource that every environment has; one that the world
    /// leaves out asks for nothing more than to be that organisation.
    #[must_use]
    pub fn may_read_own(&self, caller: &Caller, resource_id: &str, organisation: &str) -> bool {
        self.world.resource(resource_id).is_none()
            || self.may_read(
                caller,
                resource_id,
                &format!("{ORGANISATION}{organisation}"),
            )
    }

    /// The caller's party as it is recorded on events.
    ///
    /// # Errors
    /// 4006 when the token names nobody, 4002 when Register does not know the party.
    pub fn calling_party(&self, caller: &Caller) -> Outcome<String> {
        let urn = caller.party_urn().ok_or(rule::CALLER_UNIDENTIFIED)?;
        if self.register.party(&urn).is_none() {
            return Err(rule::PARTY_UNKNOWN.into());
        }
        Ok(urn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(scheme: Scheme, scope: &str) -> Caller {
        Caller {
            scheme,
            scope: scope.to_owned(),
            consumer: None,
            organisation: None,
            system_user_org: None,
            system_user: None,
            org: None,
            user: None,
            pid: None,
            level: 3,
        }
    }

    #[test]
    fn section_1_4_policies_judge_by_scheme_and_exact_scope() {
        use Policy::{Download, Recipient, Sender, SenderOrRecipient};
        use Scheme::{Altinn, Dialogporten, Maskinporten};
        use Verdict::{Forbidden, MustExchange, NotAuthenticated, Passes};
        let owner = format!("{SERVICE_OWNER} {WRITE}");
        let cases = [
            (Altinn, WRITE, [Passes, Forbidden, Passes, Forbidden]),
            (Altinn, READ, [Forbidden, Passes, Passes, Passes]),
            (
                Altinn,
                PORTAL_END_USER,
                [Forbidden, Forbidden, Forbidden, Passes],
            ),
            (
                Altinn,
                "altinn:correspondence.writer altinn:correspondence.reader",
                [Forbidden; 4],
            ),
            (
                Maskinporten,
                WRITE,
                [Forbidden, MustExchange, Forbidden, MustExchange],
            ),
            (
                Maskinporten,
                &owner,
                [Passes, MustExchange, Passes, MustExchange],
            ),
            (
                Maskinporten,
                READ,
                [Forbidden, MustExchange, Passes, MustExchange],
            ),
            (
                Dialogporten,
                "",
                [NotAuthenticated, Forbidden, Forbidden, Passes],
            ),
        ];
        for (scheme, scope, expected) in cases {
            let caller = caller(scheme, scope);
            let found = [Sender, Recipient, SenderOrRecipient, Download]
                .map(|policy| policy.judge(&caller));
            assert_eq!(
                found, expected,
                "{scheme:?} with {scope:?} (Correspondence reference, section 1.4)"
            );
        }
    }

    #[test]
    fn section_1_6_a_system_user_speaks_for_its_organisation() {
        let mut caller = caller(Scheme::Altinn, READ);
        caller.consumer = Some("310702640".to_owned());
        caller.system_user_org = Some("986252932".to_owned());
        assert_eq!(
            caller.party_urn().as_deref(),
            Some("urn:altinn:organization:identifier-no:986252932"),
            "not for the vendor that holds the token"
        );
    }
}
