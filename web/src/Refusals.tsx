import { useGraphiQL } from "@graphiql/react";
import { useMemo } from "react";

import { type Refusal, refusalsIn } from "./refusals";

// The service keeps this many errors of one field and counts the rest elsewhere.
const MOST_ERRORS = 20;
const NO_VIEWER = /"viewer": null/;

/** Under a response: which fields were refused, for which action, and who may read them. */
export function Refusals({ signedIn }: { signedIn: boolean }) {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response ?? "");
  const refusals = useMemo(() => refusalsIn(response), [response]);
  if (refusals.length === 0) {
    return !signedIn && NO_VIEWER.test(response) ? <SignInHint /> : null;
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

function SignInHint() {
  return (
    <section className="refusals" role="status">
      Nobody is signed in, so <code>viewer</code> is null: sign in above.
    </section>
  );
}

function Explanation({ refusal }: { refusal: Refusal }) {
  return (
    <>
      <code>{refusal.place}</code>
      {refusal.count > 1 && <> ({timesOf(refusal.count)})</>}
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

function timesOf(count: number): string {
  return count < MOST_ERRORS ? `${count} times` : `${MOST_ERRORS} times or more`;
}
