// Somebody in front of a browser that is asked by the WebDriver protocol, and what such a
// person does.

import { test as base, expect } from "@playwright/test";
import { Builder, By, Key, type WebDriver } from "selenium-webdriver";
import type { FieldName } from "../newcomer";

export { expect };

/** Where the browser's driver listens, and which browser it is to open. */
export type OtherBrowser = { driver: string; capabilities: Record<string, unknown> };

type Fixtures = { otherBrowser: OtherBrowser | undefined; visitor: Visitor };

export const test = base.extend<Fixtures>({
  otherBrowser: [undefined, { option: true }],
  visitor: async ({ otherBrowser, baseURL }, use, testInfo) => {
    const { driver: address, capabilities } = otherBrowser as OtherBrowser;
    const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
    await use(new Visitor(driver, baseURL as string));
    if (testInfo.status !== testInfo.expectedStatus) {
      const body = Buffer.from(await driver.takeScreenshot(), "base64");
      await testInfo.attach("the page at the end", { body, contentType: "image/png" });
    }
    await driver.quit();
  },
});

/** The sizes at which pages are looked at. */
export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 800 };

export class Visitor {
  constructor(
    private readonly driver: WebDriver,
    private readonly portal: string,
  ) {}

  /** Has a window of that size, or the nearest that the browser can be given. */
  async looksAt({ width, height }: typeof phone) {
    await this.driver.manage().window().setRect({ x: 0, y: 0, width, height });
  }

  /** Opens a path of the portal, or a letter's link. */
  async opens(address = "a letter without a link") {
    await this.driver.get(new URL(address, this.portal).href);
  }

  /** Is on that path, as soon as the browser has got there. */
  async isAt(path: string) {
    const here = async () => new URL(await this.driver.getCurrentUrl()).pathname;
    await expect.poll(here, { message: "the page's path" }).toBe(path);
  }

  /** Waits until the page checks its forms by itself. */
  async seesInstantChecks() {
    const state = () => this.ask<string>("return document.documentElement.dataset.client");
    await expect.poll(state, { message: "the client" }).toBe("ready");
  }

  /** Types into a field, key by key, after what is in it. */
  async types(name: FieldName, text: string) {
    await this.driver.findElement(By.css(`input[name=${name}]`)).sendKeys(text);
  }

  /** Empties a field as people do: everything is chosen, and deleted. */
  async clears(name: FieldName) {
    await this.driver.findElement(By.css(`input[name=${name}]`)).sendKeys(Key.chord(Key.CONTROL, "a"), Key.BACK_SPACE);
  }

  /** Fills in one field after the other. */
  async fillsIn(values: Partial<Record<FieldName, string>>) {
    for (const [name, value] of Object.entries(values)) {
      await this.clears(name as FieldName);
      await this.types(name as FieldName, value);
    }
  }

  /** Reads that sentence beside a field. */
  async readsBeside(name: FieldName, sentence: string) {
    const beside = () => this.driver.findElement(By.id(`${name}-error`)).getText();
    await expect.poll(beside, { message: `beside ${name}` }).toBe(sentence);
  }

  /** Presses the button of that name. */
  async presses(button: string) {
    await this.clicks(`//button[normalize-space()='${button}']`);
  }

  /** Follows the link whose text contains these words. */
  async follows(words: string) {
    await this.clicks(`//a[contains(normalize-space(), '${words}')]`);
  }

  /** Signs out; on a narrow page the button is in the menu. */
  async signsOut() {
    if (!(await this.sees("//header//button[normalize-space()='ログアウト']"))) await this.clicks("//header//summary");
    await this.presses("ログアウト");
    await this.isAt("/login");
  }

  /** Goes one page back, as with the browser's own button. */
  async goesBack() {
    await this.driver.navigate().back();
  }

  /** Reads these words on the page, as soon as they are there. */
  async reads(words: string) {
    await expect.poll(() => this.text(), { message: "the page" }).toContain(words);
  }

  /** What the page says. */
  async text(): Promise<string> {
    return this.ask("return document.body?.innerText ?? ''");
  }

  private async clicks(path: string) {
    await expect.poll(() => this.sees(path), { message: path }).toBe(true);
    const [seen] = await this.seen(path);
    await seen.click();
  }

  private async sees(path: string): Promise<boolean> {
    return (await this.seen(path)).length > 0;
  }

  private async seen(path: string) {
    const all = await this.driver.findElements(By.xpath(path));
    // The protocol's own question takes what is in a closed <details> for hidden, wherever the style shows it.
    const shown = await Promise.all(all.map((element) => this.driver.executeScript("return arguments[0].checkVisibility()", element)));
    return all.filter((_, index) => shown[index]);
  }

  private ask<T>(script: string): Promise<T> {
    return this.driver.executeScript<T>(script);
  }
}
