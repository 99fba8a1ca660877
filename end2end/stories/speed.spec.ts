// From a keystroke to its message, on a machine six times as slow: measured and told,
// never a reason to fail, since how fast it is depends on what else the machine does.

import { expect, test } from "../fixtures";
import { field, fillIn, message } from "../newcomer";

const SLOWDOWN = 6;

test("how long a message takes", { tag: ["@javascript", "@once"] }, async ({ page, context, newcomer, instantChecks }) => {
  await newcomer.reachesTheProfile();
  await instantChecks();
  await fillIn(page, newcomer.choice);
  await page.evaluate(() => {
    const took: number[] = [];
    (window as any).took = took;
    let pressed = 0;
    addEventListener("input", () => (pressed = performance.now()), { capture: true });
    // The checks listen below the window: by now they have written their messages.
    addEventListener("input", () => took.push(performance.now() - pressed));
  });
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  for (const name of ["login_id", "password", "email", "nickname"] as const) {
    await field(page, name).fill("");
    await field(page, name).pressSequentially("SKE123456ske");
  }
  await expect(message(page, "login_id")).toContainText("7・8桁目");
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });

  const took: number[] = await page.evaluate(() => (window as any).took);
  took.sort((a, b) => a - b);
  const quantile = (share: number) => took[Math.floor((took.length - 1) * share)].toFixed(2);
  console.log(
    `keystroke to message at ${SLOWDOWN}× slowdown: median ${quantile(0.5)} ms, 95 % ${quantile(0.95)} ms, longest ${quantile(1)} ms (${took.length} keystrokes)`,
  );
});
