"""Scores of blocks that stand together, against the definitions written out."""

import itertools

import numpy as np
import pytest

from indexer.filters import agreement, content


def chain(scores: list[float]) -> list[float]:
    """Each block's chance of content: the sum over all sequences of content and not, plainly."""
    whole, content = 0.0, np.zeros(len(scores))
    for states in itertools.product((0, 1), repeat=len(scores)):
        chances = [score if state else 1 - score for score, state in zip(scores, states, strict=True)]
        steps = [agreement.CHANGE if one != other else 1 - agreement.CHANGE for one, other in itertools.pairwise(states)]
        whole += np.prod(chances + steps)
        content += np.prod(chances + steps) * np.array(states)
    return [float(each) for each in content / whole]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_company_is_that_of_all_sequences_where_it_is_lower(count: int) -> None:
    scores = np.random.default_rng(count).uniform(0.05, 0.95, count).astype(np.float32)
    plain = np.minimum(scores, chain(scores.tolist()))
    assert agreement.in_company(scores) == pytest.approx(plain, abs=1e-6)


def test_a_teaser_among_menus_falls_and_a_paragraph_among_paragraphs_stays() -> None:
    teaser = agreement.in_company(np.array([0.1, 0.1, 0.65, 0.1, 0.1], np.float32))
    paragraph = agreement.in_company(np.array([0.9, 0.9, 0.65, 0.9, 0.9], np.float32))
    assert teaser[2] < content.OF_AN_ARTICLE - 0.2
    assert paragraph[2] == np.float32(0.65)


def test_blocks_of_one_kind_are_told_alike_by_their_lengths() -> None:
    found = agreement.alike(
        np.array([0.8, 0.2, 0.5], np.float32), np.array([300, 100, 50], np.float32), np.array([0, 0, 1], np.int64)
    )
    assert found == pytest.approx([(0.8 + 0.65) / 2, (0.2 + 0.65) / 2, 0.5])


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_scores_at_the_ends_are_answered(score: float) -> None:
    found = agreement.in_company(np.array([score, 1 - score] * 50_000, np.float32))
    assert np.isfinite(found).all()
    assert agreement.in_company(np.zeros(0, np.float32)).shape == (0,)
