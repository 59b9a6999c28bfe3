# Sourced: where the definitions of other people's kinds are, in the Go modules that carry them.
kube_modules=$(cd "$(dirname "${BASH_SOURCE[0]}")/modules" && pwd)

# module FOLDER NAME[@VERSION]: the module's folder, downloaded if it is not there
module() {
  (cd "$kube_modules/$1" && go mod download -json "$2" | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])')
}
certmanager_crds() { find "$(module certmanager github.com/cert-manager/cert-manager)/deploy/crds" -name '*.yaml'; }
# ServiceMonitor and PrometheusRule
monitoring_crds() {
  local folder
  folder=$(module ship github.com/prometheus-operator/prometheus-operator@v0.85.0)/example/prometheus-operator-crd
  printf '%s\n' "$folder"/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml
}
