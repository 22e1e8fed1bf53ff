/**
 * A process of its own, with `--expose-gc`: opens sessions in the memory store, looks each up once, so that as many keys are
 * at hand as ever are, and reports the heap and external bytes that each of them takes after a collection.
 */
import { createSessions, memoryStore } from "../../dist/index.js";
import { region, service } from "../fixtures.mjs";
import { brokeredSession } from "./brokered-session.mjs";

const count = 100_000;
const before = used();
const sessions = createSessions({ service, region, store: memoryStore({ maxEntries: 2 * count }) });
const ids = [];
for (let index = 0; index < count; index++) {
  const session = brokeredSession(index);
  await sessions.open(session);
  await sessions.find(session.accessKeyId);
  if (index % 1000 === 0) ids.push(session.accessKeyId);
}
const bytes = (used() - before) / count;
for (const id of ids) if ((await sessions.find(id))?.accessKeyId !== id) throw new Error("a session is gone");
process.send({ bytes });
process.disconnect();

function used() {
  for (let round = 0; round < 4; round++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
