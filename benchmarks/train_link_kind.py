"""Learn the weights of bot/domain/link_kind.json and print how they do on unseen sites.

    python -m benchmarks.train_link_kind [LINKS.jsonl.gz] [--write]

Three sources of knowledge meet in one logistic regression:
- labelled links;
- those again with the group of their host hidden, so that shapes and cues do without it;
- one pseudo-example for each known host, so that a group never seen in training has its meaning.

Folds are cut by site (registrable domain of the canonical address: twitter.com and x.com are one).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GroupKFold

from bot.domain.link_features import known_hosts, link_features
from bot.domain.urls import host_of

LINKS = Path("../shared/bench/data/linktype/links.jsonl.gz")
WEIGHTS = Path(__file__).parent.parent / "bot" / "domain" / "link_kind.json"
KINDS = ("paper", "dev", "news", "fun")
KIND_OF_LABEL = {
    **dict.fromkeys(("paper", "report"), "paper"),
    **dict.fromkeys(("dev", "blog", "code", "project", "demo"), "dev"),
    **dict.fromkeys(("social", "video"), "fun"),
    "news": "news",
}
KIND_OF_GROUP = {
    **dict.fromkeys(("code", "lab", "blog"), "dev"),
    **dict.fromkeys(("news", "public"), "news"),
    "paper": "paper",
    "fun": "fun",
}
# Chosen by cross-validation on a wide plateau: C .3-2 and pseudo-weights .5-4 differ by .002.
STRENGTH, HIDDEN_WEIGHT, PSEUDO_WEIGHT, MIN_COUNT = 1.0, 0.5, 4.0, 8


class Example(NamedTuple):
    features: list[str]
    kind: str
    site: str = ""


class Model(NamedTuple):
    vectoriser: DictVectorizer
    regression: LogisticRegression

    def predict(self, examples: Sequence[Example]) -> list[str]:
        rows = self.vectoriser.transform([dict.fromkeys(e.features, 1) for e in examples])
        return list(self.regression.predict(rows))


def read_examples(path: Path) -> list[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        links = [json.loads(line) for line in lines]
    return [
        Example(
            link_features(link["url"], link["title"]),
            KIND_OF_LABEL[link["label"]],
            site_of(link["url"]),
        )
        for link in links
    ]


def site_of(url: str) -> str:
    """Return the registrable domain, near enough: one label more below co.kr and the like."""
    labels = host_of(url).split(".")
    is_country_second = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    is_shared = labels[-2:] == ["github", "io"]
    return ".".join(labels[-3:] if is_country_second or is_shared else labels[-2:])


def pseudo_examples() -> list[Example]:
    return [
        Example(_of_host(link_features(f"https://{host}{beginning}", "")), KIND_OF_GROUP[group])
        for host, pairs in sorted(known_hosts().items())
        for beginning, group in pairs
    ]


def _of_host(features: list[str]) -> list[str]:
    # A bare host says nothing about paths and titles.
    return [feature for feature in features if feature.startswith(("group=", "top=", "host="))]


def with_hidden_group(example: Example) -> Example:
    hidden = ["group=unknown", *(f for f in example.features if not f.startswith("group="))]
    return example._replace(features=hidden)


def train(examples: Sequence[Example]) -> Model:
    # Posts and videos are told by their host alone; hiding it would make strangers look like them.
    hidden = [with_hidden_group(example) for example in examples if example.kind != "fun"]
    pseudo = pseudo_examples()
    counts = Counter(f for e in (*examples, *pseudo) for f in e.features)
    counts["group=unknown"] = MIN_COUNT
    rows = [
        {feature: 1 for feature in example.features if counts[feature] >= MIN_COUNT}
        for example in (*examples, *hidden, *pseudo)
    ]
    weights = np.repeat(
        [1 - HIDDEN_WEIGHT, HIDDEN_WEIGHT, PSEUDO_WEIGHT],
        [len(examples), len(hidden), len(pseudo)],
    )
    vectoriser = DictVectorizer()
    regression = LogisticRegression(C=STRENGTH, max_iter=5000)
    regression.fit(
        vectoriser.fit_transform(rows),
        [example.kind for example in (*examples, *hidden, *pseudo)],
        sample_weight=weights,
    )
    return Model(vectoriser, regression)


def cross_validate(examples: Sequence[Example], *, folds: int = 10) -> None:
    predicted = np.empty(len(examples), dtype=object)
    blind = predicted.copy()
    sites = [example.site for example in examples]
    for seen, unseen in GroupKFold(folds).split(examples, groups=sites):
        model = train([examples[i] for i in seen])
        held_out = [examples[i] for i in unseen]
        predicted[unseen] = model.predict(held_out)
        blind[unseen] = model.predict([with_hidden_group(example) for example in held_out])
    gold = np.array([example.kind for example in examples], dtype=object)
    unknown = np.array(["group=unknown" in example.features for example in examples])
    print(f"{len(examples)} links of {len(set(sites))} sites, {folds} folds by site")
    report("all", gold, predicted)
    report("host in no list", gold[unknown], predicted[unknown])
    report("lists hidden", gold, blind)


def report(name: str, gold: np.ndarray, predicted: np.ndarray) -> None:
    scores = f1_score(gold, predicted, labels=KINDS, average=None, zero_division=0)
    each = "  ".join(f"{kind} {score:.3f}" for kind, score in zip(KINDS, scores, strict=True))
    accuracy = accuracy_score(gold, predicted)
    print(
        f"{name:16} n {len(gold):4}  accuracy {accuracy:.4f}  macro-F1 {scores.mean():.4f}  {each}"
    )


def export(model: Model, path: Path) -> None:
    """Write one row of weights (paper, dev, news, fun) for each feature, sorted."""
    order = [list(model.regression.classes_).index(kind) for kind in KINDS]
    columns = np.vstack([model.regression.intercept_, model.regression.coef_.T])[:, order]
    names = ["bias", *model.vectoriser.get_feature_names_out()]
    rows = {
        name: [round(float(weight), 3) for weight in row]
        for name, row in sorted(zip(names, columns, strict=True), key=lambda pair: pair[0])
    }
    lines = ",\n".join(f"{json.dumps(name)}: {row}" for name, row in rows.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(rows)} features written to {path.name}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("links", nargs="?", type=Path, default=LINKS)
    parser.add_argument("--write", action="store_true", help="replace the weights of the program")
    arguments = parser.parse_args()
    examples = read_examples(arguments.links)
    cross_validate(examples)
    if arguments.write:
        export(train(examples), WEIGHTS)


if __name__ == "__main__":
    main()
