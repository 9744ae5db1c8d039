// Looks at a page as people do, in a real browser, and prints what it saw as JSON: node look.mjs PAGE FOLDER
// FOLDER gets the page as a PDF and as pictures.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";

const [, , file, folder] = process.argv;
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const seen = { requests: [], console: [], dialogs: [], axe: {} };

const browser = await puppeteer.launch({
  executablePath: await chromium.executablePath(),
  args: [...chromium.args, "--lang=en"],
  headless: "shell",
});
const page = await browser.newPage();
page.on("request", (request) => request.url() !== pathToFileURL(file).href && seen.requests.push(request.url()));
page.on("console", (message) => seen.console.push(message.text()));
page.on("pageerror", (error) => seen.console.push(error.message));
page.on("dialog", (dialog) => { seen.dialogs.push(dialog.message()); dialog.dismiss(); });

const texts = (selector) => page.$$eval(selector, (all) => all.filter((one) => one.checkVisibility()).map((one) => one.innerText.replace(/\s+/g, " ").trim()));
const panel = async () => (await texts(".panel"))[0];
const open = async ({ width = 1280, scheme = "light" } = {}) => {
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(file), { waitUntil: "load" });
};

// axe comes by the debugger: the page's own policy would not let it in.
const axe = async (name) => {
  const client = await page.createCDPSession();
  await client.send("Runtime.evaluate", { expression: AXE });
  const violations = await page.evaluate(async () => (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`));
  seen.axe[name] = violations;
  seen.axeRules = await page.evaluate(() => axe.getRules().length);
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};

await open();
await axe("light");
seen.title = await page.title();
seen.sections = await texts("h2");
seen.injected = await page.$$eval("img, iframe, object, embed, link, base", (all) => all.length);
seen.scripts = await page.$$eval("script", (all) => all.length);
seen.names = await page.$$eval(".matrix tbody th bdi", (all) => all.map((one) => one.textContent));
seen.cells = await page.$$eval(".matrix td[data-r]", (all) => all.map((one) => [one.querySelector("b").textContent, one.querySelector("i").textContent]));
seen.routes = await page.$$eval(".routes tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));

seen.columns = await page.$eval(".matrix", (table) => table.tHead.rows[0].cells.length - 1);

// By keys alone, from the filter on.
await page.focus("#filter-objects");
for (let presses = 0; presses < 20 && !(await page.evaluate(() => document.activeElement.matches("td"))); presses += 1) await page.keyboard.press("Tab");
const where = () => page.evaluate(() => { const cell = document.activeElement.closest("td"); return cell && [cell.parentElement.rowIndex, cell.cellIndex]; });
const step = async (key) => { await page.keyboard.press(key); return { at: await where(), panel: await panel() }; };
seen.keys = { entered: { at: await where(), panel: await panel() } };
for (const key of ["ArrowRight", "ArrowDown", "End", "ArrowRight", "Home", "ArrowUp", "ArrowLeft"]) seen.keys[key] ??= await step(key);
seen.stops = await page.$$eval(".matrix td[tabindex='0']", (all) => all.length);
seen.outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);

// By the mouse: the last cell that has routes.
const cells = await page.$$(".matrix td[data-r]");
await cells.at(-1).hover();
seen.hovered = await cells.at(-1).evaluate((one) => one.closest(".database").querySelector(".panel").innerText.replace(/\s+/g, " "));

// The filter.
const visible = async () => ({ users: await texts(".matrix tbody th .user bdi"), objects: await texts(".matrix thead th span"), said: (await texts("#filtered"))[0] });
const routes = () => page.$$eval(".routes tbody tr", (all) => all.filter((one) => !one.hidden).length);
seen.filter = { all: await visible(), allRoutes: await routes() };
await page.type("#filter-users", "AnA");
seen.filter.users = await visible();
await page.type("#filter-objects", "in foo");
seen.filter.both = { ...(await visible()), stops: await page.$$eval(".matrix td[tabindex='0']", (all) => all.filter((one) => one.checkVisibility()).length) };
seen.filter.routes = await routes();
await page.keyboard.press("Enter");
await page.type("#filter-users", " nobody at all");
seen.filter.none = await visible();
seen.live = await page.$eval("#filtered", (one) => one.getAttribute("role"));

await open({ scheme: "dark" });
await axe("dark");
await open({ width: 390 });
await axe("narrow");
seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// Without colours.
await open();
const forcing = await page.createCDPSession();
await forcing.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
seen.forced = await page.evaluate(() => matchMedia("(forced-colors: active)").matches);
await axe("colourless");
seen.colourless = await page.$$eval(".matrix td[data-r] b, .verdict", (all) => all.map((one) => {
  const ground = one.closest("td") ?? document.body;
  return [one.textContent, getComputedStyle(one).color !== getComputedStyle(ground).backgroundColor];
}));

await forcing.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "none" }] });
await forcing.detach();

// On paper, from the dark.
await open({ scheme: "dark" });
await page.pdf({ path: join(folder, "page.pdf"), preferCSSPageSize: true, outline: true, tagged: true, printBackground: true });
await page.emulateMediaType("print");
seen.printed = await page.evaluate(() => ({
  hidden: [...document.querySelectorAll("main section, main table")].filter((one) => !one.closest("details") && !one.checkVisibility()).length,
  ground: getComputedStyle(document.body).backgroundColor,
  shade: getComputedStyle(document.querySelector(".matrix .l4")).backgroundColor,
  forced: matchMedia("(forced-colors: active)").matches,
  controls: [...document.querySelectorAll("nav, input, .panel")].filter((one) => one.checkVisibility()).length,
}));
await page.emulateMediaType(undefined);

// What the policy keeps out, were there a way in.
const unharmed = { requests: [...seen.requests], console: [...seen.console] };
await page.evaluate(() => {
  window.refused = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => window.refused.push([effectiveDirective, blockedURI]));
  document.body.insertAdjacentHTML("beforeend", '<img src="http://127.0.0.1:9/"><b id="inline" onclick="window.ran = true">b</b>');
  document.querySelector("#inline").click();
  document.body.append(Object.assign(document.createElement("script"), { textContent: "window.ran = true" }));
});
await page.waitForFunction(() => window.refused.length >= 3);
seen.attack = await page.evaluate(() => ({ ran: window.ran ?? false, refused: window.refused }));

await page.setJavaScriptEnabled(false);
await open();
seen.scriptless = await texts(".matrix tbody th bdi");

await browser.close();
console.log(JSON.stringify({ ...seen, ...unharmed }));
