import { describe, expect, it } from "vitest";
import type { CedarEntity } from "../../../../src/policy/engines/cedar-value.ts";
import { packBatches } from "../../../../src/policy/engines/verified-permissions/pack-batches.ts";
import { permissionsQuestion } from "../../../../src/policy/engines/verified-permissions/permissions-question.ts";

const entity = (id: string, more: Partial<CedarEntity> = {}): CedarEntity => ({ uid: { type: "Photo", id }, ...more });
const caller = (id: string, more: Partial<CedarEntity> = {}): CedarEntity => ({ uid: { type: "User", id }, ...more });

/** A question of a caller about an action, with these entities. */
function ask(action: string, entities: readonly CedarEntity[] = [], more: { by?: CedarEntity; context?: object } = {}) {
  const { by = caller("ada"), context = {} } = more;
  return permissionsQuestion(
    {
      principal: by,
      action: { type: "Action", id: action },
      resource: { type: "Route", id: "/" },
      context: context as Record<string, string>,
      entities,
      groupsKnown: true,
    },
    "store",
  );
}
/** The batches, as the actions that are asked about in each. */
const packed = (...questions: readonly ReturnType<typeof ask>[]) =>
  packBatches(questions).map((batch) => batch.questions.map(({ item }) => item.action?.actionId).join(" "));
const many = (count: number, start = 0) => Array.from({ length: count }, (_, index) => entity(`p${start + index}`));

describe("the calls that questions are put in", () => {
  it("are none for none", () => {
    expect(packBatches([])).toEqual([]);
  });

  it("are one for all questions of a caller, in their order, with each entity once and the caller first", () => {
    const shared = entity("p1", { attrs: { album: "a" } });
    const [batch, ...others] = packBatches([ask("read", [shared, entity("p2")]), ask("write", [shared])]);
    expect(others).toEqual([]);
    expect(batch?.questions.map(({ item }) => item.action?.actionId)).toEqual(["read", "write"]);
    expect(batch?.entities.map(({ identifier }) => identifier?.entityId)).toEqual(["ada", "p1", "p2"]);
  });

  it.each<[string, ReturnType<typeof ask>, ReturnType<typeof ask>]>([
    ["of two callers", ask("a"), ask("b", [], { by: caller("eve") })],
    ["of one caller in other words", ask("a"), ask("b", [], { by: caller("ada", { attrs: { tenant: "x" } }) })],
    [
      "of one caller in other groups",
      ask("a", [], { by: caller("ada", { parents: [{ type: "Group", id: "a" }] }) }),
      ask("b", [], { by: caller("ada", { parents: [{ type: "Group", id: "b" }] }) }),
    ],
    ["about one entity in two forms", ask("a", [entity("p")]), ask("b", [entity("p", { attrs: { open: true } })])],
    [
      "that differ in their context alone",
      ask("a", [], { context: { x: "1" } }),
      ask("a", [], { context: { x: "2" } }),
    ],
    ["that differ in their entities alone", ask("a", [entity("p")]), ask("a", [entity("q")])],
  ])("are two for questions %s", (_, one, other) => {
    expect(packBatches([one, other]).map(({ questions }) => questions)).toEqual([[one], [other]]);
  });

  it("tell entities of one id apart by their type", () => {
    const album: CedarEntity = { uid: { type: "Album", id: "p" }, attrs: { open: true } };
    expect(packed(ask("a", [entity("p")]), ask("b", [album]))).toEqual(["a b"]);
  });

  it("take in later what fits, whatever did not fit before", () => {
    const other = entity("p", { attrs: { open: true } });
    expect(packed(ask("a", [entity("p")]), ask("b", [other]), ask("c", [entity("p")]), ask("d", [other]))).toEqual([
      "a c",
      "b d",
    ]);
  });

  it("hold thirty questions each", () => {
    const sizes = (count: number) =>
      packBatches(Array.from({ length: count }, (_, index) => ask(`a${index}`))).map(
        ({ questions }) => questions.length,
      );
    expect(sizes(30)).toEqual([30]);
    expect(sizes(31)).toEqual([30, 1]);
    expect(sizes(61)).toEqual([30, 30, 1]);
  });

  it("hold a hundred entities each, that of the caller included, and none of them twice", () => {
    expect(packed(ask("a", many(50)), ask("b", many(49, 50)))).toEqual(["a b"]);
    expect(packed(ask("a", many(50)), ask("b", many(50, 50)))).toEqual(["a", "b"]);
    expect(packed(ask("a", many(99)), ask("b", many(99)), ask("c", many(1)), ask("d", many(1, 99)))).toEqual([
      "a b c",
      "d",
    ]);
    const [batch] = packBatches([ask("a", many(50)), ask("b", many(49, 50))]);
    expect(batch?.entities).toHaveLength(100);
  });

  it("are one more for a question that is too large by itself, which Verified Permissions refuses alone", () => {
    expect(packed(ask("a", many(150)), ask("b"))).toEqual(["a", "b"]);
  });
});
