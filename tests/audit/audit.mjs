// Asks the service at the address given every question of the GraphQL over HTTP specification.
import { serverAudits } from 'graphql-http';

const [, , url] = process.argv;
const results = [];
for (const audit of serverAudits({ url })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
process.stdout.write(JSON.stringify(results));
