export { type DecisionLog, decisionLog } from "./decision-log.ts";
export type { DecisionLogOptions, Disclosure } from "./decision-log-options.ts";
export type { LoggedDecision, LoggedLoss, LoggedPrincipal, LoggedValue } from "./logged-decision.ts";
