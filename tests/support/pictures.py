# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures and sounds for uploads, good ones and bad ones."""
import io
import random
import struct
import zlib

from PIL import Image, PngImagePlugin


def picture(kind="JPEG", size=(640, 480), seed=1, mode="RGB", **options):
    """Noise in large blocks, so that it neither compresses to nothing nor takes long to make."""
    blocks = random.Random(seed).randbytes(16 * 12 * 3)
    image = Image.frombytes("RGB", (16, 12), blocks).resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_location(size=(640, 480), orientation=1):
    """A JPEG that tells where it was taken, by whom, and how it is to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Jane Secret"
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)}
    return picture(size=size, exif=exif.tobytes(), comment=b"secret comment")


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- XMP secret --></x:xmpmeta>'


def located(kind, frames=1, size=(640, 480), colour=None, **options):
    """With an author, a position and XMP."""
    exif = Image.Exif()
    exif[0x013B] = "Jane Secret"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    images = [Image.new("RGB", size, colour) if colour else opened(picture("PNG", size=size, seed=1 + number)).convert("RGB")
              for number in range(frames)]
    data = io.BytesIO()
    if kind == "PNG":
        facts = PngImagePlugin.PngInfo()
        facts.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = facts
    elif kind == "WEBP":
        options["xmp"] = XMP
    if frames > 1:
        options |= {"save_all": True, "append_images": images[1:]}
    images[0].save(data, kind, exif=exif.tobytes(), **options)
    data = data.getvalue()
    if kind == "JPEG":
        segment = b"http://ns.adobe.com/xap/1.0/\0" + XMP
        data = data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:]
    return data


def animation(frames=4, size=(64, 48)):
    images = [Image.new("RGB", size, (60 * i % 256, 255 - 60 * i % 256, 30)) for i in range(frames)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=100, loop=0)
    return out.getvalue()


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width=65535, height=65535):
    """A few bytes that say they are very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 65536)) + chunk(b"IEND", b"")


def gif_bomb(frames=20000):
    """Many frames of a large canvas, each a few bytes."""
    head = b"GIF89a" + struct.pack("<HHBBB", 8000, 4000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x21\xf9\x04\0\x01\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b"\x3b"


def jpeg_bomb():
    """A JPEG whose head was made to say 65,535 x 65,535."""
    data = bytearray(picture(size=(64, 64)))
    at = data.index(b"\xff\xc0")
    data[at + 5:at + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


def mp3(frames=8):
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def mp4():
    return b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + struct.pack(">I", 8 + 64) + b"mdat" + b"\0" * 64


def ogg():
    return b"OggS\0\x02" + b"\0" * 20 + b"\x01\x1e" + b"\x01vorbis" + b"\0" * 23


def flac():
    return b"fLaC\x80\0\0\x22" + b"\0" * 34 + b"\0" * 32


def webm():
    return b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm" + b"\0" * 64


def wav():
    return b"RIFF" + struct.pack("<I", 36 + 64) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8) + b"data" + struct.pack("<I", 64) + b"\x80" * 64
