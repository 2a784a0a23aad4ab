export interface Account {
  login: string;
  displayName: string;
}

export interface SessionState {
  phase: "starting" | "signed-out" | "signed-in";
  account: Account | null;
  /** What the reader must know about a change that he did not ask for. */
  notice: string | null;
}

export interface GraphQLRequest {
  query: string;
  operationName?: string | null;
  variables?: unknown;
}

interface TokenAnswer {
  access_token: string;
  expires_in: number;
}

type Renewal = "renewed" | "other-account" | "ended" | "unreachable";

export class SignInRefused extends Error {}

// A hint, not a secret: without it the first visit would ask for a session that cannot exist.
const HINT = "chorus-structures:signed-in";
const RENEWAL_LOCK = "chorus-structures:renewal";
const RETRY_SECONDS = 30;
const WHO_AM_I = "query WhoAmI { viewer { login displayName } }";

/** The reader's session: the access token lives in this object's memory and nowhere else. */
export class Session {
  #state: SessionState = { phase: "starting", account: null, notice: null };
  #listeners = new Set<() => void>();
  #token: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewal: Promise<Renewal> | null = null;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): SessionState => this.#state;

  /** Take up the session that an earlier visit left in the cookie, if there is one. */
  async start(): Promise<void> {
    if (localStorage.getItem(HINT) === null || (await this.#renew()) !== "renewed") {
      this.#end(null);
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    const answer = await post("/auth/token", { login, password });
    if (!answer.ok) {
      throw new SignInRefused(await reasonOf(answer));
    }
    await this.#take((await answer.json()) as TokenAnswer, login);
  }

  async signOut(): Promise<void> {
    const token = this.#token;
    const answer = await post("/auth/logout", {}, token).catch(() => null);
    this.#end(
      answer?.ok ? null : "The server did not confirm: the session may stay open until it expires.",
    );
  }

  /** Send one GraphQL request; when the token is refused, renew it once and send again. */
  async send(request: GraphQLRequest, headers?: Record<string, string>): Promise<Response> {
    const answer = await postQuery(request, this.#token, headers);
    if (answer.status !== 401 || this.#token === null) {
      return answer;
    }
    // What was written for one account must never run under another one.
    return (await this.#renew()) === "renewed"
      ? postQuery(request, this.#token, headers)
      : answer;
  }

  #renew(): Promise<Renewal> {
    this.#renewal ??= this.#renewAlone().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewAlone(): Promise<Renewal> {
    const before = this.#state.account;
    // Refresh cookies rotate: two windows that send the same one would end the session.
    const ask = () => post("/auth/refresh", {});
    const answer = await (navigator.locks?.request(RENEWAL_LOCK, ask) ?? ask()).catch(() => null);
    if (answer === null || answer.status === 429 || answer.status >= 500) {
      this.#renewIn(RETRY_SECONDS);
      return "unreachable";
    }
    if (!answer.ok) {
      this.#end(before === null ? null : "Your session has ended. Please sign in again.");
      return "ended";
    }
    await this.#take((await answer.json()) as TokenAnswer, before?.login ?? "");
    if (before === null || before.login === this.#state.account?.login) {
      return "renewed";
    }
    this.#set({ ...this.#state, notice: "Another account was signed in in another window." });
    return "other-account";
  }

  async #take(answer: TokenAnswer, login: string): Promise<void> {
    const account = await whoIs(answer.access_token).catch(() => null);
    this.#token = answer.access_token;
    this.#renewIn(Math.max(answer.expires_in - 60, answer.expires_in / 2));
    localStorage.setItem(HINT, "yes");
    this.#set({
      phase: "signed-in",
      account: account ?? { login, displayName: login || "an account without a name" },
      notice: null,
    });
  }

  #end(notice: string | null): void {
    clearTimeout(this.#timer);
    this.#token = null;
    localStorage.removeItem(HINT);
    this.#set({ phase: "signed-out", account: null, notice });
  }

  #renewIn(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#renew(), seconds * 1000);
  }

  #set(state: SessionState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

function post(address: string, body: unknown, token: string | null = null): Promise<Response> {
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}

function postQuery(
  request: GraphQLRequest,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch("/graphql", {
    method: "POST",
    credentials: "omit",
    headers: {
      Accept: "application/graphql-response+json, application/json;q=0.9",
      "Content-Type": "application/json",
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(request),
  });
}

async function whoIs(token: string): Promise<Account | null> {
  const answer = await postQuery({ query: WHO_AM_I }, token);
  return ((await answer.json()) as { data?: { viewer?: Account } }).data?.viewer ?? null;
}

async function reasonOf(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => null)) as {
    errors?: { message?: string }[];
  } | null;
  const reason = body?.errors?.[0]?.message ?? `The server answered ${answer.status}.`;
  const wait = Number(answer.headers.get("Retry-After"));
  return wait > 0 ? `${reason} (${wait} s)` : reason;
}
