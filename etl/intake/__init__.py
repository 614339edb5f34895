"""From a drop to a submission: what is taken, how it is kept, where it stands in the ledger."""
