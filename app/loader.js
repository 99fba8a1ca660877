// What a page does beside showing itself, whoever reads it.

// An answer to a form is not sent again by Back or a reload: they ask for its page anew.
if (document.querySelector(".summary")) history.replaceState(null, "", location.href);

// A page that a browser has kept as it stood may be another's, or over: it hides when it
// is left, and asks again before it shows anything.
addEventListener("pagehide", (event) => (document.documentElement.hidden = event.persisted));
addEventListener("pageshow", (event) => event.persisted && location.reload());

// The notes beside the fields change at every key. They are read out after a pause.
const PAUSE_MS = 1000;
const live = document.querySelector("#live");
let line, pause;
function speakLater() {
  clearTimeout(pause);
  pause = setTimeout(() => line && (live.textContent = line.textContent), PAUSE_MS);
}
const notes = new MutationObserver((changes) => {
  line = changes.at(-1).target;
  speakLater();
});
for (const note of document.querySelectorAll(".message")) notes.observe(note, { childList: true });
addEventListener("input", speakLater);

// Brings the islands of a page to life: on the first touch or key, or when the
// browser is idle after loading, whichever comes first. Until then, and without
// any of this, the page's forms work as plain HTML.

const { client, wasm } = document.querySelector("script[data-client]").dataset;
const islands = document.querySelectorAll("leptos-island");
const touches = ["focusin", "pointerdown", "keydown", "input"];

let started = false;

async function start() {
  if (started) return;
  started = true;
  for (const touch of touches) removeEventListener(touch, start, true);

  const app = await import(client);
  await app.default({ module_or_path: wasm });
  app.hydrate();
  for (const island of islands) app[island.dataset.component](island);
  document.documentElement.dataset.client = "ready";
}

function whenIdle() {
  // Safari has no requestIdleCallback.
  window.requestIdleCallback ? requestIdleCallback(start, { timeout: 2000 }) : setTimeout(start, 200);
}

if (islands.length > 0) {
  for (const touch of touches) addEventListener(touch, start, { capture: true, passive: true });
  document.readyState === "complete" ? whenIdle() : addEventListener("load", whenIdle);
}
