import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, importJWK, type JWTHeaderParameters, SignJWT } from "jose";
import { newPlaybackKey } from "#server/store/new-playback-key.ts";
import type { PlaybackKey } from "#server/store/playback-key-store.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";

const ID = "0190b8e8-0000-7000-8000-000000000001";
const WEEK_SECONDS = 7 * 24 * 60 * 60;

function seconds(fake: FakeGuard): number {
  return fake.nowMs / 1000;
}

/** A token as somebody made it who has this key; what is left out is as ours have it. */
async function made(
  fake: FakeGuard,
  key: PlaybackKey,
  {
    header = {},
    claims = {},
  }: { header?: Partial<JWTHeaderParameters>; claims?: Record<string, unknown> } = {},
): Promise<string> {
  const exp = seconds(fake) + 60;
  return new SignJWT({ sub: ID, aud: "playback", exp, ...claims })
    .setProtectedHeader({ alg: "EdDSA", kid: key.id, ...header })
    .sign(await importJWK(JSON.parse(key.privateJwk), "EdDSA"));
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

test("a token names its key, says for what, for whom and until when, and lets in until then", async () => {
  const fake = new FakeGuard();
  const { token, expiresAtMs } = await fake.tokens.issue({ subject: ID, seconds: 60, viewer: "ticket-1" });
  expect(expiresAtMs).toBe(fake.nowMs + 60_000);
  expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", kid: fake.keys[0]?.id ?? "", typ: "JWT" });
  expect(decodeJwt(token)).toEqual({
    ...{ sub: ID, aud: "playback", viewer: "ticket-1" },
    ...{ iat: seconds(fake), exp: seconds(fake) + 60 },
  });
  expect(await fake.tokens.expiryOf(token, ID)).toBe(expiresAtMs);
  fake.nowMs = expiresAtMs - 1;
  expect(await fake.tokens.expiryOf(token, ID)).toBe(expiresAtMs);
  fake.nowMs = expiresAtMs;
  expect(await fake.tokens.expiryOf(token, ID)).toBeNull();
  expect(await new FakeGuard().tokens.expiryOf(token, ID)).toBeNull();
});

test("nobody in particular is no claim", async () => {
  expect(decodeJwt(await new FakeGuard().token(ID))).not.toHaveProperty("viewer");
});

describe("nobody is let in by", () => {
  const fake = new FakeGuard();
  const [ours = newPlaybackKey(0)] = fake.keys;
  const body = { sub: ID, aud: "playback", exp: seconds(fake) + 60 };

  test.each<[string, () => string | Promise<string>]>([
    ["a token of something else", () => fake.token("another")],
    ["a token of another audience", () => made(fake, ours, { claims: { aud: "login" } })],
    ["a token without an audience", () => made(fake, ours, { claims: { aud: undefined } })],
    ["a token without a subject", () => made(fake, ours, { claims: { sub: undefined } })],
    ["a token without an end", () => made(fake, ours, { claims: { exp: undefined } })],
    ["a token that has run out", () => made(fake, ours, { claims: { exp: seconds(fake) } })],
    ["a token that is not valid yet", () => made(fake, ours, { claims: { nbf: seconds(fake) + 30 } })],
    [
      "a token that lasts longer than ours",
      () => made(fake, ours, { claims: { exp: seconds(fake) + WEEK_SECONDS + 61 } }),
    ],
    ["a token of a key that is not ours", () => made(fake, newPlaybackKey(0))],
    [
      "a token of another key under the name of ours",
      () => made(fake, newPlaybackKey(0), { header: { kid: ours.id } }),
    ],
    ["a token that names no key", () => made(fake, ours, { header: { kid: "" } })],
    ["a token that nobody signed", () => `${encoded({ alg: "none", kid: ours.id })}.${encoded(body)}.`],
    [
      "a token signed with our public key as a secret",
      () => {
        const { x } = JSON.parse(ours.privateJwk) as { x: string };
        const signed = `${encoded({ alg: "HS256", kid: ours.id })}.${encoded(body)}`;
        return `${signed}.${createHmac("sha256", Buffer.from(x, "base64url")).update(signed).digest("base64url")}`;
      },
    ],
    [
      "a token whose claims were changed",
      async () => {
        const [header, , signature] = (await made(fake, ours)).split(".");
        return `${header}.${encoded({ ...body, exp: body.exp + 1 })}.${signature}`;
      },
    ],
    ["no token", () => ""],
    ["something else", () => "a.b.c"],
    ["a token that is too long to be ours", () => made(fake, ours, { claims: { viewer: "x".repeat(2000) } })],
  ])("%s", async (_what, make) => {
    expect(await fake.tokens.expiryOf(await make(), ID)).toBeNull();
  });

  test("but by the longest that there is, also where the clock was set back by a minute", async () => {
    const token = await made(fake, ours, { claims: { exp: seconds(fake) + WEEK_SECONDS + 60 } });
    expect(await fake.tokens.expiryOf(token, ID)).not.toBeNull();
  });
});

describe("after a rotation", () => {
  test("new tokens are of the new key, believed at once, and those of the old one are believed", async () => {
    const fake = new FakeGuard();
    const old = await fake.token(ID);
    expect(await fake.tokens.expiryOf(await fake.token(ID, 61), ID)).not.toBeNull();
    const [replaced = newPlaybackKey(0)] = fake.keys;
    fake.keys = [newPlaybackKey(1), { ...replaced, believedUntilMs: fake.nowMs + 60_000 }];
    const fresh = await fake.token(ID);
    expect(decodeProtectedHeader(fresh).kid).toBe(fake.keys[0]?.id ?? "");
    expect(await fake.tokens.expiryOf(fresh, ID)).not.toBeNull();
    expect(await fake.tokens.expiryOf(old, ID)).not.toBeNull();
  });

  test("what another server has issued by a new key is believed within a second", async () => {
    const fake = new FakeGuard();
    expect(await fake.tokens.expiryOf(await fake.token(ID), ID)).not.toBeNull();
    const [replaced = newPlaybackKey(0)] = fake.keys;
    const key = newPlaybackKey(1);
    fake.keys = [key, { ...replaced, believedUntilMs: fake.nowMs + 60_000 }];
    const fresh = await made(fake, key);
    fake.monotonicMs = 999;
    expect(await fake.tokens.expiryOf(fresh, ID)).toBeNull();
    fake.monotonicMs = 1000;
    expect(await fake.tokens.expiryOf(fresh, ID)).not.toBeNull();
  });

  test("a token that outlasts its key is not believed, nor is any once the key is gone", async () => {
    const fake = new FakeGuard();
    const [replaced = newPlaybackKey(0)] = fake.keys;
    const old = { ...replaced, believedUntilMs: fake.nowMs + 60_000 };
    fake.keys = [newPlaybackKey(1), old];
    const within = await made(fake, old, { claims: { exp: seconds(fake) + 60 } });
    const beyond = await made(fake, old, { claims: { exp: seconds(fake) + 61 } });
    const later = await made(fake, old, { claims: { exp: seconds(fake) + 59 } });
    expect(await fake.tokens.expiryOf(within, ID)).not.toBeNull();
    expect(await fake.tokens.expiryOf(beyond, ID)).toBeNull();
    fake.keys = fake.keys.slice(0, 1);
    fake.monotonicMs = 60_000;
    expect(await fake.tokens.expiryOf(later, ID)).toBeNull();
  });

  test("a flood of tokens of unknown keys reads the keys once a second", async () => {
    const fake = new FakeGuard();
    const foreign = await made(fake, newPlaybackKey(0));
    for (let each = 0; each < 20; each += 1) await fake.tokens.expiryOf(`${foreign}${each % 10}`, ID);
    expect(fake.reads).toBe(1);
    fake.monotonicMs = 1000;
    for (let each = 0; each < 20; each += 1) await fake.tokens.expiryOf(`${foreign}${each % 10}`, ID);
    expect(fake.reads).toBe(2);
  });
});

test("a token is verified once: then it is answered at once", async () => {
  const fake = new FakeGuard();
  const token = await fake.token(ID);
  expect(fake.tokens.expiryOf(token, ID)).toBeInstanceOf(Promise);
  await fake.tokens.expiryOf(token, ID);
  expect(fake.tokens.expiryOf(token, ID)).toBe(fake.nowMs + 60_000);
  expect(fake.tokens.expiryOf(token, "another")).toBeNull();
});

test("keys that cannot be read are an error of ours, and the next who asks may find the disk well", async () => {
  const before = new FakeGuard();
  const token = await before.token(ID);
  const fake = new FakeGuard();
  Object.defineProperty(fake, "keys", {
    configurable: true,
    get: () => {
      throw new Error("the disk is gone");
    },
  });
  await expect(Promise.resolve(fake.tokens.expiryOf(token, ID))).rejects.toThrow("the disk is gone");
  Object.defineProperty(fake, "keys", { value: before.keys });
  expect(await fake.tokens.expiryOf(token, ID)).not.toBeNull();
});
