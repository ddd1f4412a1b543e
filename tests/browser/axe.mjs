// { url } -> what axe-core finds wrong with the page at the widths of a phone and of a desk.

import { DESK, PHONE, main, open, violations } from "./harness.mjs";

await main(async (browser, { url }) => {
  const found = [];
  for (const viewport of [PHONE, DESK]) {
    const page = await open(browser, { viewport });
    await page.goto(url);
    found.push(...(await violations(page)));
  }
  return found;
});
