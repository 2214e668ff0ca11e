// Keeps a page of the board up to date: asks for what is new, and takes over the parts of the page that have changed.
"use strict";

const SOON = 1000, LATER = 4000;
let seen = null;

function live() {
  return document.getElementById("live");
}

// Takes header and contents of the same page as it is now; what was chosen stays chosen.
async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const chosen = new Set(Array.from(document.querySelectorAll("input:checked"), (box) => box.value));
  for (const box of page.querySelectorAll("input[type=checkbox]")) {
    if (chosen.has(box.value)) box.setAttribute("checked", "");
  }
  for (const part of ["header", "main"]) {
    const own = document.querySelector(part), next = page.querySelector(part);
    if (own && next) own.replaceWith(next);
  }
}

function showProgress(event) {
  const place = document.getElementById("progress");
  if (!place) return;
  const figures = Object.entries(event.figures || {})
    .map(([name, value]) => `${name} ${typeof value === "number" ? value.toFixed(4) : value}`);
  const words = place.querySelector("p");
  const epochs = words.textContent.match(/of (\d+)/);
  const of = epochs ? ` of ${epochs[1]}` : "";
  const batch = event.batches ? `batch ${event.batch} of ${event.batches}` : `batch ${event.batch}`;
  words.textContent = [`epoch ${event.epoch}${of}`, batch, ...figures].join(" · ");
  if (epochs && event.batches) {
    const share = (event.epoch - 1 + event.batch / event.batches) / Number(epochs[1]);
    place.querySelector("i").style.width = `${Math.min(100, 100 * share)}%`;
  }
}

async function followRun() {
  const main = live();
  const answer = await fetch(`${main.dataset.events}?from=${main.dataset.from}`, { cache: "no-store" });
  if (!answer.ok) return LATER;
  const news = await answer.json();
  main.dataset.from = news.from;
  const progress = news.events.filter((event) => event.event === "progress").pop();
  const isChanged = news.state !== main.dataset.state
    || news.events.some((event) => event.event !== "progress" && event.event !== "epoch-begin");
  if (isChanged) await refresh();
  if (progress) showProgress(progress);
  return news.state === "running" ? SOON : LATER;
}

async function followRuns() {
  const answer = await fetch(live().dataset.runs, { cache: "no-store" });
  if (!answer.ok) return LATER;
  const text = await answer.text();
  if (seen !== null && seen !== text) await refresh();
  seen = text;
  return text.includes('"state":"running"') ? SOON : LATER;
}

async function follow() {
  let wait = LATER;
  try {
    if (!document.hidden && live()) wait = await (live().dataset.runs ? followRuns() : followRun());
  } catch {
    // The board is gone, or comes back: asked again later.
  }
  setTimeout(follow, wait);
}

if (live()) setTimeout(follow, SOON);
