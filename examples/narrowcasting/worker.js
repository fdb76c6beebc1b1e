// Keeps the page itself and its pictures for the time that there is no network. What the API answers is
// not its business: screen.js keeps that.
const PAGE = "page";
const PICTURES = "pictures";
const FILES = ["./", "index.html", "screen.css", "screen.js", "content.js", "slides.js"];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(PAGE).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.destination === "image") event.respondWith(picture(request));
  else if (request.url.startsWith(new URL("./", location).href)) event.respondWith(file(request));
});

/** A picture of another content has another address, so one that is there is right. */
async function picture(request) {
  const cache = await caches.open(PICTURES);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  // Of another origin it is opaque: whether it is a picture is not seen here. screen.js deletes what was none.
  if (answer.ok || answer.type === "opaque") await cache.put(request, answer.clone());
  return answer;
}

/** The newest file, or the one of last time. */
async function file(request) {
  const cache = await caches.open(PAGE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(withoutQuery(request.url), answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(withoutQuery(request.url));
    if (found) return found;
    throw error;
  }
}

function withoutQuery(url) {
  return url.split(/[?#]/)[0];
}
