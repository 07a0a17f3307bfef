// The producer's calls, as an integrator would make them: by the client that the project offers.

import { type Livestream, type Media, TandemClient } from "#openapi/client.ts";
import { until } from "./until.ts";

export class ApiClient {
  /** Every operation of the contract. */
  readonly operations: TandemClient;

  constructor(url: string, token: string) {
    this.operations = new TandemClient({ url, token });
  }

  create(properties: { name: string; withDvr?: boolean; withBackup?: boolean }): Promise<Livestream> {
    return this.operations.createLivestream(properties);
  }

  get(id: string): Promise<Livestream> {
    return this.operations.getLivestream(id);
  }

  async list(): Promise<readonly Livestream[]> {
    return (await this.operations.listLivestreams()).items;
  }

  start(id: string): Promise<Livestream> {
    return this.operations.startLivestream(id);
  }

  publish(id: string): Promise<Livestream> {
    return this.operations.publishLivestream(id);
  }

  switchTo(id: string, instance: "primary" | "secondary"): Promise<Livestream> {
    return this.operations.switchLivestream(id, instance);
  }

  stop(id: string): Promise<Livestream> {
    return this.operations.stopLivestream(id);
  }

  delete(id: string): Promise<null> {
    return this.operations.deleteLivestream(id);
  }

  media(id: string): Promise<Media> {
    return this.operations.getMedia(id);
  }

  async listMedia(): Promise<readonly Media[]> {
    return (await this.operations.listMedia()).items;
  }

  /** Resolves with the livestream as soon as it is as `condition` wants it. */
  when(id: string, what: string, condition: (livestream: Livestream) => boolean): Promise<Livestream> {
    return until(what, async () => {
      const livestream = await this.get(id);
      return condition(livestream) ? livestream : null;
    });
  }
}
