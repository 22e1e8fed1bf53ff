import { describe, expect, it } from "vitest";
import { awsEndpoint, readAwsEndpoint } from "../src/aws-endpoint.ts";
import { ConfigurationError } from "../src/configuration.ts";

describe("awsEndpoint", () => {
  it("is the public endpoint of the region", () => {
    expect(awsEndpoint("sts", "eu-west-1").href).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(awsEndpoint("cognito-idp", "eu-west-1").href).toBe("https://cognito-idp.eu-west-1.amazonaws.com/");
    expect(awsEndpoint("cognito-identity", "cn-north-1").href).toBe(
      "https://cognito-identity.cn-north-1.amazonaws.com.cn/",
    );
  });
});

describe("readAwsEndpoint", () => {
  it.each([
    "https://sts.eu-west-1.amazonaws.com",
    "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com/a/",
    "https://[::1]:8443",
  ])("takes %s", (url) => {
    expect(readAwsEndpoint("broker.endpoints.sts", url, false).href).toBe(new URL(url).href);
  });

  it.each(["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "http://127.1.2.3"])(
    "takes %s with allowLoopbackHttp alone",
    (url) => {
      expect(readAwsEndpoint("broker.endpoints.sts", url, true).href).toBe(new URL(url).href);
      const refuse = () => readAwsEndpoint("broker.endpoints.sts", url, false);
      expect(refuse).toThrow("broker.endpoints.sts: http to this machine needs allowLoopbackHttp: true");
    },
  );

  it.each([
    "http://sts.eu-west-1.amazonaws.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://0.0.0.0",
    "http://10.0.0.1",
    "ftp://localhost",
    "file:///etc/passwd",
    "https://user@sts.eu-west-1.amazonaws.com",
    "https://:password@sts.eu-west-1.amazonaws.com",
    "https://sts.eu-west-1.amazonaws.com/?a=b",
    "https://sts.eu-west-1.amazonaws.com/#a",
    "sts.eu-west-1.amazonaws.com",
    "",
    null,
    new URL("https://sts.eu-west-1.amazonaws.com"),
  ])("refuses %s", (url) => {
    expect(() => readAwsEndpoint("broker.endpoints.sts", url, true)).toThrow(ConfigurationError);
  });
});
