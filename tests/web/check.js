// Looks at pages in Chromium, as a phone and as a desk see them, light and dark, and on A4.
//
//   npm install --prefix tests/web && node tests/web/check.js PAGE.html …
//
// CHROMIUM names the browser (by default `chromium`); PICTURES a folder for what was seen: a PNG of
// each page and kind of screen, and a PDF. Prints one line for each fault; exit code 1 if there is one.
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const puppeteer = require("puppeteer-core");
const { HtmlValidate } = require("html-validate");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = [
  { name: "phone", width: 390, height: 844, scheme: "light" },
  { name: "phone-dark", width: 390, height: 844, scheme: "dark" },
  { name: "desk", width: 1000, height: 900, scheme: "light" },
  { name: "desk-dark", width: 1000, height: 900, scheme: "dark" },
];
const RULES = {
  extends: ["html-validate:standard"],
  rules: {
    "doctype-style": "off", // upper case is as good
    "void-style": "off",
    "no-inline-style": "off", // the figures' own
    "long-title": "off",
    "svg-focusable": "off", // was for Internet Explorer
  },
};

async function validity(file) {
  const report = await new HtmlValidate(RULES).validateFile(file);
  return report.results.flatMap((result) =>
    result.messages.map((m) => `not valid, line ${m.line}: ${m.message} (${m.ruleId})`),
  );
}

async function look(browser, file, screen) {
  const page = await browser.newPage();
  const faults = [];
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(path.resolve(file)).href) faults.push(`asks for ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    faults.push("a script ran");
    dialog.dismiss();
  });
  page.on("console", (message) => faults.push(`complains: ${message.text()}`));
  await page.setBypassCSP(true); // axe is a script, and the page allows none
  await page.setViewport({ width: screen.width, height: screen.height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: screen.scheme }]);
  await page.goto(pathToFileURL(path.resolve(file)).href);
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (over > 0) faults.push(`is ${over} px wider than the screen`);
  await page.evaluate(AXE);
  const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  for (const one of found.violations) {
    faults.push(`${one.id} (${one.impact}): ${one.help}: ${one.nodes[0].html.slice(0, 150)}`);
  }
  await keep(page, file, screen);
  await page.close();
  return faults;
}

async function keep(page, file, screen) {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const stem = path.join(folder, path.basename(file, ".html"));
  await page.screenshot({ path: `${stem}-${screen.name}.png`, fullPage: true });
  if (screen.name === "desk") {
    await page.pdf({ path: `${stem}.pdf`, preferCSSPageSize: true, printBackground: true });
  }
}

async function main(files) {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox"], // in a container there is none
  });
  let count = 0;
  for (const file of files) {
    const faults = new Set(await validity(file));
    for (const screen of SCREENS) {
      for (const fault of await look(browser, file, screen)) faults.add(`${screen.name}: ${fault}`);
    }
    for (const fault of faults) console.log(`${file}: ${fault}`);
    count += faults.size;
  }
  await browser.close();
  console.log(`${files.length} pages, ${count} faults`);
  process.exit(count ? 1 : 0);
}

main(process.argv.slice(2));
