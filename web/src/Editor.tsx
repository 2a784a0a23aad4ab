import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useMemo, useState } from "react";

import { examples } from "./examples";
import { ExamplesMenu } from "./ExamplesMenu";
import { fetcherFor } from "./fetcher";
import { Refusals } from "./Refusals";
import type { Session } from "./session";

const STORED_TABS = "graphiql:tabState";

const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const tabs = examples.map(({ query, variables }) => ({ query, variables }));

interface Props {
  session: Session;
  signedIn: boolean;
}

export function Editor({ session, signedIn }: Props) {
  const fetcher = useMemo(() => fetcherFor(session), [session]);
  const [start] = useState(activeTab);
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={tabs}
      initialQuery={start.query}
      initialVariables={start.variables}
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
        <Refusals signedIn={signedIn} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

/** What the editors begin with; left alone, they show the first tab only, without its variables. */
function activeTab(): { query: string; variables: string } {
  const first = tabs[0] ?? { query: "", variables: "" };
  try {
    const stored = JSON.parse(localStorage.getItem(STORED_TABS) ?? "null");
    const { query, variables } = stored.tabs[stored.activeTabIndex];
    return { query: query ?? "", variables: variables ?? "" };
  } catch {
    return first;
  }
}
