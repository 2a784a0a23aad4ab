/** One coordinate of the answer that was refused, however many objects it concerns. */
export interface Refusal {
  place: string;
  count: number;
  action: string;
  roles: string[];
}

interface ResponseError {
  path?: (string | number)[];
  extensions?: { code?: string; action?: string; roles?: string[] };
}

const ROLES: Record<string, string> = {
  SIGNED_IN: "any signed-in user",
  SELF: "the user concerned",
};

/** Read the refused fields out of a response as GraphiQL shows it. */
export function refusalsIn(response: string): Refusal[] {
  const found = new Map<string, Refusal>();
  for (const { path = [], extensions } of errorsIn(response)) {
    if (extensions?.code !== "FORBIDDEN") {
      continue;
    }
    const place = path.filter((step) => typeof step === "string").join(".");
    const known = found.get(place);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    found.set(place, {
      place,
      count: 1,
      action: asDocumented(extensions.action ?? ""),
      roles: (extensions.roles ?? []).map(
        (role) => ROLES[role] ?? role.toLowerCase().replaceAll("_", " "),
      ),
    });
  }
  return [...found.values()];
}

function errorsIn(response: string): ResponseError[] {
  if (!response.includes("FORBIDDEN")) {
    return [];
  }
  try {
    return (JSON.parse(response) as { errors?: ResponseError[] }).errors ?? [];
  } catch {
    // A response that is still arriving is no JSON yet.
    return [];
  }
}

/** Write an action as the descriptions of the schema do: BANK_ACCOUNT_READ is bank-account:read. */
function asDocumented(action: string): string {
  return action.toLowerCase().replace(/_([^_]*)$/, ":$1").replaceAll("_", "-");
}
