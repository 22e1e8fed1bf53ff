/** Signs in, takes credentials from the identity pool as any page does, enrolls them at the API, and signs its calls. */
import { createSignedFetch } from "poolgate/client";

const settings = await (await fetch("/settings.json")).json();

/** One operation of the Identity Pool, which admits pages of every origin. With the AWS SDK: `fromCognitoIdentityPool`. */
async function identityPool(operation, input) {
  const answer = await fetch(settings.identityEndpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityService.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return answer.json();
}

async function credentialsOf(idToken) {
  const Logins = { [settings.loginProvider]: idToken };
  const { IdentityId } = await identityPool("GetId", { IdentityPoolId: settings.identityPoolId, Logins });
  const { Credentials } = await identityPool("GetCredentialsForIdentity", { IdentityId, Logins });
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
    expiration: new Date(Credentials.Expiration * 1000),
  };
}

function show(text) {
  const item = document.createElement("li");
  item.textContent = text;
  document.querySelector("ol").append(item);
}

async function callAs(name) {
  const idToken = await (await fetch(`/sign-in/${name}`, { method: "POST" })).text();
  const signedFetch = createSignedFetch({
    url: location.origin,
    enroll: {
      credentials: () => credentialsOf(idToken),
      region: settings.region,
      stsEndpoint: settings.stsEndpoint,
    },
  });
  const form = new FormData();
  form.set("picture", new Blob(["not quite a picture"], { type: "image/png" }), "cover.png");
  for (const [method, path, body] of [
    ["GET", "/articles/1?lang=de&lang=en"],
    ["POST", "/articles", JSON.stringify({ title: "Grüße" })],
    ["POST", "/articles/1/cover", form],
  ]) {
    const headers = typeof body === "string" ? { "content-type": "application/json" } : {};
    const answer = await signedFetch(path, { method, body, headers });
    const { code, by, bytes } = await answer.json();
    show([name, method, path, answer.status, code ?? by, bytes].filter((part) => part !== undefined).join(" "));
  }
}

for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => callAs(button.value).catch((error) => show(`${button.value} ${error.code}`)));
  // Before this, a click would go nowhere.
  button.disabled = false;
}
