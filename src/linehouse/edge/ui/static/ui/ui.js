// Behaviour of the design system. Every page works without this file; with it, it is quicker.
(function () {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  const on = (type, selector, handler, options) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element ? event.target.closest(selector) : null;
      if (found) handler(event, found);
    }, options);

  // Colour scheme ------------------------------------------------------------
  // The form works by itself (the server sets the cookie); here the page does not have to reload.
  on("submit", "form[data-theme-form]", (event, form) => {
    event.preventDefault();
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const chosen = dark ? "light" : "dark";
    root.dataset.theme = chosen;
    const body = new FormData(form);
    body.set("theme", chosen);
    fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  });

  // What this file says itself, in the language of the page.
  const words = document.getElementById("words")?.dataset || {};

  // Toasts -------------------------------------------------------------------
  const toastBox = () => document.getElementById("toasts");

  function watchToast(toast) {
    if (!toast.classList.contains("is-good") || toast.dataset.stays !== undefined) return;
    let timer;
    const start = () => { timer = setTimeout(() => toast.remove(), 7000); };
    toast.addEventListener("mouseenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("mouseleave", start);
    start();
  }

  function say(text, tone) {
    const box = toastBox();
    if (!box) return;
    const toast = document.createElement("div");
    toast.className = `toast is-${tone}`;
    toast.dataset.toast = "";
    toast.append(document.createElement("span"));
    const body = document.createElement("div");
    body.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.dataset.toastClose = "";
    close.textContent = "×";
    close.setAttribute("aria-label", words.dismiss);
    toast.append(body, close);
    box.append(toast);
    watchToast(toast);
  }

  document.querySelectorAll("[data-toast]").forEach(watchToast);
  on("click", "[data-toast-close]", (event, button) => button.closest("[data-toast]").remove());

  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 403 ? words.forbidden : `${words.failed} ${status}`, "bad");
  });
  document.addEventListener("htmx:sendError", () => say(words.unreachable, "bad"));

  // Confirmation -------------------------------------------------------------
  const dialog = document.getElementById("confirm");
  let waiting = null;

  on("submit", "form[data-confirm]", (event, form) => {
    if (form.dataset.confirmed || !dialog) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = { form, submitter: event.submitter };
    dialog.querySelector("#confirm-title").textContent = form.dataset.confirm;
    dialog.querySelector("#confirm-text").textContent = form.dataset.confirmText || "";
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.textContent = form.dataset.confirmAction || words.continue;
    yes.className = `button ${form.dataset.confirmTone === "bad" ? "is-danger" : "is-primary"}`;
    dialog.showModal();
    yes.focus();
  }, true);
  on("click", "[data-confirm-no]", () => dialog.close());
  on("click", "[data-confirm-yes]", () => {
    const { form, submitter } = waiting;
    dialog.close();
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  });

  // Forms that take a while: show it, and send them once ------------------------
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.method !== "post" || form.dataset.themeForm !== undefined) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = event.submitter || form.querySelector("button[type=submit], button:not([type])");
    if (button) setTimeout(() => button.classList.add("is-busy"), 120);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll(".is-busy").forEach((button) => button.classList.remove("is-busy"));
  });

  // Copying -------------------------------------------------------------------
  function showCopies(scope) {
    if (navigator.clipboard) scope.querySelectorAll(".copy[hidden]").forEach((button) => { button.hidden = false; });
  }
  showCopies(document);
  document.addEventListener("htmx:load", (event) => showCopies(event.detail.elt));
  on("click", "[data-copy]", (event, button) => {
    navigator.clipboard.writeText(button.dataset.copy).then(() => say(words.copied, "good"), () => say(words.notCopied, "warn"));
  });

  // File drop areas -----------------------------------------------------------
  on("dragover", "[data-drop]", (event, area) => { event.preventDefault(); area.classList.add("is-over"); });
  on("dragleave", "[data-drop]", (event, area) => area.classList.remove("is-over"));
  on("drop", "[data-drop]", (event, area) => {
    event.preventDefault();
    area.classList.remove("is-over");
    const input = area.querySelector("input[type=file]");
    if (input && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });

  // Rows that are chosen for one act ---------------------------------------------
  let lastChosen = null;
  const rowsOf = (form) => [...document.querySelectorAll(`input[data-bulk-row][form="${form.id}"]`)];
  function countChosen(form) {
    const rows = rowsOf(form);
    const all = form.querySelector("[data-bulk-all]");
    const chosen = rows.filter((row) => row.checked).length;
    const count = form.querySelector("[data-bulk-count]");
    count.textContent = all && all.checked ? "" : chosen ? `${count.dataset.some} ${chosen}` : count.dataset.none;
    form.querySelectorAll("button[name=bulk]").forEach((button) => { button.disabled = !chosen && !(all && all.checked); });
    const page = form.parentElement.querySelector("[data-bulk-page]");
    if (page) {
      page.hidden = false;
      page.checked = chosen === rows.length;
      page.indeterminate = chosen > 0 && chosen < rows.length;
    }
  }
  const countAll = () => document.querySelectorAll("form[data-bulk]").forEach(countChosen);
  on("click", "input[data-bulk-row]", (event, row) => {
    const form = row.form;
    const rows = rowsOf(form);
    if (event.shiftKey && lastChosen && rows.includes(lastChosen)) {
      const [from, to] = [rows.indexOf(lastChosen), rows.indexOf(row)].sort((a, b) => a - b);
      rows.slice(from, to + 1).forEach((one) => { one.checked = row.checked; });
    }
    lastChosen = row;
    countChosen(form);
  });
  on("change", "input[data-bulk-page]", (event, page) => {
    const form = page.closest(".table-region").querySelector("form[data-bulk]");
    rowsOf(form).forEach((row) => { row.checked = page.checked; });
    countChosen(form);
  });
  on("change", "input[data-bulk-all]", (event, all) => countChosen(all.form));
  countAll();
  document.addEventListener("htmx:load", countAll);

  // Selects that submit their form at once --------------------------------------
  on("change", "[data-submit-on-change]", (event, control) => control.form.requestSubmit());

  // The palette ------------------------------------------------------------------
  const palette = document.getElementById("palette");
  const input = palette ? palette.querySelector("input") : null;

  const options = () => (palette ? [...palette.querySelectorAll('[role="option"]')] : []);

  function choose(index) {
    const all = options();
    all.forEach((option, at) => option.setAttribute("aria-selected", at === index ? "true" : "false"));
    if (all[index]) {
      input.setAttribute("aria-activedescendant", all[index].id);
      all[index].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function openPalette() {
    if (!palette || palette.open) return;
    palette.showModal();
    input.value = "";
    input.focus();
    window.htmx.trigger(input, "palette");
  }

  if (palette) {
    on("click", "[data-palette-open]", (event) => { event.preventDefault(); openPalette(); });
    palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
    palette.addEventListener("htmx:afterSettle", () => choose(0));
    palette.addEventListener("mousemove", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option && option.getAttribute("aria-selected") !== "true") choose(options().indexOf(option));
    });
    on("click", '#palette [role="option"]', (event, option) => { location.assign(option.dataset.href); });
    input.addEventListener("keydown", (event) => {
      const all = options();
      const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && all.length) {
        event.preventDefault();
        choose((now + step + all.length) % all.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (all[now]) location.assign(all[now].dataset.href);
      }
    });
  }

  const typing = (target) => target instanceof Element && target.closest("input, select, textarea, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette && palette.open) palette.close(); else openPalette();
    } else if (event.key === "?" && !typing(event.target)) {
      const help = document.getElementById("help");
      if (help) { event.preventDefault(); help.togglePopover(); }
    } else if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-list-search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
  });

  // A page's own keys: one letter, while nobody is typing -------------------------
  document.addEventListener("keydown", (event) => {
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const meant = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (meant) { event.preventDefault(); meant.click(); }
  });

  // After a refused form, start reading at its summary -----------------------------
  const summary = document.querySelector("[data-autofocus]");
  if (summary) summary.focus();
})();
