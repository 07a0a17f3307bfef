import { describe, expect, test } from "bun:test";
import { multipartBoundary, parseMultipart } from "#server/http/multipart.ts";
import { damaged } from "#test/support/damage.ts";

const FORM = Buffer.from(
  [
    "--edge",
    'Content-Disposition: form-data; name="note"',
    "",
    "for the catalogue",
    "--edge",
    'content-disposition: form-data; filename="a.png"; name="file"',
    "Content-Type: image/png",
    "",
    "\r\n--edg\r\n",
    "--edge--",
    "",
  ].join("\r\n"),
);

function textsOf(parts: ReturnType<typeof parseMultipart>): [string, string][] | null {
  return parts?.map(({ name, content }) => [name, Buffer.from(content).toString()]) ?? null;
}

describe("a form", () => {
  test("is read part by part, and its content is a view of it", () => {
    const parts = parseMultipart(FORM, "edge");
    expect(textsOf(parts)).toEqual([
      ["note", "for the catalogue"],
      ["file", "\r\n--edg\r\n"],
    ]);
    expect(parts?.every(({ content }) => content.buffer === FORM.buffer)).toBe(true);
  });

  test("is what every form encoder makes", async () => {
    const form = new FormData();
    form.append("note", "ü");
    form.append("file", new Blob([Uint8Array.of(0, 255, 13, 10)]), "an odd; name.png");
    const request = new Request("http://localhost", { method: "POST", body: form });
    const boundary = multipartBoundary(request.headers.get("Content-Type") ?? "") ?? "";
    const parts = parseMultipart(await request.bytes(), boundary);
    expect(parts?.map(({ name, content }) => [name, [...content]])).toEqual([
      ["note", [...Buffer.from("ü")]],
      ["file", [0, 255, 13, 10]],
    ]);
  });

  test("without a part has none", () => {
    expect(parseMultipart(Buffer.from("--edge--"), "edge")).toEqual([]);
  });

  test("cut off anywhere before its end is none", () => {
    const end = FORM.lastIndexOf("--");
    for (let length = 0; length < end + 2; length += 1) {
      expect(parseMultipart(FORM.subarray(0, length), "edge")).toBeNull();
    }
  });

  test("of another boundary, with a part that has no name or endless headers, is none", () => {
    expect(parseMultipart(FORM, "ledge")).toBeNull();
    expect(
      parseMultipart(Buffer.from("--edge\r\nContent-Type: a/b\r\n\r\nx\r\n--edge--"), "edge"),
    ).toBeNull();
    const header = `X: ${"x".repeat(5000)}\r\nContent-Disposition: form-data; name=file`;
    expect(parseMultipart(Buffer.from(`--edge\r\n${header}\r\n\r\nx\r\n--edge--`), "edge")).toBeNull();
  });

  test("may have 16 parts, and no more", () => {
    const part = "--edge\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
    expect(parseMultipart(Buffer.from(`${part.repeat(16)}--edge--`), "edge")).toHaveLength(16);
    expect(parseMultipart(Buffer.from(`${part.repeat(17)}--edge--`), "edge")).toBeNull();
  });

  test("that is damaged is a form or none, and nothing is thrown", () => {
    for (const bytes of damaged(FORM, 1000)) parseMultipart(bytes, "edge");
  });
});

test.each([
  ["multipart/form-data; boundary=edge", "edge"],
  ['Multipart/Form-Data; charset=utf-8; boundary="an edge"', "an edge"],
  ["multipart/form-data", null],
  ["multipart/mixed; boundary=edge", null],
  [`multipart/form-data; boundary="${"x".repeat(71)}"`, null],
  ["image/png", null],
])("the boundary of %s", (contentType, boundary) => {
  expect(multipartBoundary(contentType)).toBe(boundary);
});
