"""The contract: GraphQL types, without SQL and without rules."""
