import { describe, expect, test } from "bun:test";
import { readUpload } from "#server/http/read-upload.ts";
import { damaged } from "#test/support/damage.ts";

const FORM_TYPE = "multipart/form-data; boundary=edge";

const MAX_BYTES = 120;

interface Part {
  readonly disposition: string;
  readonly content?: string;
}

function formOf(...parts: readonly Part[]): string {
  const texts = parts.map(
    ({ disposition, content = "picture" }) =>
      `--edge\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`,
  );
  return `${texts.join("")}--edge--\r\n`;
}

const FILE: Part = { disposition: 'name="file"; filename="a.png"' };
const FORM = formOf({ disposition: 'name="note"', content: "for the catalogue" }, FILE);

function upload(body: string | Uint8Array<ArrayBuffer>, contentType: string | null = FORM_TYPE) {
  const headers = new Headers(contentType === null ? {} : { "Content-Type": contentType });
  return readUpload(new Request("http://localhost", { method: "PUT", headers, body }), MAX_BYTES);
}

/** The text of the file, or what is refused and why. */
async function outcome(body: string | Uint8Array<ArrayBuffer>, contentType?: string | null): Promise<string> {
  const read = await upload(body, contentType);
  if (read instanceof Uint8Array) return Buffer.from(read).toString("latin1");
  return read.code === "validation_failed" ? `file ${read.fields.file}` : `${read.code}: ${read.message}`;
}

describe("the file of a form", () => {
  test.each([
    ["alone", formOf(FILE)],
    ["behind another field", FORM],
    ["behind a preamble", `This is a message of several parts.\r\n${FORM}`],
    ["before an epilogue", `${FORM}That was it.`],
    ["of a form whose last line has no end", FORM.trimEnd()],
    ["of a field without regard to case", FORM.replaceAll("Content-Disposition", "content-disposition")],
    ["with its name behind its file name", formOf({ disposition: 'filename="a.png"; name="file"' })],
    [
      "with another name in its file name",
      formOf({ disposition: 'name="file"; filename="a; name=evil.png"' }),
    ],
    [
      "with another name in its file name, which comes first",
      formOf({ disposition: 'filename="a; name=evil.png"; name="file"' }),
    ],
  ])("is found %s", async (_, form) => {
    expect(await outcome(form)).toBe("picture");
  });

  test.each([
    'multipart/form-data; boundary="edge"',
    "Multipart/Form-Data; charset=utf-8; Boundary=edge",
    "multipart/form-data;boundary=edge",
  ])("is found with Content-Type: %s", async (contentType) => {
    expect(await outcome(FORM, contentType)).toBe("picture");
  });

  test("is what every form encoder makes of it, byte by byte", async () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => (index * 37 + 13) % 256);
    bytes.set(Buffer.from("\r\n--edg\r\n\0"), 20);
    const form = new FormData();
    form.append("note", "ü");
    form.append("file", new Blob([bytes]), 'an "odd"; name=evil.png');
    const request = new Request("http://localhost", { method: "PUT", body: form });
    expect(await readUpload(request, MAX_BYTES)).toEqual(bytes);
  });

  test("is a file of nothing where no file was chosen", async () => {
    expect(await outcome(formOf({ disposition: 'name="file"; filename=""', content: "" }))).toBe("");
  });
});

describe("a form is refused, and told why:", () => {
  const UNREADABLE = "file the form is cut off or damaged, or not of the boundary it announced";
  const MISSING = 'file is missing: the picture is the field with name="file", in quotes';
  const nested = '--in\r\nContent-Disposition: attachment; filename="a.png"\r\n\r\npicture\r\n--in--';

  test.each([
    ["no part", "--edge--\r\n", MISSING],
    ["no field of the name", formOf({ disposition: 'name="picture"; filename="a.png"' }), MISSING],
    [
      "a field of that name in another's file name",
      formOf({ disposition: 'name="a"; filename="; name=file"' }),
      MISSING,
    ],
    ["a name without quotes", formOf({ disposition: "name=file; filename=a.png" }), MISSING],
    ["a part without a name", "--edge\r\nContent-Type: image/png\r\n\r\npicture\r\n--edge--\r\n", MISSING],
    ["two files", formOf(FILE, FILE), "file must be there once, and is there more than once"],
    [
      "a file and a text",
      formOf(FILE, { disposition: 'name="file"' }),
      "file must be there once, and is there more than once",
    ],
    [
      "a text",
      formOf({ disposition: 'name="file"' }),
      "file is a text: a field that is a file has a filename",
    ],
    [
      "a form within the form",
      formOf({ disposition: 'name="file"', content: nested }),
      "file is a text: a field that is a file has a filename",
    ],
    ["nothing", "", UNREADABLE],
    [
      "headers without an end",
      '--edge\r\nContent-Disposition: form-data; name="file"\r\n--edge--',
      UNREADABLE,
    ],
    ["another boundary", FORM.replaceAll("--edge", "--ledge"), UNREADABLE],
  ])("%s", async (_, form, refusal) => {
    expect(await outcome(form)).toBe(refusal);
  });

  test("no boundary, or one that is empty", async () => {
    expect(await outcome(FORM, "multipart/form-data")).toBe(UNREADABLE);
    expect(await outcome(FORM, 'multipart/form-data; boundary=""')).toBe(UNREADABLE);
  });

  test("the end is missing, wherever it is cut off", async () => {
    for (let length = 0; length < FORM.trimEnd().length; length += 1) {
      expect(await outcome(FORM.slice(0, length))).toBe(UNREADABLE);
    }
  });

  test("the file is larger than is allowed, or what is around it is", async () => {
    const file = (length: number) => formOf({ ...FILE, content: "x".repeat(length) });
    expect(await outcome(file(MAX_BYTES))).toBe("x".repeat(MAX_BYTES));
    expect(await outcome(file(MAX_BYTES + 1))).toStartWith("body_too_large: The picture is larger than ");
    const around = (length: number) =>
      formOf({ disposition: 'name="note"', content: "x".repeat(length) }, FILE);
    expect(await outcome(around(16 * 1024 - around(0).length + MAX_BYTES))).toBe("picture");
    expect(await outcome(around(16 * 1024 - around(0).length + MAX_BYTES + 1))).toStartWith(
      "body_too_large: ",
    );
  });

  test("it is damaged, or it is read in spite of it, and nothing is thrown", async () => {
    for (const bytes of damaged(Buffer.from(FORM), 2000)) await upload(new Uint8Array(bytes));
  });
});

test("a body that is a picture is taken as it is, whatever it looks like", async () => {
  const bytes = formOf(FILE);
  expect(await outcome(bytes, "image/png")).toBe(bytes);
});

test.each([
  null,
  "multipart/mixed; boundary=edge",
  "multipart/form-database",
  "application/x-www-form-urlencoded",
  "text/plain",
])("a body of Content-Type %p is no upload", async (contentType) => {
  expect(await outcome(new TextEncoder().encode(FORM), contentType)).toStartWith(
    "unsupported_media_type: The body is a picture (image/…) or a multipart/form-data with the field file; this one ",
  );
});
