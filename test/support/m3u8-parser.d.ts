// The part of m3u8-parser that the tests use: the package has no types of its own.

declare module "m3u8-parser" {
  interface ManifestSegment {
    uri: string;
    /** Seconds. */
    duration: number;
    discontinuity?: boolean;
    /** Rises by one at each EXT-X-DISCONTINUITY. */
    timeline: number;
    map?: { uri: string };
    programDateTime?: number;
  }

  interface Manifest {
    mediaSequence?: number;
    discontinuitySequence?: number;
    targetDuration?: number;
    endList?: boolean;
    playlistType?: "VOD" | "EVENT";
    segments?: ManifestSegment[];
    playlists?: { uri: string; attributes: Record<string, unknown> }[];
  }

  class Parser {
    manifest: Manifest;
    push(text: string): void;
    end(): void;
    on(event: "warn" | "info", listener: (event: { message: string }) => void): void;
  }
}
