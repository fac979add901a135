"""Barcodes out of pictures: a camera's frame or a photo in, what a scanner would have sent out."""

from inventory.pictures.keeping import as_kept
from inventory.pictures.reading import Found, NoPicture, read_picture

__all__ = ["Found", "NoPicture", "as_kept", "read_picture"]
