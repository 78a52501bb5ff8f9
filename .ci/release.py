#!/usr/bin/env python3
"""Builds what a release offers for one target: rca-VERSION-TARGET.tar.xz (.zip for Windows) and its checksum.

    .ci/release.py [--target TARGET] [--out DIR] [--binary RCA]

In it are the command, its manual pages and completions, README, CHANGELOG, the licences of rca and of all crates that are
compiled into it. The binary is built with the profile `dist`, and has no path of the machine that built it: that is checked.
The archive is reproducible: sorted, with the time of the last commit (or SOURCE_DATE_EPOCH), and no owner.
`--binary` packs a binary that is there already; it is not checked for paths then.
`--pages DIR` only writes what the command says of itself, and the licences, for other packages.
"""

import argparse
import hashlib
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-MIT", "LICENSE-APACHE"]
# The names under which the shells look completions up.
COMPLETIONS = {"bash": "rca.bash", "zsh": "_rca", "fish": "rca.fish", "powershell": "_rca.ps1", "elvish": "rca.elv"}


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


def host():
    lines = output("rustc", "-vV").decode().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("host:"))


def places():
    """The paths of this machine that a compiler may write into a binary, and what stands there instead."""
    home = Path.home()
    sysroot = Path(output("rustc", "--print", "sysroot").decode().strip())
    lines = output("rustc", "-vV").decode().splitlines()
    commit = next(line.split()[1] for line in lines if line.startswith("commit-hash:"))
    cargo_home = Path(os.environ.get("CARGO_HOME", home / ".cargo"))
    # Of several prefixes that fit, the last one counts: the narrow ones come last.
    return {
        home: "/home",
        cargo_home: "/cargo",
        sysroot: "/rust",
        sysroot / "lib/rustlib/src/rust": f"/rustc/{commit}",
        ROOT: "/rca",
    }


def build(target):
    """The binary, built with no path of this machine in it."""
    flags = [f"--remap-path-prefix={place}={name}" for place, name in places().items()]
    environment = dict(os.environ)
    if target.endswith("-msvc"):
        # Without the run-time library of the compiler, which not every Windows has.
        flags.append("-Ctarget-feature=+crt-static")
    else:
        prefixes = " ".join(f"-ffile-prefix-map={place}={name}" for place, name in places().items())
        variable = f"CFLAGS_{target.replace('-', '_')}"
        environment[variable] = f"{environment.get(variable, environment.get('CFLAGS', ''))} {prefixes}".strip()
    environment["CARGO_ENCODED_RUSTFLAGS"] = "\x1f".join(flags)
    command = ["cargo", "build", "--profile", "dist", "--locked", "--package", "rca-cli", "--target", target]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    folder = Path(environment.get("CARGO_TARGET_DIR", ROOT / "target"))
    return folder / target / "dist" / ("rca.exe" if "windows" in target else "rca")


def check_paths(binary):
    """Ends the program if a path of this machine is in the binary."""
    content = binary.read_bytes()
    for place in places():
        spellings = {str(place), place.as_posix(), str(place).replace("\\", "\\\\")}
        for spelling in spellings:
            at = content.find(spelling.encode())
            # The folder of `root` is a word like any other.
            if at >= 0 and len(place.parts) > 1:
                text = content[at : at + 120].split(b"\0")[0].decode(errors="replace")
                sys.exit(f"{binary}: has a path of this machine: {text}")


def foreign_licences(target):
    """The licences of the crates in the binary, each text once."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(output(*command))
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    wanted = [package["id"] for package in metadata["packages"] if package["name"] == "rca-cli"]
    reached = set()
    while wanted:
        package = wanted.pop()
        if package not in reached:
            reached.add(package)
            for dependency in nodes[package]["deps"]:
                if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                    wanted.append(dependency["pkg"])
    users = {}
    without = []
    for package in sorted(metadata["packages"], key=lambda package: (package["name"], package["version"])):
        if package["id"] not in reached or package["source"] is None:
            continue
        name = f"{package['name']} {package['version']} ({package['license'] or 'see its text'})"
        folder = Path(package["manifest_path"]).parent
        names = ("license", "licence", "copying", "copyright", "notice", "unlicense")
        texts = [file for file in sorted(folder.iterdir()) if file.is_file() and file.name.lower().startswith(names)]
        for file in texts:
            text = file.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
            users.setdefault(text, []).append(name)
        if not texts:
            without.append(name)
    parts = ["The crates that are compiled into rca, and their licences.\n"]
    for text, names in users.items():
        parts.append("\n".join(["=" * 100, *dict.fromkeys(names), "-" * 100, text, ""]))
    if without:
        parts.append("\n".join(["=" * 100, "Crates without a text of their licence:", *without, ""]))
    return "\n".join(parts).encode()


def commit_time():
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    return int(output("git", "log", "-1", "--format=%ct").decode())


def pages(binary):
    """What the command itself writes: manual pages and completions, as (name, content)."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([binary, "man", "--out", folder], check=True)
        for page in sorted(Path(folder).rglob("*.[1-9]")):
            yield f"man/man{page.suffix[1:]}/{page.name}", page.read_bytes()
    for shell, name in COMPLETIONS.items():
        yield f"completions/{name}", subprocess.run([binary, "completions", shell], check=True, stdout=subprocess.PIPE).stdout


def write_pages(folder, binary, target):
    """The pages, completions and licences as files."""
    for path, content in [*pages(binary), ("THIRD-PARTY-LICENSES.txt", foreign_licences(target))]:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def tar_xz(path, entries, modified):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data, mode in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), modified, mode
            archive.addfile(entry, io.BytesIO(data))
    path.write_bytes(lzma.compress(content.getvalue(), preset=9))


def zipped(path, entries, modified):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data, mode in entries:
            entry = zipfile.ZipInfo(name, time.gmtime(modified)[:6])
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, mode << 16, 3
            archive.writestr(entry, data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", default=None, help="defaults to that of this machine")
    parser.add_argument("--out", type=Path, default=ROOT / "target/files")
    parser.add_argument("--binary", type=Path, help="pack this one; build nothing")
    parser.add_argument("--pages", type=Path, metavar="DIR", help="write pages, completions and licences; no archive")
    arguments = parser.parse_args()

    target = arguments.target or host()
    binary = arguments.binary.resolve() if arguments.binary else build(target)
    if not arguments.binary:
        check_paths(binary)
    if arguments.pages:
        write_pages(arguments.pages, binary, target)
        print(binary)
        return
    version = json.loads(output("cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"))
    version = next(package["version"] for package in version["packages"] if package["name"] == "rca-cli")
    said = subprocess.run([binary, "--version"], check=True, stdout=subprocess.PIPE).stdout.decode().split()
    if said != ["rca", version]:
        sys.exit(f"{binary}: says {' '.join(said)}, Cargo.toml has {version}")

    name = f"rca-{version}-{target}"
    files = [(document, (ROOT / document).read_bytes(), 0o644) for document in DOCUMENTS]
    files += [(path, content, 0o644) for path, content in pages(binary)]
    files.append(("THIRD-PARTY-LICENSES.txt", foreign_licences(target), 0o644))
    windows = "windows" in target
    files.append(("rca.exe" if windows else "rca", binary.read_bytes(), 0o755))
    entries = [(f"{name}/{path}", content, mode) for path, content, mode in sorted(files)]

    arguments.out.mkdir(parents=True, exist_ok=True)
    archive = arguments.out / (f"{name}.zip" if windows else f"{name}.tar.xz")
    (zipped if windows else tar_xz)(archive, entries, commit_time())
    checksum = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(archive.name + ".sha256").write_text(f"{checksum}  {archive.name}\n", newline="\n")
    print(archive)


if __name__ == "__main__":
    main()
