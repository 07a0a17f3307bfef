// Every address that an answer carries: in its headers, and in its body by what kind of body it is.

/** Whole, as its reader would make it. */
export type Address = string;

/** Whatever is written like a whole address within a text: the characters that end it are not part of one there. */
const WHOLE_ADDRESS = /\b(?:https?|rtmps?):\/\/[^\s"'<>`()[\]{}\\,;]+[^\s"'<>`()[\]{}\\,;.:…]/g;

/** Members whose value is an address, however it is written. */
const ADDRESS_MEMBER = /^(\$ref|url|uri|href|src)$|(Url|Uri|_url|_uri)$/;

/** Attributes likewise, by CSS selector. */
const ADDRESS_ATTRIBUTES = {
  "[href]": "href",
  "[src]": "src",
  "[poster]": "poster",
  "[action]": "action",
  "[srcset]": "srcset",
  "meta[property='og:url'], meta[property='og:image'], meta[property='og:video']": "content",
};

export async function addressesIn(url: string, headers: Headers, body: string): Promise<Address[]> {
  const written = [...inHeaders(headers), ...(await inBody(headers.get("Content-Type") ?? "", body))];
  return [...new Set(written.filter((each) => !/^(data|blob):|^#/.test(each)))].map(
    (each) => new URL(each, url).href,
  );
}

function inHeaders(headers: Headers): string[] {
  const links = Array.from(headers.get("Link")?.matchAll(/<([^>]*)>/g) ?? [], ([, link = ""]) => link);
  return ["Location", "Content-Location", "Refresh"]
    .map((name) => headers.get(name))
    .filter((each) => each !== null)
    .concat(links);
}

async function inBody(contentType: string, body: string): Promise<string[]> {
  const [type = ""] = contentType.split(";");
  switch (type.trim()) {
    case "application/json":
      return inValue(JSON.parse(body), "");
    case "text/event-stream":
      return Array.from(body.matchAll(/^data: (.+)$/gm), ([, data = ""]) =>
        inValue(JSON.parse(data), ""),
      ).flat();
    case "text/html":
      return [...(await inMarkup(body)), ...inText(body)];
    case "application/vnd.apple.mpegurl":
      return inPlaylist(body);
    case "text/css":
      return [
        ...inText(body),
        ...Array.from(body.matchAll(/url\(["']?([^"')]+)/g), ([, address = ""]) => address),
      ];
    case "text/plain":
    case "text/javascript":
      return inText(body);
    default:
      return [];
  }
}

function inValue(value: unknown, member: string): string[] {
  if (typeof value === "string") {
    return ADDRESS_MEMBER.test(member) && !value.startsWith("#") ? [value] : inText(value);
  }
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, each]) => inValue(each, isList ? member : name));
}

function inText(text: string): string[] {
  return text.match(WHOLE_ADDRESS) ?? [];
}

async function inMarkup(html: string): Promise<string[]> {
  const found: string[] = [];
  const rewriter = new HTMLRewriter();
  for (const [selector, attribute] of Object.entries(ADDRESS_ATTRIBUTES)) {
    rewriter.on(selector, {
      element: (element) => void found.push((element.getAttribute(attribute) ?? "").replaceAll("&amp;", "&")),
    });
  }
  await rewriter.transform(new Response(html)).text();
  return found.filter((address) => address !== "");
}

/** What a playlist says is not there, an EXT-X-GAP or a part with GAP=YES, nobody asks for (rfc8216bis §4.4.4.7, §6.3.8). */
function inPlaylist(text: string): string[] {
  const there = text.replace(/^#EXT-X-GAP\n(#.*\n)*[^#\n].*$|^#EXT-X-PART:.*GAP=YES.*$/gm, "");
  const lines = there.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return [...lines, ...Array.from(there.matchAll(/URI="([^"]+)"/g), ([, address = ""]) => address)];
}
