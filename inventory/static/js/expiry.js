// The expiry of a lot: a scan lands in its field and is sent with the rest of the form.

import { listen } from "./wedge.js";

const field = document.querySelector("[data-scan]");
listen(field, (text) => { field.value = text; });
