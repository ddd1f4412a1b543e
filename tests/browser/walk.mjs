// { state, steps } -> { state, pages }: walks through pages as a person does and looks at each with axe-core, at the
// widths of a phone and of a desk. `state` is what the browser remembers from one walk to the next (null: nothing).
// A step is one of
//   { open: url }, { press: name of a button }, { follow: name of a link }: shows another page
//   { fill: { label: text } }, { choose: label }: fills this one in

import { DESK, PHONE, main, open, violations } from "./harness.mjs";

const STEPS = {
  open: (page, url) => page.goto(url),
  press: (page, name) => turn(page, page.getByRole("button", { name })),
  follow: (page, name) => turn(page, page.getByRole("link", { name })),
  fill: async (page, fields) => {
    for (const [label, text] of Object.entries(fields)) {
      await page.getByLabel(label, { exact: true }).fill(text);
    }
  },
  choose: (page, label) => page.getByLabel(label, { exact: true }).check(),
};
const SHOWS_A_PAGE = ["open", "press", "follow"];

async function turn(page, target) {
  const loaded = page.waitForEvent("load");
  await target.first().click();
  await loaded;
}

// What others keep of every request and answer since the last page: addresses, and headers of both sides.
function listen(page) {
  let answers = [];
  page.on("response", (answer) => answers.push(answer));
  return async () => {
    const seen = answers;
    answers = [];
    return Promise.all(
      seen.map(async (answer) => {
        const headers = [...(await answer.request().headersArray()), ...(await answer.headersArray())];
        return { url: answer.url(), headers: headers.map(({ name, value }) => [name, value]) };
      }),
    );
  };
}

async function look(page, exchanged) {
  const found = [];
  for (const viewport of [PHONE, DESK]) {
    await page.setViewportSize(viewport);
    found.push(...(await violations(page)));
  }
  const text = await page.locator("body").innerText();
  const exchanges = await exchanged();
  const html = await page.content();
  return { url: page.url(), title: await page.title(), text, html, exchanges, violations: found };
}

await main(async (browser, { state, steps }) => {
  const page = await open(browser, state ? { storageState: state } : {});
  const pages = [];
  const exchanged = listen(page);
  for (const step of steps) {
    const [[verb, what]] = Object.entries(step);
    try {
      await STEPS[verb](page, what);
    } catch (error) {
      throw new Error(`${verb} ${JSON.stringify(what)} at ${page.url()}: ${error.message}`);
    }
    if (SHOWS_A_PAGE.includes(verb)) pages.push(await look(page, exchanged));
  }
  return { state: await page.context().storageState(), pages };
});
