// { letters, desk, accounts: { login: password }, folder } -> the files of the README's pictures, taken from a running
// `encompass demo` as a lead sees it on a phone and staff on a desk. `scripts/screenshots` runs it.

import { join } from "node:path";
import { DESK, PHONE, main, open } from "./harness.mjs";

// For each account the pages: name of the picture, path, and where to go on from there.
const PAGES = {
  desk: [
    ["held", "/held"],
    ["held-child", "/held", "main a[href^='/children/']"],
  ],
  leader: [["figures", "/figures"]],
};

const LETTER = "main a[href^='/letters/']";

await main(async (browser, { letters, desk, accounts, folder }) => {
  const files = [];
  const take = async (page, name, options = {}) => {
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, ...options });
    files.push(path);
  };

  const mail = await open(browser);
  await asLead(browser, mail, letters, take);
  for (const [login, pages] of Object.entries(PAGES)) {
    const page = await open(browser, { viewport: DESK });
    await signIn(page, desk, login, accounts[login]);
    for (const [name, path, onward] of pages) {
      await page.goto(new URL(path, desk).href);
      if (onward) {
        const link = await page.locator(onward).first().getAttribute("href");
        await page.goto(new URL(link, desk).href);
      }
      await take(page, name);
    }
  }
  return files;
});

async function signIn(page, desk, login, password) {
  await page.goto(new URL("/sign-in", desk).href);
  await page.getByLabel("Login", { exact: true }).fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await press(page, "Sign in");
}

// A lead who has not answered yet follows the link of a notice, on a phone.
async function asLead(browser, mail, letters, take) {
  const page = await open(browser, { viewport: PHONE });
  await waiting(page, mail, letters);
  await take(page, "link");
  const before = await newest(mail, letters);
  await press(page, "Send me a code");
  await page.getByLabel("Code from the mail").fill(await code(mail, letters, before));
  await press(page, "Continue");
  await page.getByLabel("Your name", { exact: true }).fill("Wendy Jellicoe");
  await page.getByLabel("What you are at your setting").fill("Safeguarding lead");
  await press(page, "Continue");
  const yes = page.getByLabel("Yes", { exact: true }).first();
  if (await yes.count()) {
    await yes.check();
    await press(page, "Continue");
  } else {
    // A colleague has answered the question and has not acknowledged.
    await page.getByRole("button", { name: "Read and acknowledge" }).first().click();
  }
  await take(page, "notice", { fullPage: true });
  await press(page, "I have it");
  await take(page, "acknowledged");
}

// Opens the newest notice's link behind which something still waits.
async function waiting(page, mail, letters) {
  await mail.goto(letters);
  const hrefs = await mail.locator(LETTER).evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const href of hrefs) {
    await mail.goto(new URL(href, letters).href);
    const link = mail.locator("main a[href*='/n/']").first();
    if (await link.count()) {
      await page.goto(await link.getAttribute("href"));
      if (await page.getByText("To be read by").count()) {
        return;
      }
    }
  }
  throw new Error("every notice has been answered");
}

async function press(page, name) {
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name }).first().click();
  await loaded;
}

// Where the newest letter is.
async function newest(mail, letters) {
  await mail.goto(letters);
  return mail.locator(LETTER).first().getAttribute("href");
}

// The code of the letter that comes after `before`.
async function code(mail, letters, before) {
  for (let tries = 0; tries < 100; tries += 1) {
    const letter = await newest(mail, letters);
    if (letter !== before) {
      await mail.goto(new URL(letter, letters).href);
      const found = (await mail.locator("main").innerText()).match(/\b\d{6}\b/);
      if (found) {
        return found[0];
      }
    }
    await mail.waitForTimeout(100);
  }
  throw new Error("no code came");
}
