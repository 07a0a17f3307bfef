// The producer's calls, as an integrator would make them.

import type { LivestreamView } from "#server/livestreams/livestream-view.ts";
import type { MediaView } from "#server/livestreams/media-view.ts";
import { until } from "./until.ts";

interface RefusalBody {
  readonly message?: string;
  readonly data?: { readonly code?: string };
}

/** What a call was refused with. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { message, data }: RefusalBody) {
    super(`${status} ${message}`);
    this.status = status;
    this.code = data?.code ?? "";
  }
}

export class ApiClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  create(properties: { name: string; withDvr?: boolean; withBackup?: boolean }): Promise<LivestreamView> {
    return this.#call("POST", "livestreams", properties);
  }

  get(id: string): Promise<LivestreamView> {
    return this.#call("GET", `livestreams/${id}`);
  }

  list(): Promise<LivestreamView[]> {
    return this.#call("GET", "livestreams");
  }

  start(id: string): Promise<LivestreamView> {
    return this.#call("POST", `livestreams/${id}/start`);
  }

  publish(id: string): Promise<LivestreamView> {
    return this.#call("POST", `livestreams/${id}/publish`);
  }

  switchTo(id: string, instance: "primary" | "secondary"): Promise<LivestreamView> {
    return this.#call("POST", `livestreams/${id}/switch`, { instance });
  }

  stop(id: string): Promise<LivestreamView> {
    return this.#call("POST", `livestreams/${id}/stop`);
  }

  delete(id: string): Promise<null> {
    return this.#call("DELETE", `livestreams/${id}`);
  }

  media(id: string): Promise<MediaView> {
    return this.#call("GET", `media/${id}`);
  }

  listMedia(): Promise<MediaView[]> {
    return this.#call("GET", "media");
  }

  /** Resolves with the livestream as soon as it is as `condition` wants it. */
  when(
    id: string,
    what: string,
    condition: (livestream: LivestreamView) => boolean,
  ): Promise<LivestreamView> {
    return until(what, async () => {
      const livestream = await this.get(id);
      return condition(livestream) ? livestream : null;
    });
  }

  /** Throws an {@link ApiRefusal} when the answer is not a success. */
  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/v2/${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { data: T } & RefusalBody;
    if (!response.ok) throw new ApiRefusal(response.status, answer);
    return answer.data;
  }
}
