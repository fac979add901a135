"""The frame of an act: the ledger lock first, then the key of a retry, then the story.

The story reads, checks and posts. What it answers is kept for a retry; a refusal is an answer too.
"""

import hashlib
import hmac
import json
from collections.abc import Callable

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json
from inventory.domain.places import Site
from inventory.domain.problem import Problem, Sentence, say
from inventory.operations.posting import Act, Answer
from inventory.store import answers, ledger
from inventory.store.errors import Conflict
from inventory.store.prepared import Question, Questions

Story = Callable[[sa.Connection], Answer]


def act_once(
    act: Act,
    site: Site,
    name: str,
    content: Json,
    story: Story,
    *further: Site,
    brief: bool = False,
    ahead: Questions = tuple,
) -> Answer:
    """Do an act at most once, in one transaction, with the ledger lock of its site held.

    Args:
        act: Who, when, with which key.
        site: Whose ledger keeps the key.
        name: Of the act; belongs to what the key stands for.
        content: What was asked; the same key with other content is refused.
        story: Reads, checks and posts.
        *further: Other sites whose ledgers the act touches.
        brief: See `store.transaction`.
        ahead: What the story will ask for in any case.

    Raises:
        Conflict: The key was used for something else (`key-conflict`).
    """
    digest = _digest(json.dumps([name, act.by, content], sort_keys=True))
    sites = [site.id, *(other.id for other in further)]

    def first() -> list[Question]:
        kept_one = [answers.answer_question(site.id, act.key)] if act.key else []
        return [ledger.head_question(site.id), *kept_one, *ahead()]

    with store.transaction(*sites, brief=brief, ahead=first) as connection:
        if act.key:
            kept = answers.find_answer(connection, site.id, act.key)
            if kept is not None:
                return _kept_answer(kept, digest)
        answer = story(connection)
        if act.key:
            body = _as_json(answer)
            answers.add_answer(
                connection, site.id, act.key, answers.KeptAnswer(digest, body), act.at
            )
        return answer


def _digest(asked: str) -> str:
    """What was asked, so that it is known again and nobody can try what it was.

    A wristband's number, or a name typed into a scan field, is guessed in no time where the digest
    has no key.
    """
    return hmac.new(store.keyring().asked, asked.encode(), hashlib.sha256).hexdigest()


def _kept_answer(kept: answers.KeptAnswer, digest: str) -> Answer:
    if kept.content != digest:
        raise Conflict(
            say("This key was used for something else. Reload the page and do it again."),
            "key-conflict",
        )
    read = json.loads(kept.body)
    problems = tuple(
        Problem(code, Sentence(template, values), stops)
        for code, template, values, stops in read["problems"]
    )
    return Answer(read["body"], problems, read["refused"], replayed=True)


def _as_json(answer: Answer) -> str:
    problems = [
        [p.code, p.message.template, dict(p.message.values), p.blocking] for p in answer.problems
    ]
    return json.dumps(
        {"body": answer.body, "problems": problems, "refused": answer.refused}, ensure_ascii=False
    )
