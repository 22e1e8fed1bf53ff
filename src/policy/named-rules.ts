import { cognitoAcrLevels } from "./acr-levels.ts";
import { quote } from "./explain.ts";
import { keyStep, type Place, type PolicyFault, placeOf } from "./policy-error.ts";
import { maximumDepth, type RuleContext, readRule, tooDeep } from "./read-rule.ts";
import type { RuleNode, Vocabulary } from "./rule-node.ts";
import { listed, suggestion } from "./suggestion.ts";

/** For so many unknown names it is told what may have been meant: each is compared with every known one. */
const mostHelped = 100;

/** The named rules of a policy. */
export interface NamedRules {
  /** Those that could be read, by name. */
  readonly nodes: ReadonlyMap<string, RuleNode>;
  /** What other rules take from the policy, these by name included. */
  readonly context: RuleContext;
}

/**
 * Reads the named rules of a policy, each before those that use it.
 *
 * A circle of names is reported once, where it closes; a faulty rule is reported where it stands and not again where it is
 * used.
 */
export function readNamedRules(
  sources: ReadonlyMap<string, unknown>,
  vocabulary: Vocabulary,
  faults: PolicyFault[],
): NamedRules {
  const context: RuleContext = { ...vocabulary, findNamed: find };
  const nodes = new Map<string, RuleNode>();
  const faulty = new Set<string>();
  const reading: string[] = [];
  let unknown = 0;

  function find(name: string, at: Place): RuleNode | undefined {
    if (faulty.has(name)) return undefined;
    const known = nodes.get(name);
    if (known !== undefined) return known;
    if (!sources.has(name)) {
      const fault = `there is no rule of the name ${quote(name)}`;
      if (++unknown > mostHelped) return at.report(`${fault} in rules`);
      const names = listed(sources.keys());
      return at.report(
        `${fault}${suggestion(name, sources.keys())} in rules; ${names ? `it has ${names}` : "it is empty"}`,
      );
    }
    if (reading.includes(name)) {
      const circle = [...reading.slice(reading.indexOf(name)), name].map(quote).join(", ");
      return at.report(`the named rules go round in a circle: ${circle}`);
    }
    // Names that are being read are levels as well: without this bound a long chain of them would exhaust the stack.
    if (reading.length >= maximumDepth) return at.report(tooDeep);
    return read(name);
  }

  function read(name: string): RuleNode | undefined {
    reading.push(name);
    const node = readRule(sources.get(name), placeOf(`rules${keyStep(name)}`, faults), context);
    reading.pop();
    if (node === undefined) faulty.add(name);
    else nodes.set(name, node);
    return node;
  }

  for (const name of sources.keys()) {
    if (!nodes.has(name) && !faulty.has(name)) read(name);
  }
  return { nodes, context };
}

/** Where no policy is at hand, there are no named rules and nobody to ask, and the levels are Cognito's. */
export const noPolicy: RuleContext = {
  acrLevels: cognitoAcrLevels,
  functions: new Map(),
  engines: new Map(),
  findNamed: (name, at) =>
    at.report(`there is no policy here, so no rule of the name ${quote(name)}; write the rule itself`),
};
