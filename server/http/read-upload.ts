// The one file that a call carries: as its whole body, or as the field `file` of a form.

import { readAtMost } from "./read-bytes.ts";

/** How the Content-Type of a form with files begins (RFC 7578). */
const FORM_TYPE = /^multipart\/form-data\s*(;|$)/i;

/** A form around the file adds its headers and boundaries. */
const MAX_FORM_BYTES = 16 * 1024;

/** An upload that takes longer is a connection that is not going anywhere. */
const MAX_UPLOAD_MS = 60_000;

export type UploadRefusal =
  | { readonly code: "validation_failed"; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly code: "body_too_large" | "unsupported_media_type" | "invalid_image";
      readonly message: string;
    };

/** What a file really is, is told by its bytes: here the Content-Type only says whether there is a form around it. */
export async function readUpload(request: Request, maxBytes: number): Promise<Uint8Array | UploadRefusal> {
  const contentType = request.headers.get("Content-Type") ?? "";
  const isForm = FORM_TYPE.test(contentType);
  if (!isForm && !/^image\//i.test(contentType)) return notAnUpload(contentType);
  const body = await readAtMost(isForm ? maxBytes + MAX_FORM_BYTES : maxBytes, request, MAX_UPLOAD_MS);
  if (body === "body_too_large") return tooLarge(maxBytes);
  if (body === "cut_off") return { code: "invalid_image", message: "The body ended before its end." };
  return isForm ? fileIn(body, contentType, maxBytes) : body;
}

async function fileIn(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  maxBytes: number,
): Promise<Uint8Array | UploadRefusal> {
  const form = await formIn(body, contentType);
  if (form === null) return badField("the form is cut off or damaged, or not of the boundary it announced");
  const [file, second] = form.getAll("file");
  if (file === undefined) return badField('is missing: the picture is the field with name="file", in quotes');
  if (second !== undefined) return badField("must be there once, and is there more than once");
  if (typeof file === "string") return badField("is a text: a field that is a file has a filename");
  return file.size > maxBytes ? tooLarge(maxBytes) : file.bytes();
}

/** Null when it cannot be read. */
async function formIn(body: Uint8Array<ArrayBuffer>, contentType: string) {
  try {
    return await new Response(body, { headers: { "Content-Type": contentType } }).formData();
  } catch {
    return null;
  }
}

function badField(reason: string): UploadRefusal {
  return { code: "validation_failed", fields: { file: reason } };
}

function tooLarge(maxBytes: number): UploadRefusal {
  const message = `The picture is larger than the ${maxBytes / 1024 / 1024} MiB that are allowed.`;
  return { code: "body_too_large", message };
}

function notAnUpload(contentType: string): UploadRefusal {
  const found =
    contentType === "" ? "has no Content-Type" : `says Content-Type: ${contentType.slice(0, 100)}`;
  const message = `The body is a picture (image/…) or a multipart/form-data with the field file; this one ${found}.`;
  return { code: "unsupported_media_type", message };
}
