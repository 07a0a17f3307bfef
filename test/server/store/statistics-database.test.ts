import { expect, test } from "bun:test";
import { openStatisticsDatabase, viewerSecretIn } from "#server/store/statistics-database.ts";

test("the secret of viewer sessions is made once, and is another one in another file", () => {
  const database = openStatisticsDatabase(":memory:");
  const secret = viewerSecretIn(database);
  expect(secret).toHaveLength(32);
  expect(viewerSecretIn(database)).toEqual(secret);
  expect(viewerSecretIn(openStatisticsDatabase(":memory:"))).not.toEqual(secret);
});
