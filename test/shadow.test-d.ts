import { describe, expectTypeOf, it } from "vitest";
import { createAuthorizer } from "../src/authorizer.ts";
import { anyone } from "../src/policy/combinators.ts";
import { definePolicy } from "../src/policy/define-policy.ts";
import { type ShadowDifference, type ShadowPolicy, shadowPolicy } from "../src/shadow.ts";
import { userPool } from "../src/tokens/user-pool.ts";
import { bearer } from "../src/verify/bearer.ts";

const access = userPool({ userPoolId: "eu-west-1_PoolOne", clientId: "1example23456789", tokenUse: "access" });
const verifiers = [bearer({ issuers: [access] })] as const;
const policy = definePolicy({ routes: { "GET /": anyone } });
const onDifference = (difference: ShadowDifference) => void difference;

describe("the shadow of an authorizer", () => {
  it("is what shadowPolicy gives, and neither its options nor the function itself", () => {
    expectTypeOf(shadowPolicy).returns.toEqualTypeOf<ShadowPolicy>();
    createAuthorizer({ verifiers, policy, shadow: shadowPolicy({ policy, onDifference }) });
    // @ts-expect-error the options go into shadowPolicy
    createAuthorizer({ verifiers, policy, shadow: { policy, onDifference } });
    // @ts-expect-error it is to be called
    createAuthorizer({ verifiers, policy, shadow: shadowPolicy });
    // @ts-expect-error nobody would be told
    shadowPolicy({ policy });
  });
});
