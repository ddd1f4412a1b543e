// { urls } -> for each page what axe-core finds wrong with it at the widths of a phone and of a desk, in one browser.

import { DESK, PHONE, main, open, violations } from "./harness.mjs";

await main(async (browser, { urls }) => {
  const found = {};
  for (const viewport of [PHONE, DESK]) {
    const page = await open(browser, { viewport });
    for (const url of urls) {
      await page.goto(url);
      found[url] = [...(found[url] ?? []), ...(await violations(page))];
    }
  }
  return found;
});
