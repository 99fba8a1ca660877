// A real SMTP server for the tests: smtp-server.mjs FOLDER CERTIFICATE KEY
//
// Three ports of its own choice on 127.0.0.1, one URL a line on standard output:
// plain; with STARTTLS, which it insists on; with TLS from the start.
// Every letter becomes two files in FOLDER, 0001.eml (its bytes as they came)
// and 0001.json (its envelope).
//
// A recipient's local part can ask for trouble, the first N times for each address:
//   rcpt-fails-N@   the recipient is refused for now (451)
//   data-fails-N@   the letter is refused for now, after it was sent (451)
//   late-250-N@     the letter is kept, but the connection breaks before we say so

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

const [folder, certificate, key] = process.argv.slice(2);
const tls = { cert: readFileSync(certificate), key: readFileSync(key) };

const plain = await listen({ hideSTARTTLS: true });
const startTls = await listen({ ...tls, insist: true });
const fromTheStart = await listen({ ...tls, secure: true });
console.log(`smtp://127.0.0.1:${plain}`);
console.log(`smtp://localhost:${startTls}`);
console.log(`smtps://localhost:${fromTheStart}`);

async function listen({ insist = false, ...options }) {
  const sockets = new Map();
  const server = new SMTPServer({
    ...options,
    authOptional: true,
    // As mail servers in Japan do: `a..b@docomo.ne.jp` is somebody's address.
    lenientAddressParsing: true,
    disableReverseLookup: true,

    onMailFrom(address, session, done) {
      done(insist && !session.secure ? refusal(530, "Must issue a STARTTLS command first") : null);
    },

    onRcptTo({ address }, session, done) {
      done(troubled("rcpt-fails", address) ? refusal(451, "Try this recipient again later") : null);
    },

    async onData(stream, session, done) {
      const letter = await buffer(stream);
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      if (recipients.some((address) => troubled("data-fails", address))) {
        return done(refusal(451, "Try this letter again later"));
      }
      keep(letter, { from: session.envelope.mailFrom.address, to: recipients, tls: session.secure });
      if (recipients.some((address) => troubled("late-250", address))) {
        return sockets.get(session.remotePort).destroy();
      }
      done();
    },
  });
  // A test's client may hang up at any time; that is no fault of the server.
  server.on("error", (error) => console.error(`smtp-server: ${error.message}`));
  server.server.on("connection", (socket) => {
    sockets.set(socket.remotePort, socket);
    socket.on("close", () => sockets.delete(socket.remotePort));
  });
  return new Promise((ready) => {
    const listener = server.listen(0, "127.0.0.1", () => ready(listener.address().port));
  });
}

function refusal(responseCode, message) {
  return Object.assign(new Error(message), { responseCode });
}

/** Whether `address` asks for this trouble, and has not had its share of it yet. */
function troubled(trouble, address) {
  const asked = new RegExp(`^${trouble}-(\\d+)@`).exec(address);
  if (!asked) return false;
  const had = (troubled.had.get(address) ?? 0) + 1;
  troubled.had.set(address, had);
  return had <= Number(asked[1]);
}
troubled.had = new Map();

function keep(letter, envelope) {
  keep.count = (keep.count ?? 0) + 1;
  const path = `${folder}/${String(keep.count).padStart(4, "0")}`;
  writeFileSync(`${path}.json`, JSON.stringify(envelope));
  // Whoever sees the letter finds it complete, with its envelope beside it.
  writeFileSync(`${path}.part`, letter);
  renameSync(`${path}.part`, `${path}.eml`);
}
