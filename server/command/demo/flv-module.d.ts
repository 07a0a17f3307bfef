// An FLV file imported as a file: its path, inside the single binary too.

declare module "*.flv" {
  const path: string;

  export { path as default };
}
