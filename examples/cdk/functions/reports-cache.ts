/** The cache of the authorizer of reports, for the stack and for the function: both sides must say the same. */
export const reportsCache = {
  cacheTtl: 300,
  identitySource: ["$request.header.Authorization", "$context.httpMethod", "$context.path"],
} as const;
