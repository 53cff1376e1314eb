// Generated from the Rust contract by `cargo run -p brevdue-desktop --bin bindings`; do not edit.

export type Environment = "practice" | "test" | "production" | "custom";

export type PersonState = { "kind": "signedOut", hasEnded: boolean, error: UiError | null, } | { "kind": "waiting", host: string, } | { "kind": "signedIn" };

export type Account = { 
/**
 * Stable id within the profile.
 */
id: string, 
/**
 * Name of the organisation.
 */
name: string, 
/**
 * Nine digits.
 */
organisationNumber: string, 
/**
 * Which Altinn.
 */
environment: Environment, 
/**
 * Whether the account has a sender role on at least one service.
 */
canSend: boolean, 
/**
 * How the sign-in of a person stands; none for an account that signs in by itself.
 */
person: PersonState | null, };

export type LocalText = { 
/**
 * Bokmål.
 */
nb: string, 
/**
 * Nynorsk.
 */
nn: string, 
/**
 * English.
 */
en: string, };

export type Folder = "inbox" | "unread" | "needsConfirmation" | "dueSoon" | "confidential" | "drafts" | "outbox" | "scheduled" | "sent" | "failed" | "archive";

export type FolderCount = { 
/**
 * Which.
 */
folder: Folder, 
/**
 * Rows in it.
 */
total: number, 
/**
 * Number shown beside the name; 0 shows none.
 */
badge: number, 
/**
 * Whether the number is shown in red.
 */
urgent: boolean, };

export type ServiceCount = { 
/**
 * Resource id without URN prefix.
 */
resource: string, 
/**
 * Title from the Resource Registry; the id where unknown.
 */
title: LocalText, 
/**
 * Letters.
 */
total: number, 
/**
 * Unread letters.
 */
unread: number, };

export type Folders = { 
/**
 * In order of display; `Confidential` only when it holds something.
 */
folders: Array<FolderCount>, 
/**
 * Most used first.
 */
services: Array<ServiceCount>, };

export type Place = { "kind": "folder", folder: Folder, } | { "kind": "service", resource: string, } | { "kind": "everywhere" };

export type Filters = { 
/**
 * Unread only.
 */
unread: boolean, 
/**
 * Awaiting our confirmation.
 */
needsConfirmation: boolean, 
/**
 * With attachments.
 */
attachments: boolean, 
/**
 * With a due date.
 */
due: boolean, };

export type Sort = "newest" | "oldest" | "best";

export type ListQuery = { 
/**
 * Account id.
 */
account: string, 
/**
 * Where.
 */
place: Place, 
/**
 * Search text in the grammar of ui section 8; empty for none.
 */
search: string, 
/**
 * Chips.
 */
filters: Filters, 
/**
 * Order.
 */
sort: Sort, };

export type GroupKind = { "kind": "today" } | { "kind": "yesterday" } | { "kind": "thisWeek" } | { "kind": "month", year: number, month: number, } | { "kind": "best" };

export type Group = { 
/**
 * Heading.
 */
kind: GroupKind, 
/**
 * Rows.
 */
count: number, };

export type SearchHintKind = "operator" | "value" | "day" | "length" | "depth";

export type SearchHint = { 
/**
 * What is wrong.
 */
kind: SearchHintKind, 
/**
 * The part as typed, for example `frm:` or `is:ulets`.
 */
typed: string, 
/**
 * The nearest that is known, to stand in its place.
 */
suggestion: string | null, 
/**
 * First UTF-16 code unit of the part.
 */
start: number, 
/**
 * One past the last.
 */
end: number, };

export type ListShape = { 
/**
 * Rows.
 */
total: number, 
/**
 * In order; counts add up to `total`.
 */
groups: Array<Group>, 
/**
 * About the search text.
 */
hints: Array<SearchHint>, 
/**
 * Files that are here and whose words a search does not find (yet); 0 without a search.
 */
unindexedFiles: number, };

export type RowKind = "received" | "sent" | "draft" | "outbox";

export type Tag = { "kind": "failed" } | { "kind": "overdue" } | { "kind": "needsConfirmation" } | { "kind": "due", at: number, } | { "kind": "confidential" };

export type Mark = { 
/**
 * First unit.
 */
start: number, 
/**
 * One past the last.
 */
end: number, };

export type Row = { 
/**
 * Message, draft or outbox id, by `kind`.
 */
id: string, 
/**
 * What it opens.
 */
kind: RowKind, 
/**
 * Sender, or recipients of what we send; empty when sealed or none yet.
 */
counterpart: string, 
/**
 * Whether the counterpart is a person.
 */
isPerson: boolean, 
/**
 * Time shown.
 */
at: number, 
/**
 * Title; empty when sealed.
 */
title: string, 
/**
 * Summary or beginning of the body; empty when sealed.
 */
snippet: string, 
/**
 * Unread here.
 */
isUnread: boolean, 
/**
 * Confidential and not opened: sender and title are hidden.
 */
isSealed: boolean, 
/**
 * Tag.
 */
tag: Tag | null, 
/**
 * Number of files.
 */
attachments: number, 
/**
 * Search hits in the title.
 */
titleMarks: Array<Mark>, 
/**
 * Search hits in the snippet.
 */
snippetMarks: Array<Mark>, };

export type Party = { 
/**
 * Name; the formatted number when unknown.
 */
name: string, 
/**
 * `920 717 152`, or `010190 XXXXX` for a person.
 */
number: string, 
/**
 * Person.
 */
isPerson: boolean, };

export type ConfirmState = { "kind": "notAsked" } | { "kind": "asked" } | { "kind": "pending" } | { "kind": "done", at: number, };

export type ReadState = { "kind": "unopened" } | { "kind": "pending" } | { "kind": "read", at: number, };

export type AttachmentState = "notFetched" | "fetching" | "here" | "scanning" | "rejected" | "expired" | "deleted" | "failed";

export type Attachment = { 
/**
 * Attachment id.
 */
id: string, 
/**
 * File name.
 */
name: string, 
/**
 * Bytes, known once the file is here or was sent from here.
 */
size: number | null, 
/**
 * MIME type by extension.
 */
mediaType: string, 
/**
 * Lower-case hex, once the bytes are here.
 */
sha256: string | null, 
/**
 * Where the bytes are.
 */
state: AttachmentState, 
/**
 * When Altinn deletes it.
 */
expiresAt: number | null, };

export type EventKind = { "kind": "initialized" } | { "kind": "readyForPublish" } | { "kind": "published" } | { "kind": "fetched" } | { "kind": "read" } | { "kind": "replied" } | { "kind": "confirmed" } | { "kind": "purgedByRecipient" } | { "kind": "purgedByAltinn" } | { "kind": "archived" } | { "kind": "reserved" } | { "kind": "failed" } | { "kind": "attachmentsDownloaded" } | { "kind": "forwarded" } | { "kind": "queued" } | { "kind": "accepted" } | { "kind": "other", text: string, };

export type TimelineEntry = { 
/**
 * What.
 */
event: EventKind, 
/**
 * When.
 */
at: number, 
/**
 * Known from this machine rather than from Altinn.
 */
isLocal: boolean, 
/**
 * Altinn's own text where it adds something.
 */
detail: string | null, };

export type ReplyLink = { 
/**
 * Sender's text; the host when empty.
 */
text: string, 
/**
 * https address.
 */
url: string, 
/**
 * Host, punycode as such.
 */
host: string, };

export type Block = { "kind": "heading", level: number, content: Array<Inline>, } | { "kind": "paragraph", content: Array<Inline>, } | { "kind": "list", start: number | null, items: Array<Array<Block>>, } | { "kind": "quote", content: Array<Block>, } | { "kind": "code", text: string, } | { "kind": "table", align: Array<Align>, head: Array<Array<Inline>>, rows: Array<Array<Array<Inline>>>, } | { "kind": "rule" };

export type Align = "start" | "center" | "end";

export type Inline = { "kind": "text", text: string, } | { "kind": "strong", content: Array<Inline>, } | { "kind": "emphasis", content: Array<Inline>, } | { "kind": "strike", content: Array<Inline>, } | { "kind": "code", text: string, } | { "kind": "link", href: string, content: Array<Inline>, } | { "kind": "break" };

export type Abilities = { 
/**
 * Confirm.
 */
confirm: boolean, 
/**
 * Delete at Altinn.
 */
delete: boolean, 
/**
 * Why deletion is refused, when it is.
 */
deleteRefusal: ErrorCode | null, 
/**
 * Put away here.
 */
archive: boolean, 
/**
 * Take back from the archive.
 */
unarchive: boolean, 
/**
 * Show as unread here.
 */
markUnread: boolean, 
/**
 * Delete before it is published.
 */
undoSend: boolean, };

export type Message = { 
/**
 * What the window calls it; not Altinn's id, which two accounts may share.
 */
id: string, 
/**
 * Account id.
 */
account: string, 
/**
 * Received or Sent.
 */
kind: RowKind, 
/**
 * Resource id.
 */
resource: string, 
/**
 * Title of the service.
 */
service: LocalText, 
/**
 * Title; empty when sealed.
 */
title: string, 
/**
 * Summary.
 */
summary: string, 
/**
 * Sender.
 */
sender: Party, 
/**
 * Recipient.
 */
recipient: Party, 
/**
 * Sender's reference.
 */
reference: string, 
/**
 * Publish time.
 */
at: number, 
/**
 * Due date.
 */
dueAt: number | null, 
/**
 * Language of the letter: nb, nn or en.
 */
language: string, 
/**
 * Read mark.
 */
read: ReadState, 
/**
 * Unread here.
 */
isUnread: boolean, 
/**
 * Confirmation.
 */
confirm: ConfirmState, 
/**
 * Confidential and not opened.
 */
isSealed: boolean, 
/**
 * Put away here.
 */
isArchived: boolean, 
/**
 * Body; none while closed, sealed or not fetched.
 */
body: Array<Block> | null, 
/**
 * Whether the content is on this machine.
 */
isFetched: boolean, 
/**
 * Files.
 */
attachments: Array<Attachment>, 
/**
 * Reply links.
 */
replyLinks: Array<ReplyLink>, 
/**
 * Newest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * When Altinn was last asked about it.
 */
checkedAt: number | null, 
/**
 * What may be done.
 */
abilities: Abilities, };

export type RecipientState = "checking" | "found" | "unnamed" | "notFound" | "deleted" | "badChecksum" | "notYetAccepted" | "malformed" | "duplicate";

export type Recipient = { 
/**
 * Stable key of the chip; the normalised form.
 */
key: string, 
/**
 * As typed.
 */
text: string, 
/**
 * Name and number as shown.
 */
party: Party, 
/**
 * Postal place of an organisation.
 */
place: string | null, 
/**
 * What is known.
 */
state: RecipientState, };

export type FileProblem = { "kind": "empty" } | { "kind": "tooLarge", limit: number, } | { "kind": "type", extension: string, } | { "kind": "name", suggestion: string, } | { "kind": "duplicate", suggestion: string, } | { "kind": "tooMany", limit: number, } | { "kind": "unreadable" } | { "kind": "notAFile" } | { "kind": "changed" };

export type DraftFileState = { "kind": "reading", done: number, } | { "kind": "ready" } | { "kind": "refused", problem: FileProblem, };

export type DraftFile = { 
/**
 * Id within the draft.
 */
id: string, 
/**
 * File name as it will be sent.
 */
name: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * MIME type by extension.
 */
mediaType: string, 
/**
 * Lower-case hex, once read.
 */
sha256: string | null, 
/**
 * Same content as another file of the draft.
 */
isSameContent: boolean, 
/**
 * State.
 */
state: DraftFileState, };

export type Alert = { 
/**
 * Channel.
 */
channel: AlertChannel, 
/**
 * Remind after a week.
 */
sendReminder: boolean, };

export type AlertChannel = "emailPreferred" | "smsPreferred" | "email" | "sms" | "emailAndSms";

export type DraftText = { 
/**
 * Service to send on.
 */
resource: string | null, 
/**
 * As typed or normalised, one each.
 */
recipients: Array<string>, 
/**
 * Title.
 */
title: string, 
/**
 * Summary.
 */
summary: string, 
/**
 * Markdown.
 */
body: string, 
/**
 * nb, nn or en.
 */
language: string, 
/**
 * Sender's reference; made from the draft id when empty.
 */
reference: string, 
/**
 * Shown instead of the organisation's name; empty for none.
 */
messageSender: string, 
/**
 * Due date.
 */
dueAt: number | null, 
/**
 * Ask for confirmation.
 */
needsConfirmation: boolean, 
/**
 * Publish time, kept as it is; none for at once, which is after the undo window.
 */
publishAt: number | null, 
/**
 * Alert with Altinn's standard text; none for no alert.
 */
alert: Alert | null, 
/**
 * Send although the recipient has reserved against digital post.
 */
ignoreReservation: boolean, 
/**
 * Confidential.
 */
isConfidential: boolean, };

export type Draft = { 
/**
 * Draft id.
 */
id: string, 
/**
 * Account id.
 */
account: string, 
/**
 * Grows by one with each save.
 */
version: number, 
/**
 * What the user wrote.
 */
text: DraftText, 
/**
 * Resolved as far as known.
 */
recipients: Array<Recipient>, 
/**
 * Files.
 */
files: Array<DraftFile>, 
/**
 * Last save.
 */
savedAt: number, 
/**
 * Why Altinn refused it the last time, when it came back from the outbox.
 */
refusal: Problem | null, };

export type Field = "resource" | "recipients" | "title" | "summary" | "body" | "language" | "reference" | "messageSender" | "due" | "publish" | "files" | "alert" | "confidential" | "reservation" | "general";

export type Problem = { 
/**
 * Where.
 */
field: Field, 
/**
 * Which rule.
 */
code: ErrorCode, 
/**
 * Values for the text: `count`, `limit`, `name`, ….
 */
params: { [key in string]: string }, };

export type Service = { 
/**
 * Resource id.
 */
resource: string, 
/**
 * Title.
 */
title: LocalText, 
/**
 * Every letter must be marked confidential.
 */
isConfidential: boolean, 
/**
 * Login level the recipient needs.
 */
minimumLevel: number, };

export type OutboxState = { "kind": "queued" } | { "kind": "uploading", file: number, files: number, done: number, size: number, } | { "kind": "scanning" } | { "kind": "submitting" } | { "kind": "waiting", until: number, attempts: number, reason: ErrorCode, } | { "kind": "paused" } | { "kind": "stuck", reason: Problem, };

export type OutboxItem = { 
/**
 * Outbox id.
 */
id: string, 
/**
 * Account id.
 */
account: string, 
/**
 * Id of the letter it was made from.
 */
draft: string, 
/**
 * Title.
 */
title: string, 
/**
 * Recipient.
 */
recipient: Party, 
/**
 * When the user sent it.
 */
queuedAt: number, 
/**
 * Publish time.
 */
publishAt: number | null, 
/**
 * Files.
 */
files: Array<DraftFile>, 
/**
 * State.
 */
state: OutboxState, 
/**
 * Steps done.
 */
step: number, 
/**
 * Steps in all.
 */
steps: number, };

export type SendReceipt = { 
/**
 * Outbox ids, one a recipient.
 */
items: Array<string>, 
/**
 * When the letters become available; later than now by the undo window.
 */
publishAt: number, };

export type SendOutcome = { "kind": "queued", 
/**
 * What was queued.
 */
receipt: SendReceipt, } | { "kind": "refused", 
/**
 * All of them.
 */
problems: Array<Problem>, };

export type Connection = { "kind": "updated", at: number, } | { "kind": "syncing", done: number, total: number, until: number | null, } | { "kind": "offline", since: number, waiting: number, } | { "kind": "slow", until: number, } | { "kind": "signIn" } | { "kind": "diskFull" } | { "kind": "starting" };

export type Status = { 
/**
 * Status line.
 */
connection: Connection, 
/**
 * Services with more letters of one instant than Altinn can list: some of them may be missing here.
 */
incomplete: Array<LocalText>, 
/**
 * The store's key lives for this run only (no keychain, practice account).
 */
isKeyTemporary: boolean, 
/**
 * Outbox line; none when idle.
 */
uploads: UploadProgress | null, };

export type UploadProgress = { 
/**
 * Which, from 1.
 */
file: number, 
/**
 * Of how many.
 */
files: number, 
/**
 * Bytes sent.
 */
done: number, 
/**
 * Bytes in all.
 */
size: number, };

export type Language = "nb" | "nn" | "en";

export type Scheme = "light" | "dark" | "auto";

export type Density = "compact" | "normal" | "roomy";

export type Settings = { 
/**
 * Language.
 */
language: Language, 
/**
 * Light or dark.
 */
scheme: Scheme, 
/**
 * Row height.
 */
density: Density, 
/**
 * Undo window of a send, 0 to 60; the practice account always uses 0.
 */
undoMinutes: number, 
/**
 * Open letters by selecting them.
 */
openOnSelect: boolean, 
/**
 * Single-key shortcuts.
 */
singleKeys: boolean, };

export type Step = "groundwork" | "serviceOwner" | "resource" | "scopes" | "client" | "signIn" | "letters" | "events";

export type CheckState = "notNeeded" | "ok" | "info" | "human" | "notChecked" | "skipped" | "warning" | "error";

export type CheckName = "environments" | "altinn" | "maskinporten" | "clock" | "ownNumber" | "serviceOwner" | "ownerCode" | "agreement" | "studioUser" | "resourceAdministration" | "resource" | "policy" | "allowList" | "subscriptionKey" | "scope" | "key" | "grant" | "selfService" | "token" | "approval" | "sending" | "receiving" | "testLetter" | "rendering" | "subscriptions" | "pulling" | "webhook";

export type Asked = { 
/**
 * Method.
 */
method: string, 
/**
 * Address.
 */
address: string, 
/**
 * Status of the answer; none without one.
 */
status: number | null, };

export type Tick = { 
/**
 * Name.
 */
by: string, 
/**
 * When.
 */
at: number, };

export type FindingCode = "hostUnknown" | "hostUnreachable" | "noAnswerInTime" | "lineBroken" | "proxyPassword" | "proxyRefuses" | "certificateIssuer" | "certificateExpired" | "certificateNotYetValid" | "certificateName" | "tlsFailed" | "webPage" | "redirected" | "serverFault" | "askedToWait" | "notUnderstood" | "subscriptionKeyWanted" | "unexpectedAnswer" | "clockNear" | "clockOff" | "environmentsMixed" | "issuerOther" | "numberInvalid" | "organisationUnknown" | "organisationDeleted" | "organisationEnding" | "registerSilent" | "notServiceOwner" | "ownerListSilent" | "ownerCodeMissing" | "ownerCodeOther" | "noResources" | "resourceUnknown" | "resourceIsApp" | "resourceOtherType" | "resourceOtherOwner" | "resourceWithoutOwner" | "resourceMigrated" | "resourceTitles" | "accessListOn" | "policyMissing" | "policyUnreadable" | "policyNobodyReads" | "policyRolesOnly" | "policyOwnerCannotSend" | "policyOwnerCannotSubscribe" | "policyPlaceholder" | "policyExampleRole" | "policySubjectUnknown" | "policyCase" | "policyEverybody" | "policyOtherResource" | "policyDenies" | "policyNoLevel" | "policyLevel" | "policyConfidential" | "subscriptionKeyNotNeeded" | "scopeNotGranted" | "scopeNotOnClient" | "scopeWrongClientType" | "scopeNotDelegated" | "scopeFewer" | "keyOld" | "keyPastYear" | "ownCertificateExpired" | "ownCertificateNotYetValid" | "ownCertificateOther" | "clientUnknown" | "keyIdMissing" | "keyIdUnknown" | "audienceRefused" | "certificateRefused" | "keyExpired" | "certificateOtherOrganisation" | "keyDoesNotFit" | "timeRefused" | "assertionMalformed" | "assertionUsed" | "consumerIsOwn" | "maskinportenRefused" | "clientOfOther" | "tokenIssuerOther" | "tokenWithoutConsumer" | "tokenExpired" | "exchangeRefused" | "exchangeForbidden" | "enterpriseUser" | "tokenUnreadable" | "altinnTokenOther" | "organisationOther" | "tokenScopes" | "testToken" | "testTokenRefused" | "bothScopes" | "systemUserPending" | "systemUserRejected" | "systemUserDenied" | "systemUserTimedOut" | "systemUserNotAsked" | "systemUserReference" | "systemUserUnknown" | "systemUserOther" | "personMustSignIn" | "keyCannotSign" | "noSuchRole" | "senderDenied" | "recipientDenied" | "recipientNeedsSystemUser" | "noOrganisation" | "partyUnknown" | "tokenKindRefused" | "rawToken" | "tokenRefused" | "testLetterRefused" | "eventsOff" | "eventsForbidden" | "subscriptionNotValidated" | "subscriptionEmptyFilter" | "subscriptionAppFilter" | "subscriptionOtherResource";

export type MailTemplate = "scope" | "allowList" | "subscriptionKey" | "serviceOwner";

export type Mail = { 
/**
 * Address.
 */
to: string, 
/**
 * Which text.
 */
template: MailTemplate, 
/**
 * Values for the text.
 */
params: { [key in string]: string }, };

export type Finding = { 
/**
 * What it is.
 */
code: FindingCode, 
/**
 * How grave.
 */
state: CheckState, 
/**
 * Values for the text.
 */
params: { [key in string]: string }, 
/**
 * To quote to Altinn or Digdir.
 */
traceId: string | null, 
/**
 * Page where it is mended.
 */
link: string | null, 
/**
 * Mail that is ready to be sent.
 */
mail: Mail | null, };

export type Check = { 
/**
 * Stable within the account.
 */
id: string, 
/**
 * What is checked.
 */
name: CheckName, 
/**
 * Resource, scope or role it is about, where there are several.
 */
subject: string | null, 
/**
 * How it stands.
 */
state: CheckState, 
/**
 * Calls that were made, without secrets and without people.
 */
asked: Array<Asked>, 
/**
 * What is wrong or worth knowing, the worst first; empty when in order.
 */
findings: Array<Finding>, 
/**
 * Page where it is done or explained.
 */
link: string | null, 
/**
 * Who ticked it off; only checks by a person have it.
 */
tick: Tick | null, 
/**
 * When it was checked.
 */
checkedAt: number | null, };

export type StepState = { 
/**
 * Which.
 */
step: Step, 
/**
 * The worst of its checks.
 */
state: CheckState, 
/**
 * Checks.
 */
checks: Array<Check>, };

export type Checkup = { 
/**
 * Account.
 */
account: string, 
/**
 * Nine digits.
 */
organisationNumber: string, 
/**
 * Which Altinn.
 */
environment: Environment, 
/**
 * The account sends.
 */
sends: boolean, 
/**
 * The account receives.
 */
receives: boolean, 
/**
 * It is being checked right now.
 */
isRunning: boolean, 
/**
 * When the last check ended.
 */
checkedAt: number | null, 
/**
 * Groundwork and the seven steps, in order, each with its checks in order.
 */
steps: Array<StepState>, };

export type FoundResource = { 
/**
 * Id.
 */
resource: string, 
/**
 * Title.
 */
title: LocalText, 
/**
 * Owner's name.
 */
owner: LocalText, 
/**
 * Owner's nine digits.
 */
ownerNumber: string, 
/**
 * The account's organisation owns it.
 */
isOwn: boolean, 
/**
 * For letters moved from Altinn 2 only: never to be sent on.
 */
isMigrated: boolean, 
/**
 * Only listed recipients can open its letters.
 */
isListedOnly: boolean, 
/**
 * The account receives on it.
 */
receives: boolean, 
/**
 * The account sends on it.
 */
sends: boolean, 
/**
 * Every letter must be confidential, where the policy has been read.
 */
isConfidential: boolean | null, 
/**
 * Login level the recipient needs, where the policy has been read.
 */
minimumLevel: number | null, };

export type Catalogue = { 
/**
 * When the registry was asked; none before the first time.
 */
fetchedAt: number | null, 
/**
 * How many were found; not all of them may be in `resources`.
 */
total: number, 
/**
 * Own services first.
 */
resources: Array<FoundResource>, };

export type SubscriptionView = { 
/**
 * Id.
 */
id: number, 
/**
 * Who gets the events; what follows the host is left out, it may be secret.
 */
endpoint: string, 
/**
 * Filter for the resource.
 */
resource: string, 
/**
 * Filter for the type; all when none.
 */
kind: string | null, 
/**
 * The address has answered.
 */
isValidated: boolean, 
/**
 * When it was made.
 */
createdAt: number | null, 
/**
 * What keeps it from working.
 */
findings: Array<Finding>, };

export type SubscriptionList = { 
/**
 * When Events was asked; none before the first time.
 */
fetchedAt: number | null, 
/**
 * Own subscriptions.
 */
subscriptions: Array<SubscriptionView>, };

export type NewEventSubscription = { 
/**
 * Public https address.
 */
endpoint: string, 
/**
 * Resource id.
 */
resource: string, 
/**
 * One type; all when none.
 */
kind: string | null, };

export type TestText = { 
/**
 * nb, nn or en.
 */
language: string, 
/**
 * Title.
 */
title: string, 
/**
 * Body.
 */
body: string, };

export type KeyView = { 
/**
 * Id, where the key has one; else its certificate tells it.
 */
keyId: string | null, 
/**
 * The public half as a JWK, to paste in self-service.
 */
publicJwk: string, 
/**
 * Subject of the certificate that tells the key.
 */
certificate: string | null, 
/**
 * The certificate's last moment.
 */
validUntil: number | null, };

export type AddressDraft = { "kind": "oneOrigin", base: string, } | { "kind": "each", platform: string, maskinporten: string, brreg: string, orgs: string, };

export type SystemUserDraft = { 
/**
 * Nine digits.
 */
organisation: string, 
/**
 * The vendor's own reference, if and only if one was used when it was asked for.
 */
reference: string | null, };

export type SignInDraft = { "kind": "maskinporten", clientId: string, key: string, keyPostedAt: number | null, systemUser: SystemUserDraft | null, systemId: string | null, sendsRaw: boolean, } | { "kind": "testToken", generator: string, } | { "kind": "person", clientId: string, issuer: string | null, };

export type LandingText = { 
/**
 * Language of the texts and of ID-porten's pages: `nb`, `nn` or `en`.
 */
language: string, 
/**
 * Signed in.
 */
done: string, 
/**
 * Not signed in.
 */
denied: string, };

export type AccountDraft = { 
/**
 * Name of the organisation.
 */
name: string, 
/**
 * Nine digits.
 */
organisationNumber: string, 
/**
 * Which Altinn; never practice.
 */
environment: Environment, 
/**
 * Where a custom environment is; the others know it.
 */
addresses: AddressDraft | null, 
/**
 * How to sign in.
 */
signIn: SignInDraft, 
/**
 * Services whose letters are received, by resource id.
 */
readResources: Array<string>, 
/**
 * Services to send on, by resource id.
 */
writeResources: Array<string>, };

export type AccountField = "name" | "organisationNumber" | "environment" | "base" | "platform" | "maskinporten" | "brreg" | "orgs" | "clientId" | "key" | "systemUserOrganisation" | "systemUserReference" | "systemId" | "generator" | "issuer" | "readResources" | "writeResources";

export type AccountFault = "required" | "tooLong" | "numberMalformed" | "numberInvalid" | "addressMalformed" | "addressNotSecure" | "addressHasMore" | "malformed" | "resourceMalformed" | "resourceTwice" | "keyUnknown" | "inUse" | "fixed" | "notHere" | "notForPeople";

export type AccountProblem = { 
/**
 * Where.
 */
field: AccountField, 
/**
 * What.
 */
fault: AccountFault, 
/**
 * Values for the text.
 */
params: { [key in string]: string }, };

export type AccountOutcome = { "kind": "kept", account: string, } | { "kind": "refused", problems: Array<AccountProblem>, };

export type AccountEntry = { 
/**
 * Id, as in `accounts`.
 */
id: string, 
/**
 * What it consists of; what `changeAccount` takes.
 */
draft: AccountDraft, };

export type TokenPlaceView = { 
/**
 * Path of the token's driver.
 */
driver: string, 
/**
 * Label of the token.
 */
token: string, 
/**
 * Label of the key, where it is looked for by it.
 */
label: string | null, 
/**
 * Id of the key, hexadecimal, where it is looked for by it.
 */
id: string | null, };

export type TokenKeyView = { 
/**
 * Label.
 */
label: string, 
/**
 * Id, hexadecimal.
 */
id: string, 
/**
 * Length in bits.
 */
bits: number, };

export type KeptKey = { 
/**
 * Name that accounts refer to it by; means nothing by itself.
 */
name: string, 
/**
 * What to register of it.
 */
view: KeyView, 
/**
 * When it was taken in or made.
 */
addedAt: number, 
/**
 * Accounts that sign in by it.
 */
accounts: Array<string>, 
/**
 * The token that it never leaves; none for one in the keychain.
 */
token: TokenPlaceView | null, };

export type CertificateView = { 
/**
 * To name it by: SHA-256 of it, hexadecimal.
 */
id: string, 
/**
 * Whom it names.
 */
subject: string, 
/**
 * Its last moment.
 */
validUntil: number, };

export type NetworkView = { 
/**
 * Address of the proxy, without user and password; the system's settings hold where there is none.
 */
proxy: string | null, 
/**
 * User at the proxy.
 */
proxyUser: string | null, 
/**
 * Whether a password goes with the user.
 */
hasProxyPassword: boolean, 
/**
 * Issuers trusted besides the system's.
 */
certificates: Array<CertificateView>, 
/**
 * Whether a key for the platform's gateway is set.
 */
hasSubscriptionKey: boolean, };

export type ProxyDraft = { 
/**
 * `http://host:port`.
 */
address: string, 
/**
 * User, where the proxy wants one.
 */
user: string | null, 
/**
 * Its password; none leaves the one that is kept.
 */
password: string | null, };

export type SystemUserState = "pending" | "approved" | "rejected" | "timedOut" | "unknown";

export type SystemUserView = { 
/**
 * What has become of it.
 */
state: SystemUserState, 
/**
 * Altinn's page where the customer approves, while it waits.
 */
link: string | null, 
/**
 * Passed on within the customer to somebody who may approve.
 */
isEscalated: boolean, 
/**
 * When it was asked for.
 */
askedAt: number | null, };

export type SetupFile = "key" | "accounts" | "certificate" | "tokenDriver";

export type Change = { "kind": "folders", account: string, } | { "kind": "list", account: string, } | { "kind": "message", id: string, } | { "kind": "draft", id: string, } | { "kind": "outbox", id: string, } | { "kind": "status" } | { "kind": "settings" } | { "kind": "accounts" } | { "kind": "catalogue", account: string, } | { "kind": "subscriptions", account: string, } | { "kind": "checkup", account: string, };

export type StartState = { "kind": "needsPassphrase", isNew: boolean, wasWrong: boolean, } | { "kind": "ready" } | { "kind": "refused", error: UiError, };

export type MailboxPicture = { 
/**
 * Settings.
 */
settings: Settings, 
/**
 * Accounts of the profile.
 */
accounts: Array<Account>, 
/**
 * State of the program.
 */
status: Status, 
/**
 * Folders with counts.
 */
folders: Folders, 
/**
 * The list that was asked for, of the account that is shown.
 */
query: ListQuery, 
/**
 * Its length and headings.
 */
shape: ListShape, 
/**
 * Its first rows.
 */
rows: Array<Row>, };

export type FirstPicture = { 
/**
 * How far opening the profile got.
 */
state: StartState, 
/**
 * The mailbox, where it is open and has an account.
 */
mailbox: MailboxPicture | null, };

export type UiError = { 
/**
 * What.
 */
code: ErrorCode, 
/**
 * Values for the text.
 */
params: { [key in string]: string }, 
/**
 * To quote to Altinn.
 */
traceId: string | null, 
/**
 * When.
 */
at: number, };

export type ErrorCode = "noNetwork" | "slow" | "signInRefused" | "signInAgain" | "signInGivenUp" | "signInTimedOut" | "signInScope" | "idPortenRefused" | "personRefused" | "noBrowser" | "noAccess" | "notFound" | "serverFault" | "unsure" | "refused" | "mustConfirmFirst" | "alreadyPublished" | "required" | "tooLong" | "markup" | "noRecipients" | "tooManyRecipients" | "recipientInvalid" | "recipientUnknown" | "recipientReserved" | "recipientDuplicate" | "recipientLacksRole" | "duePast" | "dueBeforePublish" | "confirmationNeedsDue" | "confidentialRequired" | "confidentialNotAllowed" | "noService" | "fileNotReady" | "fileRefused" | "fileRejected" | "tooManyFiles" | "draftConflict" | "outboxBusy" | "keychainLocked" | "keychainMissing" | "keyWrong" | "passphraseWrong" | "passphraseTooShort" | "storeNewer" | "storeCorrupt" | "diskFull" | "profileBusy" | "profileUnusable" | "accountFile" | "sandboxFailed" | "endpointInvalid" | "keyUnusable" | "accountInUse" | "keyInUse" | "fileUnreadable" | "certificateUnreadable" | "proxyInvalid" | "noSystemUser" | "testLetterInProduction" | "saveFailed" | "internal";

/** Every command of the shell; each answers from the local copy and rejects with a `UiError`. */
export interface Backend {
  firstPicture(query: ListQuery, limit: number): Promise<FirstPicture>;
  startState(): Promise<StartState>;
  openAgain(): Promise<StartState>;
  unlock(passphrase: string): Promise<StartState>;
  accounts(): Promise<Array<Account>>;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<null>;
  status(): Promise<Status>;
  syncNow(): Promise<null>;
  painted(): Promise<null>;
  folders(account: string): Promise<Folders>;
  listShape(query: ListQuery): Promise<ListShape>;
  listRows(query: ListQuery, offset: number, limit: number): Promise<Array<Row>>;
  message(id: string): Promise<Message>;
  openMessage(id: string): Promise<Message>;
  markUnread(id: string): Promise<null>;
  archive(id: string, isArchived: boolean): Promise<null>;
  confirm(id: string): Promise<null>;
  purge(id: string): Promise<null>;
  fetchAttachment(message: string, attachment: string): Promise<null>;
  saveAttachment(message: string, attachment: string): Promise<string | null>;
  saveAllAttachments(message: string): Promise<string | null>;
  openLink(url: string): Promise<null>;
  checkup(account: string): Promise<Checkup>;
  startCheckup(account: string): Promise<null>;
  tickCheck(account: string, check: string, by: string | null): Promise<Checkup>;
  sendTestLetter(account: string, text: TestText, isConfirmed: boolean): Promise<null>;
  checkupReport(account: string): Promise<string>;
  catalogue(account: string, words: string): Promise<Catalogue>;
  startCatalogue(account: string): Promise<null>;
  subscriptions(account: string): Promise<SubscriptionList>;
  startSubscriptions(account: string): Promise<null>;
  subscribe(account: string, subscription: NewEventSubscription): Promise<SubscriptionList>;
  unsubscribe(account: string, id: number): Promise<SubscriptionList>;
  accountEntries(): Promise<Array<AccountEntry>>;
  checkAccount(id: string | null, draft: AccountDraft): Promise<Array<AccountProblem>>;
  addAccount(draft: AccountDraft): Promise<AccountOutcome>;
  changeAccount(id: string, draft: AccountDraft): Promise<AccountOutcome>;
  removeAccount(id: string): Promise<null>;
  startSignIn(account: string, landing: LandingText): Promise<null>;
  signOut(account: string): Promise<null>;
  pickSetupFile(kind: SetupFile): Promise<string | null>;
  takeSetupFile(path: string): Promise<Array<string>>;
  keys(): Promise<Array<KeptKey>>;
  makeKey(keyId: string): Promise<KeptKey>;
  takeKey(path: string, password: string | null, keyId: string | null): Promise<KeptKey>;
  tokens(driver: string): Promise<Array<string>>;
  tokenKeys(driver: string, token: string, pin: string): Promise<Array<TokenKeyView>>;
  takeTokenKey(place: TokenPlaceView, pin: string, keyId: string): Promise<KeptKey>;
  forgetKey(name: string): Promise<null>;
  rotateKey(account: string, key: string): Promise<null>;
  network(): Promise<NetworkView>;
  setProxy(proxy: ProxyDraft | null): Promise<NetworkView>;
  addCertificates(path: string): Promise<NetworkView>;
  removeCertificate(id: string): Promise<NetworkView>;
  setSubscriptionKey(key: string | null): Promise<NetworkView>;
  askSystemUser(account: string, packages: Array<string>): Promise<SystemUserView>;
  systemUser(account: string): Promise<SystemUserView | null>;
  services(account: string): Promise<Array<Service>>;
  newDraft(account: string): Promise<Draft>;
  draft(id: string): Promise<Draft>;
  saveDraft(id: string, version: number, text: DraftText): Promise<Draft>;
  discardDraft(id: string): Promise<null>;
  restoreDraft(id: string): Promise<Draft>;
  checkRecipients(account: string, texts: Array<string>): Promise<Array<Recipient>>;
  addFiles(draft: string, paths: Array<string>): Promise<Draft>;
  pickFiles(draft: string): Promise<Draft>;
  removeFile(draft: string, file: string): Promise<Draft>;
  renameFile(draft: string, file: string, name: string): Promise<Draft>;
  preview(body: string): Promise<Array<Block>>;
  checkDraft(id: string): Promise<Array<Problem>>;
  sendDraft(id: string, version: number): Promise<SendOutcome>;
  outboxItem(id: string): Promise<OutboxItem>;
  retryOutbox(id: string): Promise<null>;
  pauseOutbox(id: string, isPaused: boolean): Promise<null>;
  editOutbox(id: string): Promise<Draft>;
  cancelOutbox(id: string): Promise<null>;
  undoSend(message: string): Promise<null>;
}

/** The one event of the shell; it carries `Change[]`. */
export const MAILBOX_CHANGED = "mailbox_changed";

/** How a command reaches the shell: `invoke` of Tauri. */
export type Invoke = <T>(command: string, args?: Record<string, unknown>) => Promise<T>;

/** The backend of the real window. */
export function tauriBackend(invoke: Invoke): Backend {
  return {
    firstPicture: (query, limit) => invoke("first_picture", { query, limit }),
    startState: () => invoke("start_state"),
    openAgain: () => invoke("open_again"),
    unlock: (passphrase) => invoke("unlock", { passphrase }),
    accounts: () => invoke("accounts"),
    settings: () => invoke("settings"),
    saveSettings: (settings) => invoke("save_settings", { settings }),
    status: () => invoke("status"),
    syncNow: () => invoke("sync_now"),
    painted: () => invoke("painted"),
    folders: (account) => invoke("folders", { account }),
    listShape: (query) => invoke("list_shape", { query }),
    listRows: (query, offset, limit) => invoke("list_rows", { query, offset, limit }),
    message: (id) => invoke("message", { id }),
    openMessage: (id) => invoke("open_message", { id }),
    markUnread: (id) => invoke("mark_unread", { id }),
    archive: (id, isArchived) => invoke("archive", { id, isArchived }),
    confirm: (id) => invoke("confirm", { id }),
    purge: (id) => invoke("purge", { id }),
    fetchAttachment: (message, attachment) => invoke("fetch_attachment", { message, attachment }),
    saveAttachment: (message, attachment) => invoke("save_attachment", { message, attachment }),
    saveAllAttachments: (message) => invoke("save_all_attachments", { message }),
    openLink: (url) => invoke("open_link", { url }),
    checkup: (account) => invoke("checkup", { account }),
    startCheckup: (account) => invoke("start_checkup", { account }),
    tickCheck: (account, check, by) => invoke("tick_check", { account, check, by }),
    sendTestLetter: (account, text, isConfirmed) => invoke("send_test_letter", { account, text, isConfirmed }),
    checkupReport: (account) => invoke("checkup_report", { account }),
    catalogue: (account, words) => invoke("catalogue", { account, words }),
    startCatalogue: (account) => invoke("start_catalogue", { account }),
    subscriptions: (account) => invoke("subscriptions", { account }),
    startSubscriptions: (account) => invoke("start_subscriptions", { account }),
    subscribe: (account, subscription) => invoke("subscribe", { account, subscription }),
    unsubscribe: (account, id) => invoke("unsubscribe", { account, id }),
    accountEntries: () => invoke("account_entries"),
    checkAccount: (id, draft) => invoke("check_account", { id, draft }),
    addAccount: (draft) => invoke("add_account", { draft }),
    changeAccount: (id, draft) => invoke("change_account", { id, draft }),
    removeAccount: (id) => invoke("remove_account", { id }),
    startSignIn: (account, landing) => invoke("start_sign_in", { account, landing }),
    signOut: (account) => invoke("sign_out", { account }),
    pickSetupFile: (kind) => invoke("pick_setup_file", { kind }),
    takeSetupFile: (path) => invoke("take_setup_file", { path }),
    keys: () => invoke("keys"),
    makeKey: (keyId) => invoke("make_key", { keyId }),
    takeKey: (path, password, keyId) => invoke("take_key", { path, password, keyId }),
    tokens: (driver) => invoke("tokens", { driver }),
    tokenKeys: (driver, token, pin) => invoke("token_keys", { driver, token, pin }),
    takeTokenKey: (place, pin, keyId) => invoke("take_token_key", { place, pin, keyId }),
    forgetKey: (name) => invoke("forget_key", { name }),
    rotateKey: (account, key) => invoke("rotate_key", { account, key }),
    network: () => invoke("network"),
    setProxy: (proxy) => invoke("set_proxy", { proxy }),
    addCertificates: (path) => invoke("add_certificates", { path }),
    removeCertificate: (id) => invoke("remove_certificate", { id }),
    setSubscriptionKey: (key) => invoke("set_subscription_key", { key }),
    askSystemUser: (account, packages) => invoke("ask_system_user", { account, packages }),
    systemUser: (account) => invoke("system_user", { account }),
    services: (account) => invoke("services", { account }),
    newDraft: (account) => invoke("new_draft", { account }),
    draft: (id) => invoke("draft", { id }),
    saveDraft: (id, version, text) => invoke("save_draft", { id, version, text }),
    discardDraft: (id) => invoke("discard_draft", { id }),
    restoreDraft: (id) => invoke("restore_draft", { id }),
    checkRecipients: (account, texts) => invoke("check_recipients", { account, texts }),
    addFiles: (draft, paths) => invoke("add_files", { draft, paths }),
    pickFiles: (draft) => invoke("pick_files", { draft }),
    removeFile: (draft, file) => invoke("remove_file", { draft, file }),
    renameFile: (draft, file, name) => invoke("rename_file", { draft, file, name }),
    preview: (body) => invoke("preview", { body }),
    checkDraft: (id) => invoke("check_draft", { id }),
    sendDraft: (id, version) => invoke("send_draft", { id, version }),
    outboxItem: (id) => invoke("outbox_item", { id }),
    retryOutbox: (id) => invoke("retry_outbox", { id }),
    pauseOutbox: (id, isPaused) => invoke("pause_outbox", { id, isPaused }),
    editOutbox: (id) => invoke("edit_outbox", { id }),
    cancelOutbox: (id) => invoke("cancel_outbox", { id }),
    undoSend: (message) => invoke("undo_send", { message }),
  };
}
