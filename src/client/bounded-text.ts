/**
 * Reads the text of a response, and stops where it is longer than it may be.
 *
 * @returns undefined where there are more than `maxBytes`.
 */
export async function readBoundedText(response: Response, maxBytes: number): Promise<string | undefined> {
  // Not every browser can iterate over a body.
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      // Not waited for: the body of a clone is canceled only when that of the other one is.
      reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
