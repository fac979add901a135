"""What the lives of single pieces say of a recall, and how the rings fall short of it."""

from collections import Counter

from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import REVERSE_REASONS, WASTE_REASONS
from tests.domain.worlds import COVERED, NOW, REACH, SITES, what


def exposures_of_the_pieces(world):
    """What each covered piece did in each session, piece by piece."""
    found = Counter()
    for piece in world.pieces:
        if piece.lot not in COVERED:
            continue
        for act in piece.life:
            if act.kind is EntryKind.USE:
                found[act.source[1], piece.lot, piece.unit, "used"] += 1
        if piece.where[1] in SITES:
            found[piece.where[1], piece.lot, piece.unit, "in use"] += 1
    return dict(found)


def sessions_missing(world, exposed):
    """Sessions in which a covered piece was used or still is, and which a list does not name."""
    return {session for session, *_ in exposures_of_the_pieces(world)} - set(exposed)


def acts_in(world, code):
    return [a for a in world.acts if code in (a.source[1], a.destination[1]) and not a.undoes]


def window(world, code):
    opened, closed, *_ = world.sessions[code]
    happened = [act.occurred for act in acts_in(world, code)]
    return min([opened, *happened]), max([opened, NOW if closed is None else closed, *happened])


def in_reach(world, site, begin, end):
    """Whether any covered piece lay at the site in the window, in any way of telling its life."""
    for piece in world.pieces:
        stories = [
            [(act.at, act) for act in piece.log],
            [(act.at, act) for act in piece.life],
            [(act.occurred, act) for act in piece.life],
        ]
        if piece.lot in COVERED and any(
            lies_at(story, site, instant)
            for story in stories
            for tick in range(begin, end + 1)
            for instant in (tick - 0.5, tick)
        ):
            return True
    return False


def lies_at(story, site, instant):
    done = [act for told, act in story if told <= instant]
    if not done:
        # What a count found had been there before.
        return (
            bool(story)
            and story[0][1].source[1] == "VARIANCE"
            and (story[0][1].destination[0] == site)
        )
    last = done[-1]
    lost = last.destination[1] == "VARIANCE" and not last.undoes
    place = last.source if lost else last.destination
    return place[0] == site and what(place) in REACH


def was_corrected(world, code, act):
    closed = world.sessions[code][1]
    reversal = act.undone_by
    return reversal is not None and (
        REVERSE_REASONS[reversal.reason]
        or reversal.undone_by is not None
        or (closed is not None and reversal.at >= closed)
    )


def stands(act):
    return act.undone_by is None or not stands(act.undone_by)


def certain_doubts(world, code):
    """Whether a covered piece itself was there in a way that does not clear the session."""
    return any(
        act.lot in COVERED
        and (
            was_corrected(world, code, act)
            or (act.kind is EntryKind.WASTE and stands(act) and WASTE_REASONS[act.reason])
        )
        for act in acts_in(world, code)
    )


def weak_evidence(world, code):
    """Whether another lot's line, or a missing one, could hide a covered lot."""
    _, _, cancelled, lacking = world.sessions[code]
    if lacking and not cancelled:
        return True
    for act in acts_in(world, code):
        if act.lot in COVERED:
            continue
        if was_corrected(world, code, act):
            return True
        weak = act.entered == "typed" or act.overridden
        if weak and act.kind is EntryKind.OPEN and stands(act) and kept(world, code):
            return True
    return False


def kept(world, code):
    """Whether the session kept any piece of the lot that is not covered."""
    return any(
        piece.where[1] == code
        or any(
            a.source[1] == code and a.kind in (EntryKind.USE, EntryKind.WASTE) for a in piece.life
        )
        for piece in world.pieces
        if piece.lot not in COVERED
    )


def ring_of(found):
    """Session to how serious its ring is; 3 for exposed."""
    ranks = {judged.session.code: 1 for judged in found.excluded}
    ranks |= {judged.session.code: 2 for judged in found.cannot_be_excluded}
    return ranks | {line.session.code: 3 for line in found.exposed}


def doubts_missing(world, found):
    """Sessions that the model doubts and that stand in neither of the two serious rings."""
    ranks = ring_of(found)
    return {
        code
        for code in SITES
        if ranks.get(code, 0) < 2
        and (
            certain_doubts(world, code)
            or (weak_evidence(world, code) and in_reach(world, SITES[code], *window(world, code)))
        )
    }
