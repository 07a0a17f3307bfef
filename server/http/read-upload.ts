// The one file that a call carries: as its whole body, or as the field `file` of a form.

import { multipartBoundary, parseMultipart } from "./multipart.ts";
import { readAtMost } from "./read-bytes.ts";

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
  const boundary = multipartBoundary(contentType);
  if (boundary === null && !/^image\//i.test(contentType)) return notAnUpload(contentType);
  const body = await readAtMost(
    boundary === null ? maxBytes : maxBytes + MAX_FORM_BYTES,
    request,
    MAX_UPLOAD_MS,
  );
  if (body === "body_too_large") return tooLarge(maxBytes);
  if (body === "cut_off") return { code: "invalid_image", message: "The body ended before its end." };
  return boundary === null ? body : fileIn(body, boundary, maxBytes);
}

function fileIn(body: Uint8Array, boundary: string, maxBytes: number): Uint8Array | UploadRefusal {
  const parts = parseMultipart(body, boundary);
  if (parts === null) return badField("the form is cut off, or not one of the boundary it announced");
  const [file, second] = parts.filter(({ name }) => name === "file");
  if (file === undefined) return badField("is missing: the picture is the field named file");
  if (second !== undefined) return badField("must be there once, and is there more than once");
  return file.content.byteLength > maxBytes ? tooLarge(maxBytes) : file.content;
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
