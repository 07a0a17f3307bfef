// How much a picture may take: bytes, pixels, time, and room in the queue.

/** Bytes of an upload: twice what a camera's 12-megapixel JPEG takes. */
export const MAX_IMAGE_BYTES = 8 * 1024 * 1024;

/**
 * Pixels of any picture, by its header. Decoding that many takes a quarter of a gigabyte as JPEG, PNG or WebP, and for a second or
 * two up to 1.2 GB as AVIF, whose decoder holds several copies.
 */
export const MAX_PIXELS = 50_000_000;

/** Pixels of the stored picture's longer edge, upright: what a full HD page shows. */
export const MASTER_MAX_SIDE = 1920;

/** Widths made of it on request, pixels. */
export const RENDITION_WIDTHS = [320, 640, 1280] as const;

/** sharp gives up on a picture after this long: a 50-megapixel AVIF takes about a third of it on one slow core. */
export const IMAGE_JOB_SECONDS = 20;

/** Pictures waiting for sharp, besides the one it works on: at 8 MiB each no more than a picture takes decoded. */
export const MAX_WAITING_IMAGES = 32;

/** Small renditions kept in memory, all together. */
export const RENDITION_CACHE_BYTES = 32 * 1024 * 1024;

/** How often a livestream on air gets a new automatic thumbnail. */
export const AUTOMATIC_INTERVAL_MS = 30_000;

/** Share of a core that decoder processes take, all of them together and over time: with many on air each gets its turn later. */
export const DECODER_SHARE = 0.02;

/** What they may take at once, milliseconds of CPU: the first pictures of some ten livestreams that begin together. */
export const DECODER_ALLOWANCE_MS = 1500;

/** A decoder process is killed after this long; one key frame takes it a tenth of a second. */
export const DECODER_DEADLINE_MS = 5000;

/** Address space of a decoder process: one 8K frame decoded and converted, with room to spare. */
export const DECODER_MEMORY_BYTES = 1024 * 1024 * 1024;

/** What a decoder process may answer: a JPEG of the largest stored picture, were it noise, is smaller. */
export const DECODER_OUTPUT_BYTES = 16 * 1024 * 1024;
