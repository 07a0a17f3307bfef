// Signed requests to an S3 bucket, each with a deadline; what a refusal means.

import { AwsClient } from "aws4fetch";
import { type Clock, SystemClock } from "#server/common/clock.ts";
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

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  /** All of its body: throws an {@link ObjectStoreTroubleError} where that breaks off. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  text(): Promise<string>;
}

export class S3Requests {
  readonly #place: S3Place;
  readonly #client: AwsClient;
  readonly #clock: Pick<Clock, "dateMs">;
  /** By how much the store's clock was ahead of this machine's when it refused a request for that. */
  #aheadMs = 0;

  constructor(place: S3Place, clock: Pick<Clock, "dateMs"> = new SystemClock()) {
    this.#place = place;
    this.#clock = clock;
    const { accessKeyId, secretAccessKey, region } = place;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  }

  /**
   * An answer that is no refusal, or has one of the statuses that the caller knows what to do with. Throws an
   * {@link ObjectMissingError} for what is not there, and an {@link ObjectStoreTroubleError} for what passes.
   */
  async send(request: S3Request, expected: readonly number[] = []): Promise<S3Answer> {
    let answered = await this.#fetch(request);
    if (answered.response.status === 403 && this.#knowsTimeOf(answered.response)) {
      await answered.response.body?.cancel();
      answered = await this.#fetch(request);
    }
    const { response, inTime } = answered;
    const { status, headers } = response;
    const bytes = () => inTime(wholeBody(response));
    const text = async () => new TextDecoder().decode(await bytes());
    if (response.ok || expected.includes(status)) return { status, headers, bytes, text };
    const said = (await text().catch(() => "")).slice(0, MAX_SAID);
    const isBucketMissing = request.key === null || said.includes("NoSuchBucket");
    if (status === 404 && isBucketMissing)
      throw new ObjectStoreTroubleError("OBJECT_STORE_REFUSES", `there is no bucket ${this.#place.bucket}`);
    if (status === 404) throw new ObjectMissingError(request.key ?? "");
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
    const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
      try {
        return await work;
      } catch (error) {
        signal?.throwIfAborted();
        const code = deadline.aborted ? "OBJECT_STORE_SILENT" : "OBJECT_STORE_AWAY";
        throw new ObjectStoreTroubleError(code, messageOf(error));
      }
    };
    const init = { method, headers: { ...headers }, aws: { signQuery: false, datetime: this.#datetime() } };
    const signed = await this.#client.sign(this.#url(key, query), init);
    const answer = fetch(signed.url, {
      method,
      headers: signed.headers,
      ...(body === undefined ? {} : { body }),
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      redirect: "manual",
    });
    return { response: await inTime(answer), inTime };
  }

  /** In the bucket. */
  nameOf(key: string): string {
    return `${this.#place.prefix}${key}`;
  }

  /** As a request that copies an object names it. */
  copySource(key: string): string {
    return this.#path(key);
  }

  /** True where the store's clock is another than was thought: what is signed by it may be taken. */
  #knowsTimeOf(response: Response): boolean {
    const aheadMs = Date.parse(response.headers.get("Date") ?? "") - this.#clock.dateMs();
    if (Number.isNaN(aheadMs) || Math.abs(aheadMs - this.#aheadMs) < CLOCKS_APART_MS) return false;
    this.#aheadMs = aheadMs;
    return true;
  }

  /** Now, by the store's clock, as S3 writes it. */
  #datetime(): string {
    return new Date(this.#clock.dateMs() + this.#aheadMs).toISOString().replace(/[:-]|\.\d{3}/g, "");
  }

  #url(key: string | null, query: Readonly<Record<string, string>>): string {
    const search = new URLSearchParams(query).toString();
    return `${this.#place.endpoint}${this.#path(key)}${search === "" ? "" : `?${search}`}`;
  }

  #path(key: string | null): string {
    const { bucket } = this.#place;
    if (key === null) return `/${bucket}`;
    return `/${bucket}/${this.nameOf(key).split("/").map(encodeURIComponent).join("/")}`;
  }
}

/** As much as its headers say. */
async function wholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const declared = response.headers.get("Content-Length");
  if (declared === null || bytes.byteLength >= Number(declared)) return bytes;
  throw new Error(`the answer ended after ${bytes.byteLength} of ${declared} bytes`);
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
