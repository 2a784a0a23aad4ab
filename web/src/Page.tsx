import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN, GraphiQL } from "graphiql";
import { useMemo, useSyncExternalStore } from "react";

import { examples } from "./examples";
import { ExamplesMenu } from "./ExamplesMenu";
import { fetcherFor } from "./fetcher";
import { Refusals } from "./Refusals";
import type { Session } from "./session";
import { SignInBar } from "./SignInBar";

const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const tabs = examples.map(({ query, variables }) => ({ query, variables }));

export function Page({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const fetcher = useMemo(() => fetcherFor(session), [session]);
  return (
    <>
      <SignInBar session={session} state={state} />
      <main className="editor">
        {state.phase !== "starting" && (
          // A new account starts anew: no answer of the former one stays on the screen.
          <GraphiQL
            key={state.account?.login ?? ""}
            fetcher={fetcher}
            plugins={plugins}
            defaultTabs={tabs}
            defaultEditorToolsVisibility="variables"
            inputValueDeprecation
            schemaDescription
          >
            <GraphiQL.Logo>
              <></>
            </GraphiQL.Logo>
            <GraphiQL.Toolbar>
              {({ prettify, copy, merge }) => (
                <>
                  {prettify}
                  {merge}
                  {copy}
                  <ExamplesMenu />
                </>
              )}
            </GraphiQL.Toolbar>
            <GraphiQL.Footer>
              <Refusals />
            </GraphiQL.Footer>
          </GraphiQL>
        )}
      </main>
    </>
  );
}
