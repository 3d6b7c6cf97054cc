"""Archives that are the same to the byte for the same files: in order, of one time and one owner."""

from __future__ import annotations

import dataclasses
import gzip
import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

# The first day that a zip can name.
ZIP_EPOCH = 315_532_800


@dataclasses.dataclass(frozen=True)
class File:
    """What a package has at one path."""

    content: bytes
    mode: int = 0o644


Tree = dict[str, File]


def compressed(content: bytes) -> bytes:
    """As `gzip -9n` makes it: without a name or a time."""
    return gzip.compress(content, 9, mtime=0)


def tarball(tree: Tree, epoch: int) -> bytes:
    """A .tar.gz of the files and the folders they are in."""
    folders = {str(folder) for path in tree for folder in Path(path).parents} - {"."}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folders | tree.keys()):
            entry = tarfile.TarInfo(path)
            entry.mtime = epoch
            if path in folders:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            else:
                entry.size, entry.mode = len(tree[path].content), tree[path].mode
                archive.addfile(entry, io.BytesIO(tree[path].content))
    return compressed(buffer.getvalue())


def zipped(tree: Tree, epoch: int) -> bytes:
    """A zip with Unix modes, in the order of the tree."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, file in tree.items():
            entry = zipfile.ZipInfo(path, time.gmtime(max(epoch, ZIP_EPOCH))[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | file.mode) << 16
            archive.writestr(entry, file.content)
    return buffer.getvalue()


def unpacked(archive: Path) -> Tree:
    """The files of a .tar.gz."""
    with tarfile.open(archive) as tar:
        return {entry.name: File(tar.extractfile(entry).read(), entry.mode) for entry in tar if entry.isfile()}


def written(tree: Tree, folder: Path, epoch: int) -> None:
    """Lays the files out below a folder, all of one time."""
    for path, file in tree.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
        place.chmod(file.mode)
    for place in [folder, *folder.rglob("*")]:
        os.utime(place, (epoch, epoch))
        if place.is_dir():
            place.chmod(0o755)
