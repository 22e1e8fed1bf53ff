import { describe, expect, it } from "vitest";
import { askCredentials, askTemporaryCredentials } from "../../src/client/credentials.ts";

const usable = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };

describe("credentials", () => {
  it("come from an object or from a provider, and nothing else comes along", async () => {
    const given = { ...usable, expiration: new Date(0), identityId: "eu-west-1:1" };
    expect(await askCredentials(usable)).toEqual(usable);
    expect(await askCredentials(async () => given)).toEqual({ ...usable, expiration: new Date(0) });
    expect(await askTemporaryCredentials(() => usable)).toEqual(usable);
  });

  it.each([
    [undefined, "no accessKeyId"],
    [{ ...usable, accessKeyId: "" }, "no accessKeyId"],
    [{ ...usable, secretAccessKey: undefined }, "no secretAccessKey"],
    [{ ...usable, sessionToken: 7 }, "a sessionToken that is no string"],
    [{ ...usable, expiration: "soon" }, "an expiration that is no Date"],
  ])("are refused as %j", async (given, what) => {
    const provider = async () => given as typeof usable;
    await expect(askCredentials(provider)).rejects.toMatchObject({
      name: "ClientError",
      code: "no_credentials_given",
      message: `The credentials cannot be used: ${what}.`,
    });
  });

  it("of an IAM user are not temporary", async () => {
    const { sessionToken: _, ...longTerm } = usable;
    expect(await askCredentials(longTerm)).toEqual(longTerm);
    for (const source of [longTerm, { ...longTerm, sessionToken: "" }]) {
      await expect(askTemporaryCredentials(source)).rejects.toMatchObject({ code: "no_credentials_given" });
    }
  });

  it("that the provider fails to give are a ClientError with the cause", async () => {
    const cause = new Error("offline");
    const failing = () => Promise.reject(cause);
    await expect(askCredentials(failing)).rejects.toMatchObject({ code: "no_credentials_given", cause });
  });
});
