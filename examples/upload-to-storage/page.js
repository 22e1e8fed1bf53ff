/** Puts an object into storage, signed with the user's own credentials from the broker. */
import { AwsClient } from "aws4fetch";
import { fetchCredentials } from "poolgate/client";

const { region, bucket } = await (await fetch("/settings.json")).json();

async function upload(key, text) {
  const credentials = await fetchCredentials({
    url: location.origin,
    idToken: async () => (await fetch("/sign-in", { method: "POST" })).text(),
  });
  const storage = new AwsClient({ ...credentials, region, service: "s3" });
  const body = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  // Without the hash of the body aws4fetch would leave the body unsigned for S3.
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return storage.fetch(`${bucket}/${key}`, {
    method: "PUT",
    headers: { "content-type": "text/plain", "x-amz-content-sha256": hash },
    body,
  });
}

const output = document.querySelector("output");
document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  output.textContent = "";
  try {
    const answer = await upload(form.get("key"), form.get("text"));
    output.textContent = `${answer.status} ${await answer.text()}`;
  } catch (error) {
    output.textContent = `failed: ${error.code ?? error.message}`;
  }
});
// Before this, the browser would send the form by itself.
document.querySelector("button").disabled = false;
