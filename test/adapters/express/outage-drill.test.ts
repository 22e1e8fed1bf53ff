import { Agent, type IncomingMessage, request } from "node:http";
import express from "express";
import { describe, onTestFinished } from "vitest";
import { authorize } from "../../../src/adapters/express/authorize.ts";
import { holdsThroughOutages } from "../../tokens/outage-drill.ts";
import { listen } from "./listen.ts";

describe("an outage of the JWKS endpoint, behind Express and over HTTP", () => {
  holdsThroughOutages(async (authorizer) => {
    const app = express();
    app.use(authorize(authorizer));
    app.get("/articles", (_req, res) => res.json({}));
    const { port } = await listen(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    onTestFinished(() => agent.destroy());
    return async function ask(raw) {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { authorization: `Bearer ${raw}` };
        request({ host: "127.0.0.1", port, agent, path: "/articles", headers }, resolve).on("error", reject).end();
      });
      let text = "";
      for await (const chunk of answer) text += chunk;
      const { "retry-after": retryAfter, "www-authenticate": challenge } = answer.headers;
      return {
        status: Number(answer.statusCode),
        code: (JSON.parse(text) as { code?: string }).code,
        ...(retryAfter !== undefined && { retryAfter: Number(retryAfter) }),
        challenge,
      };
    };
  });
});
