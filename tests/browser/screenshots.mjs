// { url, folder, name } -> the files of a picture for a phone and one for a desk.

import { join } from "node:path";
import { DESK, PHONE, main, open } from "./harness.mjs";

await main(async (browser, { url, folder, name }) => {
  const files = [];
  for (const viewport of [PHONE, DESK]) {
    const page = await open(browser, { viewport });
    await page.goto(url);
    const path = join(folder, `${name}-${viewport.width}x${viewport.height}.png`);
    await page.screenshot({ path });
    files.push(path);
  }
  return files;
});
