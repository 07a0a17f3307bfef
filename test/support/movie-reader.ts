// Eyes that did not write our movies: mediabunny, which reads every sample by the tables of the file.

import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from "mediabunny";

export interface ReadSample {
  /** When it is shown. */
  readonly seconds: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

export interface ReadMovie {
  readonly durationSeconds: number;
  readonly video: readonly ReadSample[];
  readonly audio: readonly ReadSample[];
}

/** In the order of decoding. */
export async function readMovie(movie: Blob): Promise<ReadMovie> {
  using input = new Input({ formats: ALL_FORMATS, source: new BlobSource(movie) });
  const samples = { video: [] as ReadSample[], audio: [] as ReadSample[] };
  for (const track of await input.getTracks()) {
    const kind = track.type === "video" ? "video" : "audio";
    for await (const packet of new EncodedPacketSink(track).packets()) {
      samples[kind].push({
        seconds: packet.timestamp,
        isKey: packet.type === "key",
        data: packet.data,
      });
    }
  }
  return { durationSeconds: await input.computeDuration(), ...samples };
}
