// Has a passkey sign what the server asks for, and posts the answer like any form: at the
// sign-in, by the button or by autofill, or to be added. Its sentences stand in the form.

const form = document.querySelector("[data-passkey]");
const line = form.querySelector(".message");
const signsIn = form.dataset.passkey === "get";
const Passkey = window.PublicKeyCredential;
const parse = signsIn ? Passkey?.parseRequestOptionsFromJSON : Passkey?.parseCreationOptionsFromJSON;

// A challenge lives for five minutes.
const ANEW_MS = 4 * 60 * 1000;
let waiting, isPressed;

async function ask(mediation) {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const answer = await fetch(form.dataset.options, { signal });
  // The password is due by now: the page asks for it.
  if (answer.status === 403) return location.reload();
  const publicKey = parse((await answer.json()).publicKey);
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey, mediation, signal });
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

// Offered in the list of the field for the login ID; whoever passes it over hears nothing.
async function offer() {
  if (isPressed || !(await Passkey.isConditionalMediationAvailable?.())) return;
  ask("conditional").catch(() => {});
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  isPressed = true;
  line.textContent = "";
  try {
    await ask();
  } catch ({ name }) {
    const { cancelled, known, failed } = form.dataset;
    line.textContent = { NotAllowedError: cancelled, InvalidStateError: known }[name] ?? failed;
    isPressed = false;
    if (signsIn) offer();
  }
});

if (parse && Passkey.prototype.toJSON) {
  form.classList.add("is-ready");
  if (signsIn) {
    offer();
    setInterval(offer, ANEW_MS);
  }
} else {
  document.querySelector("[data-no-passkeys]")?.removeAttribute("hidden");
}
