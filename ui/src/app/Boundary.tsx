import { Button } from "@digdir/designsystemet-react";
import { Component, type ReactNode } from "react";
import { text } from "../i18n/index.ts";

/** Keeps a fault in one part of the window from taking the rest with it. */
export class Boundary extends Component<{ children: ReactNode; name: string }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidUpdate(before: { name: string }) {
    if (before.name !== this.props.name && this.state.hasFailed) {
      this.setState({ hasFailed: false });
    }
  }

  override render() {
    if (!this.state.hasFailed) {
      return this.props.children;
    }
    return (
      <div className="boundary" role="alert">
        <p className="empty-title">{text("error.boundary.title")}</p>
        <p>{text("error.boundary.help")}</p>
        <Button variant="secondary" data-size="sm" onClick={() => this.setState({ hasFailed: false })}>
          {text("error.action.retry")}
        </Button>
      </div>
    );
  }
}
