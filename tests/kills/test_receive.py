"""Every fault point of receive, archive, struck in every way."""

from tests.kills.matrix import over

test_running_again_gives_the_undisturbed_state = over("receive", "archive")
