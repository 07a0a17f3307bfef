// Files of Swagger UI imported as files: their paths, inside the single binary too.

declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  const path: string;

  export { path as default };
}

declare module "swagger-ui-dist/swagger-ui.css" {
  const path: string;

  export { path as default };
}
