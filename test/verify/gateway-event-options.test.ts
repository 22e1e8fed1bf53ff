import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../src/configuration.ts";
import { gatewayEvent } from "../../src/verify/gateway-event.ts";
import { account, apiId, identityPoolId, userPoolId } from "../fixtures/facts.ts";
import { serviceArn, serviceNetworkArn } from "../fixtures/vpc-lattice.ts";
import { iamTrust, roles } from "./gateway-events.ts";

const rest = { format: "rest-iam", account, apiId, stage: "prod" };
const at = "gatewayEvent.trust[0]";

describe("gatewayEvent", () => {
  it("is one verifier whose verdicts no gateway may cache", () => {
    const verifier = gatewayEvent({ trust: iamTrust, roles });
    expect(verifier).toMatchObject({ scheme: "Gateway-Event", challenge: "AWS4-HMAC-SHA256", perRequest: true });
    expect(verifier.issuers).toBeUndefined();
  });

  it.each<[unknown, string, string]>([
    [undefined, "missing_option", "gatewayEvent"],
    [{ roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: [], roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: rest, roles }, "missing_option", "gatewayEvent.trust"],
    [{ trust: [rest], roles, clock: Date.now }, "unknown_option", "gatewayEvent.clock"],
    [{ trust: [rest] }, "invalid_option", "gatewayEvent.roles"],
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
  ])("refuses %j", (options, code, option) => {
    const construct = () => gatewayEvent(options as never);
    expect(construct).toThrow(ConfigurationError);
    expect(construct).toThrow(expect.objectContaining({ code, option }));
  });
});
