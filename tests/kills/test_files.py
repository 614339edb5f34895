"""Every fault point of file, answer, docs, struck in every way."""

from tests.kills.matrix import over

test_running_again_gives_the_undisturbed_state = over("file", "answer", "docs")
