// The producer's calls, as an integrator would make them: by the client that the project offers.

import { type Livestream, type Media, TandemClient } from "#openapi/client.ts";
import { until } from "./until.ts";

/** As an administrator sees it: with the addresses and keys of its inputs. */
export type OpenLivestream = Omit<Livestream, "inputs"> & { readonly inputs: OpenInput[] };

export type OpenInput = Livestream["inputs"][number] & { readonly url: string; readonly streamKey: string };

export class ApiClient {
  /** Every operation of the contract. */
  readonly operations: TandemClient;

  constructor(url: string, token: string) {
    this.operations = new TandemClient({ url, token });
  }

  async create(properties: {
    name: string;
    withDvr?: boolean;
    withBackup?: boolean;
    playbackPolicy?: "public" | "signed";
  }): Promise<OpenLivestream> {
    return opened(await this.operations.createLivestream(properties));
  }

  async get(id: string): Promise<OpenLivestream> {
    return opened(await this.operations.getLivestream(id));
  }

  async list(): Promise<readonly OpenLivestream[]> {
    return (await this.operations.listLivestreams()).items.map(opened);
  }

  async start(id: string): Promise<OpenLivestream> {
    return opened(await this.operations.startLivestream(id));
  }

  async publish(id: string): Promise<OpenLivestream> {
    return opened(await this.operations.publishLivestream(id));
  }

  async switchTo(id: string, instance: "primary" | "secondary"): Promise<OpenLivestream> {
    return opened(await this.operations.switchLivestream(id, instance));
  }

  async stop(id: string): Promise<OpenLivestream> {
    return opened(await this.operations.stopLivestream(id));
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
  when(
    id: string,
    what: string,
    condition: (livestream: OpenLivestream) => boolean,
  ): Promise<OpenLivestream> {
    return until(what, async () => {
      const livestream = await this.get(id);
      return condition(livestream) ? livestream : null;
    });
  }
}

export function opened({ inputs, ...livestream }: Livestream): OpenLivestream {
  return { ...livestream, inputs: inputs.map(openedInput) };
}

function openedInput(input: Livestream["inputs"][number]): OpenInput {
  const { url, streamKey } = input;
  if (url === null || streamKey === null) throw new Error("This token does not see stream keys.");
  return { ...input, url, streamKey };
}
