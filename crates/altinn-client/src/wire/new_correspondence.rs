//! Correspondence as it is sent (Correspondence reference, sections 5.1 and 12.1).

use super::named;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Body of C1. Files go ahead as attachments of their own: the JSON endpoint takes none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializeCorrespondences {
    /// The letter.
    pub correspondence: NewCorrespondence,
    /// 1 to 500 recipients as URNs; with an idempotent key exactly one.
    pub recipients: Vec<String>,
    /// Uploaded and published attachments, at most 100.
    pub existing_attachments: Vec<Uuid>,
    /// Makes a repeated call harmless; never the zero UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotent_key: Option<Uuid>,
}

/// A letter to be sent. The sender is the owner of the resource, whatever a request says.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCorrespondence {
    /// Resource id without prefix.
    pub resource_id: String,
    /// 1 to 4096 units.
    pub senders_reference: String,
    /// At most 255 units, plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_sender: Option<String>,
    /// Text.
    pub content: NewContent,
    /// Now when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_publish_time: Option<DateTime<Utc>>,
    /// Needed with confirmation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date_time: Option<DateTime<Utc>>,
    /// At most 10.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<NewExternalReference>,
    /// At most 10 entries, key 50 and value 300 units.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub property_list: BTreeMap<String, String>,
    /// Links with `https`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reply_options: Vec<NewReplyOption>,
    /// Alert by e-mail or SMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<NewNotification>,
    /// Send although the recipient has reserved.
    pub ignore_reservation: bool,
    /// Ask for confirmation.
    pub is_confirmation_needed: bool,
    /// Must agree with the resource.
    pub is_confidential: bool,
    /// Only on resources with level 0.
    pub allow_forwarding: bool,
}

/// Text of a letter to be sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewContent {
    /// nb, nn or en.
    pub language: String,
    /// 1 to 255 units, plain text.
    pub message_title: String,
    /// At most 255 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_summary: Option<String>,
    /// 1 to 30000 units of markdown.
    pub message_body: String,
}

/// A reference to something elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewExternalReference {
    /// Name of the type.
    pub reference_type: String,
    /// Value.
    pub reference_value: String,
}

/// A link to answer through.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewReplyOption {
    /// `https`, at most 255 units.
    #[serde(rename = "linkURL")]
    pub link_url: String,
    /// Text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_text: Option<String>,
}

named! {
    /// Channel of an alert.
    NotificationChannel {
        /// E-mail.
        Email,
        /// SMS.
        Sms,
        /// E-mail, else SMS.
        EmailPreferred,
        /// SMS, else e-mail.
        SmsPreferred,
        /// Both.
        EmailAndSms,
    }
}

named! {
    /// Template of an alert.
    NotificationTemplate {
        /// Own texts.
        CustomMessage,
        /// Altinn's standard text in the letter's language.
        GenericAltinnMessage,
    }
}

named! {
    /// How the text of an e-mail is written.
    EmailContentType {
        /// Plain text.
        Plain,
        /// HTML.
        Html,
    }
}

/// Alert of a letter: with Altinn's standard text, or with own texts (Correspondence reference, section 12.1). Texts
/// that the channel needs must be there; those of the reminder do not fall back to the first ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewNotification {
    /// Template.
    pub notification_template: NotificationTemplate,
    /// Channel.
    pub notification_channel: NotificationChannel,
    /// Remind after seven days (one outside production) if unread.
    pub send_reminder: bool,
    /// Channel of the reminder, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_notification_channel: Option<NotificationChannel>,
    /// Own texts.
    #[serde(flatten)]
    pub texts: NotificationTexts,
    /// Others to alert; only with one recipient (3017).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_recipients: Vec<CustomRecipient>,
    /// Alert only those.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub override_registered_contact_information: bool,
}

impl NewNotification {
    /// With Altinn's standard text in the letter's language.
    pub fn generic(channel: NotificationChannel, send_reminder: bool) -> Self {
        Self {
            notification_template: NotificationTemplate::GenericAltinnMessage,
            notification_channel: channel,
            send_reminder,
            reminder_notification_channel: None,
            texts: NotificationTexts::default(),
            custom_recipients: Vec::new(),
            override_registered_contact_information: false,
        }
    }
}

/// Own texts of an alert. No personal data belongs in them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTexts {
    /// At most 512 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
    /// At most 10000 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_body: Option<String>,
    /// Plain when none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_content_type: Option<EmailContentType>,
    /// At most 2144 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_body: Option<String>,
    /// At most 512 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_email_subject: Option<String>,
    /// At most 10000 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_email_body: Option<String>,
    /// As the first one when none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_email_content_type: Option<EmailContentType>,
    /// At most 2144 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder_sms_body: Option<String>,
}

/// Somebody else to alert, told in exactly one way: more than one, and empty ones, are refused (3018, 3011, 3012).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CustomRecipient {
    /// Nine digits, without prefix.
    OrganizationNumber(String),
    /// Eleven digits, without prefix.
    NationalIdentityNumber(String),
    /// E-mail address.
    EmailAddress(String),
    /// With `+` or `00` and the country.
    MobileNumber(String),
}

impl std::fmt::Debug for CustomRecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OrganizationNumber(_) => "OrganizationNumber(…)",
            Self::NationalIdentityNumber(_) => "NationalIdentityNumber(…)",
            Self::EmailAddress(_) => "EmailAddress(…)",
            Self::MobileNumber(_) => "MobileNumber(…)",
        })
    }
}

/// Body of C12.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewForward {
    /// E-mail address, at most 1000 units.
    pub forward_to: String,
    /// At most 200 units of plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarding_text: Option<String>,
}

impl std::fmt::Debug for NewForward {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewForward(…)")
    }
}
