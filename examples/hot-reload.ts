/** An Express API whose policy is a file: a good change is taken while it runs, a bad one changes nothing and is reported. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { bearer, createAuthorizer, userPool } from "poolgate";
import { authorize } from "poolgate/express";
import { policyFile } from "poolgate/policy";
import { startPools } from "poolgate/testing";

await using pools = await startPools();
const folder = await mkdtemp(join(tmpdir(), "poolgate-"));
const path = join(folder, "policy.yaml");
const write = (rule: string) => writeFile(path, `version: 1\nroutes:\n  POST /articles: ${rule}\n`);
await write("{ group: editors }");

// Who waits for the next report; your own code would log it.
let tell: (report: string) => void = console.log;
const nextReport = () => new Promise<string>((resolve) => (tell = resolve));

const policy = await policyFile(path, {
  watch: true,
  intervalMs: 50,
  onReload: () => tell("the policy has changed"),
  onError: (error) => tell(`the policy stays as it is: ${error.message.replaceAll(`${folder}/`, "")}`),
});

const { userPoolId, clientId, jwks } = pools;
const access = userPool({ userPoolId, clientId, tokenUse: "access", jwks });
const app = express();
app.use(authorize(createAuthorizer({ verifiers: [bearer({ issuers: [access] })], policy })));
app.post("/articles", (_req, res) => void res.status(201).end());
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const post = async (name: string, group: string) => {
  const headers = { authorization: `Bearer ${pools.accessToken({ name, groups: [group] })}` };
  const { status } = await fetch(`${origin}/articles`, { method: "POST", headers });
  console.log(name, "of the", group, "POST /articles", status);
};

await post("ada", "editors");
await post("bob", "writers");

let report = nextReport();
await write("{ group: [editors, writers] }");
console.log(await report);
await post("bob", "writers");

report = nextReport();
await write("{ gruop: editors }");
console.log(await report);
await post("bob", "writers");

report = nextReport();
await rm(path);
console.log(await report);
await post("bob", "writers");

report = nextReport();
await write("{ group: editors }");
console.log(await report);
await post("bob", "writers");

policy.close();
server.close();
await rm(folder, { recursive: true });
