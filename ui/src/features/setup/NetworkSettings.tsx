import { Button, Heading, Textfield, ValidationMessage } from "@digdir/designsystemet-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { NetworkView, UiError } from "../../ipc/bindings.ts";
import { keys as cache } from "../../ipc/cache.ts";
import { asUiError, errorHelp, errorTitle } from "../../ipc/errors.ts";
import { useHost, useNetwork } from "../../ipc/queries.ts";
import "./network.css";

/** How the network is reached: a proxy, issuers that are trusted besides the system's, the gateway's key. */
export default function NetworkSettings() {
  const host = useHost();
  const { data: network, error, refetch } = useNetwork();
  return network ? (
    <Network network={network} />
  ) : error ? (
    <ErrorNotice error={asUiError(error, host.now())} onAct={() => void refetch()} />
  ) : null;
}

function Network({ network }: { network: NetworkView }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const client = useQueryClient();
  const announce = useAnnounce();
  const [address, setAddress] = useState(network.proxy ?? "");
  const [user, setUser] = useState(network.proxyUser ?? "");
  const [password, setPassword] = useState("");
  const [gatewayKey, setGatewayKey] = useState("");
  const [error, setError] = useState<UiError | null>(null);

  const run = (act: Promise<NetworkView>, then?: () => void) => {
    setError(null);
    act.then(
      (next) => {
        client.setQueryData(cache.network(), next);
        then?.();
        announce(text("settings.saved"));
      },
      (cause: unknown) => setError(asUiError(cause, host.now())),
    );
  };
  const proxyFault =
    error?.code === "proxyInvalid"
      ? `${text(errorTitle(error.code))} ${text(errorHelp(error.code))}`
      : undefined;
  const certificateFault =
    error?.code === "certificateUnreadable" || error?.code === "fileUnreadable"
      ? `${text(errorTitle(error.code))} ${text(errorHelp(error.code))}`
      : null;
  return (
    <>
      <section className="network-part">
        <Heading level={3} data-size="2xs">
          {text("setup.network.proxy")}
        </Heading>
        <p>{text(network.proxy === null ? "setup.network.system" : "setup.network.own")}</p>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            run(
              host.setProxy(
                address.trim() === ""
                  ? null
                  : {
                      address: address.trim(),
                      user: user.trim() === "" ? null : user.trim(),
                      password: password === "" ? null : password,
                    },
              ),
              () => setPassword(""),
            );
          }}
        >
          <Textfield
            data-size="sm"
            label={text("setup.network.address")}
            description={text("setup.network.addressHelp")}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            value={address}
            error={proxyFault}
            onChange={(event) => setAddress(event.target.value)}
          />
          <Textfield
            data-size="sm"
            label={text("setup.network.user")}
            autoComplete="off"
            spellCheck={false}
            value={user}
            onChange={(event) => setUser(event.target.value)}
          />
          <Textfield
            data-size="sm"
            type="password"
            label={text("setup.network.password")}
            description={network.hasProxyPassword ? text("setup.network.passwordKept") : undefined}
            autoComplete="off"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <div className="network-acts">
            <Button data-size="sm" type="submit">
              {text("setup.network.save")}
            </Button>
            {network.proxy === null ? null : (
              <Button
                data-size="sm"
                variant="tertiary"
                onClick={() => {
                  setAddress("");
                  setUser("");
                  setPassword("");
                  run(host.setProxy(null));
                }}
              >
                {text("setup.network.useSystem")}
              </Button>
            )}
          </div>
        </form>
      </section>
      <section className="network-part">
        <Heading level={3} data-size="2xs">
          {text("setup.network.issuers")}
        </Heading>
        <p>{text("setup.network.issuersHelp")}</p>
        {network.certificates.length > 0 ? (
          <ul className="network-list">
            {network.certificates.map((certificate) => (
              <li key={certificate.id}>
                <span>
                  {certificate.subject}
                  <br />
                  {text("setup.key.until", { time: format.date(certificate.validUntil) })}
                </span>
                <Button
                  data-size="sm"
                  variant="tertiary"
                  data-color="danger"
                  aria-label={text("setup.network.distrust", { name: certificate.subject })}
                  onClick={() => run(host.removeCertificate(certificate.id))}
                >
                  {text("setup.network.remove")}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
        {certificateFault ? <ValidationMessage>{certificateFault}</ValidationMessage> : null}
        <Button
          data-size="sm"
          variant="secondary"
          onClick={() =>
            void host.pickSetupFile("certificate").then((path) => {
              if (path !== null) {
                run(host.addCertificates(path));
              }
            })
          }
        >
          {text("setup.network.add")}
        </Button>
      </section>
      <section className="network-part">
        <Heading level={3} data-size="2xs">
          {text("doctor.check.subscriptionKey")}
        </Heading>
        <p>{text(network.hasSubscriptionKey ? "setup.network.keyKept" : "setup.network.keyHelp")}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (gatewayKey.trim() !== "") {
              run(host.setSubscriptionKey(gatewayKey.trim()), () => setGatewayKey(""));
            }
          }}
        >
          <Textfield
            data-size="sm"
            type="password"
            label={text("setup.network.key")}
            autoComplete="off"
            value={gatewayKey}
            onChange={(event) => setGatewayKey(event.target.value)}
          />
          <div className="network-acts">
            <Button data-size="sm" type="submit" variant="secondary">
              {text("setup.network.keySave")}
            </Button>
            {network.hasSubscriptionKey ? (
              <Button data-size="sm" variant="tertiary" onClick={() => run(host.setSubscriptionKey(null))}>
                {text("setup.network.keyRemove")}
              </Button>
            ) : null}
          </div>
        </form>
      </section>
      {error && !proxyFault && !certificateFault ? <ErrorNotice error={error} /> : null}
    </>
  );
}
