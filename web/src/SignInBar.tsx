import { type FormEvent, useEffect, useRef, useState } from "react";

import { type Session, type SessionState, SignInRefused } from "./session";

interface Props {
  session: Session;
  state: SessionState;
}

export function SignInBar({ session, state }: Props) {
  return (
    <header className="bar">
      <h1 className="bar-title">
        Chorus structures <span className="bar-subtitle">GraphiQL</span>
      </h1>
      {state.notice !== null && (
        <p role="alert" className="bar-message">
          {state.notice}
        </p>
      )}
      {state.phase === "signed-in" && <SignedIn session={session} state={state} />}
      {state.phase === "signed-out" && <SignInForm session={session} />}
    </header>
  );
}

function SignedIn({ session, state }: Props) {
  const [waiting, setWaiting] = useState(false);
  const account = state.account;
  return (
    <div className="bar-account">
      <p role="status" className="bar-who">
        Signed in as <strong>{account?.displayName}</strong>
        {account?.displayName !== account?.login && <span className="bar-login">{account?.login}</span>}
      </p>
      <button
        type="button"
        className="bar-button quiet"
        disabled={waiting}
        onClick={() => {
          setWaiting(true);
          void session.signOut();
        }}
      >
        Sign out
      </button>
    </div>
  );
}

function SignInForm({ session }: { session: Session }) {
  const [waiting, setWaiting] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const attempts = useRef(0);

  useEffect(() => {
    if (attempts.current > 0 && !waiting && refusal !== null) {
      password.current?.select();
    }
  }, [waiting, refusal]);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    attempts.current += 1;
    setWaiting(true);
    setRefusal(null);
    try {
      await session.signIn(String(fields.get("login")).trim(), String(fields.get("password")));
    } catch (error) {
      setRefusal(
        error instanceof SignInRefused ? error.message : "The server could not be reached.",
      );
      setWaiting(false);
    }
  }

  return (
    <form className="bar-form" method="post" aria-label="Sign in" onSubmit={submit}>
      {refusal !== null && (
        <p role="alert" id="sign-in-refusal" className="bar-message">
          {refusal}
        </p>
      )}
      <label htmlFor="login">Login</label>
      <input
        id="login"
        name="login"
        type="email"
        required
        autoComplete="username"
        placeholder="name@example.org"
      />
      <label htmlFor="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        required
        autoComplete="current-password"
        ref={password}
        aria-invalid={refusal !== null}
        aria-describedby={refusal === null ? undefined : "sign-in-refusal"}
      />
      <button type="submit" className="bar-button" disabled={waiting}>
        {waiting ? "Signing in…" : "Sign in"}
      </button>
    </form>
  );
}
