/**
 * The tour: `npm start` runs a small article API behind one gate, on stand-ins of Cognito and STS, sends it good and hostile
 * requests, and prints what came of each and why. It then stays up; `npm start -- --once` ends instead.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import type { Decision } from "poolgate";
import { enroll } from "poolgate/client";
import { type Pools, startPools } from "poolgate/testing";
import { createArticleApi } from "./api.ts";
import { ada, brokeredCredentials } from "./callers.ts";
import { type Case, makeCases } from "./cases.ts";
import { commandsToTry } from "./commands.ts";
import { enrollmentOfAda, makeEnrollmentCases } from "./enrollment-cases.ts";
import { send, type WireAnswer } from "./send.ts";
import { type Row, renderTable } from "./table.ts";
import { why } from "./why.ts";

const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });

const options = {
  roles: { editors: "ArticleEditor", reporters: "Reporter" },
  guests: true,
  accessTokenAttributes: ["custom:tenant"],
};
const pools = await startPools(options);
const foreignPools = await startPools({ ...options, userPoolId: "eu-west-1_Foreign01" });

const decisions = new Map<string, Decision>();
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
const app = createArticleApi({
  pools,
  hosts: [`127.0.0.1:${port}`],
  onDecision: (decision, requestId) => {
    if (requestId !== undefined) decisions.set(requestId, decision);
  },
});
server.on("request", app as RequestListener);

const rows: Row[] = [];
/** Who the gate took ada for, row by row. */
const adaIds = new Set<string>();
const setup = { pools, foreignPools, port };
const cases = [...(await makeCases(setup)), ...(await makeEnrollmentCases(setup))];
for (const [index, one] of cases.entries()) {
  rows.push(await run(one, `tour-${index}`));
}
console.log(renderTable(rows));
const asExpected = rows.filter((row) => row.expected).length;
console.log(`\nada is ${[...adaIds].join(" and ")}, with a token and with a signature alike.`);
const passed = asExpected === rows.length && adaIds.size === 1;

if (values.once) {
  console.log(`${asExpected} of ${rows.length} as expected`);
  server.close();
  await Promise.all([pools.close(), foreignPools.close()]);
  process.exitCode = passed ? 0 : 1;
} else {
  await printCommands(pools);
}

async function run({ caller, credential, request, status, code }: Case, id: string): Promise<Row> {
  const answer = await send(port, { ...request, headers: { ...request.headers, "x-request-id": id } });
  const decision = decisions.get(id);
  if (caller.startsWith("ada") && decision?.principal !== undefined) adaIds.add(decision.principal.id);
  // The endpoints of the gate answer by themselves; no policy decides there.
  const refusal = decision === undefined ? problemOf(answer) : decision.allowed ? undefined : decision.error;
  return {
    caller,
    credential,
    request: `${request.method} ${request.path}`,
    status: answer.status,
    decision: refusal?.code ?? (decision === undefined ? "none" : "allowed"),
    why: decision === undefined ? (refusal?.message ?? "") : why(decision),
    expected: answer.status === status && refusal?.code === code,
  };
}

function problemOf({ status, text }: WireAnswer): { readonly code: string; readonly message: string } | undefined {
  if (status < 400) return undefined;
  const { code, detail } = JSON.parse(text) as { readonly code: string; readonly detail: string };
  return { code, message: detail };
}

async function printCommands(running: Pools): Promise<void> {
  const token = running.accessToken(ada);
  const credentials = await brokeredCredentials(port, running.idToken(ada));
  const enrolled = await enroll(enrollmentOfAda(running, port));
  console.log(commandsToTry({ port, token, credentials, enrolled, region: running.region }));
  console.log(`${asExpected} of ${rows.length} as expected. Press Ctrl+C to stop.`);
}
