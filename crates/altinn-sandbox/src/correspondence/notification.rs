//! Notifications asked for with a letter: their fields, and the rules on texts and custom recipients
//! (Correspondence reference, section 12).

use crate::access::{ORGANISATION, PERSON};
use crate::model::{Need, Node, Reading};
use crate::problem::{Outcome, Problem, Rule, rule};

use super::address::{is_email, is_mobile};
use super::request::optional_text;

const TEMPLATES: [&str; 2] = ["CustomMessage", "GenericAltinnMessage"];
const EMAIL_CONTENT_TYPES: [&str; 2] = ["Plain", "Html"];

/// How a notification is to be sent (Correspondence reference, section 5.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// 0
    Email,
    /// 1
    Sms,
    /// 2
    EmailPreferred,
    /// 3
    SmsPreferred,
    /// 4
    EmailAndSms,
}

impl Channel {
    const ALL: [Self; 5] = [
        Self::Email,
        Self::Sms,
        Self::EmailPreferred,
        Self::SmsPreferred,
        Self::EmailAndSms,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Sms => "Sms",
            Self::EmailPreferred => "EmailPreferred",
            Self::SmsPreferred => "SmsPreferred",
            Self::EmailAndSms => "EmailAndSms",
        }
    }
}

/// Whom a notification goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A party by URN, at the addresses registered for it.
    Party(String),
    /// An e-mail address.
    Email(String),
    /// A mobile number.
    Mobile(String),
}

/// The `notification` member.
#[derive(Debug, Clone)]
pub struct NewNotification {
    template: i64,
    /// How the first one goes.
    pub channel: Channel,
    reminder_channel: Option<Channel>,
    /// A follow-up is wanted.
    pub send_reminder: bool,
    main: Texts,
    reminder: Texts,
    /// Extra addressees.
    pub custom: Vec<CustomRecipient>,
    /// Send to the extra addressees only.
    pub overrides_registered: bool,
}

/// The texts of one notification.
#[derive(Debug, Clone, Default)]
struct Texts {
    subject: Option<String>,
    body: Option<String>,
    sms: Option<String>,
}

/// An addressee named by the sender. Identifiers are checked for presence by null only: an empty text counts as given.
#[derive(Debug, Clone, Default)]
pub struct CustomRecipient {
    organisation_number: Option<String>,
    national_identity_number: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
}

/// Reads the member and checks its attributes.
///
/// # Errors
/// When a JSON body does not fit.
pub fn read(reading: &mut Reading, node: &Node<'_>) -> Outcome<NewNotification> {
    let template = node.choice(reading, "notificationTemplate", &TEMPLATES, Need::Optional)?;
    let main_channel =
        channel(reading, node, "notificationChannel", Need::NotNull)?.unwrap_or(Channel::Email);
    let reminder_channel = channel(reading, node, "reminderNotificationChannel", Need::Optional)?;
    for (name, need) in [
        ("emailContentType", Need::NotNull),
        ("reminderEmailContentType", Need::Optional),
    ] {
        let number = node.choice(reading, name, &EMAIL_CONTENT_TYPES, need)?;
        if number.is_some_and(|number| !(0..2).contains(&number)) {
            reading.complain(node.key(name), "The value is not valid here.");
        }
    }
    let main = texts(reading, node, ["emailSubject", "emailBody", "smsBody"])?;
    let reminder = texts(
        reading,
        node,
        [
            "reminderEmailSubject",
            "reminderEmailBody",
            "reminderSmsBody",
        ],
    )?;
    Ok(NewNotification {
        template: template.unwrap_or(0),
        channel: main_channel,
        reminder_channel,
        send_reminder: node.flag(reading, "sendReminder", Need::NotNull)?,
        main,
        reminder,
        custom: custom_recipients(reading, node)?,
        overrides_registered: node.flag(
            reading,
            "overrideRegisteredContactInformation",
            Need::NotNull,
        )?,
    })
}

fn channel(
    reading: &mut Reading,
    node: &Node<'_>,
    name: &str,
    need: Need,
) -> Outcome<Option<Channel>> {
    let names = Channel::ALL.map(Channel::name);
    let number = node.choice(reading, name, &names, need)?;
    let channel = number
        .and_then(|number| usize::try_from(number).ok())
        .and_then(|at| Channel::ALL.get(at))
        .copied();
    if number.is_some() && channel.is_none() {
        reading.complain(node.key(name), "The channel is not known.");
    }
    Ok(channel)
}

fn texts(
    reading: &mut Reading,
    node: &Node<'_>,
    [subject, body, sms]: [&str; 3],
) -> Outcome<Texts> {
    Ok(Texts {
        subject: optional_text(reading, node, subject, 512)?,
        body: optional_text(reading, node, body, 10_000)?,
        sms: optional_text(reading, node, sms, 2144)?,
    })
}

/// The list; else the deprecated single one; else the recipients of the first override.
fn custom_recipients(reading: &mut Reading, node: &Node<'_>) -> Outcome<Vec<CustomRecipient>> {
    let list = node.objects(reading, "customRecipients", Need::Optional)?;
    let list = read_custom(reading, &list)?;
    let single = node.object(reading, "customRecipient", Need::Optional)?;
    let single = read_custom(reading, single.as_slice())?;
    let overrides = node.objects(reading, "customNotificationRecipients", Need::Optional)?;
    let mut first_of_overrides = Vec::new();
    for (index, node) in overrides.iter().enumerate() {
        node.text(reading, "recipientToOverride", Need::Key)?;
        let recipients = node.objects(reading, "recipients", Need::Key)?;
        let recipients = read_custom(reading, &recipients)?;
        if index == 0 {
            first_of_overrides = recipients;
        }
    }
    Ok([list, single, first_of_overrides]
        .into_iter()
        .find(|recipients| !recipients.is_empty())
        .unwrap_or_default())
}

fn read_custom(reading: &mut Reading, nodes: &[Node<'_>]) -> Outcome<Vec<CustomRecipient>> {
    let mut recipients = Vec::with_capacity(nodes.len());
    for node in nodes {
        node.flag(reading, "isReserved", Need::Optional)?;
        recipients.push(CustomRecipient {
            organisation_number: node.text(reading, "organizationNumber", Need::Optional)?,
            national_identity_number: node.text(
                reading,
                "nationalIdentityNumber",
                Need::Optional,
            )?,
            email: node.text(reading, "emailAddress", Need::Optional)?,
            mobile: node.text(reading, "mobileNumber", Need::Optional)?,
        });
    }
    Ok(recipients)
}

impl NewNotification {
    /// Error 3023: a template number that is neither defined nor let through. Its answer is a bare text.
    ///
    /// # Errors
    /// That one.
    pub fn check_template_number(&self) -> Outcome<()> {
        if (0..=2).contains(&self.template) {
            Ok(())
        } else {
            Err(Problem::BareText("The notification template is not known."))
        }
    }

    /// Error 3001: number 2 is let through although no template goes by it.
    ///
    /// # Errors
    /// That one.
    pub fn check_template_exists(&self) -> Outcome<()> {
        if self.template == 2 {
            Err(rule::TEMPLATE_NOT_FOUND.into())
        } else {
            Ok(())
        }
    }

    /// The rules on custom recipients, then those on texts (sections 12.3 and 12.2).
    ///
    /// # Errors
    /// The first rule broken.
    pub fn check(&self, correspondence_recipients: usize) -> Outcome<()> {
        self.check_custom_recipients(correspondence_recipients)?;
        self.check_texts()
    }

    fn check_custom_recipients(&self, correspondence_recipients: usize) -> Outcome<()> {
        if self.overrides_registered && self.custom.is_empty() {
            return Err(rule::OVERRIDE_WITHOUT_RECIPIENTS.into());
        }
        if !self.custom.is_empty() && correspondence_recipients > 1 {
            return Err(rule::CUSTOM_RECIPIENTS_WITH_SEVERAL.into());
        }
        let names_recipient = self.mentions_recipient_name();
        for recipient in &self.custom {
            let identifiers = recipient.identifiers();
            if identifiers == 0 {
                return Err(rule::CUSTOM_RECIPIENT_EMPTY.into());
            }
            if identifiers > 1 {
                return Err(rule::CUSTOM_RECIPIENT_AMBIGUOUS.into());
            }
            let has_address = [&recipient.email, &recipient.mobile]
                .into_iter()
                .flatten()
                .any(|address| !address.is_empty());
            if has_address && names_recipient {
                return Err(rule::RECIPIENT_NAME_FOR_ADDRESS.into());
            }
            if recipient
                .email
                .as_deref()
                .is_some_and(|address| !is_email(address))
            {
                return Err(rule::CUSTOM_EMAIL_INVALID.into());
            }
            if recipient
                .mobile
                .as_deref()
                .is_some_and(|number| !is_mobile(number))
            {
                return Err(rule::CUSTOM_MOBILE_INVALID.into());
            }
        }
        Ok(())
    }

    fn mentions_recipient_name(&self) -> bool {
        [&self.main, &self.reminder]
            .into_iter()
            .flat_map(|texts| [&texts.subject, &texts.body, &texts.sms])
            .flatten()
            .any(|text| text.to_lowercase().contains("$recipientname$"))
    }

    fn check_texts(&self) -> Outcome<()> {
        if self.template != 0 {
            return Ok(());
        }
        let reminder_channel = self.reminder_channel();
        // Kinds of channel in the order the service asks about them, each with what is missing for the first notification
        // and for its reminder.
        let kinds: [(&[Channel], Rule, Rule); 4] = [
            (
                &[Channel::Email],
                rule::EMAIL_TEXTS_MISSING,
                rule::REMINDER_EMAIL_TEXTS_MISSING,
            ),
            (
                &[Channel::Sms],
                rule::SMS_TEXT_MISSING,
                rule::REMINDER_SMS_TEXT_MISSING,
            ),
            (
                &[Channel::EmailPreferred, Channel::SmsPreferred],
                rule::PREFERRED_TEXTS_MISSING,
                rule::REMINDER_PREFERRED_TEXTS_MISSING,
            ),
            (
                &[Channel::EmailAndSms],
                rule::BOTH_TEXTS_MISSING,
                rule::REMINDER_BOTH_TEXTS_MISSING,
            ),
        ];
        for (channels, of_main, of_reminder) in kinds {
            if channels.contains(&self.channel) && !self.main.suffice(self.channel) {
                return Err(of_main.into());
            }
            if self.send_reminder
                && channels.contains(&reminder_channel)
                && !self.reminder.suffice(reminder_channel)
            {
                return Err(of_reminder.into());
            }
        }
        Ok(())
    }

    /// The reminder's channel: the main one unless another was chosen.
    #[must_use]
    pub fn reminder_channel(&self) -> Channel {
        self.reminder_channel.unwrap_or(self.channel)
    }
}

impl Texts {
    /// Whether everything the channel needs is there; empty counts as missing.
    fn suffice(&self, channel: Channel) -> bool {
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let email = given(&self.subject) && given(&self.body);
        match channel {
            Channel::Email => email,
            Channel::Sms => given(&self.sms),
            _ => email && given(&self.sms),
        }
    }
}

impl CustomRecipient {
    /// Whom it names.
    #[must_use]
    pub fn whom(&self) -> Option<Whom> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let organisation = given(&self.organisation_number);
        let person = given(&self.national_identity_number);
        organisation
            .map(|number| Whom::Party(format!("{ORGANISATION}{number}")))
            .or_else(|| person.map(|number| Whom::Party(format!("{PERSON}{number}"))))
            .or_else(|| given(&self.email).map(Whom::Email))
            .or_else(|| given(&self.mobile).map(Whom::Mobile))
    }

    /// How many identifiers are given. An empty e-mail or mobile number beside an organisation or person is no second
    /// identifier, but it is still checked as an address and refused there (section 12.3).
    fn identifiers(&self) -> usize {
        [
            &self.organisation_number,
            &self.national_identity_number,
            &self.email,
            &self.mobile,
        ]
        .into_iter()
        .filter(|identifier| identifier.as_deref().is_some_and(|text| !text.is_empty()))
        .count()
    }
}
