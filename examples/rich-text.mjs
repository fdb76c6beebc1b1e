// Rich text of the delivery API (rich_text_format=ast) rendered as HTML: a start for a renderer of
// your own. No dependencies; runs in browsers and in Node. The API's own HTML is exactly this.
// @ts-check

/**
 * @typedef {{type: string, children?: RichTextNode[], attributes?: Record<string, string>,
 *   value?: string, level?: number, ordered?: boolean, start?: number, tag?: string, url?: string,
 *   title?: string, alt?: string, width?: number, height?: number, format?: string}} RichTextNode
 */

/** @type {Record<string, string>} */
const TAGS = {
  paragraph: "p", list_item: "li", blockquote: "blockquote", strong: "strong", emphasis: "em",
  superscript: "sup", subscript: "sub", strikethrough: "s", code: "code",
};
const VOID_TAGS = new Set(["col", "source", "track", "wbr"]);

/**
 * @param {RichTextNode} node
 * @returns {string}
 */
export function toHtml(node) {
  switch (node.type) {
    case "document": return children(node);
    case "text": return escapeText(node.value ?? "");
    case "line_break": return `<br${attributes(node)}>`;
    case "thematic_break": return `<hr${attributes(node)}>`;
    case "heading": return wrapped(`h${node.level}`, node);
    case "list": return wrapped(node.ordered ? "ol" : "ul", node, { start: node.start });
    case "link": return wrapped("a", node, { href: node.url, title: node.title });
    case "image": return `<img${attributes(node, imageAttributes(node))}>`;
    case "embed": return embed(escapeAttribute(node.url ?? ""));
    case "element": return element(node);
  }
  // A type that this program does not know yet: what is in it is still worth reading.
  return TAGS[node.type] ? wrapped(TAGS[node.type], node) : children(node);
}

/** @param {RichTextNode} node */
function children(node) {
  return (node.children ?? []).map(toHtml).join("");
}

/**
 * @param {string} tag
 * @param {RichTextNode} node
 * @param {Record<string, string | number | undefined>} own
 */
function wrapped(tag, node, own = {}) {
  return `<${tag}${attributes(node, own)}>${children(node)}</${tag}>`;
}

/** @param {RichTextNode} node */
function element(node) {
  const tag = node.tag ?? "span";
  if (VOID_TAGS.has(tag)) return `<${tag}${attributes(node)}>`;
  const content = children(node);
  const newline = tag === "pre" && content.startsWith("\n") ? "\n" : ""; // browsers drop the first
  return `<${tag}${attributes(node)}>${newline}${content}</${tag}>`;
}

/** @param {RichTextNode} node */
function imageAttributes(node) {
  const { url, alt, title, width, height, format } = node;
  return { class: format && `richtext-image ${format}`, src: url, alt, title, width, height };
}

/** Replace this by a player for the addresses that you know. @param {string} url */
function embed(url) {
  return `<figure data-embed="${url}"><a href="${url}">${url}</a></figure>`;
}

/**
 * @param {RichTextNode} node
 * @param {Record<string, string | number | undefined>} own
 */
function attributes(node, own = {}) {
  return Object.entries({ ...own, ...node.attributes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join("");
}

/** @param {string} text */
function escapeText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @param {string} text */
function escapeAttribute(text) {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("'", "&#x27;");
}
