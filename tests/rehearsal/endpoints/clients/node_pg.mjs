// Logs in once with Node's pg and a token from AWS's own SDK, and prints whom the database takes it for.
// Told by one argument, JSON: host, address, port, user, database, region, root, secondsAgo. Credentials: AWS_* variables.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { mock } from 'node:test';

import { Signer } from '@aws-sdk/rds-signer';
import pg from 'pg';

const login = JSON.parse(process.argv[2]);
dns.lookup = (_, options, answer) => // the loopback address that stands in for the endpoint
  options.all ? answer(null, [{ address: login.address, family: 4 }]) : answer(null, login.address, 4);

mock.timers.enable({ apis: ['Date'], now: Date.now() - login.secondsAgo * 1000 });
const password = await new Signer({
  hostname: login.host, port: login.port, username: login.user, region: login.region,
}).getAuthToken();
mock.timers.reset();

const client = new pg.Client({
  host: login.host, port: login.port, user: login.user, database: login.database, password,
  ssl: { ca: readFileSync(login.root), rejectUnauthorized: true },
});
try {
  await client.connect();
  console.log((await client.query('SELECT session_user')).rows[0].session_user);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await client.end();
}
