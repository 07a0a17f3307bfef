// Objects in an S3 bucket.

import {
  type FileStretch,
  ObjectMissingError,
  type ObjectStore,
  type StoredObject,
} from "#server/store/object-store.ts";
import { uploadInParts } from "./multipart-upload.ts";
import { type S3Place, S3Requests } from "./s3-requests.ts";

/** Up to here one request carries all of it. */
const WHOLE_BYTES = 16 * 1024 * 1024;

/** S3 keeps what such a header says. */
const FACTS = "x-amz-meta-tandem";

const EXISTS = 412;

/** Another writer of the same name was just before. */
const CONFLICT = 409;

export class S3ObjectStore implements ObjectStore {
  readonly #requests: S3Requests;
  readonly #prefix: string;

  constructor(place: S3Place) {
    this.#requests = new S3Requests(place);
    this.#prefix = place.prefix;
  }

  async put(key: string, body: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
    await this.#requests.send({ method: "PUT", key, headers: { "Content-Type": contentType }, body });
  }

  async putNew(
    key: string,
    body: Uint8Array<ArrayBuffer>,
    contentType: string,
    facts?: string,
  ): Promise<boolean> {
    const said = facts === undefined ? {} : { [FACTS]: facts };
    const headers = { "Content-Type": contentType, "If-None-Match": "*", ...said };
    const { status } = await this.#requests.send({ method: "PUT", key, headers, body }, [EXISTS, CONFLICT]);
    return status !== EXISTS && status !== CONFLICT;
  }

  async factsOf(key: string): Promise<string | null> {
    return (await this.#requests.send({ method: "HEAD", key })).headers.get(FACTS);
  }

  async putFile(key: string, file: FileStretch, contentType: string, signal: AbortSignal): Promise<void> {
    if (file.byteLength > WHOLE_BYTES) {
      await uploadInParts(this.#requests, key, file, contentType, signal);
      return;
    }
    const body = Bun.file(file.path).slice(0, file.byteLength);
    await this.#requests.send({ method: "PUT", key, headers: { "Content-Type": contentType }, body, signal });
  }

  async byteLengthOf(key: string): Promise<number | null> {
    const { status, headers } = await this.#requests.send({ method: "HEAD", key }, [404]);
    return status === 404 ? null : Number(headers.get("Content-Length"));
  }

  async read(key: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    if (byteLength === 0) return new Uint8Array(0);
    const response = await this.#get(key, offset, byteLength);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength === byteLength) return bytes;
    throw new ObjectMissingError(key, `ends before ${offset + byteLength}`);
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    let token: string | null = null;
    do {
      const page: string = await this.#listing(prefix, token);
      for (const [, contents = ""] of page.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
        const key = decodeURIComponent((element(contents, "Key") ?? "").replaceAll("+", " "));
        if (!key.startsWith(this.#prefix)) continue;
        yield { key: key.slice(this.#prefix.length), byteLength: Number(element(contents, "Size")) };
      }
      token = element(page, "NextContinuationToken");
    } while (token !== null);
  }

  async remove(key: string): Promise<void> {
    await this.#requests.send({ method: "DELETE", key }, [404]);
  }

  presignedUrl(key: string, seconds: number): Promise<string> {
    return this.#requests.presigned(key, seconds);
  }

  #get(key: string, offset: number, byteLength: number): Promise<Response> {
    const headers = { Range: `bytes=${offset}-${offset + byteLength - 1}` };
    return this.#requests.send({ method: "GET", key, headers, answerBytes: byteLength });
  }

  async #listing(prefix: string, token: string | null): Promise<string> {
    const query = {
      "list-type": "2",
      "encoding-type": "url",
      prefix: `${this.#prefix}${prefix}`,
      ...(token === null ? {} : { "continuation-token": token }),
    };
    return await (await this.#requests.send({ method: "GET", key: null, query })).text();
  }
}

function element(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? null : text.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
