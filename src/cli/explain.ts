import { parseArgs } from "node:util";
import { canonicalAddress } from "../ip-address.ts";
import { createJudge } from "../personas/judge.ts";
import { type Personas, personaOf } from "../personas/personas.ts";
import { toConnect } from "../personas/request-text.ts";
import { type FieldName, isFieldName } from "../policy/field-key.ts";
import { type Command, UsageError } from "./command.ts";
import { paintExplanation } from "./paint.ts";
import { readPersonasFile } from "./read-personas.ts";
import { policyOptions, policyOptionsHelp, readPolicy } from "./read-policy.ts";

const help = `Usage: poolgate explain FILE --as PERSONA METHOD PATH [OPTIONS]
       poolgate explain FILE --as PERSONA --field TYPE.FIELD [OPTIONS]
       poolgate explain FILE --as PERSONA --connect [?QUERY] [OPTIONS]

Says whether a caller may do something under a policy, why, and what would let him.

  FILE             the policy, YAML or JSON
  --as PERSONA     the name of a persona, or a persona itself:
                     anonymous, guest               always there
                     groups=editors,tags.tenant=acme
                     kind=role,role=123456789012/Batch
                     credential=signature,groups=editors
                     '{ "groups": ["a,b"] }'        as JSON
  METHOD PATH      the request, such as GET '/articles/7?lang=en'
  --field FIELD    a GraphQL field in place of a request, such as Mutation.deleteUser; may be repeated
  --connect        the opening of a WebSocket connection in place of a request, with a query such as '?room=7' or without
  --personas FILE  personas by name, YAML or JSON
  --header 'N: V'  a header of the request, which a signed caller signs too; may be repeated
  --ip ADDRESS     the address that the request comes from
${policyOptionsHelp}
  --json           print the explanation as JSON
  --help           print this

Exit codes: 0 allowed, 1 denied, 2 called the wrong way, or a file cannot be read.
`;

/** `poolgate explain`: one decision, with all that led to it. */
export const explainCommand: Command = {
  help,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...policyOptions,
        ...{ as: { type: "string" }, personas: { type: "string" }, ip: { type: "string" }, json: { type: "boolean" } },
        ...{ header: { type: "string", multiple: true }, field: { type: "string", multiple: true } },
        connect: { type: "boolean" },
      },
    });
    const { field: fields, connect } = values;
    const elsewhere = fields !== undefined || connect === true;
    const [file, ...asked] = positionals;
    const query = connect === true && asked[0]?.startsWith("?") ? asked.shift() : undefined;
    if (elsewhere && (asked.length > 0 || (fields !== undefined && connect === true))) {
      throw new UsageError("write one of METHOD PATH, --field and --connect");
    }
    const [method = elsewhere ? "POST" : undefined, target = elsewhere ? "/" : undefined, ...more] = asked;
    if (file === undefined || method === undefined || target === undefined)
      throw new UsageError("write FILE METHOD PATH");
    if (fields?.every(isFieldName) === false) throw new UsageError("write a field as --field Mutation.deleteUser");
    if (more.length > 0) throw new UsageError("there is an argument too many");
    if (values.as === undefined) throw new UsageError("write --as PERSONA");
    const personas: Personas = values.personas === undefined ? new Map() : await readPersonasFile(values.personas);
    const persona = personaOf(values.as, personas);
    if (values.ip !== undefined && canonicalAddress(values.ip) === undefined) {
      throw new UsageError("write an IP address as --ip 10.1.2.3");
    }
    const policy = await readPolicy(file, values.extensions);
    const request = {
      method,
      target,
      headers: (values.header ?? []).flatMap(readHeader),
      ...(values.ip !== undefined && { ip: values.ip }),
      ...(fields !== undefined && { fields: fields as [FieldName, ...FieldName[]] }),
      ...(connect === true && toConnect(query ?? "")),
    };
    const decision = await createJudge(policy, Date.now())(persona, request);
    const explanation = decision.explain();
    io.out(
      values.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : `${paintExplanation(io, explanation.text)}\n`,
    );
    return explanation.allowed ? 0 : 1;
  },
};

function readHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  const name = text.slice(0, colon).trim();
  if (colon < 1 || !/^[\w!#$%&'*+\-.^`|~]+$/.test(name))
    throw new UsageError("write a header as --header 'Name: value'");
  if (name.toLowerCase() === "authorization") {
    throw new UsageError("a persona stands for the credential; leave the header Authorization out");
  }
  return [name, text.slice(colon + 1).trim()];
}
