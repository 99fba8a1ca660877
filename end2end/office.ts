// The office, as the stories meet it: the files that it keeps, and the commands that
// it runs while the portal is serving.

import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Household, Line, Postcard } from "./types";

const folder = process.env.END2END_DIR as string;

/** What has been read of the files. */
const files = new Map<string, Line[]>();

/** A file of the demo society, which `portal demo` leaves beside the database and nobody changes. */
function file(name: string): Line[] {
  const lines = files.get(name) ?? read(name);
  files.set(name, lines);
  return lines;
}

function read(name: string): Line[] {
  const [header, ...lines] = readFileSync(join(folder, "data", name), "utf8")
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/)
    .map(cells);
  return lines.map((line) => Object.fromEntries(header.map((title, column) => [title, line[column]])));
}

/** The cells of a line; a cell in quotation marks may hold commas, and none holds a line's end. */
export function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? bare : quoted.replaceAll('""', '"'),
  );
}

function postcards(): Postcard[] {
  return file("postcards.csv").map((line) => ({
    name: line.氏名,
    loginId: line.仮ログインID,
    password: line.仮パスワード,
    symbol: line.記号,
    number: line.番号,
    branch: line.枝番,
  }));
}

/**
 * The next postcard that fits, of somebody whose family has no other one: families are
 * for `takeHousehold`.
 */
export function takePostcard(fits: (postcard: Postcard) => boolean = () => true): Postcard {
  const all = postcards();
  const taken = all.find((one) => all.filter((other) => sameHousehold(one, other)).length === 1 && fits(one) && take(one));
  if (!taken) throw new Error("every postcard of the demo society that fits is taken");
  return taken;
}

/** The next household in which insured, dependent and child all have expenses in every year that there is. */
export function takeHousehold(): Household {
  const people = file("roster.csv").filter((person) => !person.資格喪失日);
  const cards = postcards();
  for (const insured of cards.filter((one) => one.branch === "00")) {
    const dependents = cards.filter((one) => one !== insured && sameHousehold(one, insured));
    const children = people.filter(
      (one) => keyOf(one).startsWith(`${insured.symbol}-${insured.number}-`) && !cards.some((card) => key(card) === keyOf(one)),
    );
    const dependent = dependents.find((one) => hasExpenses(key(one)));
    const child = children.find((one) => hasExpenses(keyOf(one)));
    if (dependent && child && hasExpenses(key(insured)) && take(insured)) return { insured, dependent, child: child.氏名 };
  }
  throw new Error("every household of the demo society that fits is taken");
}

/** Workers are processes of their own, so a folder made marks a postcard as taken. */
function take(postcard: Postcard): boolean {
  mkdirSync(join(folder, "taken"), { recursive: true });
  try {
    mkdirSync(join(folder, "taken", postcard.loginId));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function sameHousehold(one: Postcard, other: Postcard): boolean {
  return one.symbol === other.symbol && one.number === other.number;
}

const key = ({ symbol, number, branch }: Postcard) => `${symbol}-${number}-${branch}`;
const keyOf = (line: Line) => `${line.記号}-${line.番号}-${line.枝番}`;

function hasExpenses(person: string): boolean {
  const all = file("expenses.csv");
  const years = new Set(all.map((line) => line.診療年月.slice(0, 4)));
  const own = all.filter((line) => keyOf(line) === person);
  return [...years].every((year) => own.some((line) => line.診療年月.startsWith(year)));
}

/** What the office has sent in about somebody's medical expenses, the oldest month first. */
export function expensesOf(person: Postcard): Line[] {
  return file("expenses.csv").filter((line) => keyOf(line) === key(person));
}

/** The same of somebody's checkups. */
export function checkupsOf(person: Postcard): Line[] {
  return file("checkups.csv").filter((line) => keyOf(line) === key(person));
}

/** 加入者名簿: a file with this person's line alone, in which something has changed. */
export function changesTheRoster(person: Postcard, changed: Line) {
  const line = file("roster.csv").find((line) => keyOf(line) === key(person));
  imports("roster", person, { ...line, ...changed }, "--accept-other-employers");
}

/** 健保からのお知らせ: a file with this notice alone, named after its reader. */
export function publishes(reader: Postcard, notice: Line) {
  imports("notices", reader, notice);
}

/** Lays a PDF beside the notices, to hang on one of them; answers its name. */
export function draws(reader: Postcard): string {
  const name = `会場のご案内-${reader.loginId}.pdf`;
  // What is in it is nobody else's: one content is kept once, whoever's notices it hangs on.
  writeFileSync(join(folder, "data", name), `%PDF-1.4\n% ${reader.loginId}\n%%EOF\n`);
  return name;
}

/** `portal … import`, against the data that the portal is serving from. */
function imports(what: "roster" | "notices", who: Postcard, line: Line, ...options: string[]) {
  const source = join(folder, "data", `${what}-${who.loginId}.csv`);
  const row = (cells: string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  writeFileSync(source, `${row(Object.keys(line))}\n${row(Object.values(line))}\n`);
  portal([what, "import", source, ...options]);
}

/** A command of the portal, against the data that it is serving from; answers what it says. */
function portal(command: string[], input = ""): string {
  const program = join(process.env.CARGO_TARGET_DIR as string, "debug", "portal");
  const env = {
    ...process.env,
    PORTAL_DATA_DIR: join(folder, "data"),
    PORTAL_DATABASE_URL: `sqlite://${folder}/data/portal.db`,
    PORTAL_MAIL: `mailbox:${folder}/mailbox`,
  };
  return execFileSync(program, command, { env, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
}

/** Somebody new in the office, registered at the command line: what they sign in with. */
export function hires(role: string): { login: string; password: string } {
  const login = `${role.toLowerCase()}-${randomUUID().slice(0, 8)}`;
  const password = `${randomUUID()}`;
  portal(["staff", "add", login, "--name", `見本 ${role}`, "--role", role], `${password}\n`);
  return { login, password };
}

/** A code that stands for somebody's second step, on the last line of what the command says. */
export function codeFor(login: string): string {
  return portal(["staff", "code", login]).trimEnd().split("\n").at(-1) as string;
}
