import { AuthError } from "../../../src/errors.ts";
import { closedGroups, createPrincipal } from "../../../src/principal.ts";
import type { Verifier } from "../../../src/verifier.ts";

/** The time of all tests. */
export const now = Date.UTC(2026, 0, 1);

/** Takes `Bearer ada:editors,admins` for a user with these groups, whose token ends in ten minutes. */
export const tokens: Verifier = {
  scheme: "Bearer",
  detects: ({ headers }) => headers.all("authorization").length > 0,
  async verify({ headers }) {
    const [, id, groups = ""] = /^Bearer ([a-z]+)(?::([a-z,]+))?$/.exec(headers.get("authorization") ?? "") ?? [];
    if (id === "down") throw new AuthError("keys_unavailable");
    if (id === undefined) throw new AuthError("invalid_token");
    return {
      principal: createPrincipal({
        ...{ kind: "user", id: `user:pool:${id}`, issuer: "pool", verifiedBy: "test" },
        groups: closedGroups(groups === "" ? [] : groups.split(",")),
        ...(id !== "endless" && { expiresAt: new Date(now + 600_000) }),
      }),
    };
  },
};
