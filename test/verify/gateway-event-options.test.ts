import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { userPool } from "../../src/tokens/user-pool.ts";
import { gatewayEvent } from "../../src/verify/gateway-event.ts";
import { account, apiId, clientId, identityPoolId, userPoolId } from "../fixtures/facts.ts";
import { serviceArn, serviceNetworkArn } from "../fixtures/vpc-lattice.ts";
import { iamTrust, roles } from "./gateway-events.ts";

const stage = { account, apiId, stage: "prod" };
const rest = { format: "rest-iam", ...stage };
const cognito = { format: "rest-cognito", ...stage, userPoolId, clientId, tokenUse: "id" };
const pool = userPool({ userPoolId, clientId, tokenUse: "id" });
const at = "gatewayEvent.trust[0]";

describe("gatewayEvent", () => {
  it("is one verifier whose verdicts no gateway may cache", () => {
    const verifier = gatewayEvent({ trust: iamTrust, roles });
    expect(verifier).toMatchObject({ scheme: "Gateway-Event", challenge: "AWS4-HMAC-SHA256", perRequest: true });
    expect(verifier.issuers).toEqual([]);
  });

  it.each<[unknown, string, string]>([
    [undefined, "missing_option", "gatewayEvent"],
    [{ roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: [], roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: rest, roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: [rest], roles, clocks: Date.now }, "unknown_option", "gatewayEvent.clocks"],
    [{ trust: [rest], roles, clock: 7 }, "invalid_option", "gatewayEvent.clock"],
    [{ trust: [rest] }, "missing_option", "gatewayEvent.roles"],
    [{ trust: [rest], roles: undefined }, "invalid_option", "gatewayEvent.roles"],
    [{ trust: [rest], roles: { Editor: { groups: [] } } }, "invalid_option", 'gatewayEvent.roles["Editor"]'],
    [{ trust: [null], roles }, "invalid_option", `${at}.format`],
    [{ trust: ["rest-iam"], roles }, "invalid_option", `${at}.format`],
    [{ trust: [{ ...rest, format: "constructor" }], roles }, "invalid_option", `${at}.format`],
    [{ trust: [{ ...rest, format: "alb" }], roles }, "invalid_option", `${at}.format`],
    [{ trust: [{ ...rest, urlId: "x" }], roles }, "unknown_option", `${at}.urlId`],
    [{ trust: [{ ...rest, account: undefined }], roles }, "missing_option", `${at}.account`],
    [{ trust: [{ ...rest, account: 123456789012 }], roles }, "invalid_option", `${at}.account`],
    [{ trust: [{ ...rest, account: "12345" }], roles }, "invalid_option", `${at}.account`],
    [{ trust: [{ ...rest, apiId: "*" }], roles }, "invalid_option", `${at}.apiId`],
    [{ trust: [{ ...rest, stage: "" }], roles }, "invalid_option", `${at}.stage`],
    [{ trust: [{ ...rest, stage: "prod/x" }], roles }, "invalid_option", `${at}.stage`],
    [{ trust: [rest, rest], roles }, "invalid_option", "gatewayEvent.trust[1]"],
    [{ trust: [{ ...rest, identityPools: identityPoolId }], roles }, "invalid_option", `${at}.identityPools`],
    [{ trust: [{ ...rest, identityPools: [identityPoolId] }], roles }, "missing_option", `${at}.identityPools[0]`],
    [{ trust: [{ ...rest, identityPools: [{}] }], roles }, "missing_option", `${at}.identityPools[0].identityPoolId`],
    [
      { trust: [{ ...rest, identityPools: [{ identityPoolId: userPoolId }] }], roles },
      "invalid_option",
      `${at}.identityPools[0].identityPoolId`,
    ],
    [
      { trust: [{ ...rest, identityPools: [{ identityPoolId }, { identityPoolId }] }], roles },
      "invalid_option",
      `${at}.identityPools[1].identityPoolId`,
    ],
    [
      { trust: [{ ...rest, identityPools: [{ identityPoolId, userPools: userPoolId }] }], roles },
      "invalid_option",
      `${at}.identityPools[0].userPools`,
    ],
    [
      { trust: [{ ...rest, identityPools: [{ identityPoolId, userPools: ["x"] }] }], roles },
      "invalid_option",
      `${at}.identityPools[0].userPools`,
    ],
    [{ trust: [{ format: "function-url-iam", urlId: "https://x" }], roles }, "invalid_option", `${at}.urlId`],
    [
      { trust: [{ format: "function-url-iam", urlId: "x", identityPools: [] }], roles },
      "unknown_option",
      `${at}.identityPools`,
    ],
    [{ trust: [{ format: "appsync-iam", host: "https://a.example.com" }], roles }, "invalid_option", `${at}.host`],
    [
      { trust: [{ format: "vpc-lattice", serviceNetworkArn: serviceArn, serviceArn }], roles },
      "invalid_option",
      `${at}.serviceNetworkArn`,
    ],
    [{ trust: [{ format: "vpc-lattice", serviceNetworkArn }], roles }, "missing_option", `${at}.serviceArn`],
    [{ trust: [cognito], roles }, "invalid_option", "gatewayEvent.roles"],
    [{ trust: [cognito, cognito] }, "invalid_option", "gatewayEvent.trust[1]"],
    [{ trust: [{ ...cognito, identityPools: [] }] }, "unknown_option", `${at}.identityPools`],
    [{ trust: [{ ...cognito, userPoolId: undefined }] }, "missing_option", `${at}.userPoolId`],
    [{ trust: [{ ...cognito, userPoolId: "Example01" }] }, "invalid_option", `${at}.userPoolId`],
    [{ trust: [{ ...cognito, clientId: undefined }] }, "missing_option", `${at}.clientId`],
    [{ trust: [{ ...cognito, clientId: [] }] }, "invalid_option", `${at}.clientId`],
    [{ trust: [{ ...cognito, clientId: [""] }] }, "invalid_option", `${at}.clientId`],
    [{ trust: [{ ...cognito, tokenUse: undefined }] }, "missing_option", `${at}.tokenUse`],
    [{ trust: [{ ...cognito, tokenUse: "refresh" }] }, "invalid_option", `${at}.tokenUse`],
    [{ trust: [{ ...cognito, scopes: "as_is" }] }, "invalid_option", `${at}.scopes`],
    [{ trust: [{ ...cognito, stage: undefined }] }, "missing_option", `${at}.stage`],
    [{ trust: [{ ...cognito, issuers: [pool] }] }, "unknown_option", `${at}.userPoolId`],
    [{ trust: [{ ...stage, format: "http-jwt", issuers: [] }] }, "missing_option", "bearer.issuers"],
    [{ trust: [{ ...stage, format: "http-jwt", issuers: [pool, pool] }] }, "invalid_option", "bearer.issuers"],
  ])("refuses %j", (options, code, option) => {
    const construct = () => gatewayEvent(options as never);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ code, option }));
  });
});
