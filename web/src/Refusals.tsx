import { useGraphiQL } from "@graphiql/react";
import { useMemo } from "react";

import { type Refusal, refusalsIn } from "./refusals";

/** Under a response: which fields were refused, for which action, and who may read them. */
export function Refusals() {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response ?? "");
  const refusals = useMemo(() => refusalsIn(response), [response]);
  if (refusals.length === 0) {
    return null;
  }
  return (
    <section className="refusals" role="status" aria-label="Refused fields">
      <h2>
        {refusals.length === 1
          ? "One field was refused and is null above:"
          : `${refusals.length} fields were refused and are null above:`}
      </h2>
      <ul>
        {refusals.map((refusal) => (
          <li key={refusal.place}>
            <Explanation refusal={refusal} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Explanation({ refusal }: { refusal: Refusal }) {
  return (
    <>
      <code>{refusal.place}</code>
      {refusal.count > 1 && <> ({refusal.count} times)</>}
      {refusal.action !== "" && (
        <>
          {" "}
          needs <code>{refusal.action}</code>
        </>
      )}
      {refusal.roles.length > 0 && <>, allowed to: {refusal.roles.join(", ")}</>}.
    </>
  );
}
