// What the screen shows, fetched from the delivery API. Everything that comes from outside is checked
// here: a bad answer is an error, and the screen keeps what it has.
// @ts-check

/**
 * @typedef {{src: string, alt: string, sources: {type: string, srcset: string}[], focus: string}} Picture
 * @typedef {{kind: "news", locale: string, title: string, introduction: string, date: string, topic: string,
 *   picture: Picture | null, until: number | null}} News
 * @typedef {{title: string, kind: string, place: string, monogram: string, logo: Picture | null,
 *   until: number | null}} Partner
 * @typedef {{kind: "partners", locale: string, partners: Partner[]}} Partners
 * @typedef {{cursor: string, fetched: number, name: string, tagline: string, slides: (News | Partners)[]}} Content
 */

const PATIENCE = 20_000; // milliseconds for an answer
const NEWS = 8; // articles in each language
const ON_A_SLIDE = 6; // partners

export class Api {
  /** @param {string} site @param {string} channel */
  constructor(site, channel) {
    this.base = new URL("/api/v2/", site);
    this.channel = channel;
  }

  /** @param {string} path @param {Record<string, string>} query @returns {Promise<any>} */
  async get(path, query = {}) {
    const url = new URL(path, this.base);
    url.search = new URLSearchParams(query).toString();
    // The browser asks again with the ETag that it has: what is the same costs a 304.
    const answer = await fetch(url, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw Object.assign(new Error(`${url} answered ${answer.status}`), { status: answer.status });
    return answer.json();
  }

  /**
   * Whether anything may have been published since this cursor. An answer without items may have more behind it:
   * what the log holds besides (a new collection, say) is passed over. @param {string} cursor
   */
  async hasChanged(cursor) {
    try {
      const answer = await this.get("changes/", { after: cursor, limit: "1" });
      return list(answer).length > 0 || answer.more === true;
    } catch (error) {
      const status = /** @type {{status?: number}} */ (error).status;
      if (status === 400 || status === 410) return true; // the log does not go back so far
      throw error;
    }
  }

  /** @param {string[]} locales @returns {Promise<Content>} */
  async content(locales) {
    const { cursor } = await this.get(""); // before the content: what changes meanwhile is seen next time
    const settings = await this.get("site/", { locale: locales[0] });
    const slides = [];
    for (const locale of locales) slides.push(mixed(await this.news(locale), await this.partners(locale)));
    return {
      cursor: text(cursor),
      fetched: Date.now(),
      name: text(settings.name),
      tagline: text(settings.tagline),
      slides: byTurns(slides),
    };
  }

  /** When the website's own end is another matter. @param {any} page */
  until(page) {
    return this.channel === "website" ? null : moment(page.channels_until);
  }

  /** @param {string} locale @returns {Promise<News[]>} */
  async news(locale) {
    const answer = await this.get("pages/", {
      type: "news.ArticlePage", locale, channel: this.channel, order: "-date", limit: String(NEWS),
      fields: "_,title,date,topic,introduction,hero_image,channels_until", renditions: "hero",
    });
    return list(answer).map((page) => ({
      kind: "news",
      locale,
      title: text(page.title),
      introduction: text(page.introduction),
      date: text(page.date),
      topic: text(page.topic?.name ?? ""),
      picture: picture(page.hero_image, "hero"),
      until: this.until(page),
    }));
  }

  /** @param {string} locale @returns {Promise<Partners[]>} */
  async partners(locale) {
    const answer = await this.get("pages/", {
      type: "partners.PartnerPage", locale, channel: this.channel, order: "-founder,title", limit: "100",
      fields: "_,title,kind,place,monogram,logo,channels_until", renditions: "logo",
    });
    const found = list(answer).map((page) => ({
      title: text(page.title),
      kind: text(page.kind),
      place: text(page.place),
      monogram: text(page.monogram),
      logo: picture(page.logo, "logo"),
      until: this.until(page),
    }));
    /** @type {Partners[]} */
    const slides = [];
    for (let at = 0; at < found.length; at += ON_A_SLIDE) {
      slides.push({ kind: "partners", locale, partners: found.slice(at, at + ON_A_SLIDE) });
    }
    return slides;
  }
}

/** What has not ended at this time. @param {Content["slides"]} slides @param {number} now */
export function lasting(slides, now) {
  const lasts = (/** @type {News | Partner} */ one) => (one.until ?? Infinity) > now;
  return slides.flatMap((slide) => {
    if (slide.kind === "news") return lasts(slide) ? [slide] : [];
    const partners = slide.partners.filter(lasts);
    return partners.length ? [{ ...slide, partners }] : [];
  });
}

/** When the first of these ends; Infinity where none does. @param {Content["slides"]} slides */
export function firstEnd(slides) {
  const items = slides.flatMap((slide) => (slide.kind === "news" ? [slide] : slide.partners));
  return Math.min(...items.map((one) => one.until ?? Infinity));
}

/** @param {any} answer @returns {any[]} */
function list(answer) {
  if (!Array.isArray(answer?.items)) throw new Error("an answer is not a list");
  return answer.items;
}

/** @param {any} value @returns {string} */
function text(value) {
  if (typeof value !== "string") throw new Error("an answer has no text where it should");
  return value;
}

/** Milliseconds since 1970, or null for no end. @param {any} value @returns {number | null} */
function moment(value) {
  if (value === null) return null;
  const found = Date.parse(text(value));
  if (Number.isNaN(found)) throw new Error("an answer has no time where it should");
  return found;
}

/** @param {any} image @param {string} preset @returns {Picture | null} */
function picture(image, preset) {
  if (!image) return null;
  const { src, alt, sources, focal_point: focus } = image.renditions[preset];
  return {
    src: text(src),
    alt: text(alt),
    sources: sources.map((/** @type {any} */ one) => ({ type: text(one.type), srcset: text(one.srcset) })),
    focus: focus ? `${focus.x * 100}% ${focus.y * 100}%` : "50% 50%",
  };
}

/** News with the partners spread between them. @param {News[]} news @param {Partners[]} partners */
function mixed(news, partners) {
  const most = Math.max(news.length, partners.length);
  return Array.from({ length: most }, (_, at) => [news[at], partners[at]]).flat().filter(Boolean);
}

/** One of each language, then the next of each. @template T @param {T[][]} lists @returns {T[]} */
function byTurns(lists) {
  const most = Math.max(...lists.map((one) => one.length));
  return Array.from({ length: most }, (_, at) => lists.map((one) => one[at])).flat().filter(Boolean);
}
