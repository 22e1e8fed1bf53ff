import { authenticated, definePolicy, group } from "poolgate";

export const policy = definePolicy({
  caseSensitive: true,
  routes: {
    "GET /articles/:id": authenticated,
    "POST /articles": group("editors"),
    "GET /reports/:id": group("analysts"),
  },
});
