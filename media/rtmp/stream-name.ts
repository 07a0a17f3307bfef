// What a client asked for, however it split the address: the application, the stream's name, and the query of either.

/** What is published or played. */
export interface StreamName {
  /** First component of the path. */
  readonly app: string;
  /** The other components, joined by `/`. Only ever looked up: nothing is named after it. */
  readonly streamName: string;
  /** What both halves carry; where they disagree the stream's value stands. */
  readonly query: ReadonlyMap<string, string>;
}

/** An instance of an application that some clients add by themselves. */
const DEFAULT_INSTANCE = "_definst_";

/**
 * Clients cut `rtmp://host/a/b/c` where they like: the path counts, not the cut. Each half may carry a query, which begins
 * at its first `?` and may hold slashes.
 */
export function parseStreamName(app: string, stream: string): StreamName {
  const [appPath, appQuery] = splitQuery(app);
  const [streamPath, streamQuery] = splitQuery(stream);
  const [first = "", ...rest] = [...componentsOf(appPath), ...componentsOf(streamPath)];
  return {
    app: first,
    streamName: rest.join("/"),
    query: new Map([...pairsOf(appQuery), ...pairsOf(streamQuery)]),
  };
}

/** As {@link parseStreamName}, for a player: some name the container, before the stream's name or behind it. */
export function parsePlayName(app: string, stream: string): StreamName {
  const parsed = parseStreamName(app, stream.replace(/^(?:flv|mp4):/, ""));
  return { ...parsed, streamName: parsed.streamName.replace(/\.flv$/, "") };
}

function splitQuery(text: string): [path: string, query: string] {
  const at = text.indexOf("?");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((component) => component !== "" && component !== DEFAULT_INSTANCE);
}

function pairsOf(query: string): [name: string, value: string][] {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at === -1
        ? [percentDecoded(pair), ""]
        : [percentDecoded(pair.slice(0, at)), percentDecoded(pair.slice(at + 1))];
    });
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
