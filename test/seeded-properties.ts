import fc from "fast-check";
import { firstSeed } from "./first-seed.ts";

// Vitest runs this before each file of a run that has a seed: properties then try the same inputs as the last time.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: firstSeed });
