#!/usr/bin/env bash
# Makes this machine ready: Debian packages that are missing, Docker answering, and .venv/ from the lock.
#   scripts/setup.sh [packages|docker|browser|redis|environment]…   (without arguments: environment)
# Every step looks first and does only what is missing, so it can be run again at any time.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$1" >&2; exit "${2:-1}"; }   # one line: cause; remedy

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "'$1' needs root and there is no sudo; run the same command as root" 10
  fi
}

install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || fail "apt-get is missing, so ${missing[*]} cannot be installed; install them by hand" 11
  say "installing ${missing[*]}"
  local log; log=$(mktemp)
  # apt-get update succeeds with warnings when no mirror answers; the install that follows is the judge.
  if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive \
         apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    fail "apt-get could not install ${missing[*]} ($(grep -m1 -E '^E:' "$log" || tail -n1 "$log")); check the network and /etc/apt, then run the same command again" 12
  fi
  rm -f "$log"
}

make_packages() { install_packages python3-venv git openssh-client rsync; }

# Unlike the engine's package, a virtual environment needs Debian's python3-venv only where ensurepip is missing.
make_environment() {
  local python=${PYTHON:-python3}
  command -v "$python" >/dev/null || fail "there is no $python; install python3 (3.11 or newer)" 13
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$($python --version) is too old; set PYTHON to a Python 3.11 or newer" 13
  "$python" -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
  local stamp wanted
  stamp=.venv/.made-from
  wanted=$(cat requirements/*.txt pyproject.toml "$0" | sha256sum | cut -c1-64)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
  say "making .venv from the lock (a few minutes the first time)"
  local free; free=$(df --output=avail -k . | tail -n1)
  [ "$free" -gt 5000000 ] || fail "only $((free / 1024)) MB free here and .venv needs 5 GB; free some space" 14
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  local log=.venv/setup.log
  # torch first and by itself: its builds differ by machine, so its file cannot be locked by hash.
  if ! { .venv/bin/pip install --disable-pip-version-check -q -r requirements/torch.txt &&
         .venv/bin/pip install --disable-pip-version-check -q --require-hashes -r requirements/dev.txt &&
         .venv/bin/pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .; } >"$log" 2>&1; then
    fail "pip stopped ($(grep -m1 -E 'ERROR|error' "$log" | cut -c1-200)); the whole log is $log; check the network, then run the same command again" 15
  fi
  printf '%s\n' "$wanted" >"$stamp"
}

make_docker() {
  # The client alone is not enough: look for the engine that it would talk to.
  docker info >/dev/null 2>&1 || command -v dockerd >/dev/null || [ -x /usr/sbin/dockerd ] || install_packages docker.io
  install_packages iptables debootstrap openssh-client
  as_root docker info >/dev/null 2>&1 && return
  if [ -d /run/systemd/system ]; then
    say "starting Docker"
    as_root systemctl start docker ||
      fail "systemd could not start Docker; 'journalctl -u docker' says why" 16
  else
    say "starting dockerd by hand, since no init does"
    # A machine that was switched off leaves these; dockerd would take whoever has the number now for itself.
    pidof dockerd >/dev/null || as_root rm -f /var/run/docker.pid
    pidof containerd >/dev/null || as_root rm -f /var/run/docker/containerd/containerd.pid
    as_root sh -c 'PATH=$PATH:/usr/sbin:/sbin setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &'
  fi
  for _ in $(seq 60); do as_root docker info >/dev/null 2>&1 && return; sleep 0.5; done
  fail "Docker does not answer after 30 s ($(as_root tail -n1 /var/log/dockerd.log 2>/dev/null | cut -c1-200)); see /var/log/dockerd.log, then run the same command again" 16
}

make_browser() { install_packages chromium fonts-dejavu-core; }

# For the tests of what happens when it goes away; the server on which the platform runs has its own.
make_redis() { command -v redis-server >/dev/null || install_packages redis-server; }

[ $# -gt 0 ] || set -- environment
for step in "$@"; do
  case "$step" in
    packages | docker | browser | redis | environment) "make_$step" ;;
    *) fail "no step is named '$step'; the steps are packages, docker, browser, redis, environment" 2 ;;
  esac
done
