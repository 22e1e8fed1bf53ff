import { ConfigurationError, refuseUnknownOptions } from "../configuration.ts";
import type { PolicyFinding } from "./analysis/policy-finding.ts";
import { definePolicy, type Policy, type PolicyInit } from "./define-policy.ts";
import type { PolicyExtensions } from "./extensions.ts";
import { importYaml } from "./import-yaml.ts";
import { PolicyError, type PolicyFault } from "./policy-error.ts";
import { reportWarnings, requireOnWarnings } from "./policy-warnings.ts";
import { type ReportText, readJsonText } from "./read-json-text.ts";
import { readYamlText } from "./read-yaml-text.ts";
import { dataOf, indexSource, type SourceNode, type Span } from "./source-node.ts";
import { createSourceText, escapeInvisible, invisible } from "./source-text.ts";

/** The form of a policy's text. */
export type PolicyFormat = "yaml" | "json";

/** What {@link parsePolicy} takes beside the text. */
export interface ParsePolicyOptions {
  /** The path that faults name; by its end, `.yaml`, `.yml` or `.json`, it tells the format too. */
  readonly file?: string;
  /** The format; by default that of the file, and `yaml` where there is none. */
  readonly format?: PolicyFormat;
  /** The functions and engines that its `custom` and `delegate` rules ask, as {@link definePolicy} takes them. */
  readonly extensions?: PolicyExtensions;
  /**
   * Called with the warnings of {@link analyzePolicy}, each at its line and column, where the document has some. What it throws
   * rejects.
   *
   * Without it a document is not analyzed: that takes about twice as long as to read it, and nothing else runs meanwhile.
   */
  readonly onWarnings?: (warnings: readonly PolicyFinding[]) => void;
}

/** A policy that was read from text. */
export type LocatedPolicy = Policy & Required<Pick<Policy, "locate">>;

/** The most that is read of a document, in UTF-16 code units and in bytes; ten thousand routes are about half of it. */
export const maximumLength: number = 2 * 1024 * 1024;

/**
 * Reads a policy from the text of a document.
 *
 * A document is YAML 1.2 or JSON and has `version: 1`. What two parsers could read differently is refused.
 *
 * @throws PolicyError (rejected) with every fault of the document at its line and column, in the order of the text.
 * @throws ConfigurationError (rejected) `missing_option` where the text is YAML and the package `yaml` is not installed.
 *
 * @example
 * ```ts
 * import { parsePolicy } from "poolgate/policy";
 *
 * const policy = await parsePolicy("version: 1\nroutes:\n  POST /articles: { group: editors }\n");
 * ```
 */
export async function parsePolicy(text: string, options: ParsePolicyOptions = {}): Promise<Policy> {
  refuseUnknownOptions("parsePolicy", options, ["file", "format", "extensions", "onWarnings"]);
  requireOnWarnings("parsePolicy", options.onWarnings);
  if (typeof text !== "string") {
    throw new ConfigurationError("invalid_option", "parsePolicy.text", "must be a string; loadPolicy takes a path");
  }
  const format = readFormat("parsePolicy", options) ?? "yaml";
  const policy = await parseText(text, { ...options, format });
  reportWarnings(policy, options.onWarnings);
  return policy;
}

/** The format that options name or a file's name tells; undefined where neither does. */
export function readFormat(owner: string, { file, format }: ParsePolicyOptions): PolicyFormat | undefined {
  if (file !== undefined && typeof file !== "string") {
    throw new ConfigurationError("invalid_option", `${owner}.file`, "must be a string, such as policy.yaml");
  }
  if (format !== undefined && format !== "yaml" && format !== "json") {
    throw new ConfigurationError("invalid_option", `${owner}.format`, 'write "yaml" or "json"');
  }
  if (format !== undefined || file === undefined) return format;
  if (/\.ya?ml$/i.test(file)) return "yaml";
  return /\.json$/i.test(file) ? "json" : undefined;
}

/** Reads a policy from the text of a document whose format is known. */
export async function parseText(
  text: string,
  { file, format, extensions }: ParsePolicyOptions & { readonly format: PolicyFormat },
): Promise<LocatedPolicy> {
  const yaml = format === "yaml" ? await importYaml() : undefined;
  const source = createSourceText(text, file);
  const faults: (PolicyFault & Span)[] = [];
  const report: ReportText = (span, fault) => void faults.push({ where: "document", fault, ...span });

  const read = (to: ReportText) => (yaml === undefined ? readJsonText(text, to) : readYamlText(text, yaml, to));
  let root: SourceNode | undefined;
  if (text.length > maximumLength) report({ start: 0, end: 1 }, tooLong);
  else {
    reportInvisible(text, report);
    root = read(report);
  }
  let policy: Policy | undefined;
  const index = root && indexSource(root);
  if (root !== undefined && index !== undefined) {
    const ofText = new Set(faults.map(({ start }) => start));
    try {
      policy = definePolicy(dataOf(root) as PolicyInit, extensions);
    } catch (thrown) {
      if (!(thrown instanceof PolicyError)) throw thrown;
      for (const fault of thrown.faults) {
        const span = fault.key === undefined ? index.value(fault.where) : index.key(fault.key);
        // What the text could not tell has been reported there, and is not the policy's fault.
        if (!ofText.has(span.start)) faults.push({ ...fault, ...span });
      }
    }
    if (root.kind === "map" && !root.entries.has("version")) {
      faults.push({
        where: "version",
        fault: "write version: 1, so that later versions can tell",
        ...index.value("policy"),
      });
    }
  }
  if (policy === undefined || index === undefined || faults.length > 0) {
    const located = faults
      .sort((one, other) => one.start - other.start)
      .map(({ start, end, ...fault }) => Object.freeze({ ...fault, location: source.locate({ start, end }) }));
    throw new PolicyError("policy", located);
  }
  // An index is larger than its text by far, and few ask for it: it is made again for them.
  let kept = new WeakRef(index);
  return Object.freeze<LocatedPolicy>({
    ...policy,
    locate(where, part = "value") {
      const own = kept.deref() ?? indexSource(read(() => undefined) as SourceNode);
      kept = new WeakRef(own);
      return source.locate(own[part](where));
    },
  });
}

/** The fault of a text that is too long. */
export const tooLong: string = `the document is longer than ${maximumLength} bytes; no policy needs that much`;

function reportInvisible(text: string, report: ReportText): void {
  let count = 0;
  for (const { 0: found, index } of text.matchAll(invisible)) {
    report(
      { start: index, end: index + found.length },
      `a character that cannot be seen stands here; take it away, or write ${escapeInvisible(found)} in double quotes`,
    );
    if (++count === 100) return;
  }
}
