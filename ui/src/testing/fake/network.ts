import type { Host } from "../../ipc/backend.ts";
import type { NetworkView, SubscriptionList, SystemUserView } from "../../ipc/bindings.ts";
import type { Ground } from "./ground.ts";

/** How Altinn is reached, and what is asked of it while an account is set up. */
export function fakeNetwork(ground: Ground) {
  const { now, tell, refuse } = ground;
  const network: NetworkView = {
    proxy: null,
    proxyUser: null,
    hasProxyPassword: false,
    certificates: [],
    hasSubscriptionKey: false,
  };
  let subscriptions: SubscriptionList["subscriptions"] = [];
  let request: SystemUserView | null = null;
  const shownNetwork = () => {
    tell({ kind: "status" }, { kind: "settings" }, { kind: "accounts" });
    return structuredClone(network);
  };
  return {
    async network() {
      return structuredClone(network);
    },
    async setProxy(proxy) {
      if (proxy && !/^https?:\/\/[^/@]+/.test(proxy.address)) {
        refuse("proxyInvalid");
      }
      network.proxy = proxy?.address ?? null;
      network.proxyUser = proxy?.user || null;
      network.hasProxyPassword = Boolean(proxy?.user && (proxy.password ?? network.hasProxyPassword));
      return shownNetwork();
    },
    async addCertificates(path) {
      if (!/\.(pem|crt|cer)$/.test(path)) {
        refuse("certificateUnreadable");
      }
      const certificate = {
        id: `${network.certificates.length}`,
        subject: "CN=Fjordvik Root CA, O=Fjordvik kommune",
        validUntil: now + 900 * 86_400_000,
      };
      network.certificates.push(certificate);
      return shownNetwork();
    },
    async removeCertificate(id) {
      network.certificates = network.certificates.filter((one) => one.id !== id);
      return shownNetwork();
    },
    async setSubscriptionKey(key) {
      network.hasSubscriptionKey = Boolean(key?.trim());
      return shownNetwork();
    },
    async askSystemUser() {
      request ??= {
        state: "pending",
        link: "https://am.ui.tt02.altinn.no/accessmanagement/ui/systemuser/request?id=1",
        isEscalated: false,
        askedAt: now,
      };
      return request;
    },
    async systemUser() {
      return request;
    },
    async subscribe(_account, draft) {
      if (!draft.endpoint.startsWith("https://")) {
        refuse("endpointInvalid");
      }
      const endpoint = `${new URL(draft.endpoint).origin}/…`;
      const { resource, kind } = draft;
      subscriptions = [
        ...subscriptions,
        {
          id: subscriptions.length + 1,
          endpoint,
          resource,
          kind,
          isValidated: false,
          createdAt: now,
          findings: [],
        },
      ];
      return { fetchedAt: now, subscriptions };
    },
    async unsubscribe(_account, id) {
      subscriptions = subscriptions.filter((one) => one.id !== id);
      return { fetchedAt: now, subscriptions };
    },
  } satisfies Partial<Host>;
}
