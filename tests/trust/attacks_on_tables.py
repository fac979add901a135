"""What somebody with SQL may do to the tables that entries speak of."""

from tests.trust.victim import (
    Attack,
    Victim,
    entry_about,
    first_movement,
    recall_entry,
    session_entry,
)


def edit_a_movement(victim: Victim) -> str:
    return victim.strike(30, "UPDATE movement SET quantity = 2 WHERE entry_id = :entry")


def slip_a_movement_in(victim: Victim) -> str:
    return victim.strike(
        30,
        "INSERT INTO movement (id, entry_id, line, lot_id, unit_id, step, source_id,"
        " destination_id, quantity, entered, overridden) SELECT 99999, entry_id, 2, lot_id,"
        " NULL, NULL, source_id, destination_id, quantity, entered, overridden FROM movement"
        " WHERE entry_id = :entry",
    )


def take_a_movement_out(victim: Victim) -> str:
    return victim.strike(30, "DELETE FROM movement WHERE entry_id = :entry")


def change_a_lot_number(victim: Victim) -> str:
    victim.run("UPDATE lot SET number = 'A71' WHERE number = 'A17'")
    return first_movement(victim, "A17")


def change_an_expiry(victim: Victim) -> str:
    victim.run("UPDATE lot SET expires_on = '2031-01-01' WHERE number = 'A17'")
    return first_movement(victim, "A17")


def give_units_to_another_lot(victim: Victim) -> str:
    victim.run("UPDATE unit SET lot_id = (SELECT id FROM lot WHERE number = 'S1')")
    return first_movement(victim, "A17")


def change_a_unit_code(victim: Victim) -> str:
    victim.run(
        "UPDATE unit SET code = 'KTXXXXXXXXX' WHERE code = :unit", unit=victim.history.units[0]
    )
    return first_movement(victim, "A17")


def take_a_lot_out_of_a_recall(victim: Victim) -> str:
    victim.run("DELETE FROM recall_scope WHERE lot_number = 'A18'")
    return recall_entry(victim)


def change_the_words_of_a_recall(victim: Victim) -> str:
    victim.run("UPDATE recall SET reason = 'none' WHERE code = :code", code=victim.history.recall)
    return recall_entry(victim)


def point_a_session_at_another_patient(victim: Victim) -> str:
    one, two = victim.history.sessions[:2]
    victim.run(
        "UPDATE patient_session SET patient_id ="
        " (SELECT patient_id FROM patient_session WHERE code = :two) WHERE code = :one",
        one=one,
        two=two,
    )
    return session_entry(victim, one)


def exchange_what_two_sessions_hold(victim: Victim) -> str:
    """Each session points at the other's place: what one patient got, the other has."""
    one, two = victim.history.sessions[:2]
    places_of = {
        code: victim.one("SELECT place_id FROM patient_session WHERE code = :code", code=code)
        for code in (one, two)
    }
    for code, place in ((one, None), (two, places_of[one]), (one, places_of[two])):
        victim.run(
            "UPDATE patient_session SET place_id = :place WHERE code = :code",
            place=99999 if place is None else place,
            code=code,
        )
    return session_entry(victim, one)


def slip_a_session_in(victim: Victim) -> str:
    victim.run(
        "INSERT INTO patient_session (id, code, site_id, location_id, place_id, procedure_id,"
        " patient_id, opened_at, retain_until) SELECT 99999, 'PSXXXXXXXXX', site_id, location_id,"
        " 99999, procedure_id, patient_id, opened_at, retain_until FROM patient_session"
        " WHERE code = :code",
        code=victim.history.sessions[0],
    )
    return "-"


def call_a_used_place_a_store(victim: Victim) -> str:
    """What was used is on the shelf again, without a movement."""
    victim.run("UPDATE location SET kind = 'STORE' WHERE code = 'TO-USED'")
    return "-"


def make_an_item_reusable(victim: Victim) -> str:
    victim.run("UPDATE item SET single_use = false")
    return "-"


def change_a_supplier(victim: Victim) -> str:
    victim.run(
        "UPDATE receipt SET supplier = 'Other' WHERE code = :code", code=victim.history.receipt
    )
    return entry_about(victim, victim.history.receipt)


def change_a_delivery_note(victim: Victim) -> str:
    victim.run(
        "UPDATE receipt SET document = 'DDT 8' WHERE code = :code", code=victim.history.receipt
    )
    return entry_about(victim, victim.history.receipt)


def date_a_delivery_back(victim: Victim) -> str:
    victim.run("UPDATE receipt SET at = '2026-01-01 08:00:00+00:00'")
    return first_movement(victim, "A17")


def remove_a_delivery(victim: Victim) -> str:
    victim.run("DELETE FROM receipt WHERE code = :code", code=victim.history.receipt)
    return entry_about(victim, victim.history.receipt)


def change_a_serial(victim: Victim) -> str:
    victim.run("UPDATE unit SET serial = 'S-2' WHERE serial = 'S-1'")
    return entry_about(victim, victim.history.receipt)


def take_a_serial_off(victim: Victim) -> str:
    victim.run("UPDATE unit SET serial = NULL WHERE serial = 'S-1'")
    return entry_about(victim, victim.history.receipt)


def give_a_serial(victim: Victim) -> str:
    """To a unit that came without one."""
    victim.run("UPDATE unit SET serial = 'S-3' WHERE code = :unit", unit=victim.history.units[0])
    return first_movement(victim, "A17")


def say_that_another_opened_a_recall(victim: Victim) -> str:
    victim.run(
        "UPDATE recall SET opened_by = 'luca' WHERE code = :code", code=victim.history.recall
    )
    return recall_entry(victim)


def date_a_recall_back(victim: Victim) -> str:
    victim.run("UPDATE recall SET opened_at = '2026-01-01 08:00:00+00:00'")
    return recall_entry(victim)


def date_a_session_back(victim: Victim) -> str:
    one = victim.history.sessions[0]
    victim.run(
        "UPDATE patient_session SET opened_at = '2026-01-01 08:00:00+00:00' WHERE code = :code",
        code=one,
    )
    return session_entry(victim, one)


def remove_the_reason_of_a_lifting(victim: Victim) -> str:
    """The note in which somebody said why a recall was lifted."""
    victim.run("DELETE FROM note")
    return entry_about(victim, victim.history.lifted, "LIFT_RECALL")


def damage_the_reason_of_a_lifting(victim: Victim) -> str:
    victim.run("UPDATE note SET sealed = (SELECT leaf FROM entry WHERE id = 1)")
    return entry_about(victim, victim.history.lifted, "LIFT_RECALL")


def change_a_corrected_expiry(victim: Victim) -> str:
    victim.run("UPDATE lot_expiry SET expires_on = '2031-01-31'")
    return victim.history.corrected


def remove_a_corrected_expiry(victim: Victim) -> str:
    """What counts is the day that was booked wrong."""
    victim.run("DELETE FROM lot_expiry")
    return victim.history.corrected


def give_a_corrected_expiry_to_another_lot(victim: Victim) -> str:
    victim.run("UPDATE lot_expiry SET lot_id = (SELECT id FROM lot WHERE number = 'S2')")
    return victim.history.corrected


def correct_an_expiry_with_an_old_entry(victim: Victim) -> str:
    """On the entry that booked the lot in: no movement of it follows, so none says otherwise."""
    _slip_correction_in(victim, "SELECT id FROM entry WHERE about = :code")
    return entry_about(victim, victim.history.receipt)


def correct_an_expiry_with_no_entry(victim: Victim) -> str:
    _slip_correction_in(victim, "SELECT 999999 FROM entry WHERE about = :code")
    return "-"


def _slip_correction_in(victim: Victim, entry: str) -> None:
    victim.run(
        "INSERT INTO lot_expiry (entry_id, lot_id, expires_on, expires_printed)"
        f" SELECT ({entry}), id, '2031-01-31', '' FROM lot WHERE number = 'A20'",
        code=victim.history.receipt,
    )


def give_a_patient_another_former_name(victim: Victim) -> str:
    victim.run("UPDATE patient_former SET name = (SELECT max(name) FROM patient)")
    return victim.history.renamed


def remove_a_former_name(victim: Victim) -> str:
    victim.run("DELETE FROM patient_former")
    return victim.history.renamed


def slip_a_former_name_in(victim: Victim) -> str:
    """As if an old entry had overwritten a name."""
    victim.run(
        "INSERT INTO patient_former (entry_id, patient_id, name, birth_date)"
        " SELECT (SELECT id FROM entry WHERE about = :code), patient_id, name, birth_date"
        " FROM patient_former",
        code=victim.history.receipt,
    )
    return entry_about(victim, victim.history.receipt)


ON_TABLES: tuple[Attack, ...] = (
    edit_a_movement,
    slip_a_movement_in,
    take_a_movement_out,
    change_a_lot_number,
    change_an_expiry,
    change_a_corrected_expiry,
    remove_a_corrected_expiry,
    give_a_corrected_expiry_to_another_lot,
    correct_an_expiry_with_an_old_entry,
    correct_an_expiry_with_no_entry,
    give_a_patient_another_former_name,
    remove_a_former_name,
    slip_a_former_name_in,
    give_units_to_another_lot,
    change_a_unit_code,
    take_a_lot_out_of_a_recall,
    change_the_words_of_a_recall,
    point_a_session_at_another_patient,
    exchange_what_two_sessions_hold,
    slip_a_session_in,
    call_a_used_place_a_store,
    make_an_item_reusable,
    change_a_supplier,
    change_a_delivery_note,
    date_a_delivery_back,
    remove_a_delivery,
    change_a_serial,
    take_a_serial_off,
    give_a_serial,
    say_that_another_opened_a_recall,
    date_a_recall_back,
    date_a_session_back,
    remove_the_reason_of_a_lifting,
    damage_the_reason_of_a_lifting,
)
