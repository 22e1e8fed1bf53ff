import type { Finding } from "./policy-finding.ts";
import type { RedundantPart } from "./redundant-parts.ts";

/** Tells of a part that could be left out. */
export function redundantFinding({ part, kind, alone }: RedundantPart, where: string): Finding {
  const place = { where: where + part.steps };
  if (kind === "alternative") {
    const finding = alone
      ? "nobody can ever pass this part; mend it, or leave it out"
      : "this part lets nobody in whom the rest does not; leave it out, or mend the rest, which lets in more than it seems";
    return { code: "redundant_alternative", severity: "warning", ...place, finding };
  }
  const finding = alone
    ? "this part is always true, so that it shuts nobody out"
    : "this part shuts nobody out whom the rest does not; it can be left out";
  return { code: "redundant_condition", severity: "note", ...place, finding };
}
