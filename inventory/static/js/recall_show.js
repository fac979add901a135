// A recall's page: the draft that led here is done with.

import { endDraft } from "./recall_draft.js";

endDraft(document.querySelector("[data-kt-opened-by]").dataset.ktOpenedBy);
