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
      <h2>{refusals.length === 1 ? "One field was refused" : `${refusals.length} fields were refused`}</h2>
      <p>They are null in the response above; everything else was answered.</p>
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
      {refusal.count > 1 && <span> ({refusal.count} times)</span>}
      {refusal.action !== "" && (
        <span>
          {" "}
          needs the right <strong>{refusal.action}</strong>
        </span>
      )}
      {refusal.roles.length > 0 && <span>, which these have: {refusal.roles.join(", ")}</span>}.
    </>
  );
}
