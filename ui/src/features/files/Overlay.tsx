import { CloudUpIcon } from "@navikt/aksel-icons";
import "./files.css";

/** Names the result of letting go, over the whole window. Shown by the pointer alone, so it is not for reading aloud. */
export function Overlay(props: { text: string }) {
  return (
    <div className="files-overlay" aria-hidden>
      <p>
        <CloudUpIcon aria-hidden />
        {props.text}
      </p>
    </div>
  );
}
