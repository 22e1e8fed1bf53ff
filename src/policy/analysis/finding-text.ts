import { positionText } from "../source-location.ts";
import { escapeInvisible } from "../source-text.ts";
import type { FindingWitness, PolicyFinding } from "./policy-finding.ts";
import { witnessCallerText, witnessRequestText } from "./witness-text.ts";

/** A finding as lines for a person. */
export function findingLines({ severity, code, where, finding, location, witness }: PolicyFinding): readonly string[] {
  const position = location === undefined ? "" : `${positionText(location)}: `;
  return [
    escapeInvisible(`  ${position}${severity} ${code}: ${where}: ${finding}`),
    ...(location === undefined ? [] : location.excerpt.split("\n").map((line) => `    ${line}`)),
    ...(witness === undefined ? [] : witnessLines(witness).map(escapeInvisible)),
  ];
}

function witnessLines({ caller, request, provided }: FindingWitness): readonly string[] {
  const asking = request === undefined ? "" : `, asking ${witnessRequestText(request)}`;
  const where = provided.map(({ leaf, answer }) => `${leaf} is ${answer}`);
  const condition = where.length === 0 ? "" : `, where ${where.join(" and ")}`;
  return [`    who passes: ${witnessCallerText(caller)}${asking}${condition}`];
}
