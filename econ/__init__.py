"""econ: from city series to estimates on city pairs. It knows cities and years, never texts."""

__all__: list[str] = []
