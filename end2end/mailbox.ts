// The letters that the portal leaves in its folder.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { simpleParser } from "mailparser";
import type { Letter, Mailbox } from "./types";

const folder = process.env.END2END_DIR as string;

export const mailbox: Mailbox = {
  async newest(address, { subject = "", timeout } = {}) {
    const count = async () => (await arrived(address, subject)).length;
    await expect.poll(count, { message: `letters to ${address}`, timeout }).toBeGreaterThan(0);
    return (await arrived(address, subject)).at(-1) as Letter;
  },
  async count(address, subject) {
    return (await arrived(address, subject)).length;
  },
};

async function arrived(address: string, subject: string): Promise<Letter[]> {
  return (await lettersTo(address)).filter((letter) => letter.subject.includes(subject));
}

/** All letters to `address`, the oldest first. */
async function lettersTo(address: string): Promise<Letter[]> {
  // A name begins with its letter's instant.
  const files = readdirSync(join(folder, "mailbox")).filter((name) => name.endsWith(".eml")).sort();
  const letters = await Promise.all(files.map(read));
  return letters.filter(({ readers }) => readers.includes(address)).map(({ letter }) => letter);
}

type Read = { readers: (string | undefined)[]; letter: Letter };

/** What has been read: a letter never changes, and stories ask for theirs again and again. */
const all = new Map<string, Promise<Read>>();

function read(name: string): Promise<Read> {
  const reading = all.get(name) ?? parse(name);
  all.set(name, reading);
  return reading;
}

async function parse(name: string): Promise<Read> {
  const { to, subject = "", from, text = "", html } = await simpleParser(readFileSync(join(folder, "mailbox", name)));
  return {
    readers: [to ?? []].flat().flatMap((field) => field.value.map((person) => person.address)),
    letter: {
      subject,
      from: from?.text ?? "",
      text,
      html: html || "",
      link: /https?:\/\/\S+\?token=\S+/.exec(text)?.[0],
    },
  };
}
