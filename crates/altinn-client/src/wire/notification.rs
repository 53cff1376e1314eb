//! Alerts as details of a letter give them (Correspondence reference, section 12.5).

use super::{new_correspondence::NotificationChannel, or_empty};
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// An alert that was ordered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The reminder, not the first alert.
    #[serde(default, deserialize_with = "or_empty")]
    pub is_reminder: bool,
    /// Channel asked for.
    pub notification_channel: Option<NotificationChannel>,
    /// Ordered.
    pub created: Option<DateTime<Utc>>,
    /// How far the order has come.
    #[serde(default, deserialize_with = "or_empty")]
    pub processing_status: ProcessingStatus,
    /// What became of each message.
    #[serde(default, deserialize_with = "or_empty")]
    pub notification_status_details: NotificationDetails,
}

/// How far an order or a message has come.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessingStatus {
    /// For example `Order_Completed`, `Order_SendConditionNotMet`, `Email_Delivered` or `SMS_Failed`.
    #[serde(default, deserialize_with = "or_empty")]
    pub status: String,
    /// Since when.
    #[serde(default)]
    pub last_update: Option<DateTime<Utc>>,
}

/// Messages of an order.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct NotificationDetails {
    /// E-mails.
    #[serde(default, deserialize_with = "or_empty")]
    pub emails: Vec<NotificationMessage>,
    /// Text messages.
    #[serde(default, deserialize_with = "or_empty")]
    pub smses: Vec<NotificationMessage>,
}

/// One message.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationMessage {
    /// Arrived, as far as is known.
    #[serde(default, deserialize_with = "or_empty")]
    pub succeeded: bool,
    /// Whom it went to; personal, so `Debug` leaves it out.
    #[serde(default, deserialize_with = "or_empty")]
    pub recipient: NotificationRecipient,
    /// How far it has come.
    #[serde(default, deserialize_with = "or_empty")]
    pub send_status: ProcessingStatus,
}

impl std::fmt::Debug for NotificationMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NotificationMessage")
            .field("succeeded", &self.succeeded)
            .field("send_status", &self.send_status)
            .finish_non_exhaustive()
    }
}

/// Whom a message went to.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRecipient {
    /// E-mail address.
    #[serde(default)]
    pub email_address: Option<String>,
    /// Mobile number.
    #[serde(default)]
    pub mobile_number: Option<String>,
}
