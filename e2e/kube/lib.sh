# Sourced by the scripts beside it: where things are, and how a program is started and stopped by its own id.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=${KUBE_TOOLS:-$HOME/.cache/landwaiter-kube}
version=1.36.3
k8s=$tools/k8s/$version-linux-amd64
bin=$tools/bin
state=${KUBE_STATE:-$tools/state}
pki=$state/pki
net=landwaiter              # the network namespace of a cluster with a node
host_ip=10.245.0.1          # this machine as that namespace sees it
node_ip=10.245.0.2          # that namespace as this machine sees it
mkdir -p "$state"/{pki,run,logs,var}
export PATH=$k8s:$bin:$PATH

die() { echo "${0##*/}: $*" >&2; exit 1; }

# The ports on loopback. KUBE_PORTS=free: free ones, chosen once for a state and kept in its file 'ports', so that several states can be up at the same time.
# They lie below the range from which the kernel takes outgoing ports, so that they are still free after a restart.
etcd_port=2379 etcd_peer_port=2380 api_port=6443 controller_manager_port=10257 scheduler_port=10259 certmanager_port=10260 registry_port=5443 registry_referrers_port=5444
issuer_port=9800 issuer_github_port=9801 ctlog_port=6962 trillian_port=8090 fulcio_port=5555 fulcio_grpc_port=5554 fulcio_metrics_port=2113
rekor1_port=3010 rekor2_port=3003 rekor2_grpc_port=3001 rekor2_metrics_port=2114 tsa_port=3004
if [ "${KUBE_PORTS:-}" = free ] && ! grep -qs '^tsa_port=' "$state/ports"; then
  python3 - $(compgen -v | grep '_port$') >"$state/ports.new" <<'P'
import random, socket, sys
held = []
for name in sys.argv[1:]:
    while True:
        s = socket.socket()
        try:
            s.bind(('127.0.0.1', random.randrange(20000, 30000)))
            break
        except OSError:
            s.close()
    held.append(s)
    print(f'{name}={s.getsockname()[1]}')
P
  mv "$state/ports.new" "$state/ports"
fi
[ ! -f "$state/ports" ] || . "$state/ports"

# with_node: is a cluster with a node up (or being started)? There is one of it on a machine; a state with ports of its own stays on loopback.
with_node() { [ ! -f "$state/ports" ] && [ -e /run/netns/$net ]; }

# start NAME COMMAND…: in the background, log in logs/NAME.log, id in run/NAME.pid; IN=namespace runs it there
start() {
  local name=$1 in=(); shift
  running "$name" && return 0
  [ -n "${IN:-}" ] && in=(nsenter "--net=/run/netns/$IN")   # not 'ip netns exec', which remounts /sys
  setsid nohup "${in[@]}" "$@" >"$state/logs/$name.log" 2>&1 </dev/null &
  echo "$! $(born $!)" >"$state/run/$name.pid"
}
# born ID: when that process started, in clock ticks; nothing where there is none. An id alone may belong to another program by now.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
running() {
  local id at
  [ -f "$state/run/$1.pid" ] && read -r id at <"$state/run/$1.pid" && kill -0 "$id" 2>/dev/null && [ "$(born "$id")" = "$at" ]
}
stop() {
  local name pid
  for name in "$@"; do
    running "$name" || { rm -f "$state/run/$name.pid"; continue; }
    read -r pid _ <"$state/run/$name.pid"; rm "$state/run/$name.pid"
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || continue 2; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
  done
}
# await SECONDS NAME COMMAND…: until the command succeeds; shows NAME's log when it does not
await() {
  local until=$((SECONDS + $1)) name=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] && running "$name" || { tail -n 15 "$state/logs/$name.log" >&2; die "$name did not come up; its log is $state/logs/$name.log"; }
    sleep 0.2
  done
}

# certify NAME SUBJECT USAGE [SAN]: a key and a certificate of the one CA in pki/
certify() {
  local f=$pki/$1
  [ -f "$f.crt" ] && return 0
  if [ ! -f "$pki/ca.crt" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -keyout "$pki/ca.key" -out "$pki/ca.crt" -subj /CN=landwaiter-test-ca \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
  fi
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$f.key" -out "$f.csr" -subj "$2" 2>/dev/null
  { echo "basicConstraints=CA:FALSE"; echo "keyUsage=critical,digitalSignature,keyEncipherment"; echo "extendedKeyUsage=$3"
    [ -z "${4:-}" ] || echo "subjectAltName=$4"; } >"$f.ext"
  openssl x509 -req -in "$f.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 365 -extfile "$f.ext" -out "$f.crt" 2>/dev/null
  rm "$f.csr" "$f.ext"
}
server_names=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:registry.test,IP:127.0.0.1,IP:10.96.0.1,IP:$host_ip,IP:$node_ip
