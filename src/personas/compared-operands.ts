import type { PolicyDocument } from "../policy/define-policy.ts";
import type { Literal, Operand, Rule } from "../policy/rule.ts";

/** A parameter, query parameter or header that a rule compares, and what with. */
export interface ComparedOperand {
  readonly source: "param" | "query" | "header";
  readonly name: string;
  readonly others: readonly (Operand | Literal)[];
}

/** What a rule compares of a request, with all that it is compared with; rules by name included. */
export function comparedOperands(rule: Rule, rules: PolicyDocument["rules"]): readonly ComparedOperand[] {
  const found = new Map<string, { source: ComparedOperand["source"]; name: string; others: (Operand | Literal)[] }>();

  function note(operand: Operand | Literal, others: readonly (Operand | Literal)[]): void {
    const [source, name] = Object.entries(Object(operand))[0] ?? [];
    if (source !== "param" && source !== "query" && source !== "header") return;
    const key = `${source} ${name}`;
    const known = found.get(key) ?? { source, name: String(name), others: [] };
    known.others.push(...others);
    found.set(key, known);
  }

  function visit(part: Rule): void {
    if (typeof part === "string") return;
    if ("allOf" in part) part.allOf.forEach(visit);
    else if ("anyOf" in part) part.anyOf.forEach(visit);
    else if ("not" in part) visit(part.not);
    else if ("rule" in part) visit(rules[part.rule] as Rule);
    else if ("equal" in part) {
      note(part.equal[0], [part.equal[1]]);
      note(part.equal[1], [part.equal[0]]);
    } else if ("oneOf" in part) note(part.oneOf[0], part.oneOf[1]);
  }

  visit(rule);
  return [...found.values()];
}
