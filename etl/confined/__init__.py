"""Run a function of ours over bytes of somebody else's: in a child process with limits, never in the worker itself."""

from etl.confined.child import Allowance, allow
from etl.confined.runner import Died, run

__all__ = ["Allowance", "Died", "allow", "run"]
