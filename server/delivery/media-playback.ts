// Media assets: the playlist of their footage and the bytes it lists, and all of it as one file.

import { renderVodPlaylist } from "#media/hls/vod-playlist.ts";
import type { PlaybackPolicy } from "#openapi/names.ts";
import { MEDIA_DOWNLOAD, MULTIVARIANT_PLAYLIST } from "#openapi/playback-paths.ts";
import type { Footage } from "#server/recording/footage.ts";
import { FootageBytes } from "#server/recording/footage-bytes.ts";
import type { Played } from "#server/recording/footages.ts";
import type { RecordedMovie } from "#server/recording/recorded-movie.ts";
import { downloadAnswer } from "./download.ts";
import type { ListedAnswers } from "./listed-answers.ts";
import { notFoundAnswer, PlaylistText } from "./playback-answers.ts";
import type { PlaybackGuard } from "./playback-guard.ts";
import type { PlaybackPath } from "./playback-path.ts";
import type { PlaybackTerms } from "./playback-terms.ts";
import type { StoredRedirects } from "./stored-redirects.ts";

/** What is kept of an asset that plays. */
interface Playable extends Played {
  readonly name: string;
  readonly playbackPolicy: PlaybackPolicy;
}

export interface MediaPlaybackOptions {
  /** What plays under a media id; null when nothing does. */
  readonly media: { playable(mediaId: string): Promise<Playable | null> };
  readonly guard: Pick<PlaybackGuard, "answer">;
  readonly listed: ListedAnswers;
  /** Null where the server sends everything itself. */
  readonly redirects: StoredRedirects | null;
  readonly footages: {
    of(played: Played): Promise<Footage | null>;
    movie(played: Played): Promise<RecordedMovie | null>;
  };
}

/** What is made of footage once, for as long as that is kept. */
interface Prepared {
  readonly playlist: PlaylistText;
  readonly bytes: FootageBytes;
}

export class MediaPlayback {
  readonly #options: MediaPlaybackOptions;
  readonly #prepared = new WeakMap<Footage, Prepared>();

  constructor(options: MediaPlaybackOptions) {
    this.#options = options;
  }

  async answer(request: Request, path: PlaybackPath): Promise<Response> {
    const { media, guard } = this.#options;
    const playable = await media.playable(path.id);
    if (playable === null) return notFoundAnswer();
    const isSigned = playable.playbackPolicy === "signed";
    return guard.answer(request, path, isSigned, (terms) => this.#play(request, path, playable, terms));
  }

  async #play(
    request: Request,
    { id, rendition, file }: PlaybackPath,
    playable: Playable,
    terms: PlaybackTerms,
  ): Promise<Response> {
    const { footages, listed, redirects } = this.#options;
    const footage = await footages.of(playable);
    if (footage === null) return notFoundAnswer();
    if (rendition === null && file === MEDIA_DOWNLOAD) return this.#download(request, playable);
    const { playlist, bytes } = this.#prepare(footage, terms.folder(id));
    if (rendition !== null)
      return (await redirects?.answer(footage, file)) ?? listed.answer(request, bytes, rendition, file);
    return file === MULTIVARIANT_PLAYLIST ? playlist.answer(request) : notFoundAnswer();
  }

  async #download(request: Request, playable: Playable): Promise<Response> {
    const movie = await this.#options.footages.movie(playable);
    return movie === null ? notFoundAnswer() : downloadAnswer(request, movie, playable.name);
  }

  /** `folder`: the one that what it lists is in, always the same for an asset. */
  #prepare(footage: Footage, folder: string): Prepared {
    const known = this.#prepared.get(footage);
    if (known !== undefined) return known;
    const { rendition, segments, targetDurationSeconds } = footage;
    const within = `${folder}${rendition}/`;
    const text =
      this.#options.redirects?.playlist(footage, within) ??
      renderVodPlaylist(segments, targetDurationSeconds, within);
    const prepared = { playlist: new PlaylistText(text, "final"), bytes: new FootageBytes(footage) };
    this.#prepared.set(footage, prepared);
    return prepared;
  }
}
