#!/bin/sh
# Installs the Debian packages that the system tests run as real programs, only where one is missing.
# Needs root. Leaves no daemon running: the tests start their own copies on loopback ports.
set -eu

packages="freeradius freeradius-rest freeradius-utils eapoltest sqlite3 strace iproute2 ssl-cert procps curl
  nftables dnsmasq-base conntrack iperf3 udhcpc chromium openssl busybox"

missing=""
for package in $packages; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done

if [ -z "$missing" ]; then
  exit 0
fi

echo "Installing:$missing" >&2

# Debian starts a daemon when its package is installed; a policy that answers 101 forbids that.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
# shellcheck disable=SC2086 # a list of words on purpose
apt-get install -q -y --no-install-recommends $missing >&2
