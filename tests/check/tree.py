# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the checks look at: the files of a tree, C code with comments and texts blanked out, findings."""
import os
import re
import subprocess

LAYERS = ["base", "storage", "federation", "server"]  # from bottom to top
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Tree:
    def __init__(self, root, want_all=False):
        self.root = root
        self.want_all = want_all
        self.texts = {}
        self.findings = []
        self.files = sorted(self.list_files())

    def list_files(self):
        if os.path.exists(os.path.join(self.root, ".git")):
            output = subprocess.run(["git", "-c", f"safe.directory={self.root}", "ls-files", "-z", "--cached", "--others",
                                     "--exclude-standard"], cwd=self.root, check=True, capture_output=True).stdout
            names = [name for name in output.decode().split("\0") if name]
            return [name for name in set(names) if os.path.isfile(os.path.join(self.root, name))]
        found = []
        for directory, _, names in os.walk(self.root):
            found += [os.path.relpath(os.path.join(directory, name), self.root) for name in names]
        return found

    def path(self, name):
        return os.path.join(self.root, name)

    def read(self, name):
        """The text of a file, or an empty one when it is not text."""
        if name not in self.texts:
            with open(self.path(name), "rb") as file:
                data = file.read()
            try:
                self.texts[name] = "" if b"\0" in data else data.decode()
            except UnicodeDecodeError:
                self.texts[name] = ""
        return self.texts[name]

    def layer(self, name):
        """base, storage, federation or server for a file of the program, None for others."""
        parts = name.split("/")
        if parts[0] == "include" and len(parts) > 2:
            parts = parts[1:]
        return parts[0] if parts[0] in LAYERS and len(parts) > 1 else None

    def c_files(self, layers_only=True):
        return [name for name in self.files
                if name.endswith((".c", ".h")) and (not layers_only or self.layer(name))]

    def code(self, name):
        """C with comments and the inside of texts replaced by spaces; lines and columns stay."""
        return TOKEN.sub(blank_all, self.read(name))

    def code_with_texts(self, name):
        """C with comments replaced by spaces."""
        return TOKEN.sub(lambda match: blank(match) if match.group().startswith("/") else match.group(),
                         self.read(name))

    def find(self, name, line, message):
        self.findings.append(f"{name}:{line}: {message}")

    def find_at(self, name, offset, message):
        self.find(name, self.read(name).count("\n", 0, offset) + 1, message)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def blank_all(match):
    text = match.group()
    if text.startswith("/"):
        return blank(match)
    return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]


def call_arguments(code, start):
    """The texts of the arguments of a call whose "(" is at start, split at the top level's commas."""
    depth, position, begin, arguments = 0, start, start + 1, []
    in_text = None
    while position < len(code):
        letter = code[position]
        if in_text:
            if letter == "\\":
                position += 1
            elif letter == in_text:
                in_text = None
        elif letter in "\"'":
            in_text = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                arguments.append(code[begin:position].strip())
                return arguments
        elif letter == "," and depth == 1:
            arguments.append(code[begin:position].strip())
            begin = position + 1
        position += 1
    return arguments
