// Signed requests to an S3 bucket, each with a deadline; what a refusal means.

import { AwsClient } from "aws4fetch";
import { messageOf } from "#server/common/failure.ts";
import { ObjectMissingError, ObjectStoreTroubleError } from "#server/store/object-store.ts";

export interface S3Place {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before every key: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** For a request that carries little, or nothing, until the answer begins. */
const DEADLINE_MS = 5000;

/** A store that takes or gives less than this is as good as silent. */
const LEAST_BYTES_PER_SECOND = 100_000;

/** A store takes what is signed up to a quarter of an hour before or after its own time. */
const CLOCKS_APART_MS = 5 * 60_000;

/** Of an error's body in a message. */
const MAX_SAID = 300;

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Null = the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | Blob | string;
  /** Bytes that the answer is asked for, where that is much. */
  readonly answerBytes?: number;
  readonly signal?: AbortSignal;
}

export class S3Requests {
  readonly #place: S3Place;
  readonly #client: AwsClient;
  /** By how much the store's clock was ahead of this machine's when it refused a request for that. */
  #aheadMs = 0;

  constructor(place: S3Place) {
    this.#place = place;
    const { accessKeyId, secretAccessKey, region } = place;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  }

  /**
   * An answer that is no refusal, or has one of the statuses that the caller knows what to do with. Throws an
   * {@link ObjectMissingError} for what is not there, and an {@link ObjectStoreTroubleError} for what passes.
   */
  async send(request: S3Request, expected: readonly number[] = []): Promise<Response> {
    let response = await this.#fetch(request);
    if (response.status === 403 && this.#knowsTimeOf(response)) {
      await response.body?.cancel();
      response = await this.#fetch(request);
    }
    if (response.ok || expected.includes(response.status)) return response;
    const said = (await response.text().catch(() => "")).slice(0, MAX_SAID);
    const { status } = response;
    const isBucketMissing = said.includes("NoSuchBucket");
    if (status === 404 && !isBucketMissing) throw new ObjectMissingError(request.key ?? "");
    if (status === 416) throw new ObjectMissingError(request.key ?? "", "ends before what was asked for");
    const code = status >= 500 || status === 429 ? "OBJECT_STORE_AWAY" : "OBJECT_STORE_REFUSES";
    throw new ObjectStoreTroubleError(code, `${request.method} was answered ${status}: ${codeIn(said)}`);
  }

  /** A URL by which anybody may read the object. */
  async presigned(key: string, seconds: number): Promise<string> {
    const url = this.#url(key, { "X-Amz-Expires": String(seconds) });
    const { url: signed } = await this.#client.sign(url, {
      method: "GET",
      aws: { signQuery: true, datetime: this.#datetime() },
    });
    return signed;
  }

  async #fetch({ method, key, query = {}, headers = {}, body, answerBytes = 0, signal }: S3Request) {
    const bytes = answerBytes + lengthOf(body);
    const deadline = AbortSignal.timeout(DEADLINE_MS + (bytes / LEAST_BYTES_PER_SECOND) * 1000);
    try {
      const init = { method, headers: { ...headers }, aws: { signQuery: false, datetime: this.#datetime() } };
      const signed = await this.#client.sign(this.#url(key, query), init);
      return await fetch(signed.url, {
        method,
        headers: signed.headers,
        ...(body === undefined ? {} : { body }),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
        redirect: "manual",
      });
    } catch (error) {
      signal?.throwIfAborted();
      const code = deadline.aborted ? "OBJECT_STORE_SILENT" : "OBJECT_STORE_AWAY";
      throw new ObjectStoreTroubleError(code, messageOf(error));
    }
  }

  /** True where the store's clock is another than was thought: what is signed by it may be taken. */
  #knowsTimeOf(response: Response): boolean {
    const aheadMs = Date.parse(response.headers.get("Date") ?? "") - Date.now();
    if (Number.isNaN(aheadMs) || Math.abs(aheadMs - this.#aheadMs) < CLOCKS_APART_MS) return false;
    this.#aheadMs = aheadMs;
    return true;
  }

  /** Now, by the store's clock, as S3 writes it. */
  #datetime(): string {
    return new Date(Date.now() + this.#aheadMs).toISOString().replace(/[:-]|\.\d{3}/g, "");
  }

  #url(key: string | null, query: Readonly<Record<string, string>>): string {
    const { endpoint, bucket, prefix } = this.#place;
    const path = key === null ? "" : `/${`${prefix}${key}`.split("/").map(encodeURIComponent).join("/")}`;
    const search = new URLSearchParams(query).toString();
    return `${endpoint}/${bucket}${path}${search === "" ? "" : `?${search}`}`;
  }
}

function lengthOf(body: S3Request["body"]): number {
  if (body === undefined) return 0;
  if (typeof body === "string") return body.length;
  return body instanceof Blob ? body.size : body.byteLength;
}

/** S3's own code, such as `AccessDenied`. */
function codeIn(said: string): string {
  return /<Code>([^<]*)<\/Code>/.exec(said)?.[1] ?? "without a word";
}
