// The editor's workers must be set up before anything else of GraphiQL is loaded.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

import { createRoot } from "react-dom/client";

import { Page } from "./Page";
import { Session } from "./session";

// The editor cancels its own pending work when a new account gets a new editor.
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof Error && event.reason.name === "Canceled") {
    event.preventDefault();
  }
});

const session = new Session();
void session.start();
createRoot(document.getElementById("page")!).render(<Page session={session} />);
