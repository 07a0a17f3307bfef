// Media assets: the playlist of a recording and the bytes it lists, and all of it as one file.

import { renderVodPlaylist } from "#media/hls/vod-playlist.ts";
import { MEDIA_DOWNLOAD, MULTIVARIANT_PLAYLIST } from "#openapi/playback-paths.ts";
import type { HeldBytes } from "#server/recording/held-bytes.ts";
import type { RecordedMovie } from "#server/recording/recorded-movie.ts";
import { type Recording, recordedBytes } from "#server/recording/recording.ts";
import { downloadAnswer } from "./download.ts";
import type { ListedAnswers } from "./listed-answers.ts";
import { notFoundAnswer, PlaylistText } from "./playback-answers.ts";
import type { PlaybackPath } from "./playback-path.ts";

export interface MediaPlaybackOptions {
  /** Whose recording plays under a media id; null when nothing does. */
  readonly media: {
    playable(mediaId: string): Promise<{ readonly livestreamId: string; readonly name: string } | null>;
  };
  readonly listed: ListedAnswers;
  readonly recordings: {
    finished(livestreamId: string): Promise<Recording | null>;
    movie(recording: Recording): Promise<RecordedMovie | null>;
  };
}

/** What is made of a recording once, for as long as that is kept. */
interface Prepared {
  readonly playlist: PlaylistText;
  readonly held: HeldBytes;
}

export class MediaPlayback {
  readonly #options: MediaPlaybackOptions;
  readonly #prepared = new WeakMap<Recording, Prepared>();

  constructor(options: MediaPlaybackOptions) {
    this.#options = options;
  }

  async answer(request: Request, { id, rendition, file }: PlaybackPath): Promise<Response> {
    const { media, recordings, listed } = this.#options;
    const playable = await media.playable(id);
    const recording = playable === null ? null : await recordings.finished(playable.livestreamId);
    if (playable === null || recording === null) return notFoundAnswer();
    if (rendition === null && file === MEDIA_DOWNLOAD)
      return this.#download(request, recording, playable.name);
    const { playlist, held } = this.#prepare(recording);
    if (rendition !== null) return listed.answer(request, held, rendition, file);
    return file === MULTIVARIANT_PLAYLIST ? playlist.answer(request) : notFoundAnswer();
  }

  async #download(request: Request, recording: Recording, name: string): Promise<Response> {
    const movie = await this.#options.recordings.movie(recording);
    return movie === null ? notFoundAnswer() : downloadAnswer(request, movie, name);
  }

  #prepare(recording: Recording): Prepared {
    const known = this.#prepared.get(recording);
    if (known !== undefined) return known;
    const playlist = new PlaylistText(playlistTextOf(recording), "final");
    const prepared = { playlist, held: recordedBytes(recording) };
    this.#prepared.set(recording, prepared);
    return prepared;
  }
}

/** The one rendition's. */
function playlistTextOf({ renditions: [rendition], targetDurationSeconds }: Recording): string {
  const { name = "", segments = [] } = rendition ?? {};
  return renderVodPlaylist(segments, targetDurationSeconds ?? 1, `${name}/`);
}
