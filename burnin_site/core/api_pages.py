"""Long lists in pages."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Numbered pages: count, next, previous, results."""

    page_size = 100
    invalid_page_message = "There is no such page ({page_number}). Pages are numbered from 1."
