export interface Example {
  title: string;
  query: string;
  variables: string;
}

const queries = import.meta.glob<string>("../examples/*.graphql", {
  eager: true,
  import: "default",
  query: "?raw",
});
const variables = import.meta.glob<string>("../examples/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});

/** The examples in the order of their numbers; the first comment of each is its title. */
export const examples: Example[] = Object.keys(queries)
  .sort()
  .map((path) => {
    const query = queries[path]!.trim();
    return {
      title: query.split("\n", 1)[0]!.replace(/^#\s*/, ""),
      query,
      variables: (variables[path.replace(/graphql$/, "json")] ?? "").trim(),
    };
  });
