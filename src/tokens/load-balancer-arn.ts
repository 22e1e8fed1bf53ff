import { ConfigurationError, requireText } from "../configuration.ts";

/** What the ARN of a load balancer says of where its keys are. */
export interface LoadBalancer {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
const form =
  /^arn:(aws(?:-[a-z]+)*):elasticloadbalancing:([a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2}):\d{12}:loadbalancer\/app\/[0-9A-Za-z-]{1,32}\/[0-9a-z]{1,32}$/;

/**
 * Reads the ARN of an Application Load Balancer; of a listener or a target group it would never be the signer.
 *
 * @throws ConfigurationError
 */
export function readLoadBalancerArn(option: string, value: unknown): LoadBalancer {
  const example = '"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/articles/0123456789abcdef"';
  const match = form.exec(requireText(option, value, example));
  if (match === null) {
    throw new ConfigurationError("invalid_option", option, `must be the ARN of one load balancer, such as ${example}`);
  }
  const [arn, partition, region] = match as unknown as [string, string, string];
  return { arn, partition, region };
}
