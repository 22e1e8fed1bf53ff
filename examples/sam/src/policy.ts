import { authenticated, definePolicy, equal, group, param, userId } from "poolgate";

/** Each route has a route of its own in template.yaml, and compares case as the gateway does. */
export const policy = definePolicy({
  caseSensitive: true,
  routes: {
    "GET /articles/:id": authenticated,
    "POST /articles": group("editors"),
    "GET /people/:id/drafts": equal(userId, param("id")),
  },
});
