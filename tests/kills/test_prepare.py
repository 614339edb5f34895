"""Every fault point of prepare, findings, struck in every way."""

from tests.kills.matrix import over

test_running_again_gives_the_undisturbed_state = over("prepare", "findings")
