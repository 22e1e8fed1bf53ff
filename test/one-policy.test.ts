import {
  allOf,
  authenticated,
  bearer,
  broker,
  createAuthorizer,
  createPrincipal,
  createSessions,
  definePolicy,
  group,
  memoryStore,
  not,
  signedRequest,
  userPool,
} from "poolgate";
import { authorize, endpoints, guard, principalOf } from "poolgate/express";
import { lambdaAuthorizer } from "poolgate/lambda";
import { type BrokerCredentials, type Person, type Signer, signer, startPools } from "poolgate/testing";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frameworks } from "./adapters/express/frameworks.ts";
import { httpAuthorizerEvent, restRequestEvent, restTokenEvent } from "./adapters/lambda/events.ts";
import { patient } from "./sessions/patient-broker.ts";

// One set of sessions in one store and one authorizer, shared by Express 4, Express 5 and every format of the Lambda
// authorizer: no word in its policy says how a caller proves who he is.
const service = "api.example.com";
const pools = await startPools({ roles: { editors: "ArticleEditor", suspended: "Suspended" } });
const { region, userPoolId, clientId, identityPoolId, accountId, jwks } = pools;
const sessions = createSessions({ service, region, store: memoryStore() });
const authorizer = createAuthorizer({
  verifiers: [
    bearer({ issuers: [userPool({ userPoolId, clientId, tokenUse: "access", jwks })] }),
    signedRequest({
      sessions,
      roles: {
        "123456789012/ArticleEditor": { groups: ["editors"] },
        "123456789012/Reader": { groups: [] },
        "123456789012/Suspended": { groups: ["suspended"] },
        "123456789012/Visitor": { guest: true },
      },
    }),
  ],
  policy: definePolicy({
    routes: {
      "POST /articles": group("editors"),
      "POST /comments": not(group("suspended")),
      "POST /votes": allOf(authenticated, not(group("suspended"))),
      "POST /drafts": authenticated,
    },
  }),
});
const brokering = endpoints(
  patient(
    broker({
      sessions,
      userPool: userPool({ userPoolId, clientId, tokenUse: "id", jwks }),
      identityPoolId,
      endpoints: { identity: pools.endpoints.identity, sts: pools.endpoints.sts },
      allowLoopbackHttp: true,
    }),
  ),
);

const apps = frameworks.map(([name, express]) => {
  const app = express();
  app.use(brokering);
  app.use(authorize(authorizer));
  app.post("/drafts", guard(authorizer, group("editors")), (req, res) => res.json({ by: principalOf(req).kind }));
  app.use((req, res) => res.json({ by: principalOf(req).kind }));
  return [name, app] as const;
});

afterAll(() => pools.close());

const ada: Person = { name: "ada", groups: ["editors"] };
const rob: Person = { name: "rob", groups: ["readers"] };
const eve: Person = { name: "eve" };
const mallory: Person = { name: "mallory", groups: ["editors", "suspended"] };

/** A caller: what proves POST of a body to a path. */
type Caller = (path: string) => Promise<Record<string, string>>;

const body = '{"title":"Two pools, one gate"}';
const wanted = { method: "POST", host: service, headers: { "content-type": "application/json" }, body };
const signedBy =
  (by: Signer): Caller =>
  (path) =>
    by.sign({ ...wanted, path });

const token =
  (person: Person): Caller =>
  async () => ({ ...wanted.headers, host: service, authorization: `Bearer ${pools.accessToken(person)}` });

/** Signs with credentials from the gate's own broker. */
function brokered(person: Person): Caller {
  const [[, app]] = apps as [(typeof apps)[0]];
  const exchange = async (idToken = ""): Promise<BrokerCredentials> => {
    const asked = request(app).get("/.well-known/poolgate/credentials").auth(idToken, { type: "bearer" });
    return (await asked.expect(200)).body;
  };
  return signedBy(pools.signer(person, { service, broker: exchange }));
}

/** Signs as somebody of whom nothing is known but a role. */
async function roleOnly(person: Person, name: string): Promise<Caller> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await pools.credentials(person);
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/CognitoIdentityCredentials`;
  const principal = createPrincipal({
    kind: "role",
    id: `role:${accountId}/${name}`,
    issuer: accountId,
    verifiedBy: "sessions.open",
    role: { arn, partition: "aws", account: accountId, name, sessionName: "CognitoIdentityCredentials" },
  });
  await sessions.open({ ...credentials, notAfter: expiration, principal });
  return signedBy(signer({ credentials, region, service }));
}

/** What a door says: "allow", or status and code as far as the door tells them. */
type Door = (path: string, headers: Record<string, string>) => Promise<string>;

const expressDoors = apps.map(([name, app]): readonly [string, Door] => [
  name,
  async (path, headers) => {
    const answer = await request(app).post(path).set(headers).send(body);
    return answer.status === 200 ? "allow" : `${answer.status} ${answer.body.code}`;
  },
]);

type Code = { readonly context: { readonly code?: string } };
const coded = (allowed: boolean, { context }: Code) => (allowed ? "allow" : `deny ${context.code}`);
const restToken = lambdaAuthorizer(authorizer, { format: "rest-token", cache: "off" });
const restRequest = lambdaAuthorizer(authorizer, { format: "rest-request", cache: "off" });
const httpSimple = lambdaAuthorizer(authorizer, { format: "http-simple", cache: "off" });
const httpPolicy = lambdaAuthorizer(authorizer, { format: "http-policy", cache: "off" });

const lambdaDoors: readonly (readonly [string, Door])[] = [
  [
    "rest-request",
    async (path, headers) => {
      const answer = await restRequest(restRequestEvent({ method: "POST", path, headers }));
      return coded(answer.policyDocument.Statement[0].Effect === "Allow", answer as Code);
    },
  ],
  [
    "http-simple",
    async (path, headers) => {
      const answer = await httpSimple(httpAuthorizerEvent({ method: "POST", path, headers }));
      return coded(answer.isAuthorized, answer as Code);
    },
  ],
  [
    "http-policy",
    async (path, headers) => {
      const answer = await httpPolicy(httpAuthorizerEvent({ method: "POST", path, headers }));
      return coded(answer.policyDocument.Statement[0].Effect === "Allow", answer as Code);
    },
  ],
];
/** Sees no more than a token. */
const tokenDoor: Door = async (path, { authorization = "" }) => {
  const answer = await restToken(restTokenEvent({ method: "POST", path, token: authorization }));
  return coded(answer.policyDocument.Statement[0].Effect === "Allow", answer as Code);
};

const callers = {
  "an editor, by token": token(ada),
  "an editor, by brokered signature": brokered(ada),
  "a reader, by token": token(rob),
  "a reader, by brokered signature": brokered(rob),
  "a user in no group, by token": token(eve),
  "a user in no group, by brokered signature": brokered(eve),
  "a suspended editor, by token": token(mallory),
  "a suspended editor, by brokered signature": brokered(mallory),
};
/** The same people, who come with nothing but a role. */
let byRole: Record<string, Caller>;

beforeAll(async () => {
  byRole = {
    "a suspended editor, by the editors' role": await roleOnly(mallory, "ArticleEditor"),
    "a suspended editor, by a role without groups": await roleOnly(mallory, "Reader"),
    "a suspended editor, by the role of the suspended": await roleOnly(mallory, "Suspended"),
    "a suspended editor, by a role that is not listed": await roleOnly(mallory, "Elsewhere"),
    "a suspended editor, by the role of visitors": await roleOnly(mallory, "Visitor"),
  };
});

type Verdicts = Readonly<Record<string, string>>;
const yes = "allow";
const no = "access_denied";

const byName: Readonly<Record<string, Verdicts>> = {
  "an editor, by token": { "/articles": yes, "/comments": yes, "/votes": yes },
  "an editor, by brokered signature": { "/articles": yes, "/comments": yes, "/votes": yes },
  "a reader, by token": { "/articles": no, "/comments": yes, "/votes": yes },
  "a reader, by brokered signature": { "/articles": no, "/comments": yes, "/votes": yes },
  "a user in no group, by token": { "/articles": no, "/comments": yes, "/votes": yes },
  "a user in no group, by brokered signature": { "/articles": no, "/comments": yes, "/votes": yes },
  "a suspended editor, by token": { "/articles": yes, "/comments": no, "/votes": no },
  "a suspended editor, by brokered signature": { "/articles": yes, "/comments": no, "/votes": no },
  "a suspended editor, by the editors' role": { "/articles": yes, "/comments": no, "/votes": no },
  "a suspended editor, by a role without groups": { "/articles": no, "/comments": no, "/votes": no },
  "a suspended editor, by the role of the suspended": { "/articles": no, "/comments": no, "/votes": no },
  "a suspended editor, by a role that is not listed": {
    "/articles": "role_not_allowed",
    "/comments": "role_not_allowed",
    "/votes": "role_not_allowed",
  },
  // A guest is in no group for certain, as nobody is: rules about members name them.
  "a suspended editor, by the role of visitors": { "/articles": no, "/votes": no },
};

describe.each([...expressDoors, ...lambdaDoors])("one policy, at the door %s", (_, door) => {
  const rows = Object.entries(byName).flatMap(([name, verdicts]) =>
    Object.entries(verdicts).map(([path, verdict]) => [name, path, verdict] as const),
  );

  it.each(rows)("says to %s at %s: %s", async (name, path, verdict) => {
    const caller = { ...callers, ...byRole }[name] as Caller;
    const refusal = expect.stringMatching(new RegExp(`^(?:403|deny) ${verdict}$`));
    expect(await door(path, await caller(path))).toEqual(verdict === yes ? yes : refusal);
  });

  it.each(["/articles", "/votes"])("lets nobody in without a credential at %s", async (path) => {
    const answered = await door(path, { host: service }).catch(String);
    expect(answered).toMatch(/^(?:401 no_credentials|deny no_credentials|Error: Unauthorized)$/);
  });
});

describe("one policy, at the door rest-token", () => {
  it.each(Object.entries(byName).filter(([name]) => name.endsWith("by token")))(
    "says to %s the same",
    async (name, verdicts) => {
      const caller = callers[name as keyof typeof callers];
      for (const [path, verdict] of Object.entries(verdicts)) {
        expect(await tokenDoor(path, await caller(path))).toBe(verdict === yes ? yes : `deny ${verdict}`);
      }
    },
  );

  it("takes no signature, which a token alone cannot prove", async () => {
    const headers = await callers["an editor, by brokered signature"]("/articles");
    await expect(tokenDoor("/articles", headers)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe.each(expressDoors)("a guard that narrows the policy, at the door %s", (_, door) => {
  it.each([
    ["an editor, by token", yes],
    ["an editor, by brokered signature", yes],
    ["a reader, by token", "403 access_denied"],
    ["a reader, by brokered signature", "403 access_denied"],
  ] as const)("says to %s: %s", async (name, verdict) => {
    expect(await door("/drafts", await callers[name]("/drafts"))).toBe(verdict);
  });
});
