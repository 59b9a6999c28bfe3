{{/* Names come from the release, so that two releases, or one under another name, do not meet. */}}
{{- define "landwaiter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{/* At most 52 characters, so that the longest suffix ('-controller') still fits into 63. */}}
{{- define "landwaiter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What stays the same over versions: selectors cannot be changed. */}}
{{- define "landwaiter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "landwaiter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "landwaiter.labels" -}}
{{ include "landwaiter.selectorLabels" . }}
app.kubernetes.io/part-of: landwaiter
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Without the chart's version, so that a change of the chart alone starts no Pod anew. */}}
{{- define "landwaiter.podLabels" -}}
{{ include "landwaiter.selectorLabels" . }}
app.kubernetes.io/part-of: landwaiter
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "landwaiter.image" -}}
{{- $registry := .Values.image.registry -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{- define "landwaiter.priorityClassName" -}}
{{- if .Values.priorityClass.name -}}
{{- .Values.priorityClass.name -}}
{{- else if .Values.priorityClass.create -}}
{{- include "landwaiter.fullname" . -}}
{{- end -}}
{{- end }}

{{/* A quantity of memory in MiB, rounded down. */}}
{{- define "landwaiter.mebibytes" -}}
{{- /* a number without quotes comes as a float */ -}}
{{- $text := kindIs "float64" . | ternary (printf "%.0f" (float64 (kindIs "float64" . | ternary . 0))) (toString .) -}}
{{- $number := regexFind "^[0-9]+" $text | default "0" | int64 -}}
{{- $unit := regexReplaceAll "^[0-9]+" $text "" -}}
{{- $bytes := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 -}}
{{- if or (not (regexMatch "^[0-9]+" $text)) (not (hasKey $bytes $unit)) -}}
{{- fail (printf "Could not compute the heap from the memory limit '%s': write it as a whole number with Ki, Mi, Gi, k, M, G or no unit, for instance 512Mi, or set heap.size." $text) -}}
{{- end -}}
{{- div (mul $number (index $bytes $unit)) 1048576 -}}
{{- end }}

{{/*
The heap: a share of the container's limit, named in any case, because a JVM that sees no cgroup would take a quarter of the node.
-Xms goes with it: the image's own may be larger than a small -Xmx, which the JVM refuses.
Takes a dict of root, resources.
*/}}
{{- define "landwaiter.heap" -}}
{{- $heap := .root.Values.heap -}}
{{- if $heap.size -}}
{{- $heap.size -}}
{{- else -}}
{{- $limit := dig "limits" "memory" "" .resources | default (dig "requests" "memory" "" .resources) -}}
{{- if not $limit -}}
{{- fail "Could not compute the heap: there is neither a memory limit nor a request. Set resources.limits.memory, or heap.size." -}}
{{- end -}}
{{- $mebibytes := div (mul (include "landwaiter.mebibytes" $limit | int64) (int64 $heap.percent)) 100 -}}
{{- if lt $mebibytes 64 -}}
{{- fail (printf "Could not fit the program into a memory limit of %v: %d%% of it are %d MiB of heap, and 64 are needed. Raise resources.limits.memory." $limit (int64 $heap.percent) $mebibytes) -}}
{{- end -}}
{{- printf "%dm" $mebibytes -}}
{{- end -}}
{{- end }}

{{/* The command of a mode, the image's own with the heap added. Takes a dict of root, resources, options. */}}
{{- define "landwaiter.command" -}}
{{- $heap := include "landwaiter.heap" . -}}
- /jre/bin/java
- "@/app/options/{{ .options }}.options"
- -Xms{{ $heap }}
- -Xmx{{ $heap }}
- dev.landwaiter.cli.Main
{{- end }}

{{/* The restricted standard. OpenShift gives each namespace users of its own, and refuses a fixed one. */}}
{{- define "landwaiter.podSecurityContext" -}}
runAsNonRoot: true
{{- if not .Values.openshift }}
runAsUser: {{ .Values.runAsUser }}
runAsGroup: {{ .Values.runAsUser }}
fsGroup: {{ .Values.runAsUser }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "landwaiter.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Of both webhook configurations. Without a label of a namespace no tenant can change its name. */}}
{{- define "landwaiter.excludedNamespaces" -}}
{{- $names := list "kube-system" .Release.Namespace -}}
{{- if eq .Values.certificates.issuer "cert-manager" -}}
{{- $names = append $names .Values.certificates.certManager.namespace -}}
{{- end -}}
{{- if .Values.namespaces.everywhere -}}
{{- $names = concat $names .Values.namespaces.system -}}
{{- end -}}
{{- concat $names .Values.namespaces.excluded | uniq | toJson -}}
{{- end }}

{{- define "landwaiter.namespaceSelector" -}}
{{- if not .Values.namespaces.everywhere }}
matchLabels:
  landwaiter.dev/admission: enabled
{{- end }}
matchExpressions:
  - key: kubernetes.io/metadata.name
    operator: NotIn
    values: {{ include "landwaiter.excludedNamespaces" . | fromJsonArray | join ", " | printf "[%s]" }}
{{- end }}

{{/*
UPDATEs that bring neither an image nor a record pass without a call. Here once for both webhooks; MatchConditionsTest holds it to what the program knows.
*/}}
{{- define "landwaiter.matchConditions" -}}
- name: brings-an-image-or-a-record
  expression: >-
    request.operation != 'UPDATE' || has(request.subResource) ||
    object.spec.containers == null || oldObject.spec.containers == null ||
    [object, oldObject].exists(o, size(o.spec.containers) > 100 || size(o.spec.?initContainers.orValue([])) > 100 ||
    size(o.spec.?ephemeralContainers.orValue([])) > 100 || size(o.spec.?volumes.orValue([])) > 200) ||
    ['containers', 'initContainers', 'ephemeralContainers'].exists(l,
    object.spec[?l].orValue([]).map(c, [c.name, c.?image.orValue('')]) != oldObject.spec[?l].orValue([]).map(c, [c.name, c.?image.orValue('')])) ||
    object.spec.?volumes.orValue([]).map(v, [v.name, v.?image.?reference.orValue('')]) != oldObject.spec.?volumes.orValue([]).map(v, [v.name, v.?image.?reference.orValue('')]) ||
    ['catalog.landwaiter.dev/images', 'catalog.landwaiter.dev/config', 'catalog.landwaiter.dev/modelkits', 'landwaiter.dev/plan'].exists(k,
    object.metadata.?annotations[?k] != oldObject.metadata.?annotations[?k])
{{- end }}

{{- define "landwaiter.webhookRules" -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources: [pods]
  scope: Namespaced
- apiGroups: [""]
  apiVersions: [v1]
  operations: [UPDATE]
  resources: [pods/ephemeralcontainers]
  scope: Namespaced
{{- end }}

{{/* cert-manager fills in caBundle: from our CA, so that a new one is trusted before any leaf changes, or, where the issuer is not ours, from the leaf. */}}
{{- define "landwaiter.injectFrom" -}}
{{- if .Values.certificates.certManager.issuerRef.name -}}
{{ .Release.Namespace }}/{{ include "landwaiter.fullname" . }}-tls
{{- else -}}
{{ .Release.Namespace }}/{{ include "landwaiter.fullname" . }}-ca
{{- end -}}
{{- end }}

{{- define "landwaiter.webhookAnnotations" -}}
{{- $annotations := deepCopy .Values.admission.annotations -}}
{{- if eq .Values.certificates.issuer "cert-manager" -}}
{{- $_ := set $annotations "cert-manager.io/inject-ca-from" (include "landwaiter.injectFrom" .) -}}
{{- end -}}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where the leaf stands: written by whoever issues it. */}}
{{- define "landwaiter.tlsSecret" -}}
{{- if eq .Values.certificates.issuer "secret" -}}
{{- required "Could not find the certificate: certificates.issuer is 'secret', and certificates.secret.name is empty. Name a Secret of type kubernetes.io/tls in the release's namespace." .Values.certificates.secret.name -}}
{{- else -}}
{{- include "landwaiter.fullname" . }}-tls
{{- end -}}
{{- end }}

{{/* As the host of an address, in brackets where it is an IPv6 one. */}}
{{- define "landwaiter.host" -}}
{{- if contains ":" .Values.listenAddress -}}[{{ .Values.listenAddress }}]{{- else -}}{{ .Values.listenAddress }}{{- end -}}
{{- end }}
