// A client of the delivery API whose types are generated from its OpenAPI document (api.d.ts).
// Compiled with --strict and run against a site: node client.js http://localhost:8000/api/v2
import type { components, paths } from "./api.js";

type PageList = paths["/pages/"]["get"]["responses"][200]["content"]["application/json"];
type AnyPage = components["schemas"]["AnyPage"];
type Question = components["schemas"]["QuestionPage"];
type Blocks = Question["answer"][number];

declare const process: { argv: string[] };

async function get<Answer>(url: string): Promise<Answer> {
  const answer = await fetch(url);
  if (!answer.ok) {
    const problem = (await answer.json()) as components["schemas"]["Problem"];
    throw new Error(`${problem.status}: ${problem.detail}`);
  }
  return (await answer.json()) as Answer;
}

async function* allPages(base: string, query: string): AsyncGenerator<PageList["items"][number]> {
  let cursor: string | null = "";
  do {
    const list: PageList = await get<PageList>(`${base}/pages/?${query}&cursor=${cursor}`);
    yield* list.items;
    cursor = list.meta.next;
  } while (cursor !== null);
}

function isQuestion(page: AnyPage): page is Question {
  return page.meta.type === "faq.QuestionPage";
}

function text(block: Blocks): string {
  switch (block.type) {
    case "paragraph":
      return typeof block.value === "string" ? block.value : block.value.children.length.toString();
    case "figures":
      return block.value.items.map((figure) => `${figure.value} ${figure.label}`).join("; ");
    case "quote":
      return block.value.text;
    case "table":
      return block.value.caption;
    default: {
      const forgotten: never = block; // a new kind of block fails to compile here
      return forgotten;
    }
  }
}

const base = process.argv[2] ?? "http://localhost:8000/api/v2";
let questions = 0;
for await (const item of allPages(base, "type=faq.QuestionPage&locale=en&limit=3")) {
  const page = await get<AnyPage>(item.meta.detail_url);
  if (!isQuestion(page) || page.answer.map(text).join("").length === 0) {
    throw new Error(`${item.meta.detail_url} is no question with an answer`);
  }
  questions += 1;
}
console.log(`${questions} questions`);
