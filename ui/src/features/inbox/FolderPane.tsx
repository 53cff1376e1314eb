import { Button } from "@digdir/designsystemet-react";
import {
  ArchiveIcon,
  CalendarIcon,
  ClockIcon,
  CloudUpIcon,
  EnvelopeClosedIcon,
  FolderIcon,
  InboxDownIcon,
  PadlockLockedIcon,
  PaperplaneIcon,
  PencilIcon,
  PlusIcon,
  SealCheckmarkIcon,
  XMarkOctagonIcon,
} from "@navikt/aksel-icons";
import { type ComponentType, useState } from "react";
import { ariaKeys } from "../../app/keys.ts";
import { formatRoute, type MailboxRoute } from "../../app/routes.ts";
import { useFormat } from "../../i18n/format.ts";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Folder, FolderCount, Folders, UploadProgress } from "../../ipc/bindings.ts";
import "./folders.css";

type Icon = ComponentType<{ "aria-hidden"?: boolean; fontSize?: string }>;

const ICONS: Record<Folder, Icon> = {
  inbox: InboxDownIcon,
  unread: EnvelopeClosedIcon,
  needsConfirmation: SealCheckmarkIcon,
  dueSoon: CalendarIcon,
  confidential: PadlockLockedIcon,
  drafts: PencilIcon,
  outbox: CloudUpIcon,
  scheduled: ClockIcon,
  sent: PaperplaneIcon,
  failed: XMarkOctagonIcon,
  archive: ArchiveIcon,
};

const RECEIVED: readonly Folder[] = ["inbox", "unread", "needsConfirmation", "dueSoon", "confidential"];
const SENDING: readonly Folder[] = ["drafts", "outbox", "scheduled", "sent", "failed"];
const SERVICES_SHOWN = 8;

/** The key of a folder's name. */
export function folderText(folder: Folder): TextKey {
  return `folder.${folder}`;
}

export interface FolderPaneProps {
  folders: Folders | undefined;
  /** The place on screen, marked in the list. */
  current: MailboxRoute;
  uploads: UploadProgress | null;
  /** Icons only, names in tooltips. */
  isRail: boolean;
  canSend: boolean;
  onNew(): void;
  onGo(route: MailboxRoute): void;
}

/** Places with their counts. */
export function FolderPane(props: FolderPaneProps) {
  const { folders, current, uploads, isRail, canSend, onNew } = props;
  const text = useText();
  const format = useFormat();
  const [isLong, setLong] = useState(false);
  const counts = new Map(folders?.folders.map((count) => [count.folder, count]));
  const services = folders?.services ?? [];
  const isShown = (folder: Folder) => folder !== "confidential" || (counts.get(folder)?.total ?? 0) > 0;
  const waiting = counts.get("outbox")?.total ?? 0;

  const folderLink = (folder: Folder) => (
    <FolderLink
      key={folder}
      {...props}
      route={{ place: "folder", folder, open: null }}
      isCurrent={current.place === "folder" && current.folder === folder}
      icon={ICONS[folder]}
      name={text(folderText(folder))}
      count={counts.get(folder)}
      isUnreadCount={folder === "inbox"}
    />
  );

  return (
    <div className="folders" data-rail={isRail || undefined}>
      {canSend ? (
        <Button
          className="folders-new"
          onClick={onNew}
          aria-keyshortcuts={ariaKeys("newMessage")}
          icon={isRail}
          title={isRail ? text("folder.new.message") : undefined}
          aria-label={isRail ? text("folder.new.message") : undefined}
        >
          <PlusIcon aria-hidden fontSize="1.375rem" />
          {isRail ? null : text("folder.new.message")}
        </Button>
      ) : null}
      <ul>{RECEIVED.filter(isShown).map(folderLink)}</ul>
      {isRail ? <hr /> : <h2>{text("folder.section.sending")}</h2>}
      <ul>{SENDING.map(folderLink)}</ul>
      {services.length > 0 ? (
        <>
          {isRail ? <hr /> : <h2>{text("folder.section.services")}</h2>}
          <ul>
            {services.slice(0, isLong ? undefined : SERVICES_SHOWN).map((service) => (
              <FolderLink
                key={service.resource}
                {...props}
                route={{ place: "service", resource: service.resource, open: null }}
                isCurrent={current.place === "service" && current.resource === service.resource}
                icon={FolderIcon}
                name={format.local(service.title)}
                count={{ folder: "inbox", total: service.total, badge: service.total, urgent: false }}
              />
            ))}
          </ul>
          {services.length > SERVICES_SHOWN && !isRail ? (
            <Button variant="tertiary" data-size="sm" onClick={() => setLong(!isLong)} aria-expanded={isLong}>
              {text(isLong ? "folder.services.fewer" : "folder.services.all")}
            </Button>
          ) : null}
        </>
      ) : null}
      <hr />
      <ul>{folderLink("archive")}</ul>
      {uploads || waiting > 0 ? (
        <div className="folders-outbox">
          {uploads ? (
            <>
              <label htmlFor="outbox-progress">
                {text("folder.outbox.uploading", { file: uploads.file, files: uploads.files })}
              </label>
              <progress id="outbox-progress" value={uploads.done} max={Math.max(1, uploads.size)} />
            </>
          ) : (
            <span>{text("folder.outbox.waiting", { count: waiting })}</span>
          )}
        </div>
      ) : null}
    </div>
  );
}

interface FolderLinkProps extends FolderPaneProps {
  route: MailboxRoute;
  isCurrent: boolean;
  icon: Icon;
  name: string;
  count: FolderCount | undefined;
  isUnreadCount?: boolean;
}

const MOST_COUNTED = 9999;

function FolderLink({
  route,
  isCurrent,
  icon: Icon,
  name,
  count,
  isUnreadCount,
  isRail,
  onGo,
}: FolderLinkProps) {
  const text = useText();
  const format = useFormat();
  const badge = count?.badge ?? 0;
  const shown = badge > MOST_COUNTED ? `${format.number(MOST_COUNTED)}+` : format.number(badge);
  return (
    <li>
      <a
        href={formatRoute(route)}
        className="folder"
        aria-current={isCurrent ? "page" : undefined}
        title={isRail ? name : undefined}
        onClick={(event) => {
          event.preventDefault();
          onGo(route);
        }}
      >
        <span className="folder-icon">
          <Icon aria-hidden fontSize="1.25rem" />
        </span>
        <span className={isRail ? "visually-hidden" : "folder-name"}>{name}</span>
        {badge > 0 ? (
          <>
            <span className="folder-count" data-urgent={count?.urgent || undefined} aria-hidden="true">
              {isRail && badge > 99 ? "99+" : shown}
            </span>
            <span className="visually-hidden">
              {text(isUnreadCount ? "folder.count.unread" : "folder.count.total", { count: badge })}
            </span>
          </>
        ) : null}
      </a>
    </li>
  );
}
