// Objects in an S3 bucket.

import {
  type FileStretch,
  ObjectMissingError,
  type ObjectStore,
  ObjectStoreTroubleError,
  type StoredObject,
  type WholeObject,
} from "#server/store/object-store.ts";
import { uploadInParts } from "./multipart-upload.ts";
import { type S3Place, S3Requests } from "./s3-requests.ts";

/** Up to here one request carries all of it. */
const WHOLE_BYTES = 16 * 1024 * 1024;

/** S3 keeps what such a header says. */
const FACTS = "x-amz-meta-tandem";

const PARTIAL = 206;

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

  async check(): Promise<void> {
    await this.#requests.send({ method: "HEAD", key: null });
  }

  async put(key: string, body: Uint8Array<ArrayBuffer>, contentType: string, facts?: string): Promise<void> {
    const headers = { "Content-Type": contentType, ...headersOf(facts) };
    await this.#requests.send({ method: "PUT", key, headers, body });
  }

  async putNew(
    key: string,
    body: Uint8Array<ArrayBuffer>,
    contentType: string,
    facts?: string,
  ): Promise<boolean> {
    const headers = { "Content-Type": contentType, "If-None-Match": "*", ...headersOf(facts) };
    const { status } = await this.#requests.send({ method: "PUT", key, headers, body }, [EXISTS, CONFLICT]);
    return status !== EXISTS && status !== CONFLICT;
  }

  async readWhole(key: string): Promise<WholeObject> {
    const answer = await this.#requests.send({ method: "GET", key, answerBytes: WHOLE_BYTES });
    return { bytes: await answer.bytes(), facts: answer.headers.get(FACTS) };
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
    const headers = { Range: `bytes=${offset}-${offset + byteLength - 1}` };
    const answer = await this.#requests.send({ method: "GET", key, headers, answerBytes: byteLength });
    const bytes = await answer.bytes();
    if (bytes.byteLength === byteLength && (answer.status === PARTIAL || offset === 0)) return bytes;
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

  async rename(key: string, to: string): Promise<void> {
    const headers = { "x-amz-copy-source": this.#requests.copySource(key) };
    const said = await (await this.#requests.send({ method: "PUT", key: to, headers })).text();
    // S3 may answer 200 and then that it failed.
    if (!said.includes("</CopyObjectResult>"))
      throw new ObjectStoreTroubleError("OBJECT_STORE_AWAY", `the store did not copy ${key}`);
    await this.remove(key);
  }

  async remove(key: string): Promise<void> {
    await this.#requests.send({ method: "DELETE", key }, [404]);
  }

  presignedUrl(key: string, seconds: number): Promise<string> {
    return this.#requests.presigned(key, seconds);
  }

  async #listing(prefix: string, token: string | null): Promise<string> {
    const query = {
      "list-type": "2",
      "encoding-type": "url",
      prefix: `${this.#prefix}${prefix}`,
      ...(token === null ? {} : { "continuation-token": token }),
    };
    const page = await (await this.#requests.send({ method: "GET", key: null, query })).text();
    // What is not listed would be taken for what is not there.
    if (page.trimEnd().endsWith("</ListBucketResult>")) return page;
    throw new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "a list of objects broke off");
  }
}

function headersOf(facts: string | undefined): Readonly<Record<string, string>> {
  return facts === undefined ? {} : { [FACTS]: facts };
}

function element(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? null : text.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
