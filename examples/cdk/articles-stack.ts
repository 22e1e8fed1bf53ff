import { fileURLToPath } from "node:url";
import { CfnOutput, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { UserPool, UserPoolGroup } from "aws-cdk-lib/aws-cognito";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import type { Construct } from "constructs";
import { reportsCache } from "./functions/reports-cache.ts";

/** An HTTP API, a user pool, and two authorizers by one policy: one that is asked every time, and one whose answers are kept. */
export class ArticlesStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const userPool = new UserPool(this, "UserPool", { removalPolicy: RemovalPolicy.DESTROY });
    const client = userPool.addClient("Client", { authFlows: { userPassword: true }, disableOAuth: true });
    for (const groupName of ["editors", "analysts"]) new UserPoolGroup(this, groupName, { userPool, groupName });

    const pool = { USER_POOL_ID: userPool.userPoolId, CLIENT_ID: client.userPoolClientId };

    // The answer is for one request: the gateway must keep none.
    const each = new HttpLambdaAuthorizer("EachRequest", this.function("authorizer", pool), {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ["$request.header.Authorization"],
      resultsCacheTtl: Duration.seconds(0),
    });
    // The answer is for one token, method and path, and all three are the key under which the gateway keeps it.
    const kept = new HttpLambdaAuthorizer("Kept", this.function("reports-authorizer", pool), {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: [...reportsCache.identitySource],
      resultsCacheTtl: Duration.seconds(reportsCache.cacheTtl),
    });

    // A route that names no authorizer has the stricter one.
    const api = new HttpApi(this, "Api", { defaultAuthorizer: each });
    const integration = new HttpLambdaIntegration("Articles", this.function("articles"));
    api.addRoutes({ path: "/articles/{id}", methods: [HttpMethod.GET], integration });
    api.addRoutes({ path: "/articles", methods: [HttpMethod.POST], integration });
    api.addRoutes({ path: "/reports/{id}", methods: [HttpMethod.GET], integration, authorizer: kept });

    new CfnOutput(this, "Url", { value: api.apiEndpoint });
    new CfnOutput(this, "UserPoolId", { value: userPool.userPoolId });
    new CfnOutput(this, "ClientId", { value: client.userPoolClientId });
  }

  /** A function of its own bundle, of the file of that name. */
  private function(name: string, environment: Readonly<Record<string, string>> = {}): NodejsFunction {
    return new NodejsFunction(this, name, {
      entry: fileURLToPath(new URL(`functions/${name}.ts`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(10),
      environment,
      // A module, so that it may await at its top level.
      bundling: { format: OutputFormat.ESM, mainFields: ["module", "main"], minify: true },
    });
  }
}
