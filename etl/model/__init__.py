"""Words that every step shares: text normal forms, periods, findings, raw tables, examined files. No I/O."""
