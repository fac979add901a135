"""A clinic with one of each thing that a form is about, for the tests of every form."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from inventory import store
from inventory.store.provisional import is_provisional
from tests.auditing import holdings
from tests.clinic import SALINE
from tests.web.conftest import enrol
from tests.web.working import Browser, Working


@dataclass
class World(Working):
    """A clinic with one of each thing that a form is about, made when the first form needs it."""

    language: str = "en"
    seen: str = ""
    told: set[str] = field(default_factory=set)
    _held: tuple[Any, ...] | None = None

    def held(self, *, again: bool = False) -> tuple[Any, ...]:
        """What there is of everything that a form may add or change.

        Args:
            again: Whether to look again, though nothing was taken since.
        """
        if again or self._held is None:
            with self.app.app_context(), store.reading() as connection:
                self._held = holdings(connection)
        return self._held

    def changed(self) -> None:
        """Something was taken: look again next time."""
        self._held = None

    def fresh(self, made: str, is_good: Callable[[str], bool], make: Callable[[], str]) -> str:
        """A thing that a form may use up: the one of before as long as it is good."""
        kept = self.__dict__.setdefault("_fresh", {})
        if made not in kept or not is_good(kept[made]):
            kept[made] = make()
            self.changed()
        return str(kept[made])

    @cached_property
    def kits(self) -> list[str]:
        """Units on hand."""
        return list(self.clinic.receive_kits("A17", 40))

    @cached_property
    def saline(self) -> str:
        """A lot on hand; its number."""
        for _ in range(3):
            answer = self.clinic.receive(self.clinic.label("S-1", gtin=SALINE), packs=900)
            assert not answer.refused, answer.problems
        return "S-1"

    @property
    def session(self) -> str:
        """An open session with saline and a kit in it, neither with an outcome."""
        return self.fresh("session", self._has_pending, self._open_session)

    def _has_pending(self, code: str) -> bool:
        return sum(line.in_session for line in self.clinic.lines(code)) > 20

    def _open_session(self) -> str:
        lot = self.saline
        code = str(self.clinic.open_session(f"MRN {len(self.kits)}"))
        assert not self.clinic.scan(code, self.kits.pop()).refused
        answer = self.clinic.type_by_hand(code, self.clinic.saline, lot, quantity=60)
        assert not answer.refused, answer.problems
        return code

    @property
    def opening(self) -> str:
        """The entry by which saline was opened in the session."""
        [line] = [x for x in self.clinic.lines(self.session) if x.item == self.clinic.saline]
        return str(line.entry)

    @cached_property
    def receipt(self) -> str:
        """A delivery with labelled pieces."""
        return str(self.clinic.receive(self.clinic.label("A18"), packs=2).body["code"])

    @cached_property
    def recall(self) -> str:
        """A recall of a lot that never came."""
        return str(self.clinic.recall("NEVER"))

    @cached_property
    def lot(self) -> int:
        """The key of a lot."""
        said = self.clinic.receive(self.clinic.label("H-1"), packs=1)
        return int(said.body["lines"][0]["lot_id"])

    @cached_property
    def workstation(self) -> str:
        """The code of a workstation, which the admin's and the nurse's browsers are."""
        admin = self.as_role("admin")
        answer = admin.send("/workstations/", name="Room 1, cart", here="yes")
        code = answer.request.path.rpartition("/")[2]
        return str(code)

    @cached_property
    def is_here(self) -> bool:
        """Whether the admin's browser says that it is the workstation."""
        answer = self.as_role("admin").send("/workstations/here", code=self.workstation)
        return answer.status_code == 200

    @property
    def provisional(self) -> str:
        """An item of which only the code is known."""
        return self.fresh("provisional", self._is_provisional, self._add_provisional)

    def _is_provisional(self, code: str) -> bool:
        with self.app.app_context(), store.reading() as connection:
            return is_provisional(connection, code)

    def di(self) -> str:
        """A GTIN that no item has yet."""
        count = self.__dict__["_count"] = self.__dict__.get("_count", 0) + 1
        body = f"0952123499{count:03d}"
        return f"{body}{-sum(int(x) * (3, 1)[i % 2] for i, x in enumerate(reversed(body))) % 10}"

    def _add_provisional(self) -> str:
        lines = [{"barcodes": [f"01{self.di()}"]}]
        answer = send(
            self.as_role("pharmacist"),
            "/items/provisional",
            {"head": {"kind": "fluid"}, "lines": lines},
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json["item"] if "item" in answer.json else answer.json["code"])

    @cached_property
    def leaver(self) -> str:
        """Somebody whose rights may change."""
        enrol(self.app, "leaver", "nurse")
        return "leaver"


def send(browser: Browser, path: str, body: Any, key: str = "") -> Any:
    """What a script of a page sends."""
    headers = {"X-CSRFToken": browser.token, "Accept": "application/json", "Idempotency-Key": key}
    return browser.client.post(path, json=body, headers=headers)
