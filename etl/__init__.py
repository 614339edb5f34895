"""The product: from the files that sectors drop to the indicators of the overall report. Imports no Airflow."""
