import { createMongoAbility, subject } from "@casl/ability";
import { preparsePolicySet, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { newEnforcer, newModelFromString, StringAdapter } from "casbin";
import { allOf, anyOf, authenticated, definePolicy, equal, group, param, scope, tag } from "../../dist/index.js";
import { closedGroups, createPrincipal } from "../../dist/principal.js";
import { RequestHeaders } from "../../dist/request.js";
import { parseTarget } from "../../dist/target.js";
import { interleave, medianRatio } from "../measure.mjs";

const caller = createPrincipal({
  kind: "user",
  id: "user:eu-west-1_Benchmark:1",
  issuer: "eu-west-1_Benchmark",
  verifiedBy: "user-pool",
  userId: "1",
  groups: closedGroups(["editors", "staff"]),
  scopes: new Set(["articles/read", "articles/write"]),
  tags: new Map([["tenant", "acme"]]),
});

/**
 * A decision of the policy alone, its request split and routed: on a table of ten thousand routes beside one of twenty, and on
 * twenty beside the same rules in Cedar, casbin and CASL. Half of the requests are allowed.
 */
export async function policySuite() {
  const small = table(20);
  const large = table(10_000);
  const ours = { prepare: questionOf(small), run: (question) => decide(small.policy, question) };
  // Apart, and many at a time: the engines push all else out of the caches of the processor.
  const times = await interleave(
    {
      decide: ours,
      "decide at 10,000 routes": { prepare: questionOf(large), run: (question) => decide(large.policy, question) },
      explain: { prepare: questionOf(small), run: (question) => explain(small.policy, question) },
      "casl prebuilt": casl(small),
    },
    { operations: 1000 },
  );
  const engines = {
    "cedar preparsed": await interleave(
      { decide: ours, "cedar preparsed": cedar(small) },
      { rounds: 61, operations: 200 },
    ),
    casbin: await interleave({ decide: ours, casbin: await casbin(small) }, { rounds: 61, operations: 200 }),
  };
  const row = (name, against, ratio) => ({ suite: "policy", case: name, against, ratio });
  return [
    row("decide at 10,000 routes", "20 routes", medianRatio(times["decide at 10,000 routes"], times.decide)),
    ...Object.entries(engines).map(([name, series]) => row("decide", name, medianRatio(series.decide, series[name]))),
    row("decide", "casl prebuilt", medianRatio(times.decide, times["casl prebuilt"])),
    row("explain", "decide", medianRatio(times.explain, times.decide)),
  ];
}

/** A policy of so many routes, of which every other is closed to the caller, with requests for twenty that lie all over it. */
function table(count) {
  const routes = {};
  const requests = [];
  for (let index = 0; index < count; index++) {
    const open = index % 2 === 0;
    const key = `POST /service${index}/tenants/:tenant/articles/:id`;
    routes[key] = allOf(
      anyOf(group(open ? "editors" : "admins"), scope(open ? "articles/write" : "articles/delete")),
      equal(tag("tenant"), param("tenant")),
    );
    // As many for each table, or it would be the caches of the processor that are compared.
    if (index % (count / 20) < 1 || index % (count / 20) === 1)
      requests.push({ open, index, target: `/service${index}/tenants/acme/articles/${index}` });
  }
  return { policy: definePolicy({ require: authenticated, routes }), requests };
}

function questionOf({ requests }) {
  let next = 0;
  return () => {
    next = (next + 7) % requests.length;
    const { target, open, index } = requests[next];
    return { method: "POST", target, open, index };
  };
}

function inputOf(policy, { method, target: text }) {
  const target = parseTarget(text);
  const { rule, params } = policy.match(method, target);
  const request = { method, target: text, wire: true, headers: noHeaders };
  return { rule, input: { principal: caller, request, target, params, now: 0 } };
}

const noHeaders = new RequestHeaders([]);

function decide(policy, question) {
  const { rule, input } = inputOf(policy, question);
  expectOutcome(rule.evaluate(input) === true, question);
}

function explain(policy, question) {
  const { rule, input } = inputOf(policy, question);
  expectOutcome(rule.explain(input).value === true, question);
}

function expectOutcome(outcome, { open, target }) {
  if (outcome !== open) throw new Error(`${target}: ${outcome}, not ${open}`);
}

function cedar(rules) {
  const policies = rules.requests.map(
    ({ open, index }) => `permit(principal, action == Action::"service${index}", resource) when {
      (principal in Group::"${open ? "editors" : "admins"}" || principal.scopes.contains("${open ? "articles/write" : "articles/delete"}"))
      && principal.tenant == context.tenant
    };`,
  );
  const parsed = preparsePolicySet("bench", { staticPolicies: policies.join("\n") });
  if (parsed.type !== "success") throw new Error("Cedar does not take the policies");
  const user = { type: "User", id: "1" };
  const groups = ["editors", "staff"].map((id) => ({ type: "Group", id }));
  const entities = [
    { uid: user, attrs: { scopes: [...caller.scopes], tenant: "acme" }, parents: groups },
    ...groups.map((uid) => ({ uid, attrs: {}, parents: [] })),
  ];
  return {
    prepare: questionOf(rules),
    run(question) {
      const answer = statefulIsAuthorized({
        principal: user,
        action: { type: "Action", id: `service${question.index}` },
        resource: { type: "Article", id: String(question.index) },
        context: { tenant: "acme" },
        entities,
        preparsedPolicySetId: "bench",
      });
      if (answer.type !== "success") throw new Error("Cedar does not take the question");
      expectOutcome(answer.response.decision === "allow", question);
    },
  };
}

async function casbin(rules) {
  const model = newModelFromString(`
[request_definition]
r = sub, tenant, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch2(r.obj, p.obj) && r.act == p.act`);
  const lines = rules.requests.flatMap(({ open, index }) => [
    `p, ${open ? "editors" : "admins"}, /service${index}/tenants/acme/articles/:id, POST`,
    `p, ${open ? "articles/write" : "articles/delete"}, /service${index}/tenants/acme/articles/:id, POST`,
  ]);
  const roles = ["editors", "staff", "articles/read", "articles/write"].map((role) => `g, 1, ${role}`);
  const enforcer = await newEnforcer(model, new StringAdapter([...lines, ...roles].join("\n")));
  return {
    prepare: questionOf(rules),
    run: (question) => expectOutcome(enforcer.enforceSync("1", "acme", question.target, question.method), question),
  };
}

/** The abilities of the one caller, made ahead; it is handed the route, and looks at no path. */
function casl({ requests }) {
  const ability = createMongoAbility(
    requests
      .filter(({ open }) => open)
      .map(({ index }) => ({ action: "POST", subject: `service${index}`, conditions: { tenant: "acme" } })),
  );
  return {
    prepare: questionOf({ requests }),
    run: (question) =>
      expectOutcome(ability.can(question.method, subject(`service${question.index}`, { tenant: "acme" })), question),
  };
}
