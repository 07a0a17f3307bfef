// The text of a playlist as its lines: tags with their values, and URIs; and what an attribute list holds (rfc8216bis §4.1, §4.2).

/** A tag, its value after the colon, or a URI. Comments and empty lines are none. */
export type Line =
  | { readonly kind: "tag"; readonly name: string; readonly value: string; readonly number: number }
  | { readonly kind: "uri"; readonly uri: string; readonly number: number };

/** Numbers are 1-based, as editors count. */
export function linesOf(text: string): Line[] {
  return text.split(/\r?\n/).flatMap((line, index): Line[] => {
    const number = index + 1;
    if (line.startsWith("#EXT")) {
      const colon = line.indexOf(":");
      const name = colon === -1 ? line.slice(1) : line.slice(1, colon);
      return [{ kind: "tag", name, value: colon === -1 ? "" : line.slice(colon + 1), number }];
    }
    return line === "" || line.startsWith("#") ? [] : [{ kind: "uri", uri: line, number }];
  });
}

export class Attributes {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** As it stands, quotes included; null where there is none. */
  raw(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  /** Of a quoted-string, or of an enumerated-string; null where there is none. */
  text(name: string): string | null {
    return this.raw(name)?.replace(/^"(.*)"$/, "$1") ?? null;
  }

  /** Null where there is none; NaN where it is no number. */
  number(name: string): number | null {
    const value = this.raw(name);
    return value === null ? null : DECIMAL.test(value) ? Number(value) : Number.NaN;
  }

  isYes(name: string): boolean {
    return this.raw(name) === "YES";
  }
}

/** decimal-integer and decimal-floating-point, neither signed. */
export const DECIMAL = /^\d+(\.\d+)?$/;

/** Names are of capitals, digits and dashes; a value is a quoted-string, or has no quote, comma or space in it. */
const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;

/** What could be read of an attribute list, and what is wrong with the rest of it. */
export function readAttributes(list: string): { attributes: Attributes; faults: string[] } {
  const values = new Map<string, string>();
  const faults: string[] = [];
  let at = 0;
  while (at < list.length) {
    ATTRIBUTE.lastIndex = at;
    const [all, name = "", value = "", end] = ATTRIBUTE.exec(list) ?? [];
    if (all === undefined) {
      faults.push(`"${list.slice(at)}" is no attribute list`);
      break;
    }
    if (values.has(name)) faults.push(`${name} stands twice`);
    values.set(name, value);
    at += all.length;
    if (end === "," && at === list.length) faults.push("it ends with a comma");
  }
  return { attributes: new Attributes(values), faults };
}

/** {@link readAttributes}, of a list whose form another rule looks at. */
export function attributesOf(list: string): Attributes {
  return readAttributes(list).attributes;
}
