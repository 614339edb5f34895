"""Every fault point of load, struck in every way."""

from tests.kills.matrix import over

test_running_again_gives_the_undisturbed_state = over("load")
