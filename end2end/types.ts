// What the stories are about.

/** A letter as its reader sees it; `link` is the one it asks to follow. */
export type Letter = { subject: string; from: string; text: string; html: string; link: string | undefined };

/** The letters that arrive. */
export type Mailbox = {
  /** The newest letter to `address`, as soon as one has arrived there. */
  newest(address: string, options?: { subject?: string; timeout?: number }): Promise<Letter>;
  /** How many letters with such a subject have arrived there so far. */
  count(address: string, subject: string): Promise<number>;
};

/** A line of one of the office's files, by the titles of its columns. */
export type Line = Record<string, string>;

/** What the postcard of one person says, and whose it is. */
export type Postcard = {
  name: string;
  loginId: string;
  password: string;
  symbol: string;
  number: string;
  branch: string;
};

/** A household of several people: two of them have a postcard, and one is a child. */
export type Household = {
  insured: Postcard;
  /** An adult who is insured with them. */
  dependent: Postcard;
  /** 氏名 of somebody too young for an account. */
  child: string;
};
