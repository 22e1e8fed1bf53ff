import { type Browser, chromium } from "playwright-core";

const args = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** How long a page may take for whatever it is asked to, in milliseconds: it may share its machine with much else. */
export const patience = 300_000;

/** Starts Debian's Chromium. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args, timeout: patience });
}
