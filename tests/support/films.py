# SPDX-License-Identifier: AGPL-3.0-or-later
"""Films and sounds made by ffmpeg, with metadata that nobody is to see."""
import functools
import json
import shutil
import subprocess
import tempfile

TELLTALE = b"Jane Secret"
METADATA = ["-metadata", "title=Jane Secret", "-metadata", "artist=Jane Secret", "-metadata", "location=+48.8584+002.2945/", "-metadata:s",
            "title=Jane Secret"]
SOUNDS = {"mp3": ["libmp3lame"], "ogg": ["libvorbis"], "flac": ["flac"], "wav": ["pcm_s16le"], "m4a": ["aac"]}
HAS_FFMPEG = bool(shutil.which("ffmpeg"))


def run(extension, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/film.{extension}"
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *arguments, path], check=True, timeout=60)
        with open(path, "rb") as file:
            return file.read()


@functools.lru_cache
def film(extension="mp4", size="320x180", rate=25, seconds=2, codec=None, turned=False, sound=True):
    codec = codec or {"webm": "libvpx"}.get(extension, "libx264")
    source = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    if sound:
        source += ["-f", "lavfi", "-i", f"sine=duration={seconds}", "-c:a", "libvorbis" if extension == "webm" else "aac"]
    if codec == "libx264":
        source += ["-preset", "ultrafast"]
    made = run(extension, *source, "-c:v", codec, "-pix_fmt", "yuv420p", *METADATA)
    if not turned:
        return made
    with tempfile.NamedTemporaryFile(suffix="." + extension) as file:
        file.write(made)
        file.flush()
        return run(extension, "-i", file.name, "-c", "copy", "-metadata:s:v", "rotate=90")


@functools.lru_cache
def sound(extension, seconds=2):
    return run(extension, "-f", "lavfi", "-i", f"sine=duration={seconds}", "-c:a", *SOUNDS[extension], *METADATA)


def probed(data):
    """What ffprobe says of the bytes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        output = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", file.name],
                                check=True, capture_output=True, timeout=30).stdout
    return json.loads(output)
