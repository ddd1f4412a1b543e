// { signIn, password, pages: [{ login, name, url, keys }] } -> for each page what axe-core finds wrong with it, the widths
// of a phone and a desk at which it is wider than the window, and what is ticked after each of the keys was pressed in
// turn. With PICTURES set to a folder, pictures are kept there.

import { join } from "node:path";
import { DESK, PHONE, main, open, violations } from "./harness.mjs";

await main(async (browser, { signIn, password, pages }) => {
  const folder = process.env.PICTURES;
  const sessions = {};
  const looked = [];
  for (const { login, name, url, keys } of pages) {
    sessions[login] ??= await enter(browser, signIn, login, password);
    const page = sessions[login];
    const found = { name, violations: [], tooWide: [], ticked: [] };
    for (const viewport of [PHONE, DESK]) {
      await page.setViewportSize(viewport);
      await page.goto(url);
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      found.violations.push(...(await violations(page)));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      if (wide) found.tooWide.push(viewport.width);
      if (folder) {
        await page.screenshot({ path: join(folder, `${name}-${viewport.width}.png`), fullPage: true });
      }
    }
    for (const key of keys ?? []) {
      await accessKey(page, key);
      const ticked = page.locator("input:checked");
      found.ticked.push(await ticked.evaluateAll((all) => all.map((one) => one.id)));
    }
    looked.push(found);
  }
  return looked;
});

// Presses an access key. Playwright's own keys carry no text while Alt is held, which Chromium looks for.
async function accessKey(page, key) {
  const session = await page.context().newCDPSession(page);
  const pressed = { modifiers: 1, key, text: key, unmodifiedText: key, windowsVirtualKeyCode: key.charCodeAt(0) };
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...pressed });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...pressed });
  await session.detach();
}

async function enter(browser, signIn, login, password) {
  const page = await open(browser);
  await page.goto(signIn);
  await page.getByLabel("Login", { exact: true }).fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Sign in" }).click();
  await loaded;
  return page;
}
