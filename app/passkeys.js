// Has a passkey sign what the server asks for, and posts the answer like any form: to sign
// in, by the button or by autofill, or to be added. The form has the sentences.

const form = document.querySelector("[data-passkey]");
const line = form.querySelector(".message");
const signsIn = form.dataset.passkey === "get";
const Passkey = window.PublicKeyCredential;
const parse = signsIn ? Passkey?.parseRequestOptionsFromJSON : Passkey?.parseCreationOptionsFromJSON;

// A challenge lives for five minutes.
const ANEW_MS = 240_000;
let waiting, pressed, offeredAt = 0;

async function ask(mediation) {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const answer = await fetch(form.dataset.options, { signal });
  // The password is due: the page asks for it.
  if (answer.status === 403) return location.reload();
  const publicKey = parse((await answer.json()).publicKey);
  const signed = await navigator.credentials[form.dataset.passkey]({ publicKey, mediation, signal });
  form.querySelector("[data-signed]").value = JSON.stringify(signed);
  form.submit();
}

// In the field for the login ID; whoever ignores it hears nothing.
async function offer() {
  const can = await Passkey.isConditionalMediationAvailable?.();
  if (!can || pressed || Date.now() - offeredAt < ANEW_MS) return;
  offeredAt = Date.now();
  ask("conditional").catch(() => {});
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  pressed = true;
  line.textContent = "";
  try {
    await ask();
  } catch ({ name }) {
    const { cancelled, known, failed } = form.dataset;
    line.textContent = { NotAllowedError: cancelled, InvalidStateError: known }[name] ?? failed;
    pressed = false;
    offeredAt = 0;
  }
});

if (parse && Passkey.prototype.toJSON) {
  form.classList.add("is-ready");
  // Later, too.
  if (signsIn) offer(), setInterval(offer, 2000);
} else {
  document.querySelector("[data-no-passkeys]")?.removeAttribute("hidden");
}
