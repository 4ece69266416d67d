"""Packs `conf`, which lies beside the package in a clone, into the package `emogeo.conf` of the wheel."""

from setuptools import find_namespace_packages, setup

setup(
    packages=[*find_namespace_packages(include=["emogeo", "emogeo.*", "hydra_plugins"]), "emogeo.conf"],
    package_dir={"emogeo.conf": "conf"},
)
