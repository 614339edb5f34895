"""Units with history, code tables, standards, targets, published figures, rules. Data, read once a process."""
