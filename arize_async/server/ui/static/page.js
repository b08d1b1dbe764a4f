// Keys, and parts of a page that are fetched behind it. Everything here can also be reached without a script.
"use strict";

const OFF = "arize-async-keys-off";
const dialog = document.getElementById("keys");

function stored(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function follow(selector) {
  const found = document.querySelectorAll(selector);
  if (found.length) found[found.length - 1].click();
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return follow(step > 0 ? "[data-behind]" : "[data-before]");
  const now = rows.indexOf(document.activeElement);
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + step, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => follow("[rel=next]"),
  p: () => follow("[rel=prev]"),
  u: () => follow("[data-up]"),
  "/": () => document.querySelector("[data-focus]")?.select(),
  "?": () => dialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog?.open || stored(OFF) === "1") return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const off = document.getElementById("keys-off");
if (off) {
  off.checked = stored(OFF) === "1";
  off.addEventListener("change", () => {
    try { localStorage.setItem(OFF, off.checked ? "1" : "0"); } catch { /* nowhere to keep it */ }
  });
}

for (const button of document.querySelectorAll("[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
}

for (const select of document.querySelectorAll("[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-noscript]")) button.hidden = true;

for (const button of document.querySelectorAll("[data-needs]")) {
  const form = button.form;
  const check = () => {
    const chosen = form.querySelectorAll("input[name=experiment]:checked").length;
    button.disabled = chosen < Number(button.dataset.needs) || chosen > Number(button.dataset.most);
  };
  form.addEventListener("change", check);
  window.addEventListener("pageshow", check);
  check();
}

for (const part of document.querySelectorAll("[data-src]")) {
  fetch(part.dataset.src, { headers: { Accept: "text/html" } })
    .then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    })
    .then((html) => {
      // the server has escaped everything in it, and the page's policy lets no script in it run
      part.outerHTML = html;
    })
    .catch(() => {
      part.querySelector("p").append(" – it could not be loaded.");
    });
}
