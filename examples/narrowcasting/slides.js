// Slides as elements. Texts are set as text, never as HTML.
// @ts-check

/** @typedef {import("./content.js").Picture} Picture */

/** @type {Record<string, Record<string, string>>} */
const WORDS = {
  nl: { partners: "Zij doen mee", company: "Bedrijf", school: "School", government: "Overheid",
        updated: "Bijgewerkt om", offline: "Geen verbinding. Bijgewerkt op", wait: "Wacht op de site…" },
  en: { partners: "Taking part", company: "Company", school: "School", government: "Government",
        updated: "Updated at", offline: "No connection. Updated on", wait: "Waiting for the site…" },
};
const DATES = /** @type {const} */ ({ day: "numeric", month: "long", year: "numeric" });

/** @param {string} locale */
export const words = (locale) => WORDS[locale] ?? WORDS.en;

/** British dates, as on the site. @param {string} locale */
const formatOf = (locale) => (locale === "en" ? "en-GB" : locale);

/** @param {Date} day @param {string} locale */
export const date = (day, locale) => new Intl.DateTimeFormat(formatOf(locale), DATES).format(day);

/** @param {Date} moment @param {string} locale */
export const time = (moment, locale) =>
  new Intl.DateTimeFormat(formatOf(locale), { hour: "2-digit", minute: "2-digit" }).format(moment);

/** @param {import("./content.js").Content["slides"][number]} slide */
export function slideElement(slide) {
  const section = slide.kind === "news" ? newsSlide(slide) : partnersSlide(slide);
  section.lang = slide.locale;
  return section;
}

/** @param {import("./content.js").News} news */
function newsSlide(news) {
  const about = [date(new Date(`${news.date}T12:00`), news.locale), news.topic].filter(Boolean).join(" · ");
  const title = element("h1", news.title.length > 45 ? "long" : "", news.title);
  const told = element("div", "words");
  told.append(element("p", "kicker", about), title, element("p", "introduction", news.introduction));
  const section = element("section", news.picture ? "slide news" : "slide news plain");
  if (news.picture) section.append(pictureElement(news.picture, "57vw"));
  section.append(told);
  return section;
}

/** @param {import("./content.js").Partners} slide */
function partnersSlide(slide) {
  const items = slide.partners.map((partner) => {
    const sign = element("span", "sign", partner.logo ? "" : partner.monogram);
    if (partner.logo) sign.append(pictureElement({ ...partner.logo, alt: "" }, "9.5rem"));
    const about = [words(slide.locale)[partner.kind], partner.place].filter(Boolean).join(" · ");
    const told = element("div", "");
    told.append(element("h3", "", partner.title), element("p", "", about));
    const item = element("li", "");
    item.append(sign, told);
    return item;
  });
  const list = element("ul", "");
  list.append(...items);
  const section = element("section", "slide partners");
  section.append(element("h2", "", words(slide.locale).partners), list);
  return section;
}

/** What there is to see while there is nothing to show. @param {string} title @param {string} line */
export function emptySlide(title, line) {
  const section = element("section", "slide empty");
  section.append(element("h1", "", title), element("p", "", line));
  return section;
}

/** @param {Picture} shown @param {string} sizes */
function pictureElement(shown, sizes) {
  const picture = element("picture", "");
  for (const { type, srcset } of shown.sources) {
    picture.append(Object.assign(document.createElement("source"), { type, srcset, sizes }));
  }
  const img = Object.assign(document.createElement("img"), { alt: shown.alt, decoding: "async" });
  img.style.objectPosition = shown.focus;
  img.addEventListener("error", () => picture.remove()); // better no picture than a broken one
  picture.append(img);
  img.src = shown.src;
  return picture;
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} className @param {string} text */
function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
