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
