"""What a recall would meet, looked at before it is opened."""

from inventory.operations import previewing, recalling


def test_a_preview_says_what_a_recall_would_meet(clinic):
    clinic.receive_kits("A17", 3)
    seen = previewing.preview_recall(clinic.kit, ["A17", "Z1", "a17 ", "A17 B2"])
    assert (seen.lots_seen, seen.on_hand) == (("A17",), 3)
    assert seen.lots_unseen == ("A17 B2", "Z1", "a17 ")
    assert seen.several == {"A17 B2": ["A17", "B2"]}


def test_lots_are_read_by_what_ever_came_in(clinic):
    clinic.receive_kits("A,17")
    item, lots = previewing.read_lots(clinic.kit, "A,17\nB,2")
    assert (item.code, lots) == (clinic.kit, ["A,17", "B", "2"])


def test_open_recalls_of_the_same_notice_are_found_however_it_is_written(clinic):
    code = clinic.recall("A17")
    assert previewing.open_under("fsn-2026/07") == [code]
    assert previewing.open_under("FSN 2026-08") == previewing.open_under(" ") == []
    recalling.lift_recall(clinic.act(), code, "sound")
    assert previewing.open_under("FSN 2026-07") == []
