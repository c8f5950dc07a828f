// SPDX-License-Identifier: AGPL-3.0-or-later
//
// A server of the fediverse that we did not write: Fedify with a few actors, driven by a test through back doors.
//
//   node peer.mjs '{"origin": "http://127.0.0.1:4000", "address": "127.0.0.1", "port": 4000, "names": ["fay"],
//                   "firstKnock": "draft-cavage-http-signatures-12", "certificate": "...", "key": "..."}'
//
// Back doors, all POST with JSON, answered with JSON: /-/send {name, to: [actor URL], activity: JSON-LD, followers},
// /-/object {path, document}, /-/got, /-/fetch {name, url}, /-/resolve {text}, /-/followers {name}.
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { readFileSync } from "node:fs";
import { createFederation, MemoryKvStore, generateCryptoKeyPair } from "@fedify/fedify";
import { Accept, Activity, Endpoints, Follow, Person, Undo, isActor } from "@fedify/vocab";

const settings = JSON.parse(process.argv[2]);
const origin = settings.origin;
const got = [];
const errors = [];
const followers = new Map(settings.names.map((name) => [name, new Map()]));
const documents = new Map();
const aliases = new Map();
const keyPairs = new Map();

async function keysOf(name) {
  if (!keyPairs.has(name)) {
    keyPairs.set(name, [
      await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
      await generateCryptoKeyPair("Ed25519"),
    ]);
  }
  return keyPairs.get(name);
}

const federation = createFederation({
  kv: new MemoryKvStore(),
  origin,
  allowPrivateAddress: true,
  firstKnock: settings.firstKnock,
});

federation.setActorDispatcher("/users/{identifier}", async (context, identifier) => {
  if (!settings.names.includes(identifier)) return null;
  const keys = await context.getActorKeyPairs(identifier);
  return new Person({
    id: context.getActorUri(identifier),
    preferredUsername: identifier,
    name: `${identifier} of Fedify`,
    inbox: context.getInboxUri(identifier),
    outbox: context.getOutboxUri(identifier),
    followers: context.getFollowersUri(identifier),
    endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
    url: new URL(`/@${identifier}`, origin),
    publicKey: keys[0].cryptographicKey,
    assertionMethods: keys.map((key) => key.multikey),
    aliases: (aliases.get(identifier) ?? []).map((url) => new URL(url)),
  });
}).setKeyPairsDispatcher((context, identifier) => settings.names.includes(identifier) ? keysOf(identifier) : []);

federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
federation.setFollowersDispatcher("/users/{identifier}/followers", (context, identifier) => ({
  items: [...(followers.get(identifier)?.values() ?? [])],
}));

federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (context, follow) => {
    got.push(await follow.toJsonLd());
    const target = context.parseUri(follow.objectId);
    if (target?.type !== "actor") return;
    const follower = await follow.getActor(context);
    if (!follower) return;
    followers.get(target.identifier).set(follower.id.href, {
      id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints,
    });
    await context.sendActivity({ identifier: target.identifier }, follower,
      new Accept({ id: new URL(`/accepts/${crypto.randomUUID()}`, origin), actor: follow.objectId, object: follow }));
  })
  .on(Undo, async (context, undo) => {
    got.push(await undo.toJsonLd());
    const object = await undo.getObject(context);
    if (!(object instanceof Follow)) return;
    const target = context.parseUri(object.objectId);
    if (target?.type === "actor") followers.get(target.identifier).delete(undo.actorId.href);
  })
  .on(Activity, async (context, activity) => {
    got.push(await activity.toJsonLd());
  })
  .onError((context, error) => {
    errors.push(String(error));
  });

function text(body, status = 200) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}

const doors = {
  async send({ name, to, activity, followersOf }) {
    const context = federation.createContext(new URL(origin), undefined);
    const documentLoader = await context.getDocumentLoader({ identifier: name });
    const parsed = await Activity.fromJsonLd(activity, { documentLoader, contextLoader: context.contextLoader });
    const recipients = [];
    for (const url of to ?? []) {
      const actor = await context.lookupObject(url, { documentLoader });
      if (!isActor(actor)) throw new Error(`${url} is no actor`);
      recipients.push(actor);
    }
    if (followersOf) recipients.push(...followers.get(followersOf).values());
    await context.sendActivity({ identifier: name }, recipients, parsed, { preferSharedInbox: true });
    return { sent: recipients.length };
  },
  async object({ path, document }) {
    documents.set(path, document);
    return { url: new URL(path, origin).href };
  },
  async alias({ name, urls }) {
    aliases.set(name, urls);
    return {};
  },
  async got() {
    return { got, errors };
  },
  async followers({ name }) {
    return { followers: [...followers.get(name).keys()] };
  },
  async fetch({ name, url }) {
    const context = federation.createContext(new URL(origin), undefined);
    const documentLoader = await context.getDocumentLoader({ identifier: name });
    const object = await context.lookupObject(url, { documentLoader });
    return { type: object?.constructor?.name ?? null, document: object ? await object.toJsonLd() : null };
  },
};

async function answer(request) {
  const url = new URL(request.url);
  if (request.method === "POST" && url.pathname.startsWith("/-/")) {
    const door = doors[url.pathname.slice(3)];
    try {
      return text(await door(JSON.parse((await request.text()) || "{}")));
    } catch (error) {
      return text({ error: String(error?.stack ?? error) }, 500);
    }
  }
  if (request.method === "GET" && documents.has(url.pathname)) {
    const document = documents.get(url.pathname);
    if (document === null) return new Response("", { status: 410 });
    return new Response(JSON.stringify(document), { headers: { "Content-Type": "application/activity+json" } });
  }
  return federation.fetch(request, { contextData: undefined });
}

async function serve(incoming, outgoing) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const hasBody = !["GET", "HEAD"].includes(incoming.method);
  const request = new Request(new URL(incoming.url, origin), {
    method: incoming.method, headers, body: hasBody ? Buffer.concat(chunks) : undefined,
  });
  const response = await answer(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const tls = settings.certificate
  ? { cert: readFileSync(settings.certificate), key: readFileSync(settings.key) } : null;
const server = tls ? createHttps(tls, serve) : createHttp(serve);
for (const name of settings.names) await keysOf(name);
server.listen(settings.port, settings.address, () => console.log("ready"));
