import { ConfigurationError } from "../configuration.ts";

/** The package that takes YAML apart. */
export type YamlModule = typeof import("yaml");

/**
 * Loads the package `yaml`, which only policies in YAML need.
 *
 * @throws ConfigurationError where it is not installed.
 */
export async function importYaml(): Promise<YamlModule> {
  try {
    return await import("yaml");
  } catch {
    throw new ConfigurationError(
      "missing_option",
      "policy",
      "a policy in YAML is read with the package yaml: npm install yaml; one in JSON needs no package",
    );
  }
}
