/** A document with one fault or more, and what the loader says of each: its line, its column, and the text of the caret's line. */
export interface BrokenDocument {
  readonly name: string;
  readonly format?: "json";
  readonly text: string;
  /** Line, column, what the carets underline, and the fault. */
  readonly faults: readonly (readonly [line: number, column: number, marked: string, fault: string])[];
  /** Whether the JSON Schema refuses the data that an editor finds in it. */
  readonly schema: "tells" | "cannot tell";
}

const rules =
  "the rules are anyone, authenticated, guest, group, scope, role, account, issuer, client, ip, equal, oneOf, stepUp, custom, delegate, allOf, anyOf, not, rule";
const keys = "the keys are version, require, rules, routes, fields, connect, caseSensitive, strict, acrLevels";
const field = 'write a type, a dot and a field, such as "Mutation.deleteUser", or "Mutation.*", or "*"';
const typeField = 'what a schema tells of its types has no rule of its own; write one for "Query.__schema"';
const oneKey = "a rule is a string or an object with one key";
const levels = '"urn:cognito:loa:1", "urn:cognito:loa:2", "urn:cognito:loa:3", "urn:cognito:loa:4"';
const duration = "write a whole number of seconds from 1 up, or one with a unit such as 90s, 15m, 12h or 7d";

/** A document of which only the routes matter. */
const routes = (...lines: string[]) => `version: 1\nroutes:\n${lines.map((line) => `  ${line}\n`).join("")}`;

export const brokenDocuments: readonly BrokenDocument[] = [
  // What YAML itself refuses.
  {
    name: "a list that does not end",
    text: routes("GET /a: { group: [a, b }"),
    faults: [
      [3, 26, "}", "this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"],
      [3, 27, "", "this is no YAML: Flow map in block collection must be sufficiently indented and end with a }"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a tab as indentation",
    text: "version: 1\nroutes:\n\tGET /a: guest\n",
    faults: [[3, 1, " ", "this is no YAML: Tabs are not allowed as indentation"]],
    schema: "cannot tell",
  },
  {
    name: "two values on one line",
    text: routes("GET /a: group: admins"),
    faults: [[3, 11, "g", "this is no YAML: Nested mappings are not allowed in compact mappings"]],
    schema: "cannot tell",
  },
  {
    name: "a string that does not end",
    text: routes('GET /a: { group: "admins }'),
    faults: [[4, 1, "", 'this is no YAML: Missing closing "quote']],
    schema: "cannot tell",
  },
  // What YAML has and policies have not.
  {
    name: "an anchor and its alias",
    text: routes("GET /a: &own { group: admins }", "GET /b: *own"),
    faults: [
      [
        3,
        11,
        "&own",
        "anchors are not read, as what an alias repeats cannot be seen where it stands; use rules and { rule: name }",
      ],
      [4, 11, "*own", "aliases are not read; write the value out, or use rules and { rule: name }"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a tag",
    text: routes("GET /a: { group: !!str admins }"),
    faults: [[3, 20, "!!str", "tags are not read, as they mean something else to each parser; take the tag away"]],
    schema: "cannot tell",
  },
  {
    name: "a merge key",
    text: routes("GET /a:", "  <<: { group: admins }"),
    faults: [[4, 5, "<<", "some YAML parsers read << as a merge key; put it in quotes if it is text"]],
    schema: "tells",
  },
  {
    name: "a directive",
    text: "%YAML 1.1\n---\nversion: 1\nroutes: {}\n",
    faults: [
      [1, 1, "%YAML 1.1", "directives are not read, as they change how a text is understood; take the line away"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a second document",
    text: "version: 1\nroutes: {}\n---\nversion: 1\n",
    faults: [[3, 1, "---", "a second document begins here; a file holds one policy"]],
    schema: "cannot tell",
  },
  {
    name: "a second document without a marker",
    text: "version: 1\nroutes: {}\n...\nversion: 1\n",
    faults: [[4, 1, "v", "a second document begins here; a file holds one policy"]],
    schema: "cannot tell",
  },
  {
    name: "a byte order mark",
    text: "\ufeffversion: 1\nroutes: {}\n",
    faults: [
      [1, 1, "\ufffd", "a character that cannot be seen stands here; take it away, or write \\ufeff in double quotes"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a character that turns the direction of writing",
    text: routes("GET /a: { group: ad\u202emins }"),
    faults: [
      [3, 22, "\ufffd", "a character that cannot be seen stands here; take it away, or write \\u202e in double quotes"],
    ],
    schema: "cannot tell",
  },
  // What two parsers read differently.
  {
    name: "a group that is a boolean to some",
    text: routes("GET /a: { group: no }"),
    faults: [
      [3, 20, "no", "some YAML parsers read no as a boolean; put it in quotes if it is text, or write true or false"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a named rule that is a boolean to some",
    text: "version: 1\nrules:\n  on: guest\nroutes: {}\n",
    faults: [
      [3, 3, "on", "some YAML parsers read on as a boolean; put it in quotes if it is text, or write true or false"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a tenant that is an octal number to some",
    text: routes("GET /a: { equal: [{ tag: tenant }, 0777] }"),
    faults: [
      [
        3,
        38,
        "0777",
        "some YAML parsers read 0777 as a number; put it in quotes if it is text, or write it as a plain decimal number",
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a date that is text to some",
    text: routes("GET /a: { equal: [{ claim: since }, 2026-01-01] }"),
    faults: [[3, 39, "2026-01-01", "some YAML parsers read 2026-01-01 as a date; put it in quotes if it is text"]],
    schema: "cannot tell",
  },
  {
    name: "a number with more digits than parsers keep",
    text: routes("GET /a: { equal: [{ claim: id }, 12345678901234567890] }"),
    faults: [
      [
        3,
        36,
        "12345678901234567890",
        "parsers lose digits of the number 12345678901234567890; put it in quotes, or write a smaller one",
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a key that is no text",
    text: "version: 1\nrules:\n  404: guest\n  ? [a]\n  : guest\nroutes: {}\n",
    faults: [
      [3, 3, "404", 'keys are text; write "404" in quotes'],
      [4, 5, "[a]", "a key is text on one line; write it in quotes"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a missing key",
    text: routes(": guest"),
    faults: [[3, 3, ":", "the key is missing; write one"]],
    schema: "tells",
  },
  {
    name: "a key that occurs twice",
    text: routes("GET /a: guest", "GET /b: guest", "GET /a: anyone"),
    faults: [[5, 3, "GET /a", 'the key "GET /a" occurs twice']],
    schema: "cannot tell",
  },
  // The top of a policy.
  {
    name: "nothing",
    text: "# nothing yet\n",
    faults: [
      [1, 1, "# nothing yet", "policy: write an object, not null"],
      [1, 1, "# nothing yet", "routes: write an object, not undefined"],
    ],
    schema: "tells",
  },
  {
    name: "a list",
    text: "- GET /a\n",
    faults: [
      [1, 1, "- GET /a", "policy: write an object, not a list"],
      [1, 1, "- GET /a", "routes: write an object, not undefined"],
    ],
    schema: "tells",
  },
  {
    name: "no version",
    text: "routes: {}\n",
    faults: [[1, 1, "routes", "version: write version: 1, so that later versions can tell"]],
    schema: "tells",
  },
  {
    name: "another version",
    text: "version: 2\nroutes: {}\n",
    faults: [[1, 10, "2", "version: write 1"]],
    schema: "tells",
  },
  {
    name: "a version as text",
    text: 'version: "1"\nroutes: {}\n',
    faults: [[1, 10, '"1"', "version: write 1"]],
    schema: "tells",
  },
  {
    name: "no routes",
    text: "version: 1\nrules: {}\n",
    faults: [[1, 1, "version", "routes: write an object, not undefined"]],
    schema: "tells",
  },
  {
    name: "a key that is not known",
    text: "version: 1\nrequires: authenticated\nroutes: {}\n",
    faults: [[2, 1, "requires", `requires: there is no such key (did you mean "require"?); ${keys}`]],
    schema: "tells",
  },
  {
    name: "a key that is no word and not known",
    text: 'version: 1\n"my notes": none\nroutes: {}\n',
    faults: [[2, 1, '"my notes"', `["my notes"]: there is no such key; ${keys}`]],
    schema: "tells",
  },
  {
    name: "no rules at all",
    text: "version: 1\nrequire: authenticated\n",
    faults: [[1, 1, "version", "routes: write an object, not undefined"]],
    schema: "tells",
  },
  {
    name: "keys that are those of no field",
    text: "version: 1\nfields:\n  deleteUser: guest\n  Query.a.b: guest\n  '*.*': guest\n  Query.__typename: guest\n  __Type.name: guest\n  Query.__x: guest\n",
    faults: [
      [3, 3, "deleteUser", `fields.deleteUser: ${field}`],
      [4, 3, "Query.a.b", `fields["Query.a.b"]: ${field}`],
      [5, 3, "'*.*'", `fields["*.*"]: ${field}`],
      [6, 3, "Query.__typename", `fields["Query.__typename"]: ${typeField}`],
      [7, 3, "__Type.name", `fields["__Type.name"]: ${typeField}`],
      [
        8,
        3,
        "Query.__x",
        'fields["Query.__x"]: GraphQL has no such field; of those that begin with two underscores, __schema and __type have rules',
      ],
    ],
    schema: "tells",
  },
  {
    name: "rules of fields that read what fields do not have",
    text: "version: 1\nrules:\n  own: { equal: [{ tag: a }, { query: q }] }\nfields:\n  Query.a: { equal: [{ userId: true }, { param: id }] }\n  Query.b: { rule: own }\n",
    faults: [
      [
        5,
        14,
        "equal",
        'fields["Query.a"]: its rule reads param("id"), but fields have no path, and rules do not read their arguments',
      ],
      [
        6,
        14,
        "rule",
        'fields["Query.b"]: its rule reads query("q"), but fields are asked in a document and not in the query of a URL',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "rules of fields that nobody can pass",
    text: "version: 1\nfields:\n  Query.a: { allOf: [guest, authenticated] }\n  Query.b: { not: anyone }\n",
    faults: [
      [
        3,
        14,
        "allOf",
        'fields["Query.a"]: nobody can ever pass this rule; mend it, or write { not: anyone } where nobody is meant to',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "no fields and no rule to connect",
    text: "version: 1\nfields: []\nconnect: nobody\n",
    faults: [
      [2, 9, "[]", "fields: write an object, not a list"],
      [3, 10, "nobody", `connect: there is no rule "nobody"; ${rules}`],
    ],
    schema: "tells",
  },
  {
    name: "a rule to connect that reads a path, and one that nobody can pass",
    text: "version: 1\nconnect: { equal: [{ tag: tenant }, { param: tenantId }] }\n",
    faults: [
      [
        2,
        12,
        "equal",
        'connect: the rule or require reads param("tenantId"), but a WebSocket is opened without a path',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a rule to connect that nobody can pass",
    text: "version: 1\nrequire: authenticated\nconnect: guest\n",
    faults: [
      [
        3,
        10,
        "guest",
        "connect: nobody can ever pass this rule; mend it, or leave it out, since without it nobody may connect",
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a word where a boolean is wanted",
    text: "version: 1\nstrict: always\nroutes: {}\n",
    faults: [[2, 9, "always", "strict: write true or false, not a string"]],
    schema: "tells",
  },
  {
    name: "levels that repeat",
    text: "version: 1\nacrLevels: [low, high, low]\nroutes: {}\n",
    faults: [[2, 12, "[low, high, low]", "acrLevels: write each level once, least first"]],
    schema: "tells",
  },
  // Routes.
  {
    name: "a route without a method",
    text: routes("/a: guest"),
    faults: [
      [
        3,
        3,
        "/a",
        'routes["/a"]: write a method, one space and a path that begins with a slash, such as "GET /articles/:id"',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a route for HEAD",
    text: routes("HEAD /a: guest"),
    faults: [[3, 3, "HEAD /a", 'routes["HEAD /a"]: HEAD takes the rule of GET; write GET']],
    schema: "tells",
  },
  {
    name: "a method in lower case",
    text: routes("get /a: guest"),
    faults: [[3, 3, "get /a", 'routes["get /a"]: methods are compared exactly; write GET']],
    schema: "tells",
  },
  {
    name: "two routes for the same requests",
    text: routes("GET /a/:id: guest", "GET /a/{name}: anyone"),
    faults: [
      [
        4,
        3,
        "GET /a/{name}",
        'routes["GET /a/{name}"]: the route "GET /a/:id" claims the same requests; keep one of the two',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a parameter that the path has not",
    text: routes("GET /a/:id: { equal: [{ tag: tenant }, { param: tenantId }] }"),
    faults: [
      [
        3,
        17,
        "equal",
        'routes["GET /a/:id"]: its rule reads param("tenantId"), but the path has no parameter of that name',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "segments behind a rest",
    text: routes('"* /files/**/raw": guest'),
    faults: [
      [3, 3, '"* /files/**/raw"', 'routes["* /files/**/raw"]: "**" takes the rest of the path; nothing follows it'],
    ],
    schema: "tells",
  },
  // Rules.
  {
    name: "a rule that is not known",
    text: routes("GET /a: authentificated"),
    faults: [
      [
        3,
        11,
        "authentificated",
        `routes["GET /a"]: there is no rule "authentificated" (did you mean "authenticated"?); ${rules}`,
      ],
    ],
    schema: "tells",
  },
  {
    name: "a leaf that is not known",
    text: routes("GET /a:", "  anyOf:", "    - guest", "    - gruop: editors"),
    faults: [[6, 9, "gruop", `routes["GET /a"].anyOf[1]: there is no rule "gruop" (did you mean "group"?); ${rules}`]],
    schema: "tells",
  },
  {
    name: "an operand as a rule",
    text: routes("GET /a: { tag: tenant }"),
    faults: [[3, 13, "tag", 'routes["GET /a"]: tag is an operand and no rule; compare it with equal or oneOf']],
    schema: "tells",
  },
  {
    name: "no rule at all",
    text: routes("GET /a:"),
    faults: [[3, 10, "", `routes["GET /a"]: ${oneKey}, not null`]],
    schema: "tells",
  },
  {
    name: "two leaves in one rule",
    text: routes("GET /a: { group: a, scope: b }"),
    faults: [
      [
        3,
        13,
        "group",
        'routes["GET /a"]: it has 2 keys ("group", "scope") and must have one; join rules with allOf or anyOf',
      ],
    ],
    schema: "tells",
  },
  {
    name: "an empty list of groups",
    text: routes("GET /a: { group: [] }"),
    faults: [[3, 20, "[]", 'routes["GET /a"].group: the list is empty; write one item at least']],
    schema: "tells",
  },
  {
    name: "a number as a group",
    text: routes("GET /a: { group: [editors, 7] }"),
    faults: [[3, 30, "7", 'routes["GET /a"].group[1]: write the name of a group as a string, not a number']],
    schema: "tells",
  },
  {
    name: "an account without quotes",
    text: routes("GET /a: { account: 123456789012 }"),
    faults: [
      [
        3,
        22,
        "123456789012",
        'routes["GET /a"].account: write the twelve digits of an AWS account as a string, such as "123456789012"',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a role without an account",
    text: routes("GET /a: { role: Editor }"),
    faults: [
      [
        3,
        19,
        "Editor",
        'routes["GET /a"].role: "Editor" names no role; write 123456789012/Name or arn:aws:iam::123456789012:role/Name, with * in the name for any run of characters',
      ],
    ],
    schema: "tells",
  },
  {
    name: "allOf without a list",
    text: routes("GET /a:", "  allOf: { group: admins }"),
    faults: [[4, 14, "group", 'routes["GET /a"].allOf: write a list, not an object']],
    schema: "tells",
  },
  {
    name: "an age that is no duration",
    text: routes("GET /a: { stepUp: { maxAge: 15 minutes } }"),
    faults: [[3, 31, "15 minutes", `routes["GET /a"].stepUp.maxAge: ${duration}`]],
    schema: "tells",
  },
  {
    name: "a demand that is not known",
    text: routes("GET /a: { stepUp: { acr: urn:cognito:loa:3, maxage: 15m } }"),
    faults: [
      [
        3,
        47,
        "maxage",
        'routes["GET /a"].stepUp: there is no "maxage" in stepUp (did you mean "maxAge"?); write acr, amr or maxAge',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a level that the policy has not",
    text: routes("GET /a: { stepUp: { acr: urn:cognito:loa:5 } }"),
    faults: [
      [
        3,
        28,
        "urn:cognito:loa:5",
        `routes["GET /a"].stepUp.acr: there is no level "urn:cognito:loa:5" in acrLevels of the policy, which are, least first, ${levels}`,
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a header that carries a credential",
    text: routes("GET /a: { equal: [{ header: Authorization }, x] }"),
    faults: [
      [
        3,
        31,
        "Authorization",
        'routes["GET /a"].equal[0].header: the header Authorization carries a credential or proof; rules read who is calling from the principal',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "an operand that is not known",
    text: routes("GET /a: { oneOf: [{ tags: plan }, [gold]] }"),
    faults: [
      [
        3,
        23,
        "tags",
        'routes["GET /a"].oneOf[0]: there is no operand "tags" (did you mean "tag"?); the operands are claim, tag, param, query, header, userId, identityId',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a named rule that is not there",
    text: "version: 1\nrules:\n  office: guest\nroutes:\n  GET /a: { rule: offices }\n",
    faults: [
      [
        5,
        19,
        "offices",
        'routes["GET /a"].rule: there is no rule of the name "offices" (did you mean "office"?) in rules; it has "office"',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "named rules that go round in a circle",
    text: "version: 1\nrules:\n  a: { rule: b }\n  b: { not: { rule: a } }\nroutes: {}\n",
    faults: [[4, 21, "a", 'rules.b.not.rule: the named rules go round in a circle: "a", "b", "a"']],
    schema: "cannot tell",
  },
  {
    name: "several faults in the order of the text",
    text: "version: 1\nroutes:\n  GET /a: { group: [] }\n  GET /b: guset\nrequire: { scope: a b }\nstrict: no\n",
    faults: [
      [3, 20, "[]", 'routes["GET /a"].group: the list is empty; write one item at least'],
      [4, 11, "guset", `routes["GET /b"]: there is no rule "guset" (did you mean "guest"?); ${rules}`],
      [
        5,
        19,
        "a b",
        'require.scope: "a b" is no single scope; write a list of scopes that have no spaces, quotes or backslashes',
      ],
      [6, 9, "no", "some YAML parsers read no as a boolean; put it in quotes if it is text, or write true or false"],
    ],
    schema: "tells",
  },
  // The same in JSON.
  {
    name: "JSON with a comment",
    format: "json",
    text: '{\n  // ours\n  "version": 1, "routes": {}\n}\n',
    faults: [[2, 3, "/", "this is no JSON: JSON has no comments"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with a comma too many",
    format: "json",
    text: '{\n  "version": 1,\n  "routes": {},\n}\n',
    faults: [[4, 1, "}", "this is no JSON: nothing follows the last comma; take the comma away"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with single quotes",
    format: "json",
    text: "{ 'version': 1 }",
    faults: [[1, 3, "'", "this is no JSON: strings are in double quotes"]],
    schema: "cannot tell",
  },
  {
    name: "JSON that ends early",
    format: "json",
    text: '{ "version": 1, "routes": {',
    faults: [[1, 28, "", "this is no JSON: the text ends where a key in double quotes is wanted"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with a key that occurs twice",
    format: "json",
    text: '{ "version": 1, "routes": { "GET /a": "anyone",\n "GET /a": "guest" } }',
    faults: [[2, 2, '"GET /a"', 'the key "GET /a" occurs twice']],
    schema: "cannot tell",
  },
  {
    name: "JSON with a number that loses digits",
    format: "json",
    text: '{ "version": 1, "routes": { "GET /a": { "equal": [{ "claim": "id" }, 1e999] } } }',
    faults: [[1, 70, "1e999", "parsers lose digits of the number 1e999; put it in quotes, or write a smaller one"]],
    schema: "tells",
  },
  {
    name: "JSON with a rule that is not known",
    format: "json",
    text: '{\n  "version": 1,\n  "routes": {\n    "GET /a": { "allOf": ["guest", { "groups": "a" }] }\n  }\n}\n',
    faults: [
      [4, 38, '"groups"', `routes["GET /a"].allOf[1]: there is no rule "groups" (did you mean "group"?); ${rules}`],
    ],
    schema: "tells",
  },
  // Further ways of YAML.
  {
    name: "aliases of aliases",
    text: "version: 1\nrules:\n  a: &a { group: [x, y] }\n  b: &b { anyOf: [*a, *a] }\n  c: { anyOf: [*b, *b] }\nroutes: {}\n",
    faults: [
      [
        3,
        6,
        "&a",
        "anchors are not read, as what an alias repeats cannot be seen where it stands; use rules and { rule: name }",
      ],
      [3, 22, "y", "some YAML parsers read y as a boolean; put it in quotes if it is text, or write true or false"],
      [
        4,
        6,
        "&b",
        "anchors are not read, as what an alias repeats cannot be seen where it stands; use rules and { rule: name }",
      ],
      [4, 19, "*a", "aliases are not read; write the value out, or use rules and { rule: name }"],
      [4, 23, "*a", "aliases are not read; write the value out, or use rules and { rule: name }"],
      [5, 16, "*b", "aliases are not read; write the value out, or use rules and { rule: name }"],
      [5, 20, "*b", "aliases are not read; write the value out, or use rules and { rule: name }"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a word that is a boolean to some, in a list",
    text: routes("GET /a: { group: [editors, yes] }"),
    faults: [
      [3, 30, "yes", "some YAML parsers read yes as a boolean; put it in quotes if it is text, or write true or false"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a time that is a number to some",
    text: routes("GET /a: { equal: [{ query: at }, 15:30] }"),
    faults: [
      [
        3,
        36,
        "15:30",
        "some YAML parsers read 15:30 as a number; put it in quotes if it is text, or write it as a plain decimal number",
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "an account that is an octal number to some",
    text: routes("GET /a: { account: 012345678901 }"),
    faults: [
      [
        3,
        22,
        "012345678901",
        "some YAML parsers read 012345678901 as a number; put it in quotes if it is text, or write it as a plain decimal number",
      ],
    ],
    schema: "tells",
  },
  {
    name: "nothing where a name is wanted",
    text: routes("GET /a: { group: ~ }"),
    faults: [[3, 20, "~", 'routes["GET /a"].group: write the name of a group as a string, not null']],
    schema: "tells",
  },
  {
    name: "tabs between words, with a fault behind",
    text: "version: 1\nroutes:\n  GET /a:\tguest\n  GET /b: { group:\t[] }\n",
    faults: [[4, 20, "[]", 'routes["GET /b"].group: the list is empty; write one item at least']],
    schema: "tells",
  },
  // Names that every object of JavaScript has.
  {
    name: "a prototype beside the routes",
    text: "version: 1\nroutes: {}\n__proto__: { strict: true }\n",
    faults: [[3, 1, "__proto__", `__proto__: there is no such key; ${keys}`]],
    schema: "tells",
  },
  {
    name: "a prototype as a route",
    text: "version: 1\nroutes:\n  __proto__: guest\n",
    faults: [
      [
        3,
        3,
        "__proto__",
        'routes.__proto__: write a method, one space and a path that begins with a slash, such as "GET /articles/:id"',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a prototype as a leaf",
    text: routes("GET /a: { __proto__: { group: a } }"),
    faults: [[3, 13, "__proto__", `routes["GET /a"]: there is no rule "__proto__"; ${rules}`]],
    schema: "tells",
  },
  {
    name: "a constructor as a rule",
    text: routes("GET /a: constructor"),
    faults: [[3, 11, "constructor", `routes["GET /a"]: there is no rule "constructor"; ${rules}`]],
    schema: "tells",
  },
  {
    name: "a prototype as a named rule",
    text: routes("GET /a: { rule: __proto__ }"),
    faults: [
      [3, 19, "__proto__", 'routes["GET /a"].rule: there is no rule of the name "__proto__" in rules; it is empty'],
    ],
    schema: "cannot tell",
  },
  {
    name: "a prototype in JSON",
    format: "json",
    text: '{ "version": 1,\n  "__proto__": { "strict": true },\n  "routes": {} }',
    faults: [[2, 3, '"__proto__"', `__proto__: there is no such key; ${keys}`]],
    schema: "tells",
  },
  // Lists, roles and ranges.
  {
    name: "an empty allOf",
    text: routes("GET /a: { allOf: [] }"),
    faults: [[3, 20, "[]", 'routes["GET /a"].allOf: the list is empty; write one item at least']],
    schema: "tells",
  },
  {
    name: "a group that is listed twice",
    text: routes("GET /a: { group: [editors, staff, editors] }"),
    faults: [[3, 37, "editors", 'routes["GET /a"].group[2]: it is in the list already; write each once']],
    schema: "tells",
  },
  {
    name: "a role with a path",
    text: routes("GET /a: { role: arn:aws:iam::123456789012:role/team/Editor }"),
    faults: [
      [
        3,
        19,
        "arn:aws:iam::123456789012:role/team/Editor",
        'routes["GET /a"].role: "arn:aws:iam::123456789012:role/team/Editor" has an IAM path, but assumed-role ARNs carry no path; write 123456789012/Name or arn:aws:iam::123456789012:role/Name',
      ],
    ],
    schema: "tells",
  },
  {
    name: "an ARN of something else",
    text: routes("GET /a: { role: arn:aws:s3:::bucket }"),
    faults: [
      [
        3,
        19,
        "arn:aws:s3:::bucket",
        'routes["GET /a"].role: "arn:aws:s3:::bucket" names no role; write 123456789012/Name or arn:aws:iam::123456789012:role/Name, with * in the name for any run of characters',
      ],
    ],
    schema: "tells",
  },
  {
    name: "a range with too long a prefix",
    text: routes("GET /a: { ip: 10.0.0.0/33 }"),
    faults: [
      [
        3,
        17,
        "10.0.0.0/33",
        'routes["GET /a"].ip: "10.0.0.0/33": the length of an IPv4 range is a number from 0 to 32',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a range with bits behind its prefix",
    text: routes("GET /a: { ip: [10.0.0.0/8, 10.1.2.3/16] }"),
    faults: [
      [
        3,
        30,
        "10.1.2.3/16",
        'routes["GET /a"].ip[1]: "10.1.2.3/16": it has bits behind its length; write "10.1.0.0/16" or the address alone',
      ],
    ],
    schema: "cannot tell",
  },
  // What nobody passes, and what nobody reaches.
  {
    name: "a rule that nobody can pass",
    text: routes("GET /a: { allOf: [guest, authenticated] }"),
    faults: [
      [
        3,
        13,
        "allOf",
        'routes["GET /a"]: nobody can ever pass this rule, whose parts .allOf[0] and .allOf[1] exclude each other; mend it, or leave the route out, since what no route matches is denied',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a rule that nobody can pass beside require",
    text: "version: 1\nrequire: authenticated\nroutes:\n  GET /a: guest\n",
    faults: [
      [
        4,
        11,
        "guest",
        'routes["GET /a"]: nobody can ever pass both its rule and require; mend it, or leave the route out, since what no route matches is denied',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a route that no request reaches",
    text: routes("GET /a/:id: guest", "GET /a/*: anyone"),
    faults: [
      [
        4,
        3,
        "GET /a/*",
        'routes["GET /a/*"]: no request reaches it: more specific routes, such as "GET /a/:id", take them all; leave it out',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "two rests for the same requests",
    text: routes("GET /a/*rest: guest", "GET /a/{other+}: guest"),
    faults: [
      [
        4,
        3,
        "GET /a/{other+}",
        'routes["GET /a/{other+}"]: the route "GET /a/*rest" claims the same requests; keep one of the two',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "a parameter that occurs twice in a path",
    text: routes("GET /a/:id/b/:id: guest"),
    faults: [
      [3, 3, "GET /a/:id/b/:id", 'routes["GET /a/:id/b/:id"]: the parameter "id" occurs twice; give each its own name'],
    ],
    schema: "cannot tell",
  },
  {
    name: "a named rule that is made of itself",
    text: "version: 1\nrules:\n  a: { rule: a }\nroutes: {}\n",
    faults: [[3, 14, "a", 'rules.a.rule: the named rules go round in a circle: "a", "a"']],
    schema: "cannot tell",
  },
  // Further in JSON.
  {
    name: "JSON with a byte order mark",
    format: "json",
    text: '\ufeff{ "version": 1, "routes": {} }',
    faults: [
      [1, 1, "\ufffd", "a character that cannot be seen stands here; take it away, or write \\ufeff in double quotes"],
      [1, 1, "\ufffd", "this is no JSON: a value is wanted here"],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with two values",
    format: "json",
    text: '{ "version": 1, "routes": {} }\n{}',
    faults: [[2, 1, "{", "this is no JSON: the end of the text is wanted here"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with a version as text",
    format: "json",
    text: '{ "version": "1", "routes": {} }',
    faults: [[1, 14, '"1"', "version: write 1"]],
    schema: "tells",
  },
  {
    name: "JSON with a tab in a string",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "group": "a\tb" } } }',
    faults: [[2, 24, '"', "this is no JSON: the string does not end on its line, or has a faulty escape"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with a letter that is seen by nobody",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "group": "ab\u3164" } } }',
    faults: [
      [2, 27, "\ufffd", "a character that cannot be seen stands here; take it away, or write \\u3164 in double quotes"],
    ],
    schema: "cannot tell",
  },
  {
    name: "a tag character behind a group",
    text: routes("GET /a: { group: admins\u{e0020} }"),
    faults: [
      [
        3,
        26,
        "\ufffd\ufffd",
        "a character that cannot be seen stands here; take it away, or write \\udb40\\udc20 in double quotes",
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with a character that turns the direction of writing",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "group": "a\u202eb" } } }',
    faults: [
      [2, 26, "\ufffd", "a character that cannot be seen stands here; take it away, or write \\u202e in double quotes"],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with an octal number",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "equal": [{ "claim": "a" }, 0777] } } }',
    faults: [[2, 43, "0", "this is no JSON: a value is wanted here"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with a value that is no number",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "equal": [{ "claim": "a" }, NaN] } } }',
    faults: [[2, 43, "N", "this is no JSON: a value is wanted here"]],
    schema: "cannot tell",
  },
  {
    name: "JSON with an empty allOf",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "allOf": [] } } }',
    faults: [[2, 24, "[]", 'routes["GET /a"].allOf: the list is empty; write one item at least']],
    schema: "tells",
  },
  {
    name: "JSON with a number as a group",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "group": 7 } } }',
    faults: [[2, 24, "7", 'routes["GET /a"].group: write the name of a group as a string, not a number']],
    schema: "tells",
  },
  {
    name: "JSON with a range that is none",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "ip": ["10.0.0.0/33"] } } }',
    faults: [
      [
        2,
        22,
        '"10.0.0.0/33"',
        'routes["GET /a"].ip[0]: "10.0.0.0/33": the length of an IPv4 range is a number from 0 to 32',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with an ARN of no account",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "role": "arn:aws:iam::12:role/Editor" } } }',
    faults: [
      [
        2,
        23,
        '"arn:aws:iam::12:role/Editor"',
        'routes["GET /a"].role: "arn:aws:iam::12:role/Editor" names no role; write 123456789012/Name or arn:aws:iam::123456789012:role/Name, with * in the name for any run of characters',
      ],
    ],
    schema: "tells",
  },
  {
    name: "JSON with a named rule that is not there",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "rule": "office" } } }',
    faults: [[2, 23, '"office"', 'routes["GET /a"].rule: there is no rule of the name "office" in rules; it is empty']],
    schema: "cannot tell",
  },
  {
    name: "JSON with a rule that nobody can pass",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a": { "allOf": ["guest", "authenticated"] } } }',
    faults: [
      [
        2,
        15,
        '"allOf"',
        'routes["GET /a"]: nobody can ever pass this rule, whose parts .allOf[0] and .allOf[1] exclude each other; mend it, or leave the route out, since what no route matches is denied',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with two routes for the same requests",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a/:id": "guest",\n  "GET /a/{name}": "anyone" } }',
    faults: [
      [
        3,
        3,
        '"GET /a/{name}"',
        'routes["GET /a/{name}"]: the route "GET /a/:id" claims the same requests; keep one of the two',
      ],
    ],
    schema: "cannot tell",
  },
  {
    name: "JSON with a route that no request reaches",
    format: "json",
    text: '{ "version": 1, "routes": {\n  "GET /a/:id": "guest",\n  "GET /a/*": "anyone" } }',
    faults: [
      [
        3,
        3,
        '"GET /a/*"',
        'routes["GET /a/*"]: no request reaches it: more specific routes, such as "GET /a/:id", take them all; leave it out',
      ],
    ],
    schema: "cannot tell",
  },
];
