"""Every fault point of link, measure, edition, report, cross, approval, forget, struck in every way."""

from tests.kills.matrix import over

test_running_again_gives_the_undisturbed_state = over(
    "link", "measure", "edition", "report", "cross", "approval", "forget"
)
