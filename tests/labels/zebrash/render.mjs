// Reads {zpl, width, height, dpmm} as JSON, writes the pictures as a JSON list of base64 PNG.

import { readFileSync } from "node:fs";
import { ready } from "zpl-renderer-js";

const { api } = await ready;
const { zpl, width, height, dpmm } = JSON.parse(readFileSync(0, "utf8"));
const pictures = JSON.stringify(await api.zplToBase64MultipleAsync(zpl, width, height, dpmm));
process.stdout.write(pictures, () => process.exit(0));
