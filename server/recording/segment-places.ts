// Where recorded segments lie in their file: twelve bytes for each of the tens of thousands that a day has.

/** Where something lies in the file. */
export interface Place {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Half an hour: a block is small beside what a broadcast of that length costs anyway. */
const BLOCK_SEGMENTS = 1024;

interface Block {
  readonly offsets: Float64Array;
  /** 0 where there is no such segment: none is empty. */
  readonly byteLengths: Uint32Array;
}

export class SegmentPlaces {
  /** By the number of the first segment that fits, divided by how many do. */
  readonly #blocks = new Map<number, Block>();

  /** `msn`: media sequence number. */
  set(msn: number, { offset, byteLength }: Place): void {
    const number = Math.floor(msn / BLOCK_SEGMENTS);
    const block = this.#blocks.get(number) ?? newBlock();
    this.#blocks.set(number, block);
    block.offsets[msn % BLOCK_SEGMENTS] = offset;
    block.byteLengths[msn % BLOCK_SEGMENTS] = byteLength;
  }

  /** Null where there is no such segment. */
  get(msn: number): Place | null {
    const block = this.#blocks.get(Math.floor(msn / BLOCK_SEGMENTS));
    const offset = block?.offsets[msn % BLOCK_SEGMENTS] ?? 0;
    const byteLength = block?.byteLengths[msn % BLOCK_SEGMENTS] ?? 0;
    return byteLength === 0 ? null : { offset, byteLength };
  }
}

function newBlock(): Block {
  return {
    offsets: new Float64Array(BLOCK_SEGMENTS),
    byteLengths: new Uint32Array(BLOCK_SEGMENTS),
  };
}
