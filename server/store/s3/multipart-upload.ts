// A long file to S3 in parts, which become one object at the end, or nothing.

import type { FileStretch } from "#server/store/object-store.ts";
import type { S3Requests } from "./s3-requests.ts";

/** S3 takes parts of 5 MiB or more, and 10,000 of them: enough for 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;

const MAX_PARTS = 10_000;

export async function uploadInParts(
  requests: S3Requests,
  key: string,
  { path, byteLength }: FileStretch,
  contentType: string,
  signal: AbortSignal,
): Promise<void> {
  // A role that may not list them leaves them to the store's own clean-up.
  await abandonEarlier(requests, key, signal).catch(() => signal.throwIfAborted());
  const uploadId = await begin(requests, key, contentType, signal);
  try {
    const partBytes = Math.max(PART_BYTES, Math.ceil(byteLength / MAX_PARTS));
    const tags: string[] = [];
    for (let offset = 0; offset < byteLength; offset += partBytes) {
      signal.throwIfAborted();
      const body = Bun.file(path).slice(offset, Math.min(offset + partBytes, byteLength));
      const query = { partNumber: String(tags.length + 1), uploadId };
      const response = await requests.send({ method: "PUT", key, query, body, signal });
      tags.push(response.headers.get("ETag") ?? "");
    }
    await complete(requests, key, uploadId, tags, signal);
  } catch (error) {
    // What is left of it costs money until it is aborted; a store that is away keeps it for its own clean-up.
    await requests.send({ method: "DELETE", key, query: { uploadId } }).catch(() => undefined);
    throw error;
  }
}

/** A process that was killed has left its upload in the middle; only one at a time writes a key. */
async function abandonEarlier(requests: S3Requests, key: string, signal: AbortSignal): Promise<void> {
  const query = { uploads: "", "encoding-type": "url", prefix: requests.nameOf(key) };
  const listed = await (await requests.send({ method: "GET", key: null, query, signal })).text();
  for (const [, upload = ""] of listed.matchAll(/<Upload>([\s\S]*?)<\/Upload>/g)) {
    const name = decodeURIComponent(/<Key>([^<]*)<\/Key>/.exec(upload)?.[1]?.replaceAll("+", " ") ?? "");
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(upload)?.[1];
    if (name !== requests.nameOf(key) || uploadId === undefined) continue;
    await requests.send({ method: "DELETE", key, query: { uploadId } }, [404]);
  }
}

async function begin(
  requests: S3Requests,
  key: string,
  contentType: string,
  signal: AbortSignal,
): Promise<string> {
  const headers = { "Content-Type": contentType };
  const response = await requests.send({ method: "POST", key, query: { uploads: "" }, headers, signal });
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(await response.text())?.[1];
  if (id === undefined) throw new Error(`the store began no upload of ${key}`);
  return id;
}

/** S3 may answer 200 and then that it failed. */
async function complete(
  requests: S3Requests,
  key: string,
  uploadId: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const parts = tags.map(
    (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  const response = await requests.send({ method: "POST", key, query: { uploadId }, body, signal });
  const said = await response.text();
  if (!said.includes("</CompleteMultipartUploadResult>"))
    throw new Error(`the store did not put ${key} together: ${said.slice(0, 300)}`);
}
