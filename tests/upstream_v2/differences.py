"""Where our endpoints differ from Wagtail's on purpose: by test of Wagtail's, why."""

SESSION = "A session opens nothing: the delivery API is anonymous, so that its answers can be kept for all."
BOUND = "A list without a bound can be asked to death: without WAGTAILAPI_LIMIT_MAX it is 100."
CHOOSERS = "A chooser in a block comes as an object or null; a bare id gives away what is not public."
SEARCH = "Every filter works with search; Wagtail's refuses those on fields that its index does not know."
FORMATS = "The formats are html, markdown, ast and db_html, so the error names others."
STRICT = "A parameter that nobody knows is an error in a detail too, not only in a list."
SITES = "The detail_url that a list of another site gives works as it stands, without adding ?site=."
PATHS = "With `site`, a path is found on that site, as a comment in Wagtail's test says that it should be."
ORDER = "Nothing is ordered by rich text, searching or not, so the error is the one of a list."
QUERIES = "A detail takes fewer queries than the ten that the test counts."

_DIFFERENCES = {
    "test_pages.TestPageListing.test_private_pages_with_user_groups": SESSION,
    "test_pages.TestPageListing.test_private_pages_with_user_login": SESSION,
    "test_documents.TestDocumentListing.test_limit_max_none_gives_no_errors": BOUND,
    "test_images.TestImageListing.test_limit_max_none_gives_no_errors": BOUND,
    "test_pages.TestPageListing.test_limit_max_none_gives_no_errors": BOUND,
    "test_pages.TestPageDetailWithStreamField.test_image_block": CHOOSERS,
    "test_pages.TestPageDetailWithStreamField.test_image_chooser_block": CHOOSERS,
    "test_documents.TestDocumentListingSearch.test_search_when_filtering_by_tag_gives_error": SEARCH,
    "test_images.TestImageListingSearch.test_search_when_filtering_by_tag_gives_error": SEARCH,
    "test_pages.TestPageListingSearch.test_search_when_filtering_by_tag_gives_error": SEARCH,
    "test_pages.TestPageListingSearch.test_search_with_filter_on_non_filterable_field": SEARCH,
    "test_pages.TestPageListingSearch.test_search_with_order_on_non_filterable_field": ORDER,
    "test_pages.TestPageDetail.test_invalid_rich_text_format_gives_error": FORMATS,
    "test_pages.TestPageDetailWithStreamField"
    ".test_image_chooser_block_with_custom_get_api_representation": STRICT,
    "test_pages.TestPageFind.test_find_by_id_with_page_in_non_default_site": SITES,
    "test_pages.TestPageFind.test_find_by_html_path_matching_only_in_site_param_tree": PATHS,
    "test_pages.TestAPIDetailQueryCount.test_detail_view_does_not_duplicate_queries": QUERIES,
}
DIFFERENCES = {f"wagtail.api.v2.tests.{name}": reason for name, reason in _DIFFERENCES.items()}
