// The arithmetic encoder of H.264 (CABAC, ITU-T H.264 §9.3.4), for one context: as much as a picture needs in which nothing changes.

import type { BitWriter } from "#media/bytes/bit-writer.ts";

/** rangeTabLPS of table 9-44: 64 states of four ranges. */
const LEAST_PROBABLE_RANGES = [
  [128, 176, 208, 240],
  [128, 167, 197, 227],
  [128, 158, 187, 216],
  [123, 150, 178, 205],
  [116, 142, 169, 195],
  [111, 135, 160, 185],
  [105, 128, 152, 175],
  [100, 122, 144, 166],
  [95, 116, 137, 158],
  [90, 110, 130, 150],
  [85, 104, 123, 142],
  [81, 99, 117, 135],
  [77, 94, 111, 128],
  [73, 89, 105, 122],
  [69, 85, 100, 116],
  [66, 80, 95, 110],
  [62, 76, 90, 104],
  [59, 72, 86, 99],
  [56, 69, 81, 94],
  [53, 65, 77, 89],
  [51, 62, 73, 85],
  [48, 59, 69, 80],
  [46, 56, 66, 76],
  [43, 53, 63, 72],
  [41, 50, 59, 69],
  [39, 48, 56, 65],
  [37, 45, 54, 62],
  [35, 43, 51, 59],
  [33, 41, 48, 56],
  [32, 39, 46, 53],
  [30, 37, 43, 50],
  [29, 35, 41, 48],
  [27, 33, 39, 45],
  [26, 31, 37, 43],
  [24, 30, 35, 41],
  [23, 28, 33, 39],
  [22, 27, 32, 37],
  [21, 26, 30, 35],
  [20, 24, 29, 33],
  [19, 23, 27, 31],
  [18, 22, 26, 30],
  [17, 21, 25, 28],
  [16, 20, 23, 27],
  [15, 19, 22, 25],
  [14, 18, 21, 24],
  [14, 17, 20, 23],
  [13, 16, 19, 22],
  [12, 15, 18, 21],
  [12, 14, 17, 20],
  [11, 14, 16, 19],
  [11, 13, 15, 18],
  [10, 12, 15, 17],
  [10, 12, 14, 16],
  [9, 11, 13, 15],
  [9, 11, 12, 14],
  [8, 10, 12, 14],
  [8, 9, 11, 13],
  [7, 9, 11, 12],
  [7, 9, 10, 12],
  [7, 8, 10, 11],
  [6, 8, 9, 11],
  [6, 7, 9, 10],
  [6, 7, 8, 9],
  [2, 2, 2, 2],
] as const;

/** transIdxLPS of table 9-45. */
const STATE_AFTER_LEAST_PROBABLE = [
  0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12, 13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22,
  23, 24, 24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36,
  36, 37, 37, 37, 38, 38, 63,
] as const;

const LAST_STATE = 62;

/** One context: how likely its next bin is what it was before (§9.3.1.1). */
export class Context {
  state: number;
  mostProbable: 0 | 1;

  /** `m` and `n` of tables 9-12 to 9-33; `qp` is SliceQP. */
  constructor(m: number, n: number, qp: number) {
    const state = Math.min(126, Math.max(1, ((m * Math.min(51, Math.max(0, qp))) >> 4) + n));
    this.mostProbable = state <= 63 ? 0 : 1;
    this.state = state <= 63 ? 63 - state : state - 64;
  }
}

export class ArithmeticEncoder {
  readonly #writer: BitWriter;
  #low = 0;
  #range = 510;
  #isFirstBit = true;
  #outstanding = 0;

  /** Writes from here on, which must be a byte boundary (§9.3.4.1). */
  constructor(writer: BitWriter) {
    this.#writer = writer;
  }

  /** A bin of the context (§9.3.4.2). */
  encode(context: Context, bin: 0 | 1): void {
    const ranges = LEAST_PROBABLE_RANGES[context.state] ?? LEAST_PROBABLE_RANGES[0];
    const leastRange = ranges[(this.#range >> 6) & 3] ?? 0;
    this.#range -= leastRange;
    if (bin === context.mostProbable) {
      context.state = Math.min(LAST_STATE, context.state + 1);
    } else {
      this.#low += this.#range;
      this.#range = leastRange;
      if (context.state === 0) context.mostProbable = bin;
      context.state = STATE_AFTER_LEAST_PROBABLE[context.state] ?? 0;
    }
    this.#renormalise();
  }

  /** end_of_slice_flag (§9.3.4.5); with 1 the slice is over, rbsp_stop_one_bit included. */
  encodeEnd(isEnd: boolean): void {
    this.#range -= 2;
    if (isEnd) this.#flush();
    else this.#renormalise();
  }

  #flush(): void {
    this.#low += this.#range;
    this.#range = 2;
    this.#renormalise();
    this.#put((this.#low >> 9) & 1);
    this.#writer.bits(((this.#low >> 7) & 3) | 1, 2);
  }

  #renormalise(): void {
    while (this.#range < 256) {
      if (this.#low < 256) this.#put(0);
      else if (this.#low >= 512) {
        this.#low -= 512;
        this.#put(1);
      } else {
        this.#low -= 256;
        this.#outstanding += 1;
      }
      this.#range <<= 1;
      this.#low <<= 1;
    }
  }

  #put(bit: number): void {
    if (this.#isFirstBit) this.#isFirstBit = false;
    else this.#writer.bits(bit, 1);
    for (; this.#outstanding > 0; this.#outstanding -= 1) this.#writer.bits(1 - bit, 1);
  }
}
