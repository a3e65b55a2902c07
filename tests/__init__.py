"""A package, so that no package of this name that others install comes first."""
