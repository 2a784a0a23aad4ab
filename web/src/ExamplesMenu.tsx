import { ToolbarMenu, useGraphiQL, useGraphiQLActions } from "@graphiql/react";

import { type Example, examples } from "./examples";

/** A menu that opens an example in a new tab, for those whose tab was closed or changed. */
export function ExamplesMenu() {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);

  function open({ query, variables }: Example) {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    queryEditor?.setScrollPosition({ scrollLeft: 0, scrollTop: 0 });
    updateActiveTabValues({ query, variables });
  }

  return (
    <ToolbarMenu
      button={
        <button type="button" className="graphiql-un-styled graphiql-toolbar-button examples-button" aria-label="Open an example" title="Open an example">
          <svg viewBox="0 0 24 24" className="graphiql-toolbar-icon" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
            <path d="M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7" />
          </svg>
        </button>
      }
    >
      {examples.map((example) => (
        <ToolbarMenu.Item key={example.title} onSelect={() => open(example)}>
          {example.title}
        </ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  );
}
