"""A made-up province of sector files at any scale, with the truth beside it.

The people are invented; units, populations and rates come from the reference data. Only the chosen communes have
people. Forms that must list every commune of a district list the others with zeros, so that the districts are complete
by the letter of INDICATORS.md and their numbers are those of the chosen communes.
"""

from samples.writing import Sample, write_sample

__all__ = ["Sample", "write_sample"]
