import { expect, test } from "bun:test";
import { TandemRefusal } from "#openapi/client.ts";
import { refusalText } from "#server/web/console/words/refusals.ts";

test("of two who press at once, the one who came late is told what happened", () => {
  const refusal = new TandemRefusal(409, "The livestream has been stopped already.", {
    ...{ code: "already_stopped", currentStatus: "converting", allowedActions: ["update"] },
  });
  expect(refusalText(refusal, "switch to the secondary input")).toBe(
    "Could not switch to the secondary input. The livestream has been stopped already. " +
      "Somebody else may have been quicker: the page shows how it is now.",
  );
});

test("what is wrong with a field is said", () => {
  const refusal = new TandemRefusal(400, "The request is not valid.", {
    ...{ code: "validation_failed", fields: { url: "must be an http:// or https:// URL" } },
  });
  expect(refusalText(refusal, "create it")).toBe(
    "Could not create it. url must be an http:// or https:// URL.",
  );
});

test("a server that does not answer may have done it", () => {
  expect(refusalText(new TypeError("Failed to fetch"), "stop it")).toContain(
    "not known whether the server could stop it",
  );
});

test("a token that may only read is told so", () => {
  const refusal = new TandemRefusal(403, "This token may only read.", { code: "forbidden" });
  expect(refusalText(refusal, "stop it")).toBe("Could not stop it. This token may only read.");
});
