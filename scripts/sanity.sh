#!/usr/bin/env bash
# The collection as its reviewers look at it: `ansible-test sanity`, all of its tests, on a copy that stands as a
# collection must (ansible_collections/<namespace>/<name>, tracked by git, amazon.aws beside it).
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD python=$PWD/.venv/bin/python
home=$repository/build/ansible-test collections=$repository/build/sanity/ansible_collections
collection=$collections/primetime/lightsail
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

rm -rf "$repository/build/sanity"
mkdir -p "$collection" "$collections/amazon" "$home/.ansible/test/cache"
git ls-files -z --cached --others --exclude-standard collections/ansible_collections/primetime/lightsail |
  xargs -0 --no-run-if-empty cp --parents -t "$repository/build/sanity" 2>/dev/null ||
  { echo "sanity: the collection's files could not be copied (a file git knows may be missing); see git status" >&2; exit 3; }
mv "$repository"/build/sanity/collections/ansible_collections/primetime/lightsail/* "$collection"
amazon=$("$python" -c 'import ansible_collections.amazon.aws as a; print(list(a.__path__)[0])')
ln -s "$amazon" "$collections/amazon/aws"

# ansible-test asks git for the files, and downloads a script that puts pip into its environments: Python's own does.
git -C "$collection" init --quiet && git -C "$collection" add --all
for pip in $(grep -ohP "^\s+pip='\K[0-9.]+" "$("$python" -c 'import ansible_test; print(list(ansible_test.__path__)[0])')/_internal/python_requirements.py"); do
  printf 'import ensurepip\nensurepip.bootstrap(default_pip=True)\n' >"$home/.ansible/test/cache/get_pip_${pip//./_}.py"
done

cd "$collection"
for settings in "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf"; do
  [ -f "$settings" ] && export PIP_CONFIG_FILE=${PIP_CONFIG_FILE:-$settings}
done
export PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1
HOME=$home PATH=$repository/.venv/bin:$PATH exec ansible-test sanity --requirements --python "$version" --color no "$@"
