import type { Host } from "../../ipc/backend.ts";
import type { Account } from "../../ipc/bindings.ts";
import { checkupOf } from "./checkup.ts";
import { type Ground, MAIN } from "./ground.ts";
import { SERVICES } from "./world.ts";

/** The doctor, and what it looks up: the registry and subscriptions. */
export function fakeChecking(ground: Ground, accounts: () => Promise<Account[]>) {
  const { now, tell, later, refuse } = ground;
  const ticks = new Map<string, string>();
  const looked = { checkedAt: null as number | null, isRunning: false, ticks, sentAt: null as number | null };
  const accountWith = async (id: string) => (await accounts()).find((account) => account.id === id) ?? MAIN;
  return {
    async checkup(account) {
      return checkupOf(await accountWith(account), looked);
    },
    async startCheckup(account) {
      looked.checkedAt = null;
      looked.isRunning = true;
      tell({ kind: "checkup", account });
      later(() => {
        looked.checkedAt = now;
        looked.isRunning = false;
        tell({ kind: "checkup", account });
      });
      return null;
    },
    async tickCheck(account, check, by) {
      if (by === null) {
        ticks.delete(check);
      } else {
        ticks.set(check, by);
      }
      tell({ kind: "checkup", account });
      return checkupOf(await accountWith(account), looked);
    },
    async sendTestLetter(account, _text, isConfirmed) {
      if ((await accountWith(account)).environment === "production" && !isConfirmed) {
        refuse("testLetterInProduction");
      }
      looked.isRunning = true;
      tell({ kind: "checkup", account });
      later(() => {
        looked.sentAt = now;
        looked.isRunning = false;
        tell({ kind: "checkup", account });
      });
      return null;
    },
    async checkupReport(account) {
      return `Brevdue, ${(await accountWith(account)).organisationNumber}\n`;
    },
    async catalogue(account, words) {
      const resources = SERVICES.filter((service) =>
        service.title.nb.toLowerCase().includes(words.toLowerCase()),
      ).map((service) => ({
        resource: service.resource,
        title: service.title,
        owner: { nb: "Lillehammer kommune", nn: "Lillehammer kommune", en: "Lillehammer Municipality" },
        ownerNumber: "945578564",
        isOwn: service.writes,
        isMigrated: false,
        isListedOnly: false,
        receives: !service.writes,
        sends: service.writes && account === MAIN.id,
        isConfidential: service.isConfidential,
        minimumLevel: service.minimumLevel,
      }));
      return { fetchedAt: now, total: resources.length, resources };
    },
    async startCatalogue(account) {
      tell({ kind: "catalogue", account });
      return null;
    },
    async subscriptions() {
      return { fetchedAt: now, subscriptions: [] };
    },
    async startSubscriptions(account) {
      tell({ kind: "subscriptions", account });
      return null;
    },
  } satisfies Partial<Host>;
}
