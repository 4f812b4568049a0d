# shellcheck shell=bash
# Sourced. The functions, in `functions`, and how each is asked for anything at all where cargo-lambda serves it.
functions=(functions/*/)
functions=("${functions[@]%/}")
functions=("${functions[@]##*/}")

# `ask_function BASE NAME OPTIONS …` is curl at the first path that Cargo.toml leads to a function, or with an empty batch of records for
# one that has none.
ask_function() {
    local base=$1 name=$2 path
    shift 2
    path=$(sed -n "s/^\"\(\/.*\)\" = \"$name\"$/\1/p" Cargo.toml | head -n 1)
    if [[ -n $path ]]; then
        curl -s "$@" "$base${path/\{\*rest\}/anything}"
    else
        curl -s "$@" "$base/2015-03-31/functions/$name/invocations" --data '{"Records":[]}'
    fi
}
