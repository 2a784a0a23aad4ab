// The editor's workers must be set up before anything else of GraphiQL is loaded.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./page.css";

import { createRoot } from "react-dom/client";

import { Page } from "./Page";
import { Session } from "./session";

const session = new Session();
void session.start();
createRoot(document.getElementById("page")!).render(<Page session={session} />);
