// Headless Chromium for the scripts of this folder: each reads JSON from its standard input, does its work
// with a page, and prints JSON. The Rust side is `testkit::browser`.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import axe from "axe-core";

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 900 };

// Nothing may leave the machine: Chromium's own errands are off, and only loopback can be looked up.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

// Runs `work(browser, input)` in a new browser with an empty profile and prints what it returns.
export async function main(work) {
  const input = JSON.parse(readFileSync(0, "utf8"));
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  try {
    process.stdout.write(JSON.stringify((await work(browser, input)) ?? null));
  } finally {
    await browser.close();
  }
}

// A page of its own session (no cookies); `options` are those of a Playwright context.
export async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: DESK, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}

// What axe-core finds wrong with the page as it is shown now. It is evaluated from outside, so that a strict
// content security policy of the page does not stop it.
export async function violations(page) {
  await page.evaluate(axe.source);
  const result = await page.evaluate(() => window.axe.run());
  return result.violations.map((violation) => ({
    rule: violation.id,
    impact: violation.impact,
    help: violation.help,
    elements: violation.nodes.map((node) => node.target.join(" ")),
  }));
}
