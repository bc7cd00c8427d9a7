"""Static files under names that hold their hash, so that browsers may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also renames the imports between JavaScript modules: an upgrade must not mix old modules with new ones."""

    support_js_module_import_aggregation = True
