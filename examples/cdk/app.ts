import { App } from "aws-cdk-lib";
import { ArticlesStack } from "./articles-stack.ts";

new ArticlesStack(new App(), "PoolgateExample");
