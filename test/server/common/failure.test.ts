import { expect, test } from "bun:test";
import { codeOf, isMissing, messageOf, unlessMissing } from "#server/common/failure.ts";

const failure = (code: unknown): Error => Object.assign(new Error("no"), { code });

test("whatever was thrown has a message", () => {
  expect(messageOf(new Error("no"))).toBe("no");
  expect(messageOf("no")).toBe("no");
  expect(messageOf(null)).toBe("null");
});

test("a code is one of an error, and a text", () => {
  expect(codeOf(failure("SQLITE_BUSY"))).toBe("SQLITE_BUSY");
  for (const none of [failure(5), new Error("no"), { code: "ENOENT" }, null]) expect(codeOf(none)).toBeNull();
});

test("what is not there is null, and any other failure stays one", async () => {
  expect([isMissing(failure("ENOENT")), isMissing(failure("EACCES"))]).toEqual([true, false]);
  expect(await unlessMissing(Promise.resolve(1))).toBe(1);
  expect(await unlessMissing(Promise.reject(failure("ENOENT")))).toBeNull();
  expect(await unlessMissing(Promise.reject(failure("EACCES"))).catch(codeOf)).toBe("EACCES");
});
