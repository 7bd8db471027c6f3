/* What the pages do better with a script: `/` goes to the box, words are completed, results come without leaving the page.
   Every step is a link or a form that works without it. Whatever goes wrong here, the browser follows the link. */
"use strict";

const box = document.querySelector(".box");
const input = box.querySelector("input[name=q]");
const isSearch = () => document.querySelector(".columns") !== null;

/* -- the key */

addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
  input.select();
});

/* -- the next match on an entry page */

const matches = document.querySelector("[data-matches]");
if (matches) {
  const next = () => {
    const now = Number(/^#match-(\d+)$/.exec(location.hash)?.[1] ?? 0);
    matches.querySelector("a").href = `#match-${(now % Number(matches.dataset.matches)) + 1}`;
  };
  addEventListener("hashchange", next);
  next();
}

/* -- results without leaving the page */

const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

let asked = null; // what is being fetched; an older answer is dropped
let shown = location.pathname + location.search; // the address of the results on the page
let typed = false; // whether the address in the bar is that of words still being typed

/** Show the search of this address; `how` is `push`, `replace` or `back`. False where the browser has to go there.
    An answer without results waits for `patience` milliseconds, in which another may be asked for. */
async function show(url, how, patience = 0) {
  asked?.abort();
  const mine = (asked = new AbortController());
  let page;
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok) return false;
  } catch (error) {
    return error.name === "AbortError";
  }
  if (patience && !page.querySelector(".results")) await new Promise((done) => setTimeout(done, patience));
  if (mine.signal.aborted) return true;
  const [old, fresh] = [document, page].map((each) => each.querySelector(".columns"));
  if (!old || !fresh) return false;
  const key = keyOf(document.activeElement);
  keepOpen(old, fresh);
  old.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  box.querySelectorAll("input[type=hidden]").forEach((each) => each.remove());
  box.append(...page.querySelectorAll(".box input[type=hidden]"));
  if (document.activeElement !== input) input.value = page.querySelector(".box input[name=q]").value;
  if (key) (find(key) ?? document.getElementById("main")).focus({ preventScroll: true });
  if (how === "push") {
    history.replaceState({ y: scrollY }, "");
    history.pushState({ y: scrollY }, "", url);
  } else if (how === "replace") {
    history.replaceState({ y: scrollY }, "", url);
  }
  shown = location.pathname + location.search;
  said.textContent = document.querySelector("h1").textContent;
  return true;
}

/** Filters and lists that stand open stay so. */
function keepOpen(old, fresh) {
  const name = (each) => each.className + (each.closest(".facet")?.querySelector("h2").textContent ?? "");
  const open = new Set([...old.querySelectorAll(".facets details[open]")].map(name));
  fresh.querySelectorAll(".facets details").forEach((each) => (each.open = open.has(name(each))));
  fresh.querySelector(".filters").open = old.querySelector(".filters").open && !matchMedia("(max-width: 61.99rem)").matches;
}

/** What a link is, whatever page of results it stands on: its place and its words without their numbers. */
function keyOf(element) {
  const part = element?.closest(".facet, .chips, .order, .sizes, .pager");
  const words = element?.querySelector("bdi")?.textContent ?? element?.getAttribute("aria-label")
    ?? element?.querySelector("title")?.textContent.split(":")[0];
  return part && [part.querySelector("h2")?.textContent ?? part.className, words ?? element.textContent].join("\n");
}

function find(key) {
  const links = [...document.querySelectorAll(".columns a, .columns button")].filter((each) => keyOf(each) === key);
  return links[0] ?? (key.startsWith("chips") ? document.querySelector(".chips a, .order a") : undefined);
}

const goTo = async (url, how) => (await show(url, how)) || location.assign(url);

const addressOf = (form) => {
  const pairs = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "page");
  return `${form.action.split("#")[0]}${pairs.length ? "?" : ""}${new URLSearchParams(pairs)}`;
};

addEventListener("click", (event) => {
  const link = event.target.closest(".columns a, .brand");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain || event.defaultPrevented || !isSearch()) return;
  const href = link.getAttribute("href").split("#")[0]; // its place is for those who load the page anew
  if (!/^\/(search)?(\?|$)/.test(href)) return;
  event.preventDefault();
  typed = false;
  link.focus({ preventScroll: true });
  goTo(href, "push").then(() => link.closest(".pager, .brand") && scrollTo(0, 0));
});

addEventListener("submit", (event) => {
  if (!isSearch() || !event.target.matches(".box, .dates")) return;
  event.preventDefault();
  const url = addressOf(event.target);
  goTo(url, typed || url === location.href ? "replace" : "push");
  typed = false;
  closeList();
});

if (isSearch()) {
  history.scrollRestoration = "manual";
  addEventListener("scrollend", () => history.replaceState({ y: scrollY }, ""));
  addEventListener("popstate", async (event) => {
    if (shown === location.pathname + location.search) return; // a place on this page
    typed = false;
    input.blur();
    closeList();
    await goTo(location.href, "back");
    scrollTo(0, event.state?.y ?? 0);
  });
}

/* -- completions (ARIA 1.2 combobox with a list) */

const list = document.createElement("ul");
list.id = "completions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Completions");
input.after(list);
for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list",
                                             "aria-controls": list.id })) input.setAttribute(name, value);

let wanted = null; // the completions being fetched
let timer = 0;
let chosen = -1;

function closeList() {
  clearTimeout(timer);
  wanted?.abort();
  list.hidden = true;
  chosen = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function openList(texts) {
  list.replaceChildren(...texts.map((text, number) => {
    const item = Object.assign(document.createElement("li"), { id: `completion-${number}`, textContent: text, dir: "auto" });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    return item;
  }));
  chosen = -1;
  list.hidden = texts.length === 0;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
}

function choose(number) {
  list.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = number;
  const item = list.children[chosen];
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  if (item) input.setAttribute("aria-activedescendant", item.id);
  else input.removeAttribute("aria-activedescendant");
}

async function complete() {
  const text = input.value;
  if (chosen >= 0) return; // who moves in the list keeps it
  wanted?.abort();
  const mine = (wanted = new AbortController());
  try {
    const answer = await fetch(`/api/suggest?${new URLSearchParams({ q: text })}`, { signal: mine.signal });
    const texts = answer.ok ? (await answer.json())[1] : [];
    if (!mine.signal.aborted && document.activeElement === input) openList(texts.filter((each) => each !== text));
  } catch {
    /* an older answer was dropped, or there is none: the box works without */
  }
}

async function instant() {
  if (!isSearch()) return;
  const how = typed ? "replace" : "push";
  typed = true;
  await show(addressOf(box), how, 600); // half a word finds nothing, and who types it is not done
}

input.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (event.isComposing) return;
  timer = setTimeout(() => {
    instant();
    if (input.value.trim()) complete();
    else closeList();
  }, 150); // typists pause for longer at the end of a word, and for less within one
});

input.addEventListener("keydown", (event) => {
  if (list.hidden || event.isComposing) return;
  const last = list.children.length - 1;
  const moves = { ArrowDown: chosen < last ? chosen + 1 : -1, ArrowUp: chosen < 0 ? last : chosen - 1 };
  if (event.key in moves) {
    event.preventDefault();
    wanted?.abort();
    choose(moves[event.key]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    closeList();
  } else if (event.key === "Enter" && chosen >= 0) {
    input.value = list.children[chosen].textContent;
    closeList();
  }
});

list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
list.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (!item) return;
  input.value = item.textContent;
  closeList();
  box.requestSubmit();
});
input.addEventListener("blur", closeList);
