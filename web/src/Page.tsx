import { useSyncExternalStore } from "react";

import { Editor } from "./Editor";
import type { Session } from "./session";
import { SignInBar } from "./SignInBar";

export function Page({ session }: { session: Session }) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  return (
    <>
      <SignInBar session={session} state={state} />
      <main className="editor">
        {state.phase !== "starting" && (
          // A new account starts anew: no answer of the former one stays on the screen.
          <Editor
            key={state.account?.login ?? ""}
            session={session}
            signedIn={state.phase === "signed-in"}
          />
        )}
      </main>
    </>
  );
}
