#!/usr/bin/env bash
# Builds the functions for Lambda: target/lambda/NAME/bootstrap and bootstrap.zip, for arm64 or with ARCH=x86_64.
# `sam build` runs the same compiler in the same directories, so whichever comes second has little left to do.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "build: $*" >&2 && exit 1; }

arch=${ARCH:-arm64}
case $arch in
    arm64) machine=183 ;;
    x86_64) machine=62 ;;
    *) fail "ARCH is arm64 or x86_64, not $arch" ;;
esac
infra/tools.sh build
export PATH=$PWD/.tools/build/bin:$PATH
built=${CARGO_TARGET_DIR:-target}/lambda

. infra/functions.sh
build=(cargo lambda build --release --locked "--${arch/_/-}" "${functions[@]/#/--bin=}")
for function in "${functions[@]}"; do rm -rf "${built:?}/$function"; done
"${build[@]}" || fail "cargo lambda ended with status $?; its reason stands above"
"${build[@]}" --quiet --output-format zip || fail "cargo lambda could not zip the functions"

printf '\n%s\n' "$arch"
python3 - "$built" "$machine" "${functions[@]}" <<'PYTHON'
import re, struct, sys, zipfile
built, machine, problems = sys.argv[1], int(sys.argv[2]), []
for name in sys.argv[3:]:
    try:
        binary = open(f"{built}/{name}/bootstrap", "rb").read()
        with zipfile.ZipFile(f"{built}/{name}/bootstrap.zip") as archive:
            zipped = sum(entry.compress_size for entry in archive.infolist())
            if archive.read("bootstrap") != binary:
                problems.append(f"{name}: another binary is in the zip")
    except (OSError, KeyError) as error:
        problems.append(f"{name}: {error}")
        continue
    print(f"  {name:<10}{len(binary) / 1e6:7.2f} MB, zipped {zipped / 1e6:5.2f} MB")
    if struct.unpack_from("<H", binary, 18)[0] != machine:
        problems.append(f"{name} is for another machine")
    # Amazon Linux 2023 has glibc 2.34: what asks for a newer one does not start there.
    newest = max((int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", binary)), default=0)
    if newest > 34:
        problems.append(f"{name} asks for glibc 2.{newest}")
for problem in problems:
    print("build: " + problem, file=sys.stderr)
sys.exit(bool(problems))
PYTHON
