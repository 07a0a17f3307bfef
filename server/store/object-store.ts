// Where recordings and pictures lie when they do not lie on the disk: bytes by name, written whole.

/** The store cannot do now what it was asked for; the code is one that `diskTroubleOf` knows. */
export class ObjectStoreTroubleError extends Error {
  readonly code: "OBJECT_STORE_AWAY" | "OBJECT_STORE_SILENT" | "OBJECT_STORE_REFUSES" | "OBJECT_DAMAGED";

  constructor(code: ObjectStoreTroubleError["code"], message: string) {
    super(message);
    this.name = "ObjectStoreTroubleError";
    this.code = code;
  }
}

/** There is no object of this name, or it is shorter than what was asked for. */
export class ObjectMissingError extends Error {
  readonly code = "OBJECT_DAMAGED";

  constructor(key: string, what = "is not there") {
    super(`the object ${key} ${what}`);
    this.name = "ObjectMissingError";
  }
}

export interface StoredObject {
  readonly key: string;
  readonly byteLength: number;
}

export interface WholeObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What was said of it when it was written, null where nothing was. */
  readonly facts: string | null;
}

/** Keys are relative to the prefix that the store was opened with; each call ends within a bounded time. */
export interface ObjectStore {
  /** Throws where it cannot be used: it is away, it refuses this server, or there is no bucket. */
  check(): Promise<void>;

  /** In place of what is there. `facts`: ASCII that goes with it, two kilobytes at most. */
  put(key: string, body: Uint8Array<ArrayBuffer>, contentType: string, facts?: string): Promise<void>;

  /** False, and nothing written, where there is an object of this name. */
  putNew(key: string, body: Uint8Array<ArrayBuffer>, contentType: string, facts?: string): Promise<boolean>;

  /** All of a small one. Throws an {@link ObjectMissingError}. */
  readWhole(key: string): Promise<WholeObject>;

  /** The first `byteLength` bytes of a file of any length, in place of what is there. Stops when the signal is aborted. */
  putFile(key: string, file: FileStretch, contentType: string, signal: AbortSignal): Promise<void>;

  /** Null where there is none. */
  byteLengthOf(key: string): Promise<number | null>;

  /** All of `byteLength` bytes from `offset`. Throws an {@link ObjectMissingError}. */
  read(key: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;

  /** Everything whose key begins so, in the order of the keys. */
  list(prefix: string): AsyncIterable<StoredObject>;

  /** It has another name from now on, in place of what is there; of up to 5 GB. Throws an {@link ObjectMissingError}. */
  rename(key: string, to: string): Promise<void>;

  /** What is not there is no error. */
  remove(key: string): Promise<void>;

  /** A URL by which anybody may read it for so long. */
  presignedUrl(key: string, seconds: number): Promise<string>;
}

export interface FileStretch {
  readonly path: string;
  readonly byteLength: number;
}
