"""What the columns of each dataset are: a model and one YAML file a dataset."""

from etl.contracts.model import DATASETS, Column, Contract, contract, contracts, sector_datasets

__all__ = ["DATASETS", "Column", "Contract", "contract", "contracts", "sector_datasets"]
