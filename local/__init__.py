"""The whole stack on one machine, without Docker: PostgreSQL, Airflow, the sample quarter. `make` calls its modules."""
