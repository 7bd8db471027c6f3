"""Filters label; here each on blocks made by hand, and banners by their own examples."""

import random
import re
import time
from dataclasses import replace

import numpy as np
import pytest

from indexer.blocks import Block, Head, Label, Outline
from indexer.errors import BadRules
from indexer.filters import banners, content, context, density, endings, features, label, menus, names, posts, wording
from indexer.filters.banners import Family, families
from indexer.filters.containers import Containers
from indexer.filters.trees import Trees

PROSE = "The keeper carried two cans of oil up the stairs every evening, filled the lamp and wrote the hour into a book. " * 2


def outlined(*blocks: Block, flat: bool = False) -> Outline:
    return Outline(blocks=tuple(replace(block, index=index) for index, block in enumerate(blocks)), flat=flat)


def verdicts(outline: Outline) -> list[str]:
    """`+` where no label doubts a block, else `-`."""
    return ["+" if all(each.keep for each in block.labels) else "-" for block in outline.blocks]


def p(text: str = PROSE, *classes: str, path: tuple[str, ...] = ("body", "p"), linked: int = 0) -> Block:
    return Block(text, path, classes, linked)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_finds_and_leaves_what_it_says(family: Family) -> None:
    assert family.positive
    assert family.negative
    for text in family.positive:
        assert list(family.spans(text)), text
    for text in family.negative:
        assert not list(family.spans(text)), text


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_family_is_tried_wherever_it_finds_something(family: Family) -> None:
    """The quick way by hints, first words and whole lines agrees with trying every family on every text."""
    for text in family.positive:
        blocks = banners.label(outlined(p(PROSE), p(text))).blocks[1:]
        assert any(block.labels for block in blocks), text
        assert all(hint == hint.lower() for hint in family.hints)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_a_hostile_text_takes_linear_time(family: Family) -> None:
    """A million characters that begin like a banner, again and again."""
    begun = [text[: len(text) // 2] + " " for text in family.positive[:8]] + [f"{hint} " for hint in family.hints[:4]]
    for unit in (*begun, "a ", "Warning: a in /", "#1 x ", "a.", "we use a a a a ", "{{", "requires the "):
        text = (unit * (1_000_000 // len(unit) + 1))[: 1_000_000 if family.inside else family.longest]
        before = time.process_time()
        list(family.spans(text))
        assert time.process_time() - before < 2, unit


RULES = """
[[family]]
name = "tide clock"
hints = ["tide clock"]
patterns = ['^The tide clock is \\w+ today\\.$']
positive = ["The tide clock is broken today."]
negative = ["The tide clock of 1911 hangs in the hall."]
"""


def test_a_user_s_family_is_found_beside_ours() -> None:
    found = label(outlined(p("The tide clock is stopped today."), p(), p("Please enable JavaScript to go on.")), RULES)
    assert [block.labels[0].reason for block in found.blocks if block.labels and not block.labels[0].keep] == [
        "banner: tide clock", "banner: javascript notice"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[[family", "no TOML"),
        (RULES.replace("positive", "examples"), "“tide clock” has no positive"),
        (RULES.replace("negative", "others"), "has no negative"),
        (RULES.replace("broken today", "broken"), "does not find its example"),
        (RULES.replace("of 1911 hangs in the hall", "is right today"), "finds what it should leave"),
        (RULES.replace("^The", "(The"), "no regular expression"),
        (RULES.replace("['^", "'^").replace("$']", "$'"), "has no patterns"),
    ],
)
def test_rules_that_cannot_be_used_are_named(rules: str, said: str) -> None:
    with pytest.raises(BadRules, match=said):
        families(rules)


def test_rules_that_find_nothing_any_more_are_told() -> None:
    removed = [("banner: tide clock", "The tide clock is broken today.")]
    assert banners.unused(removed, RULES) == []
    assert len(banners.unused([], RULES)) == 1
    assert banners.unused([("banner: php error", "The tide clock is broken today.")], RULES) != []
    ours = [(f"banner: {family.name}", text) for family in families() for text in family.positive]
    assert banners.unused(ours) == []
    assert len(banners.unused([])) == len(families())


def test_a_banner_inside_a_line_is_cut_out() -> None:
    line = (
        "Error message Missing or incomplete installation of the jReject library! Please follow the instructions from "
        "README.txt to get it. The lamp was lit at six."
    )
    first, second = banners.label(outlined(p(line), flat=True)).blocks
    assert first.text.startswith("Error message Missing")
    assert first.text.endswith("get it.")
    assert first.labels[0].reason == "banner: cms status message"
    assert (second.text, second.labels, second.index) == ("The lamp was lit at six.", (), 1)


def test_two_banners_in_one_line_leave_what_is_between() -> None:
    line = "Notice: Undefined index: a in /w/x.php on line 3 The lamp. Warning: b() failed in /w/y.php on line 4 The end."
    found = banners.label(outlined(p(line), flat=True)).blocks
    assert [(b.text, bool(b.labels)) for b in found][1::2] == [("The lamp.", False), ("The end.", False)]
    assert [bool(b.labels) for b in found] == [True, False, True, False]


def test_an_article_about_a_banner_stays() -> None:
    text = "Sites say “we use cookies” since the law of 2009, and readers click it away without a thought. " * 12
    assert verdicts(banners.label(outlined(p(text)))) == ["+"]


def page(*middle: Block) -> Outline:
    """A page as most are: a menu, a headline, three paragraphs and what is given, links to others, a footer."""
    menu = [Block(f"Section {n}", ("body", "nav", "ul", "li"), ("nav", "menu"), 9, places=(1, 2, 3, 10 + n)) for n in range(6)]
    head = Block("The keeper's stairs", ("body", "main", "h1"), ("content",), places=(1, 4, 20))
    text = [Block(f"{PROSE} {n}", ("body", "main", "div", "p"), ("content", "entry"), places=(1, 4, 5, 30 + n)) for n in range(3)]
    foot = [
        Block(f"About {n}", ("body", "footer", "ul", "li"), ("footer", "links"), 7, places=(1, 6, 7, 40 + n)) for n in range(5)
    ]
    every = (*menu, head, *text, *middle, *foot)
    return Outline(blocks=tuple(replace(block, index=index) for index, block in enumerate(every)))


def test_the_model_parts_a_page() -> None:
    assert "".join(verdicts(content.label(page()))[:6]) == "------"
    assert "".join(verdicts(content.label(page()))[7:10]) == "+++"
    assert "".join(verdicts(content.label(page()))[10:]) == "-----"


def test_the_model_says_where_a_block_stands_or_which_features_weighed() -> None:
    aside = Block("Tides today", ("body", "div", "p"), ("widget",), 11, places=(1, 50, 51))
    blocks = content.label(page(aside)).blocks
    assert blocks[0].labels[-1].reason == "in navigation"
    told = re.fullmatch(r"(.+): score 0\.\d of 0\.\d", blocks[10].labels[-1].reason)
    assert told is not None
    assert set(content._SPOKEN) <= {*features.NAMES, *context.NAMES}
    assert set(told[1].split(", ")) <= {*features.NAMES, *context.NAMES, *content._SPOKEN.values()}


def test_an_endings_doubt_stands_only_where_the_model_agrees() -> None:
    doubted = page(Block(PROSE, ("body", "main", "div", "p"), ("content", "entry"), places=(1, 4, 5, 34)).labelled("ending", "x", keep=False))
    labels = content.label(doubted).blocks[10].labels
    assert [each.name for each in labels] == ["content"]
    assert labels[0].keep


def test_a_banners_verdict_is_not_asked_again() -> None:
    banner = Block(PROSE, ("body", "main", "div", "p"), places=(1, 4, 5, 34)).labelled("banner", "x", keep=False)
    assert [each.name for each in content.label(page(banner)).blocks[10].labels] == ["banner"]


def test_every_block_has_every_feature() -> None:
    table = features.measure(page()).table
    assert table.shape == (15, len(features.NAMES))
    assert np.isfinite(table).all()
    named = dict(zip(features.NAMES, table[7], strict=True))
    assert (named["in main"], named["in nav"], named["tag p"], named["named article"], named["link share"]) == (1, 0, 1, 0, 0)
    assert named["container 2: prose share"] == 1
    assert (named["in the main container"], features.measure(page(*page().blocks[:0])).table.shape) == (1, (15, len(features.NAMES)))


#: Texts whose words, signs and names the fast ways might count otherwise than the plain ones.
ODD = (
    "It cost $20, or 18 EUR; 50% off", "ΟΔΟΣ Σ. ΑΣ", "İstanbul'da 3 gün", "a_b c__d 1,000.5", "日本語、テスト，三", "\U0001f600 x \U00010400y",
    "Ünïcode ÀÉ, ß", "only", "€", "—", "x\uffffy", "price: 5 uſd", "Äpfel | Birnen", "line\nbreak", "word " * 200, "٣ usd",
)  # fmt: skip


def test_words_of_all_texts_at_once_are_those_of_each_alone() -> None:
    head = Head(title="It cost x word", meta=(("description", "Äpfel and 3 line"),))
    outline = replace(outlined(*map(p, ODD), Block("x Birnen word", ("body", "h1")), p(ODD[0])), head=head)
    table = features.measure(outline).table
    title, described, headline = (set(wording.words_of_text(text)) for text in (head.title or "", head.meta[0][1], "x Birnen word"))
    for block, row in zip(outline.blocks, table, strict=True):
        sample = block.text[: wording.SAMPLE]
        words = wording.words_of_text(sample.replace("\uffff", " "))
        told = dict(zip(features.NAMES, row.tolist(), strict=True))
        shares = [len({*words} & line) / max(1, len({*words})) for line in (title, described, headline)]
        assert [told[f"words {name}"] for name in ("in the title", "in the description", "of the h1")] == pytest.approx(shares)
        assert told["wording"] == pytest.approx(wording.of_text({*words}, wording.first(words)), abs=1e-5)
        signs = (",，、", "0123456789", [c for c in sample if re.match(r"[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f]", c)])
        counted = [sum(c in some for c in sample) / len(sample) for some in signs]
        assert [told[name] for name in ("commas", "digits", "capitals")] == pytest.approx(counted)
        assert told["stands elsewhere too"] == (block.text == ODD[0])
    assert table[0, features.NAMES.index("page: prices")] == pytest.approx(4 / 18)  # the first twice, and both in usd


def test_names_of_all_sets_at_once_say_what_each_set_says() -> None:
    known = [word.strip("~") for word in wording.weights()["names"] if word]
    chance = random.Random(1)
    some = [*known[::7], "x1", "", "\udcff", "b\u00fchne-nav", "two\nlines", "Nav", "-".join(known[:99]), *map("-".join, zip(known[1::9], known[2::9], strict=False))]
    sets = [(), ("nav",) * 9, *(tuple(chance.choices(some, k=chance.randrange(12))) for _ in range(names.AT_ONCE + 50))]
    table = names.measure(sets)
    assert table[:, -1] == pytest.approx([wording.of_names(each) for each in sets], abs=1e-5)
    said = [wording.words_of_names(each) for each in sets]
    assert table[:, :-1].tolist() == [
        [*(word in each for word in names.WORDS), *(f"~{word}" in each for word in names.NEAR_WORDS)] for each in said
    ]
    assert names.measure([]).shape == (0, len(names.NAMES))
    assert names.measure([()])[0, -1] == pytest.approx(wording.of_names(()))


def test_trees_add_up_and_say_what_each_feature_added() -> None:
    trees = Trees.read(
        {
            "features": ["length", "links"],
            "depth": 2,
            "trees": [
                [[0, 10, 1, 2, 0.5], [0, 0, 0, 0, -1], [1, 0.5, 3, 4, 1], [0, 0, 0, 0, 2], [0, 0, 0, 0, 0]],
                [[1, 0.2, 1, 2, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, -1]],
            ],
        }
    )
    table = np.array([[5, 0], [20, 0.1], [20, 0.9]], np.float32)
    scores, credited = trees.scores(table), trees.credited(table)
    assert np.allclose(np.log(scores / (1 - scores)), [-1 + 1, 2 + 1, 0 - 1])
    assert np.allclose(credited, [[-1.5, 1], [0.5, 2], [0.5, -2]])
    assert np.allclose(trees.credited(table, 1), [[-1.5, 0], [0.5, 1], [0.5, -1]]), "the first tree alone"


def test_containers_hold_what_a_walk_over_all_ways_finds() -> None:
    blocks = page(Block("Alone")).blocks
    sizes = np.array([len(block.text) for block in blocks], np.float64)
    containers = Containers.of(blocks)
    held = containers.sums(sizes)
    for place in {place for block in blocks for place in block.places}:
        assert held[place] == sum(len(block.text) for block in blocks if place in block.places)
    assert held[-1] == 0
    for level in range(6):
        plain = [block.places[-1 - level] if level < len(block.places) else -1 for block in blocks]
        assert containers.outwards(level).tolist() == plain
    assert containers.shared(np.array([1, 4, 5])).tolist() == [1] * 6 + [2] + [3] * 3 + [0] + [1] * 5


def plain_containers(blocks: tuple[Block, ...], prose: list[int]) -> tuple[list[list[float]], list[int]]:
    """Block by block and element by element: each container's shares and counts, and the levels to the main container."""
    rows, mains, way = [], [], ()
    whole = max(1, sum(prose))
    held = {place: [b for b in blocks if place in b.places] for block in blocks for place in block.places}
    words = {place: sum(prose[b.index] for b in some) for place, some in held.items()}
    for block in blocks:
        row: list[float] = []
        for place in block.places[: -features.LEVELS - 1 : -1]:
            some = held[place]
            same = sum((b.path, b.classes[-2:]) == (block.path, block.classes[-2:]) and place in b.places[-5:] for b in some)
            size = sum(len(b.text) for b in some)
            row += [words[place] / whole, sum(b.linked for b in some) / size, len(some), size / len(some), same / len(some)]
        rows.append(row + [-1] * (5 * features.LEVELS - len(row)))
        depth, above = 0, whole
        while depth < len(block.places) and words[block.places[depth]] > features.MAIN * above:
            above = words[block.places[depth]]
            depth += 1
        way = block.places[:depth] if depth > len(way) else way
    for block in blocks:
        common = 0
        while common < min(len(way), len(block.places)) and block.places[common] == way[common]:
            common += 1
        mains.append(len(way) - common)
    return rows, mains


@pytest.mark.parametrize("seed", range(20))
def test_containers_by_arrays_agree_with_block_by_block(seed: int) -> None:
    chance = random.Random(seed)
    blocks, place, way = [], 0, [0]
    for _ in range(chance.randrange(1, 60)):
        way = way[: chance.randrange(1, len(way) + 1)]
        for _ in range(chance.randrange(0, 4)):
            place += 1
            way = [*way, place]
        tags = tuple(chance.choice(("div", "p", "ul")) for _ in way)
        text = PROSE[: chance.randrange(1, 200)]
        blocks.append(Block(text, tags, (chance.choice("ab"),), chance.randrange(len(text)), len(blocks), places=tuple(way)))
    table = features.measure(outlined(*blocks)).table
    prose = [len(b.text) - b.linked if len(b.text) > 60 and b.link_density < 0.4 else 0 for b in blocks]
    rows, mains = plain_containers(tuple(blocks), prose)
    first = features.NAMES.index("container 1: prose share")
    assert table[:, first : first + 5 * features.LEVELS] == pytest.approx(np.array(rows), rel=1e-5)
    assert table[:, features.NAMES.index("levels from the main container")].tolist() == mains


def around(outline: Outline, scores: list[float]) -> dict[str, list[float]]:
    measured = features.measure(outline)
    table = context.measure(outline.blocks, np.array(scores, np.float32), measured.containers, measured.kinds, measured.tags)
    assert table.shape == (len(scores), len(context.NAMES))
    assert np.isfinite(table).all()
    return dict(zip(context.NAMES, table.T.tolist(), strict=True))


def test_a_first_judgement_tells_of_neighbours_and_containers() -> None:
    named = around(page(), [0.0] * 6 + [0.6] + [0.9] * 3 + [0.0] * 5)
    assert named["score -1"][6:9] == pytest.approx([0, 0.6, 0.9])
    assert named["score +5"][-5:] == [-1] * 5, "beyond the end of the page"
    assert named["container 1: score of the others"][7:9] == pytest.approx([0.9, 0.9])
    assert named["score of its kind"][6:8] == pytest.approx([-1, 0.9]), "the headline is alone of its kind"
    assert named["blocks since the first sure one"][5:9] == [-2, -1, 0, 1]
    assert named["run of likely blocks"] == [-6] * 6 + [4] * 4 + [-5] * 5
    assert named["score of the last heading"][5:8] == pytest.approx([-1, 0.6, 0.6])
    assert named["in the best container"] == [0] * 7 + [1] * 3 + [0] * 5
    assert named["levels to the best container"] == [2] * 6 + [1] + [0] * 3 + [2] * 5
    assert sum(named["content before"][7:8] + named["content after"][6:7]) == pytest.approx(1)


def test_a_page_of_one_block_or_without_elements_has_a_context() -> None:
    assert around(outlined(Block("Alone")), [0.9])["in the best container"] == [0]
    assert around(outlined(Block("x"), Block("y", ("body", "p"), places=(1, 2))), [0.0, 0.0])["best container's share"] == [0, 0]


def test_words_speak_by_their_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"text": {"": -1.0, "lamp": 0.5, "^sign": -2.0}, "names": {"": 0.25, "entry": 1.0, "~promo": -3.0}}
    monkeypatch.setattr(wording, "weights", lambda: known)
    words = wording.words_of_text("Sign the LAMP, the lamp!")
    assert wording.of_text(frozenset(words), wording.first(words)) == -1 + 0.5 - 2
    assert wording.of_names(("promo-7", "entry", "a", "b", "c")) == 0.25 + 1, "a name that far away is not near"
    assert wording.of_names(("entry", "js-promo_entry")) == 0.25 + 1 - 3
    assert (wording.words_of_text(""), wording.first([])) == ([], "^")


def test_weights_of_words_are_log_odds() -> None:
    for words in wording.weights().values():
        assert "" in words
        assert all(abs(weight) < 10 for weight in words.values())


@pytest.mark.parametrize(
    ("scores", "article", "least"),
    [
        ([0.99, 0.98, 0.03, 0.01], False, content.HIGHEST),
        ([0.99, 0.98, 0.03, 0.01], True, content.OF_AN_ARTICLE),
        ([0.4, 0.38, 0.36, 0.35], True, 0.35),
        ([0.21, 0.15, 0.15, 0.15], False, content.LOWEST),
        ([0.15, 0.112, 0.075, 0.01], True, 0.112),
    ],
)
def test_the_threshold_falls_on_hard_pages(scores: list[float], article: bool, least: float) -> None:
    found = content.threshold(np.array(scores, np.float32), np.full(4, 100, np.float32), article=article)
    assert found == pytest.approx(least)


def test_posts_keep_the_names_of_their_authors() -> None:
    def post(number: int) -> list[Block]:
        return [
            Block(f"keeper{number}", ("body", "div", "a"), (f"post-{number}", "username")),
            Block("Joined in 2009", ("body", "div", "p"), (f"post-{number}", "profile")),
            Block(PROSE, ("body", "div", "p"), (f"post-{number}", "text")).labelled("content", "score 0.9", keep=True),
        ]

    some = [replace(block, labels=block.labels or (Label("content", "score 0.1", False),)) for n in (1, 2) for block in post(n)]
    found = posts.label(outlined(*some))
    assert verdicts(found) == ["+", "-", "+"] * 2
    reasons = [each.reason for block in found.blocks for each in block.labels if each.name in ("post", "thread")]
    assert reasons == ["the author of post 1", "2 numbered posts", "in post 1", "the author of post 2", "in post 2"]
    assert verdicts(posts.label(outlined(*some[:3]))) == ["-", "-", "+"], "one post is no thread"


def test_long_texts_and_what_stands_between_them_are_content() -> None:
    found = density.label(outlined(p("Login"), p(), p("Short"), p(), p("Imprint"), flat=True))
    assert verdicts(found) == ["-", "+", "+", "+", "-"]


def test_a_heading_belongs_to_what_follows() -> None:
    scores = np.array([0.3, 0.9, 0.3, 0.1, 0.3, 0.3], np.float32)
    tags = ("h2", "p", "h2", "p", "h3", "h2")
    heads = content.headings(tuple(p("x", path=("body", tag)) for tag in tags), scores, 0.5)
    assert heads.tolist() == [True, False, False, False, False, False]


def test_code_belongs_to_what_stands_before_it() -> None:
    tags = ("pre", "p", "pre", "pre", "pre", "p", "pre", "p")
    scores = np.array([0.3, 0.9, 0.3, 0.2, 0.05, 0.3, 0.3, 0.3], np.float32)
    stays = content.coded(tuple(p("x", path=("body", tag)) for tag in tags), scores, scores > 0.5)
    assert stays.tolist() == [False, False, True, True, False, False, False, False]


def test_a_short_post_stays_where_the_others_have_their_text() -> None:
    long = [Block(PROSE, ("body", "div"), (f"post-{n}", "text"), labels=(Label("content", "x", True),)) for n in (1, 2)]
    short = Block("Never again.", ("body", "div"), ("post-3", "text"), labels=(Label("content", "x", False),))
    side = Block("Rank: lamplighter", ("body", "p"), ("post-3", "rank"), labels=(Label("content", "x", False),))
    assert verdicts(posts.label(outlined(*long, short, side))) == ["+", "+", "+", "-"]


def test_comments_go_from_an_article_and_stay_in_a_thread() -> None:
    kept = (Label("content", "x", True),)
    text = [Block(f"{PROSE} {n}", ("body", "p"), ("entry",), labels=kept) for n in range(3)]
    comments = [Block(PROSE, ("body", "li", "p"), (f"comment-{n}", "comment-body"), labels=kept) for n in range(2)]
    assert verdicts(posts.label(outlined(*text, *comments))) == ["+", "+", "+", "-", "-"]
    assert verdicts(posts.label(outlined(p("The lamp"), *comments)))[1:] == ["+", "+"]


def test_what_comes_after_the_ending_goes() -> None:
    assert verdicts(endings.label(outlined(p(), p(), p("Related stories:"), p()))) == ["+", "+", "-", "-"]
    assert verdicts(endings.label(outlined(p("Comments"), p(), p()))) == ["+", "+", "+"], "not at the beginning"
    assert verdicts(endings.label(outlined(p(), p(), p("Read more"), p()))) == ["+", "+", "-", "+"], "a pointer"


def test_every_label_has_a_reason() -> None:
    found = label(outlined(p("Home", path=("body", "nav")), p(), p("We use cookies to serve you."), p("x")))
    assert all(block.labels and all(each.name and each.reason for each in block.labels) for block in found.blocks)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Home | News | Sport | Weather | Contact", "-"),
        ("Startseite · Aktuelles · Termine · Impressum", "-"),
        ("Home › Council › Press room › 2019", "-"),
        ("By Ines Calloway | 4 October 2019 | Coast", "+"),
        ("Oil was carried up | The wick was trimmed by hand | Ships were counted until dawn | The hour was written down", "+"),
    ],
)
def test_a_line_of_short_pieces_is_a_menu(text: str, verdict: str) -> None:
    assert verdicts(menus.label(outlined(p(text), flat=True))) == [verdict]
    assert verdicts(menus.label(outlined(p(text)))) == ["+"], "where there is markup, links tell"


def test_a_short_sentence_ends_a_flattened_page() -> None:
    blocks = (p("Print this page"), p(), p("Then mussels were served."))
    assert verdicts(density.label(outlined(*blocks, flat=True))) == ["-", "+", "+"]
