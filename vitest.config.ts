import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const alias = [
  // As Node resolves it: a bundler takes another copy, and two copies do not know each other's schemas.
  { find: /^graphql$/, replacement: createRequire(import.meta.url).resolve("graphql") },
  { find: /^poolgate$/, replacement: source("index.ts") },
  { find: /^poolgate\/express$/, replacement: source("adapters/express/index.ts") },
  { find: /^poolgate\/lambda$/, replacement: source("adapters/lambda/index.ts") },
  { find: /^poolgate\/graphql$/, replacement: source("adapters/graphql/index.ts") },
  { find: /^poolgate\/client$/, replacement: source("client/index.ts") },
  { find: /^poolgate\/policy$/, replacement: source("policy/index.ts") },
  { find: /^poolgate\/observe$/, replacement: source("observe/index.ts") },
  { find: /^poolgate\/redis$/, replacement: source("stores/redis/index.ts") },
  { find: /^poolgate\/cedar$/, replacement: source("policy/engines/cedar/index.ts") },
  { find: /^poolgate\/verified-permissions$/, replacement: source("policy/engines/verified-permissions/index.ts") },
  { find: /^poolgate\/testing$/, replacement: source("testing/index.ts") },
];

export default defineConfig({
  resolve: { alias },
  test: {
    // Vitest leaves a processor to itself, which is half of a machine that has two.
    maxWorkers: "100%",
    // Only then: fast-check takes a while to load, and most files do without.
    setupFiles: process.env.POOLGATE_TEST_SEED === undefined ? [] : [source("../test/seeded-properties.ts")],
    coverage: {
      provider: "v8",
      include: [
        "src/verify/**",
        "src/tokens/**",
        "src/sigv4/**",
        "src/policy/**",
        "src/authorizer.ts",
        "src/decider.ts",
        "src/shadow.ts",
        "src/refusal.ts",
      ],
      thresholds: { branches: 100 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/system/**"],
          // On a machine that is busy with much else: what computes for seconds, or starts programs, takes minutes there.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "types",
          include: [],
          typecheck: { enabled: true, only: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          // Most take seconds, and the longest some minutes; this only ends what hangs.
          testTimeout: 1_800_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
