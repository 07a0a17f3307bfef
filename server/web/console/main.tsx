// Where the console's script begins.

import { render } from "preact";
import { App } from "./app.tsx";

const root = document.querySelector("#console");
if (root === null) throw new Error("The page has no #console.");
render(<App />, root);
