import type { GraphQLRequest, Session } from "./session";

interface Options {
  headers?: Record<string, string>;
}

/** Make GraphiQL send its requests as the session's account. */
export function fetcherFor(session: Session) {
  return async (request: GraphQLRequest, options?: Options) => {
    const answer = await session.send(request, options?.headers);
    const type = answer.headers.get("Content-Type") ?? "";
    if (!type.includes("json")) {
      throw new Error(`The server answered ${answer.status} without JSON.`);
    }
    return answer.json();
  };
}
