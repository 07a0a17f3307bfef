// The contract for machines and for people: the OpenAPI document, and a page to read and try it on.

import { Hono } from "hono";
import { version } from "swagger-ui-dist/package.json";
import swaggerUiStyles from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import swaggerUiScript from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };
import { renderDocument } from "#openapi/document.ts";
import { IMMUTABLE } from "#server/common/cache-control.ts";
import type { PublicUrls } from "#server/common/public-urls.ts";
import { docsScript, docsStyleSheet, icon } from "#server/web/assets.ts";

/** Nothing inline and nothing from anywhere else; Swagger UI's icons are `data:`. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Whatever changes with this server's version. */
const FRESH = { "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff" };

/** Whatever changes with Swagger UI's version, which is in its path. */
const FOREVER = {
  "Cache-Control": IMMUTABLE,
  "X-Content-Type-Options": "nosniff",
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Tandem API</title>
    <link rel="icon" type="image/svg+xml" href="assets/${icon.name}">
    <link rel="stylesheet" href="docs/${version}/swagger-ui.css">
    <link rel="stylesheet" href="assets/${docsStyleSheet.name}">
    <script src="docs/${version}/swagger-ui-bundle.js" defer></script>
    <script type="module" src="assets/${docsScript.name}"></script>
  </head>
  <body><div id="swagger-ui"></div></body>
</html>
`;

export function docsRoutes(urls: Pick<PublicUrls, "http">): Hono {
  const routes = new Hono();
  /** Made when it is first asked for: until then the port may not be bound. */
  let document: string | null = null;
  routes.get("/openapi.json", (context) => {
    document ??= renderDocument(urls.http("").replace(/\/$/, ""));
    return context.body(document, 200, { ...FRESH, "Content-Type": "application/json" });
  });
  routes.get("/docs", (context) =>
    context.html(PAGE, 200, {
      ...FRESH,
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "Referrer-Policy": "no-referrer",
    }),
  );
  routes.get(`/docs/${version}/swagger-ui-bundle.js`, () =>
    serveFile(swaggerUiScript, "text/javascript; charset=utf-8"),
  );
  routes.get(`/docs/${version}/swagger-ui.css`, () => serveFile(swaggerUiStyles, "text/css; charset=utf-8"));
  return routes;
}

function serveFile(path: string, contentType: string): Response {
  return new Response(Bun.file(path), { headers: { ...FOREVER, "Content-Type": contentType } });
}
