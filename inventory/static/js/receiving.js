// A delivery: scanned into a list, booked once, then shown as a receipt.

import { ScanList } from "./scanlist.js";

new ScanList({
  done(body, list) {
    list.draft.end(["location"]);
    location.assign(body.location);
  },
  place(place, list) {
    list.head.set("location", place);
  },
});
