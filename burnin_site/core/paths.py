"""What stands in an address."""

from burnin_site.core.api_input import BIGGEST_ID


class RowNumber:
    """The number of a row. A larger one than the database holds is no address: 404, before anybody asks for it."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValueError: then the address does not match."""
        number = int(value)
        if number > BIGGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """Return it as it stands in an address."""
        return str(value)
