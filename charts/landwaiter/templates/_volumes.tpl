{{/* No subPath anywhere: what is mounted by one is never updated. */}}
{{- define "landwaiter.volumeMounts" -}}
{{- if ne .Values.certificates.issuer "own" }}
- name: tls
  mountPath: /etc/landwaiter/tls
  readOnly: true
{{- end }}
{{- if .Values.callers.clientCertificate.configMap }}
- name: client-ca
  mountPath: /etc/landwaiter/callers/client
  readOnly: true
{{- end }}
{{- if .Values.callers.frontProxy.configMap }}
- name: front-proxy-ca
  mountPath: /etc/landwaiter/callers/front-proxy
  readOnly: true
{{- end }}
{{- range $index, $_ := .Values.registries.authorities }}
- name: registry-{{ $index }}
  mountPath: /etc/landwaiter/registries/{{ $index }}
  readOnly: true
{{- end }}
{{- if .Values.registries.credentialsSecret }}
- name: credentials
  mountPath: /etc/landwaiter/credentials
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "landwaiter.volumes" -}}
{{- if ne .Values.certificates.issuer "own" }}
- name: tls
  secret:
    secretName: {{ include "landwaiter.tlsSecret" . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.callers.clientCertificate.configMap }}
- name: client-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- with .Values.callers.frontProxy.configMap }}
- name: front-proxy-ca
  configMap:
    name: {{ . }}
{{- end }}
{{- range $index, $authority := .Values.registries.authorities }}
- name: registry-{{ $index }}
  {{- if $authority.secret }}
  secret:
    secretName: {{ $authority.secret }}
    defaultMode: 0440
  {{- else }}
  configMap:
    name: {{ $authority.configMap }}
  {{- end }}
{{- end }}
{{- with .Values.registries.credentialsSecret }}
- name: credentials
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
