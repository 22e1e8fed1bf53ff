/**
 * What template.yaml says of the authorizer's cache: `ReauthorizeEvery` is this `cacheTtl`, and `Headers: [Authorization]` is this
 * source. An event of a REST API does not tell, so nothing but equal files keeps them equal.
 */
export const gatewayCache = {
  cacheTtl: 300,
  identitySource: ["method.request.header.Authorization"],
} as const;
