//! Letters (Correspondence reference, sections 4.2 to 4.10).

use crate::auth::Role;
use crate::client::{Call, Client};
use crate::error::ApiError;
use crate::transfer::Download;
use crate::urn;
use crate::wire::correspondence::{CorrespondenceStatus, Details, Ids, Initialized, Overview};
use crate::wire::new_correspondence::{InitializeCorrespondences, NewForward};
use chrono::{DateTime, SecondsFormat, Utc};
use url::Url;
use uuid::Uuid;

/// Whose letters to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchRole {
    /// Those sent to the party.
    Recipient,
    /// Those sent by the party.
    Sender,
}

impl SearchRole {
    /// The role whose token is used.
    pub fn role(self) -> Role {
        match self {
            Self::Recipient => Role::Recipient,
            Self::Sender => Role::Sender,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "Recipient",
            Self::Sender => "Sender",
        }
    }
}

/// What to list (Correspondence reference, section 11). The answer holds at most 1000 ids, newest publish time
/// first; exactly 1000 means that there may be more.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// Resource id without prefix.
    pub resource: String,
    /// Whose letters.
    pub role: SearchRole,
    /// Has ever had this status.
    pub status: Option<CorrespondenceStatus>,
    /// Requested publish time after this, exclusive.
    pub from: Option<DateTime<Utc>>,
    /// Requested publish time before this, exclusive.
    pub to: Option<DateTime<Utc>>,
    /// Exact.
    pub senders_reference: Option<String>,
    /// Finds the letter with this key, whatever the other members say.
    pub idempotent_key: Option<Uuid>,
    /// Party to list for, as a URN; when none the caller, or whoever a person's account is for.
    pub on_behalf_of: Option<String>,
}

impl Search {
    /// Everything on a resource in a role.
    pub fn new(resource: impl Into<String>, role: SearchRole) -> Self {
        Self {
            resource: resource.into(),
            role,
            status: None,
            from: None,
            to: None,
            senders_reference: None,
            idempotent_key: None,
            on_behalf_of: None,
        }
    }

    fn add_to(&self, url: &mut Url) {
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut query = url.query_pairs_mut();
        // With its prefix it would find nothing.
        query.append_pair("resourceId", urn::resource_id(&self.resource));
        query.append_pair("role", self.role.as_str());
        let optional = [
            (
                "status",
                self.status
                    .as_ref()
                    .map(|status| status.as_str().to_owned()),
            ),
            ("from", self.from.map(time)),
            ("to", self.to.map(time)),
            ("sendersReference", self.senders_reference.clone()),
            (
                "idempotentKey",
                self.idempotent_key.map(|key| key.to_string()),
            ),
            ("onBehalfOf", self.on_behalf_of.clone()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
    }
}

impl Client {
    fn correspondence(&self, segments: &[&str]) -> Url {
        let mut url = self.platform(&["correspondence", "api", "v1", "correspondence"]);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    /// C3: ids, newest requested publish time first, at most 1000. Leaves no trace.
    pub async fn search(&self, search: &Search) -> Result<Vec<Uuid>, ApiError> {
        let role = search.role.role();
        let mut url = self.correspondence(&[]);
        search.add_to(&mut url);
        if search.on_behalf_of.is_none()
            && let Some(party) = self.party(role).await?
        {
            url.query_pairs_mut().append_pair("onBehalfOf", &party);
        }
        let ids: Ids = self.send_for(Call::get(url).role(role)).await?;
        Ok(ids.ids)
    }

    /// C4. As recipient it stores *Fetched*, which the sender can see, and lifts the reminder of a confidential
    /// letter.
    pub async fn overview(&self, role: Role, id: Uuid) -> Result<Overview, ApiError> {
        let url = self.correspondence(&[&id.to_string()]);
        self.send_for(Call::get(url).role(role)).await
    }

    /// C5. As recipient it stores *Fetched* on every call.
    pub async fn details(&self, role: Role, id: Uuid) -> Result<Details, ApiError> {
        let url = self.correspondence(&[&id.to_string(), "details"]);
        self.send_for(Call::get(url).role(role)).await
    }

    /// C7, after a fetch. Refused with 1024 before one, with 1040 when already read.
    pub async fn mark_as_read(&self, id: Uuid) -> Result<(), ApiError> {
        let url = self.correspondence(&[&id.to_string(), "markasread"]);
        self.send(Call::post(url).role(Role::Recipient))
            .await
            .map(|_| ())
    }

    /// C8, after a fetch. The status follows about four seconds later. Refused with 1025 before a fetch, with 1041
    /// when already confirmed.
    pub async fn confirm(&self, id: Uuid) -> Result<(), ApiError> {
        let url = self.correspondence(&[&id.to_string(), "confirm"]);
        self.send(Call::post(url).role(Role::Recipient))
            .await
            .map(|_| ())
    }

    /// C9. As sender before publication only (1013); as recipient after a confirmation that was asked for (1026).
    pub async fn purge(&self, role: Role, id: Uuid) -> Result<(), ApiError> {
        let url = self.correspondence(&[&id.to_string(), "purge"]);
        self.send(Call::delete(url).role(role)).await.map(|_| ())
    }

    /// C10: bytes of an attachment as recipient. Stores *AttachmentsDownloaded*, which the sender can see.
    pub async fn download(
        &self,
        correspondence: Uuid,
        attachment: Uuid,
    ) -> Result<Download, ApiError> {
        let url = self.correspondence(&[
            &correspondence.to_string(),
            "attachment",
            &attachment.to_string(),
            "download",
        ]);
        self.start_download(url, Role::Recipient).await
    }

    /// C11: every attachment in one zip, as recipient. Stores one *AttachmentsDownloaded*. One attachment that is gone
    /// refuses the whole (2019, 2020), as does a sum above 2 000 000 000 bytes (2023; its sentence names another
    /// limit).
    pub async fn download_all(&self, id: Uuid) -> Result<Download, ApiError> {
        let url = self.correspondence(&[&id.to_string(), "attachments", "downloadall"]);
        self.start_download(url, Role::Recipient).await
    }

    /// C12: forwards a letter by e-mail; tells the id of the forwarding. Allowed once the letter has been read (1065),
    /// where the sender allows it (1063), and once for each address (1064). *Forwarded* follows when the mail has been
    /// delivered.
    pub async fn forward(&self, id: Uuid, forward: &NewForward) -> Result<Uuid, ApiError> {
        let url = self.correspondence(&[&id.to_string(), "forward"]);
        self.send_for(Call::post(url).role(Role::Recipient).json(forward)?)
            .await
    }

    /// C1: hands letters over. With an idempotent key a repeated call is harmless: it is refused with 409, 1034, and
    /// [`Client::search`] by that key finds the letter.
    pub async fn initialize(
        &self,
        letters: &InitializeCorrespondences,
    ) -> Result<Initialized, ApiError> {
        let call = Call::post(self.correspondence(&[]))
            .role(Role::Sender)
            .json(letters)?;
        self.send_for(call).await
    }
}
