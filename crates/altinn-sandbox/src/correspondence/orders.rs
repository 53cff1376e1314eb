//! Orders to the notification service: who gets one, when, and what becomes of it (Correspondence reference, sections 4.12,
//! 12.4 and 12.5).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::notification::{Channel, NewNotification, Whom};
use super::recipient::organisation_number;
use crate::app::App;
use crate::events::Happening;
use crate::register::Contact;
use crate::state::{Correspondence, Delivery, Job, Notification, Status, Tables};
use crate::world::Environment;

/// Least time from an order to its notification.
const LEAD: TimeDelta = TimeDelta::seconds(20);
/// The order was carried out.
const COMPLETED: &str = "Order_Completed";
/// The condition to send it did not hold.
const NOT_MET: &str = "Order_SendConditionNotMet";
/// Seconds from handing over until a notification is being sent, has left, and has arrived or failed.
const SENDING_S: i64 = 2;
const LEFT_S: i64 = 5;
const SETTLED_S: i64 = 10;

/// How long after the first notification its reminder goes out: 7 days in production, one elsewhere.
fn reminder_delay(environment: Environment) -> TimeDelta {
    match environment {
        Environment::Production => TimeDelta::days(7),
        Environment::Test => TimeDelta::days(1),
    }
}

/// The orders for one recipient of a letter: one for each addressee, first all first ones, then the reminders.
#[must_use]
pub fn place(
    app: &App,
    wanted: &NewNotification,
    recipient: &str,
    publish_time: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Notification> {
    let mut addressees = Vec::new();
    if !wanted.overrides_registered {
        addressees.push(Whom::Party(recipient.to_owned()));
    }
    for custom in wanted.custom.iter().filter_map(|custom| custom.whom()) {
        if !addressees.contains(&custom) {
            addressees.push(custom);
        }
    }
    let due = publish_time.max(now + LEAD);
    let phase = |is_reminder, channel: Channel, due| {
        let mut orders: Vec<Notification> = Vec::new();
        for whom in &addressees {
            let is_for_recipient = matches!(whom, Whom::Party(urn) if urn == recipient);
            let deliveries = deliveries(app, whom, channel);
            // An address that the organisation has registered gets its notification already.
            let registered = orders
                .first()
                .filter(|first| first.is_for_recipient && organisation_number(recipient).is_some());
            if registered
                .is_some_and(|first| deliveries.iter().all(|it| first.deliveries.contains(it)))
            {
                continue;
            }
            orders.push(Notification {
                order_id: None,
                is_reminder,
                is_for_recipient,
                channel: channel.name().to_owned(),
                created: now,
                due,
                processed: None,
                deliveries,
            });
        }
        orders
    };
    let mut orders = phase(false, wanted.channel, due);
    if wanted.send_reminder {
        let later = due + reminder_delay(app.world.environment);
        orders.extend(phase(true, wanted.reminder_channel(), later));
    }
    orders
}

/// Where a notification goes: a named address by its own kind, a party's by what the channel asks for and it has.
fn deliveries(app: &App, whom: &Whom, channel: Channel) -> Vec<Delivery> {
    let contact = match whom {
        Whom::Party(urn) => app.register.contact(urn),
        Whom::Email(address) => Contact {
            email: Some(address.clone()),
            mobile: None,
        },
        Whom::Mobile(number) => Contact {
            email: None,
            mobile: Some(number.clone()),
        },
    };
    let is_named = !matches!(whom, Whom::Party(_));
    let (has_email, has_mobile) = (contact.email.is_some(), contact.mobile.is_some());
    let wants_email = match channel {
        Channel::Sms => is_named,
        Channel::SmsPreferred => !has_mobile,
        _ => true,
    };
    let wants_sms = match channel {
        Channel::Email => is_named,
        Channel::EmailPreferred => !has_email,
        _ => true,
    };
    let undeliverable = &app.world.outgoing.undeliverable;
    let delivery = |address: String, is_sms| Delivery {
        fails: undeliverable.contains(&address.to_lowercase()),
        address,
        is_sms,
    };
    let email = contact.email.filter(|_| wants_email);
    let mobile = contact.mobile.filter(|_| wants_sms);
    let email = email.map(|address| delivery(address, false));
    email
        .into_iter()
        .chain(mobile.map(|number| delivery(number, true)))
        .collect()
}

impl App {
    /// Hands an order to the notification service: the first one waits for publication, a reminder goes only to who still
    /// needs it (section 12.4). One that is refused stays where it is, and the letter goes out all the same.
    pub fn notify(&self, tables: &mut Tables, id: Uuid, index: usize, at: DateTime<Utc>) {
        let Some(it) = tables.edit(id) else { return };
        let is_over = it.has(Status::Failed) || it.is_purged();
        let is_out = it.has(Status::Published);
        let is_read = it.has(Status::Read);
        let Some(order) = it.notifications.get_mut(index) else {
            return;
        };
        if !is_out && !is_over && !order.is_reminder {
            let again = at + self.world.timers.publish_poll.max(Duration::from_secs(1));
            tables.agenda.plan(again, Job::Notify(id, index));
            return;
        }
        let is_accepted = self.world.outgoing.notifications_available;
        let mut order_id = id;
        if is_accepted {
            order_id = Uuid::new_v4();
            order.order_id = Some(order_id);
            let is_wanted = is_out && !is_over && !(order.is_reminder && is_read);
            let outcome = if is_wanted { COMPLETED } else { NOT_MET };
            order.processed = Some((outcome.to_owned(), at));
            if is_wanted {
                let settled = at + TimeDelta::seconds(SETTLED_S);
                tables.agenda.plan(settled, Job::Notified(id, index));
            } else {
                order.deliveries.clear();
            }
        }
        let Some(it) = tables.correspondences.get(&id).cloned() else {
            return;
        };
        if is_accepted {
            self.tell_of_instance(tables, Happening::NotificationCreated, &it, order_id, at);
        } else {
            let refused = Happening::CorrespondenceNotificationCreationFailed;
            self.tell_of(tables, refused, &it, at);
        }
    }

    /// Reports what became of a notification (section 17).
    pub fn report_notified(&self, tables: &mut Tables, id: Uuid, index: usize, at: DateTime<Utc>) {
        let Some(it) = tables.correspondences.get(&id).cloned() else {
            return;
        };
        let Some(order) = it.notifications.get(index) else {
            return;
        };
        let failed = order.deliveries.iter().filter(|one| one.fails).count();
        if failed < order.deliveries.len() {
            let delivered = if order.is_reminder {
                Happening::CorrespondenceNotificationReminderDelivered
            } else {
                Happening::CorrespondenceNotificationDelivered
            };
            self.tell_of(tables, delivered, &it, at);
        }
        if failed > 0 {
            let failure = if order.is_for_recipient && failed == order.deliveries.len() {
                Happening::CorrespondenceNotificationAllFailed
            } else {
                Happening::CorrespondenceNotificationFailed
            };
            self.tell_of(tables, failure, &it, at);
        }
    }
}

/// Where an order or a delivery stands: its status, whether that is success, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Name of the status.
    pub status: String,
    /// Sent or delivered.
    pub succeeded: bool,
    /// When the status was set.
    pub since: DateTime<Utc>,
}

/// Where an order stands; `None` until it is handed over.
#[must_use]
pub fn progress(order: &Notification, now: DateTime<Utc>) -> Option<Progress> {
    let (outcome, at) = order.processed.as_ref()?;
    let settled = *at + TimeDelta::seconds(SENDING_S);
    let (status, since) = if outcome == COMPLETED && now < settled {
        ("Order_Processing", *at)
    } else if outcome == COMPLETED {
        (COMPLETED, settled)
    } else {
        (outcome.as_str(), *at)
    };
    Some(Progress {
        status: status.to_owned(),
        succeeded: false,
        since,
    })
}

/// Where a delivery stands that was handed over at `from`.
#[must_use]
pub fn delivery_progress(it: &Delivery, from: DateTime<Utc>, now: DateTime<Utc>) -> Progress {
    let (prefix, left, lost) = if it.is_sms {
        ("SMS", "Accepted", "Failed_Undelivered")
    } else {
        ("Email", "Succeeded", "Failed_Bounced")
    };
    let elapsed = (now - from).num_seconds();
    let (status, succeeded, reached) = match elapsed {
        SETTLED_S.. if it.fails => (lost, false, SETTLED_S),
        SETTLED_S.. => ("Delivered", true, SETTLED_S),
        LEFT_S.. if !it.fails => (left, true, LEFT_S),
        SENDING_S.. => ("Sending", false, SENDING_S),
        _ => ("New", false, 0),
    };
    Progress {
        status: format!("{prefix}_{status}"),
        succeeded,
        since: from + TimeDelta::seconds(reached),
    }
}

/// What C14 answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationCheck")]
pub struct SendNotification {
    send_notification: bool,
}

/// C14: whether a reminder is still wanted; of an unknown letter it is not.
#[must_use]
pub fn wants_reminder(app: &App, id: Uuid) -> SendNotification {
    check(app, id, |it| !it.has(Status::Read))
}

/// C14 for the first notification, which a reading does not stop.
#[must_use]
pub fn wants_first(app: &App, id: Uuid) -> SendNotification {
    check(app, id, |_| true)
}

fn check(app: &App, id: Uuid, also: impl Fn(&Correspondence) -> bool) -> SendNotification {
    let tables = app.state.read();
    let send_notification = tables.correspondences.get(&id).is_some_and(|it| {
        it.has(Status::Published) && !it.has(Status::Failed) && !it.is_purged() && also(it)
    });
    SendNotification { send_notification }
}
