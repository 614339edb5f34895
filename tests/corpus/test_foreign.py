"""The second vocabulary is one that the product does not know, and its files say what their truth says."""

from __future__ import annotations

import pytest

from etl.contracts import DATASETS, contract
from etl.model.text import fold
from etl.reference.codes import code_labels, ethnic_labels
from samples.foreign import headers, labels
from samples.foreign.file import foreign_file, possible
from samples.foreign.titles import TITLES
from tests.corpus.foreign import measure, summary


def _header_words(dataset: str) -> set[str]:
    columns = contract(dataset).columns
    return {fold(text) for c in columns for text in (c.header, *c.variants)}


def _label_words(dataset: str, column: str) -> set[str]:
    form = contract(dataset)[column]
    lists = dict(form.values or {})
    if form.codes:
        lists |= {code: (code, *names) for code, names in code_labels(form.codes).items()}
    return {fold(name) for names in lists.values() for name in names}


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_header_of_the_second_vocabulary_is_in_a_contract(dataset: str) -> None:
    known = _header_words(dataset)
    names = {c.name for c in contract(dataset).columns}
    foreign = headers.OF_FORM[dataset] | {c: t for c, t in headers.COMMON.items() if c in names}
    assert set(headers.OF_FORM[dataset]) <= names
    assert not [(c, text) for c, texts in foreign.items() for text in texts if fold(text) in known]


def test_no_label_or_title_of_the_second_vocabulary_is_in_a_list() -> None:
    for (dataset, column), styles in labels.LABELS.items():
        known = _label_words(dataset, column)
        assert not [text for style in styles for text in style.values() if fold(text) in known], (dataset, column)
    groups = {fold(name) for names in ethnic_labels().values() for name in names}
    assert not [shape for shape in labels.ETHNIC if fold(shape.format("Mông")) in groups]
    assert not [t for d, titles in TITLES.items() for t in titles if fold(t) == fold(contract(d).title)]


def test_each_structure_of_each_dataset_can_be_made_and_is_the_same_again() -> None:
    for number, dataset in enumerate(DATASETS):
        for structure in possible(dataset):
            made = foreign_file(dataset, number, seed=2, structures={structure})
            assert made.truth and len(made.truth) == len(made.rows), (dataset, structure)
        again = foreign_file(dataset, number, seed=2, structures={structure})
        assert again.data == made.data and again.truth == made.truth


def test_files_of_usual_words_in_another_order_are_exact() -> None:
    """What measures is itself measured: where nothing is foreign, nothing differs."""
    outcomes = measure(len(DATASETS), 4, list(DATASETS), None, "mixed-order")
    assert not [o for o in outcomes if o.different], summary(outcomes, verbose=True)
