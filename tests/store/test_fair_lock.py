"""The lock that serves in the order of asking."""

import threading

import pytest

from inventory.store.fair_lock import FairLock


def test_those_who_wait_are_served_in_the_order_in_which_they_came() -> None:
    lock, served = FairLock(), []

    def ask(number: int) -> None:
        with lock.hold():
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    with lock.hold():
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while len(lock._waiting) < number:
                pass
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_only_one_holds_it_at_a_time() -> None:
    lock, inside, most = FairLock(), [], []

    def work() -> None:
        for _ in range(200):
            with lock.hold():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert len(most) == 800


def test_whoever_fails_gives_it_back() -> None:
    lock = FairLock()

    def fail() -> None:
        with lock.hold():
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with lock.hold():
        assert lock._taken
