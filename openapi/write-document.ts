// Writes the committed copy of the document: `bun openapi/write-document.ts`.

import { renderDocument } from "./document.ts";

await Bun.write(new URL("openapi.json", import.meta.url), renderDocument());
