// A screen for a hall: news and partners by turns, for ever, whatever happens to the network.
//
//   index.html?site=https://www.example.org&locale=nl,en&seconds=12&refresh=60&channel=screens
//
// - What was fetched last is kept in localStorage, pictures and this page by the service worker: a screen
//   that starts without a network shows what it showed before.
// - What has an end goes when it is there, by the clock of the screen: no network is needed for that.
// - Every `refresh` seconds it asks the change feed; content is fetched anew when something was published.
// @ts-check
import { Api, firstEnd, lasting } from "./content.js";
import { date, emptySlide, slideElement, time, words } from "./slides.js";

/** @typedef {import("./content.js").Content} Content */

const query = new URLSearchParams(location.search);
const site = query.get("site") ?? location.origin;
const locales = (query.get("locale") ?? "nl").split(",");
const channel = query.get("channel") ?? "screens";
const seconds = (/** @type {string} */ name, /** @type {number} */ otherwise) =>
  (Number(query.get(name)) || otherwise) * 1000;

const KEY = `narrowcasting ${site} ${locales} ${channel}`;
const PICTURES = "pictures";
const api = new Api(site, channel);
const slides = byId("slides");

/** @type {Content | null} */
let content = null;
let nextEnd = Infinity; // of what is shown
let isOnline = true;

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

// What is kept

/** @returns {Content | null} */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return Array.isArray(found?.slides) ? found : null;
  } catch {
    return null; // nothing that can be read
  }
}

/** @param {Content} found */
function keep(found) {
  try {
    localStorage.setItem(KEY, JSON.stringify(found));
  } catch (error) {
    console.warn("the content cannot be kept", error); // full or not allowed; the screen goes on
  }
}

/** The pictures of earlier content go, once those of this one are there; so do answers that were none. */
async function forgetOldPictures() {
  const images = () => [...slides.querySelectorAll("img")];
  await Promise.allSettled(images().map((image) => image.decode()));
  const shown = new Set(images().map((image) => image.currentSrc));
  const cache = await caches.open(PICTURES);
  for (const request of await cache.keys()) if (!shown.has(request.url)) await cache.delete(request);
}

// What is shown

/** @param {Content} found */
function show(found) {
  content = found;
  document.documentElement.lang = locales[0];
  document.title = found.name;
  byId("name").textContent = found.name;
  const shown = lasting(found.slides, Date.now());
  nextEnd = firstEnd(shown);
  const elements = shown.map((slide) => showable(slide)).filter((one) => one !== null);
  slides.replaceChildren(...(elements.length ? elements : [emptySlide(found.name, found.tagline)]));
  go(0);
  showState();
}

/** One bad slide is left out, and the others stay. @param {Content["slides"][number]} slide */
function showable(slide) {
  try {
    return slideElement(slide);
  } catch (error) {
    console.warn("a slide cannot be shown", error);
    return null;
  }
}

/** @param {number} number */
function go(number) {
  [...slides.children].forEach((slide, at) => slide.classList.toggle("shown", at === number));
}

function next() {
  if (content && nextEnd <= Date.now()) return show(content);
  const now = [...slides.children].findIndex((slide) => slide.classList.contains("shown"));
  if (slides.children.length > 1) go((now + 1) % slides.children.length);
  showState();
}

function showState() {
  const locale = locales[0];
  byId("clock").textContent = time(new Date(), locale);
  if (content === null) return;
  const fetched = new Date(content.fetched);
  const { updated, offline } = words(locale);
  byId("state").textContent = isOnline
    ? `${updated} ${time(fetched, locale)}`
    : `${offline} ${date(fetched, locale)}, ${time(fetched, locale)}`;
}

// What is new

async function refresh() {
  try {
    if (content === null || (await api.hasChanged(content.cursor))) {
      const found = await api.content(locales);
      keep(found);
      show(found);
      await forgetOldPictures();
    } else {
      content.fetched = Date.now(); // it is still what the site has
      keep(content);
    }
    isOnline = true;
  } catch (error) {
    isOnline = false;
    console.warn("nothing new", error);
  }
  showState();
  setTimeout(refresh, seconds("refresh", 60));
}

/** The service worker has to be there before the first picture is asked for, but not at all costs. */
async function keeper() {
  if (!("serviceWorker" in navigator)) return; // only https and localhost have it
  await navigator.serviceWorker.register("worker.js");
  if (navigator.serviceWorker.controller) return;
  await new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, 5000);
  });
}

async function start() {
  slides.append(emptySlide("Techport", words(locales[0]).wait));
  go(0);
  await keeper().catch((error) => console.warn("no service worker", error));
  const before = kept();
  if (before) show(before);
  setInterval(next, seconds("seconds", 12));
  navigator.wakeLock?.request("screen").catch(() => {}); // where it is not allowed, the screen may go dark
  await refresh();
}

start();
