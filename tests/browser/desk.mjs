// { signIn, password, pages: [{ login, name, url }] } -> for each page what axe-core finds wrong with it, and the widths
// of a phone and a desk at which it is wider than the window. With PICTURES set to a folder, pictures are kept there.

import { join } from "node:path";
import { DESK, PHONE, main, open, violations } from "./harness.mjs";

await main(async (browser, { signIn, password, pages }) => {
  const folder = process.env.PICTURES;
  const sessions = {};
  const looked = [];
  for (const { login, name, url } of pages) {
    sessions[login] ??= await enter(browser, signIn, login, password);
    const page = sessions[login];
    const found = { name, violations: [], tooWide: [] };
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
    looked.push(found);
  }
  return looked;
});

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
